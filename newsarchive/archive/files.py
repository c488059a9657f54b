"""The one way a file is written: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Container, Iterator
from pathlib import Path
from typing import BinaryIO

FOLDERS = ("_posts", "revisions", "captures", "runs")
"""What an archive's folders are called."""
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


def walk(
    folder: Path, *, newest_first: bool = False, links: Container[str] | None = None
) -> Iterator[tuple[Path, list[os.DirEntry[str]]]]:
    """Yield a folder and every folder below it, each with what is in it and no folder, in the order of the names.

    The one walk through an archive, so that all commands see the same files. A link to a folder is a folder: an archive
    may lie on several disks. One that leads back into the tree, or to where another led, is not entered: nothing is
    found twice, and a circle ends.

    Args:
        folder: where it begins; nothing is found where it is not there.
        newest_first: from the last name to the first.
        links: names of the links directly below `folder` that are entered; None: all of them.

    Raises:
        OSError: a folder cannot be read; what is in it must not be taken for missing.
    """
    entered: set[tuple[int, int]] = set()
    base = Path(os.path.realpath(folder))
    waiting = [folder] if folder.is_dir() else []
    while waiting:
        here = waiting.pop()
        with os.scandir(here) as found:
            entries = sorted(found, key=lambda entry: entry.name, reverse=newest_first)
        folders: list[Path] = []
        others: list[os.DirEntry[str]] = []
        for entry in entries:
            if not _is_folder(entry):
                others.append(entry)
            elif not entry.is_symlink() or (
                (links is None or here != folder or entry.name in links) and _leads_elsewhere(entry, base, entered)
            ):
                folders.append(here / entry.name)
        yield here, others
        waiting += reversed(folders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _leads_elsewhere(entry: os.DirEntry[str], base: Path, entered: set[tuple[int, int]]) -> bool:
    """Tell whether a link to a folder leads to where nothing was found yet; `entered` takes it then."""
    real = Path(os.path.realpath(entry.path))
    status = entry.stat()
    if real.is_relative_to(base) or base.is_relative_to(real) or (status.st_dev, status.st_ino) in entered:
        return False
    entered.add((status.st_dev, status.st_ino))
    return True


def temp_files(folder: Path, *, deep: bool = True) -> Iterator[Path]:
    """Yield what is named like a temp file of ours, in an archive or a folder of one.

    Links at the archive's root are entered where they are folders of an archive; others lead where nothing is ours.

    Args:
        folder: where they are looked for.
        deep: in every folder below it as well, which takes long in a large archive.
    """
    for parent, entries in walk(folder, links=FOLDERS):
        yield from (parent / entry.name for entry in entries if entry.name.startswith(TEMP_PREFIX))
        if not deep:
            return


def sweep(folder: Path, *, deep: bool = True) -> int:
    """Remove temp files a killed run left behind. Call only while holding the archive.

    Args:
        folder: where they are looked for.
        deep: as for `temp_files`. Only then the mark of a rebuild goes too, when everything else is gone: killed on the
            way, the next one must look everywhere again.

    Returns:
        Their number.
    """
    ours = [path for path in temp_files(folder, deep=deep) if path.name != UNFINISHED and is_leftover(path.name)]
    if deep and (folder / UNFINISHED).exists():
        ours.append(folder / UNFINISHED)
    for path in ours:
        path.unlink()
    return len(ours)
