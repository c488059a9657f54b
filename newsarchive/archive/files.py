"""The one way a file is written: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

TEMP_PREFIX = ".newsarchive-"


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
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temp)  # noqa: PTH108
        raise
    sync_directory(path.parent)


def make_directory(path: Path) -> None:
    """Make a directory and its parents, each durable before anything is put into it."""
    if path.is_dir():
        return
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
    for path in folder.rglob(f"{TEMP_PREFIX}*"):
        path.unlink()
        removed += 1
    return removed
