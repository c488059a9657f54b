"""What of an archive can be verified file by file: run records, revisions, stray files. And: is a run at work?"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsarchive.archive import files, runs, seal
from newsarchive.archive.files import TEMP_PREFIX, is_leftover
from newsarchive.archive.posts import POSTS, REVISIONS, SUMS

BACKUP = "restore the file from a backup; nothing else has what it held"
_HEX = hashlib.sha256().digest_size * 2


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault: the file (relative to the archive), what is wrong with it, and what to do."""

    file: str
    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}; {self.advice}"


def run_record(root: Path, path: Path) -> Iterator[Finding]:
    """Look at a run's record."""
    try:
        runs.read(path)
    except ValueError as error:
        yield Finding(_relative(root, path), f"the record of this run is damaged: {error}", BACKUP)


def revisions(root: Path, folder: Path, *, busy: bool) -> Iterator[Finding]:
    """Look at the earlier versions in a folder.

    Args:
        root: the archive.
        folder: with the revisions, and their digests.
        busy: a run is at work; a revision may be there a moment before its digest.
    """
    try:
        sums = _sums(folder / SUMS)
    except ValueError as error:
        yield Finding(_relative(root, folder / SUMS), str(error), BACKUP)
        return
    for path in revision_files(folder):
        content, digest = path.read_bytes(), sums.pop(path.name, None)
        if digest is None:
            if not busy and not _is_current(root, path, content):
                yield Finding(_relative(root, path), f"this earlier version has no digest in {SUMS}", BACKUP)
        elif hashlib.sha256(content).hexdigest() != digest:
            yield Finding(_relative(root, path), f"this earlier version is not what its digest in {SUMS} says", BACKUP)
    for name in sums:
        yield Finding(_relative(root, folder / name), "this earlier version is missing", BACKUP)


def revision_files(folder: Path) -> list[Path]:
    """List the earlier versions in a folder."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.name != SUMS and not path.name.startswith(TEMP_PREFIX)
    )


def temp_files(root: Path, leftovers: list[str]) -> Iterator[Finding]:
    """Look for files a killed run did not finish; call only while no run is at work.

    Args:
        root: the archive.
        leftovers: takes a sentence for each. They are no damage: nothing that was archived is in them alone.

    Returns:
        A finding for each file that is named nearly so, and is not ours.
    """
    is_sealed = (root / seal.SEAL).exists()  # then a run looks for them in the archive's own folder only
    for file in files.temp_files(root):
        path = _relative(root, file)
        if is_leftover(file.name):
            who = "scrapy rebuild" if is_sealed and "/" in path else "the next run"
            leftovers.append(f"{path}: a killed run left this temp file; {who} removes it")
        else:
            yield Finding(path, "this is no temp file of ours, though it is named like one", "move it away")


def is_busy(root: Path) -> bool:
    """Tell whether a run holds the archive, without ever standing in the way of one.

    Linux lists its locks; elsewhere the lock is taken for a moment.
    """
    try:
        inode = root.stat().st_ino
        with Path("/proc/locks").open(encoding="ascii", errors="replace") as locks:
            return any(f":{inode} " in line and " FLOCK " in line and " WRITE " in line for line in locks)
    except FileNotFoundError:
        pass
    try:
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _is_current(root: Path, revision: Path, content: bytes) -> bool:
    """Tell whether a run was killed between putting a version aside and replacing it; the next one goes on."""
    stem = revision.name.split(".")[0]
    current = root / POSTS / revision.parent.relative_to(root / REVISIONS) / f"{stem}.md"
    return current.exists() and current.read_bytes() == content


def _sums(path: Path) -> dict[str, str]:
    """Read a list of digests as ``sha256sum`` writes it: digests by name; raises ValueError for anything else."""
    sums: dict[str, str] = {}
    if not path.exists():
        return sums
    *lines, end = path.read_bytes().split(b"\n")
    for line in lines:
        digest, two_spaces, name = line[:_HEX], line[_HEX : _HEX + 2], line[_HEX + 2 :]
        if two_spaces != b"  " or not name:
            raise ValueError("this is no list of digests")
        sums[name.decode(errors="replace")] = digest.decode(errors="replace")
    if end:
        raise ValueError("this list of digests does not end with a line")
    return sums


def _relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
