"""The one way a file is written: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path

TEMP_PREFIX = ".newsarchive-"
PROBE = f"{TEMP_PREFIX}probe"  # written and removed to find out whether a folder can be written
_OURS = re.compile(re.escape(TEMP_PREFIX) + r"(?:probe|[a-z0-9_]{8})")  # the eight are tempfile's


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a crash at any point leaves the old file or the new one, never a part.

    Temp file beside the target, fsync, rename, fsync of the directory. Missing parent directories are made, and
    theirs are synced too, so that a new month's first post cannot lose its folder.

    Raises:
        OSError: the disk is full, read-only or not ours; the temp file is removed before it is raised.
    """
    make_directory(path.parent)
    handle, temp = tempfile.mkstemp(prefix=TEMP_PREFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(temp, path)  # noqa: PTH105 - Path.replace is the same call with a second object
    except BaseException:
        with contextlib.suppress(OSError):  # renamed already; or the disk is failing, and the first error says more
            os.unlink(temp)  # noqa: PTH108
        raise
    sync_directory(path.parent)


def make_directory(path: Path) -> None:
    """Make a directory and its parents, each durable before anything is put into it."""
    if path.is_dir():
        return
    if path.parent != path:  # the working directory may have been removed under us
        make_directory(path.parent)
    with contextlib.suppress(FileExistsError):
        path.mkdir()
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make renames and new names in a directory durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> int:
    """Remove temp files a killed run left behind; gives their number. Call only while holding the archive."""
    removed = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.startswith(TEMP_PREFIX) and _OURS.fullmatch(name):
                Path(parent, name).unlink()
                removed += 1
    return removed
