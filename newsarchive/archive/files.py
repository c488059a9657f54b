"""The one way a file is written: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

TEMP_PREFIX = ".newsarchive-"
PROBE = f"{TEMP_PREFIX}probe"  # written and removed to find out whether a folder can be written
_left: set[str] = set()  # temp files of this process that could not be removed
UNFINISHED = f"{TEMP_PREFIX}rebuild"  # there while a rebuild writes, and after one that was killed
_OURS = re.compile(re.escape(TEMP_PREFIX) + r"(?:probe|rebuild|[a-z0-9_]{8})")  # the eight are tempfile's


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write, and to seek in, that stands at `path` when it is complete: for what memory cannot hold.

    Temp file beside the target, fsync, rename, fsync of the directory, so that a crash at any point leaves the old
    file or the new one, never a part. Missing parent directories are made, and theirs are synced too.

    Raises:
        OSError: the disk is full, read-only or not ours. Then, and where the writer raises, the temp file is removed.
    """
    make_directory(path.parent)
    handle, temp = tempfile.mkstemp(prefix=TEMP_PREFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(temp, path)  # noqa: PTH105 - Path.replace is the same call with a second object
    except BaseException:
        discard(temp)
        raise
    sync_directory(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a crash at any point leaves the old file or the new one; as `whole_file` does.

    A new month's first post cannot lose its folder either.

    Raises:
        OSError: as for `whole_file`.
    """
    with whole_file(path) as file:
        file.write(content)


def put_in_place(source: Path, target: Path) -> None:
    """Copy a file of any size from anywhere over another, whole or not at all; like `write_whole` else."""
    with whole_file(target) as file, source.open("rb") as original:
        shutil.copyfileobj(original, file, 1 << 20)


def put_twin(path: Path, twin: Path) -> None:
    """Let a file stand under a second, new name as well; without a second copy where the file system can."""
    make_directory(twin.parent)
    try:
        os.link(path, twin)
    except OSError:
        write_whole(twin, path.read_bytes())


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


def discard(temp: str) -> None:
    """Remove a temp file; the error that brought us here says more than one met here."""
    try:
        os.unlink(temp)  # noqa: PTH108 - as above
    except FileNotFoundError:  # renamed already
        pass
    except OSError:
        _left.add(os.path.abspath(temp))  # noqa: PTH100 - the same without a second object


def left_behind(folder: Path) -> bool:
    """Tell whether this process left a temp file in a folder that it could not remove."""
    return any(Path(temp).is_relative_to(folder.absolute()) and Path(temp).exists() for temp in _left)


@contextlib.contextmanager
def unfinished(root: Path) -> Iterator[None]:
    """Mark an archive while much is written to it, so that whoever holds it next sweeps it if we are killed.

    What an earlier one left is swept first.

    Raises:
        OSError: the archive cannot be written.
    """
    sweep(root)
    write_whole(root / UNFINISHED, b"")
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # the first error says more, and the mark stays
            sweep(root)
        raise
    if not left_behind(root):
        discard(str(root / UNFINISHED))


def is_leftover(name: str) -> bool:
    """Tell whether a file has a name that we give temp files, and nobody else does."""
    return name.startswith(TEMP_PREFIX) and _OURS.fullmatch(name) is not None


def sweep(folder: Path, *, deep: bool = True) -> int:
    """Remove temp files a killed run left behind. Call only while holding the archive.

    Args:
        folder: where they are looked for.
        deep: in every folder below it as well, which takes long in a large archive. Only then the mark of a rebuild
            goes too, when everything else is gone: killed on the way, the next one must look everywhere again.

    Returns:
        Their number.
    """
    removed = 0
    for parent, folders, names in os.walk(folder):
        for name in names:
            if name != UNFINISHED and is_leftover(name):
                Path(parent, name).unlink()
                removed += 1
        if not deep:
            folders.clear()
    if deep and (folder / UNFINISHED).exists():
        (folder / UNFINISHED).unlink()
        removed += 1
    return removed
