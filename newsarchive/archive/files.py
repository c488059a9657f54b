"""The one way a file is written: whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import BinaryIO, Self

TEMP_PREFIX = ".newsarchive-"
PROBE = f"{TEMP_PREFIX}probe"  # written and removed to find out whether a folder can be written
_MANY = 64  # files, from which on one sync of the file system is cheaper than one of each
_REPORTS_ERRORS = (5, 8)  # Linux; man 2 syncfs
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
        _discard(temp)
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


class NewFiles:
    """Files, each whole or not at all, written faster than one by one.

    A context manager around two steps: `sync`, which is nothing but waiting and may run in another thread, then
    `place`. All temp files are written before the first is synced, so that the disk takes them together, and each
    directory is synced once. A crash in between leaves some of the files, each whole; what is not placed at the end
    of the context is removed.

    Args:
        contents: by path.

    Raises:
        OSError: as for `write_whole`.
    """

    def __init__(self, contents: Mapping[Path, bytes]) -> None:
        self._folders = {path.parent for path in contents}
        self._open: list[tuple[int, str, Path]] = []
        for folder in self._folders:
            make_directory(folder)
        try:
            for path, content in contents.items():
                self._write(path, content)
        except BaseException:
            self._end()
            raise

    def _write(self, path: Path, content: bytes) -> None:
        handle, temp = tempfile.mkstemp(prefix=TEMP_PREFIX, dir=path.parent)
        self._open.append((handle, temp, path))
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]
        os.fchmod(handle, 0o644)
        if hasattr(os, "posix_fadvise"):
            # Has Linux begin to write at once, so that the fsync finds most of it done. Nobody reads it soon, either.
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)

    def sync(self) -> None:
        """Return when all of them are on the disk, under their temporary names."""
        _sync_files([handle for handle, _, _ in self._open])

    def place(self) -> None:
        """Give them their names; they are durable when this returns."""
        for _, temp, path in self._open:
            os.replace(temp, path)  # noqa: PTH105 - as above
        for folder in self._folders:
            sync_directory(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        for handle, temp, _ in self._open:
            os.close(handle)
            _discard(temp)
        self._open.clear()


def write_many(contents: Mapping[Path, bytes]) -> None:
    """Write files, each whole or not at all, faster than one by one; see `NewFiles`.

    Raises:
        OSError: as for `write_whole`; temp files are removed before it is raised.
    """
    with NewFiles(contents) as new:
        new.sync()
        new.place()


def _sync_files(handles: list[int]) -> None:
    """Bring files of one file system to the disk.

    Many at once by ``syncfs``: one commit of the file system's journal instead of one for each, two to three times as
    fast. It reports errors of writing since Linux 5.8 only; before that, and elsewhere, each file is synced.
    """
    if len(handles) < _MANY or (syncfs := _syncfs()) is None:
        for handle in handles:
            os.fsync(handle)
    elif syncfs(handles[0]):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@cache
def _syncfs() -> Callable[[int], int] | None:
    release = re.match(r"(\d+)\.(\d+)", platform.release())
    if sys.platform != "linux" or release is None or tuple(map(int, release.groups())) < _REPORTS_ERRORS:
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return found


def put_in_place(source: Path, target: Path) -> None:
    """Copy a file of any size from anywhere over another, whole or not at all; like `write_whole` else."""
    with whole_file(target) as file, source.open("rb") as original:
        shutil.copyfileobj(original, file, 1 << 20)


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


def _discard(temp: str) -> None:
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
    finally:
        if not left_behind(root):
            _discard(str(root / UNFINISHED))


def sweep(folder: Path) -> int:
    """Remove temp files a killed run left behind; gives their number. Call only while holding the archive."""
    removed = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.startswith(TEMP_PREFIX) and _OURS.fullmatch(name):
                Path(parent, name).unlink()
                removed += 1
    return removed
