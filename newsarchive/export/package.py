"""A WACZ as a file: a ZIP whose every member is named with its digest in ``datapackage.json``.

WACZ 1.1.1, specs.webrecorder.net/wacz/1.1.1. What is packed already is stored as it is, so that a reader can take one
record out of it without unpacking anything.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import PurePosixPath
from types import TracebackType
from typing import IO, Any, BinaryIO, Self

from newsarchive.dates import SHANGHAI

VERSION = "1.1.1"
MANIFEST = "datapackage.json"


class Member:
    """A member while it is written.

    Attributes:
        size: bytes so far.
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Put bytes at its end; raises OSError where the disk does not take them."""
        self._out.write(data)
        self._digest.update(data)
        self.size += len(data)

    @property
    def hash(self) -> str:
        """The digest so far, as a manifest has it."""
        return f"sha256:{self._digest.hexdigest()}"


class Package:
    """A WACZ while it is written, one member after the other; a context that lets go of the ZIP where writing fails.

    Args:
        out: where to; it must be possible to seek in it.
        now: the moment its members bear.
    """

    def __init__(self, out: BinaryIO, now: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w")
        self._moment = now.astimezone(SHANGHAI).timetuple()[:6]
        self._resources: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # closed already, or what is there so far will be thrown away
            self._zip.close()

    @contextmanager
    def member(self, path: str, *, packed: bool) -> Iterator[Member]:
        """Give a member to write.

        Args:
            path: in the package.
            packed: its content is compressed already and is stored as it is.
        """
        with self._open(path, packed=packed) as out:
            member = Member(out)
            yield member
        name = PurePosixPath(path).name
        self._resources.append({"name": name.lower(), "path": path, "hash": member.hash, "bytes": member.size})

    def finish(self, about: dict[str, Any]) -> None:
        """Write the manifest, its digest, and the ZIP's own index.

        Args:
            about: what the manifest says beside the members.
        """
        manifest = {"profile": "data-package", "wacz_version": VERSION, **about, "resources": self._resources}
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        digest = {"path": MANIFEST, "hash": f"sha256:{hashlib.sha256(text).hexdigest()}"}
        with self._open(MANIFEST, packed=False) as out:
            out.write(text)
        with self._open("datapackage-digest.json", packed=False) as out:
            out.write(json.dumps(digest).encode())
        self._zip.close()

    def _open(self, path: str, *, packed: bool) -> IO[bytes]:
        info = zipfile.ZipInfo(path, self._moment)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return self._zip.open(info, "w", force_zip64=True)
