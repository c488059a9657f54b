"""Many files at once, each whole or not at all, written faster than one by one."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import secrets
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Self

from newsarchive.archive.files import TEMP_PREFIX, discard, make_directory, sync_directory

_MANY = 64  # files, from which on one sync of the file system is cheaper than one of each
_REPORTS_ERRORS = (5, 8)  # Linux; man 2 syncfs
_NAMELESS = int(getattr(os, "O_TMPFILE", 0))
_DESCRIPTORS = "/proc/self/fd"
_works: dict[int, bool] = {}  # whether a device can have files without a name, by its number


class NewFiles:
    """Files, each whole or not at all.

    A context manager around two steps: `sync`, which is nothing but waiting and may run in another thread, then
    `place`. All files are written before the first is synced, so that the disk takes them together, and each directory
    is synced once. A crash in between leaves some of the files, each whole; what is not placed at the end of the
    context is removed.

    Where the file system can, a file has no name until it gets its own (Linux, ``O_TMPFILE``): half the work for the
    directory, and nothing to sweep after a crash. Elsewhere it has a temporary one first.

    Args:
        contents: by path.

    Raises:
        OSError: as for `newsarchive.archive.files.write_whole`.
    """

    def __init__(self, contents: Mapping[Path, bytes]) -> None:
        self._folders = {path.parent for path in contents}
        self._open: list[tuple[int, str, Path]] = []  # handle, temporary name (empty: none), target
        self._begin_early = len(contents) < _MANY or _syncfs() is None
        for folder in self._folders:
            make_directory(folder)
        self._nameless = {folder: _can_name(folder) for folder in self._folders}
        try:
            for path, content in contents.items():
                self._write(path, content)
        except BaseException:
            self._end()
            raise

    def _write(self, path: Path, content: bytes) -> None:
        handle, temp = _open_new(path.parent, nameless=self._nameless[path.parent])
        self._open.append((handle, temp, path))
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]
        os.fchmod(handle, 0o644)
        if self._begin_early and hasattr(os, "posix_fadvise"):
            # Has Linux begin to write at once, so that the fsync finds most of it done; a sync of all is no quicker
            # for it. Nobody reads it soon, either.
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)

    def sync(self) -> None:
        """Return when all of them are on the disk, under no name or a temporary one."""
        _sync_files([handle for handle, _, _ in self._open])

    def place(self) -> None:
        """Give them their names; they are durable when this returns."""
        for handle, temp, path in self._open:
            if temp:
                os.replace(temp, path)  # noqa: PTH105 - Path.replace is the same call with a second object
            else:
                _name(handle, path)
        for folder in self._folders:
            sync_directory(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        for handle, temp, _ in self._open:
            os.close(handle)
            if temp:
                discard(temp)
        self._open.clear()


def write_many(contents: Mapping[Path, bytes]) -> None:
    """Write files, each whole or not at all, faster than one by one; see `NewFiles`.

    Raises:
        OSError: as for `newsarchive.archive.files.write_whole`; temp files are removed before it is raised.
    """
    with NewFiles(contents) as new:
        new.sync()
        new.place()


def _open_new(folder: Path, *, nameless: bool) -> tuple[int, str]:
    """Give a new file's handle, and its temporary name where it has to have one."""
    if nameless:
        return os.open(folder, _NAMELESS | os.O_WRONLY, 0o600), ""
    return tempfile.mkstemp(prefix=TEMP_PREFIX, dir=folder)


def _can_name(folder: Path) -> bool:
    """Tell, by trying it once, whether a file without a name can be made in a folder, and given one."""
    if not _NAMELESS:
        return False
    device = folder.stat().st_dev
    if device not in _works:
        _works[device] = _try_to_name(folder)
    return _works[device]


def _try_to_name(folder: Path) -> bool:
    """Not every file system has such files, not every chroot /proc, and some forbid the linking."""
    temp = _temporary(folder)
    try:
        handle = os.open(folder, _NAMELESS | os.O_WRONLY, 0o600)
    except OSError:
        return False
    try:
        _link(handle, temp)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)
        discard(temp)


def _name(handle: int, path: Path) -> None:
    """Give a file without a name its own, over the one that may be there."""
    try:
        _link(handle, path)
    except FileExistsError:  # a link replaces nothing
        temp = _temporary(path.parent)
        _link(handle, temp)
        try:
            os.replace(temp, path)  # noqa: PTH105 - as above
        except BaseException:
            discard(temp)
            raise


def _link(handle: int, path: Path | str) -> None:
    # An absolute path needs no directory's handle, but with one Python calls linkat, which follows the link in /proc.
    os.link(f"{_DESCRIPTORS}/{handle}", path, src_dir_fd=handle, follow_symlinks=True)


def _temporary(folder: Path) -> str:
    return str(folder / f"{TEMP_PREFIX}{secrets.token_hex(4)}")  # a name that the sweep knows


def _sync_files(handles: list[int]) -> None:
    """Bring files to the disk; a link may have led some of them to another file system than the rest.

    Many at once by ``syncfs``: one commit of the file system's journal instead of one for each, two to three times as
    fast. It reports errors of writing since Linux 5.8 only; before that, and elsewhere, each file is synced.
    """
    if len(handles) < _MANY or (syncfs := _syncfs()) is None:
        for handle in handles:
            os.fsync(handle)
        return
    for handle in {os.fstat(handle).st_dev: handle for handle in handles}.values():
        if syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


@cache
def _syncfs() -> Callable[[int], int] | None:
    release = re.match(r"(\d+)\.(\d+)", platform.release())
    if sys.platform != "linux" or release is None or tuple(map(int, release.groups())) < _REPORTS_ERRORS:
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return found
