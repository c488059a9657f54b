"""Posts from elsewhere, taken into an archive with their bytes as they were.

Batch by batch: first what is kept beside posts (``revisions/``), then the posts, all synced, then their ledger rows.
So the ledger is the only thing that says how far an import came: killed and started again it meets what it has by name
and digest, and goes on. Nothing that an import meets in the archive is lost or replaced by less.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from newsarchive.archive.importsource import Candidate, Unfit, examine, places_in, walk, worth_of
from newsarchive.archive.keeper import Archive, CannotStartError
from newsarchive.archive.ledger import Adopted, Row, State
from newsarchive.archive.newfiles import write_many
from newsarchive.archive.pool import Pool
from newsarchive.archive.posts import POSTS
from newsarchive.archive.runs import Failure, Kind, Run

KNOWN = "known, and no article"

Progress = Callable[[str, int, int], None]

_AT_A_TIME = 64  # files for a process
_BATCH, _BATCH_BYTES = 1024, 32 * 2**20  # posts before they are synced, and their rows written


def check_source(root: Path, folder: Path) -> None:
    """Find out before anything is done that there is nothing to import.

    Args:
        root: the archive.
        folder: what is to be imported.

    Raises:
        CannotStartError: it is no folder, holds no posts, or is the archive itself.
    """
    if not folder.is_dir():
        raise CannotStartError(f"{folder} is no folder; say one with posts, or a clone that has them")
    places = places_in(folder)
    if places == [folder] and (folder / ".git").exists():
        raise CannotStartError(f"the clone {folder} has neither _posts/ nor old_post/ in its work tree; check one out")
    if any(_is_same(place, root / POSTS) for place in places):
        raise CannotStartError(f"{folder} is this archive; what is in it need not be imported")
    if not any(isinstance(file, str) or file.file.endswith(".md") for place in places for file in walk(place)):
        raise CannotStartError(f"there are no posts in {folder}: neither _posts/ nor old_post/, nor any .md file")


def import_folder(archive: Archive, folder: Path, run: Run, pool: Pool, *, progress: Progress) -> None:
    """Take in every post of a clone's work tree, or of any folder of posts.

    Args:
        archive: held.
        folder: a clone with ``_posts`` or ``old_post``, or such a folder itself; checked.
        run: takes the counts, and each file that is not imported with its reason.
        pool: of processes, begun.
        progress: told how far it is.

    Raises:
        OSError, sqlite3.Error: the archive's disk does not take it; what is in the ledger is safe.
    """
    places = places_in(folder)
    total = sum(1 for place in places for _ in walk(place))
    intake = Intake(archive, run)
    files = (file for place in places for file in walk(place))
    for done, one in enumerate(_examined(pool, files), start=1):
        intake.take(one, shown=_shown(one.file, folder))
        progress("import", done, max(done, total))
    intake.flush()


def _examined(pool: Pool, files: Iterator[str | Unfit]) -> Iterator[Candidate | Unfit]:
    for found in pool.spread(examine, iter(lambda: list(islice(files, _AT_A_TIME)), [])):
        yield from found


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _shown(file: str, folder: Path) -> str:
    """Write a path below the folder; names of files are bytes, and need not be text."""
    return os.fsencode(os.path.relpath(file, folder)).decode(errors="backslashreplace")


class Intake:
    """Takes posts into an archive, one after the other.

    Args:
        archive: held.
        run: takes counts and failures. ``new``, ``archived before`` (these bytes are there already), ``better`` (it
            took the place of an imported post that was less complete), ``versions`` (kept under ``revisions/``),
            ``known, and no article`` (named among the notes).
    """

    def __init__(self, archive: Archive, run: Run) -> None:
        self.archive = archive
        self.run = run
        self._new: dict[str, tuple[Adopted, bytes]] = {}
        self._versions: list[tuple[PurePosixPath, bytes]] = []
        self._bytes = 0

    def take(self, one: Candidate | Unfit, *, shown: str) -> None:
        """Take in a post that was understood; note one that was not."""
        self.run.counts["seen"] += 1
        if isinstance(one, Unfit) and one.known:
            self.run.counts[KNOWN] += 1
            self.run.notes.append(f"{shown}: {one.reason}; left out, nothing is missing")
            return
        if isinstance(one, Unfit):
            self.run.failures.append(Failure(Kind.IMPORT, shown, one.reason))
            return
        waiting = self._new.get(str(one.name))
        if waiting is not None and waiting[0].post_sha256 == one.sha256:
            self.run.counts["archived before"] += 1
            return
        if waiting is not None:
            self.flush()
        row = self.archive.ledger.find(one.name)
        if row is not None and row.state is State.CAPTURED and row.post:
            self._beside(one, row, row.post)
        else:
            self._add(one, _path(one))
        if len(self._new) + len(self._versions) >= _BATCH or self._bytes >= _BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Bring to the disk what was taken, then into the ledger."""
        if self._versions:
            kept = self.archive.posts.keep_versions(self._versions, now=self.archive.now())
            self.run.counts["versions"] += kept
            self.run.counts["archived before"] += len(self._versions) - kept
        if self._new:
            write_many({self.archive.root / adopted.post: content for adopted, content in self._new.values()})
            self.archive.ledger.imported((adopted for adopted, _ in self._new.values()), now=self.archive.now())
            self.run.counts["new"] += len(self._new)
        self._new.clear()
        self._versions.clear()
        self._bytes = 0

    def _beside(self, one: Candidate, row: Row, held: str) -> None:
        """Take in a post whose article is archived: the same bytes again, or another version."""
        there = self.archive.root / held
        if row.post_sha256 == one.sha256:
            if there.exists():
                self.run.counts["archived before"] += 1
            else:
                self._add(one, PurePosixPath(held))  # it was lost
        elif row.origin is None and (not there.exists() or one.worth > worth_of(there.read_bytes(), there.name)):
            self._replace(one, held)
        else:
            self._versions.append((_path(one), one.content))
            self._bytes += len(one.content)

    def _add(self, one: Candidate, path: PurePosixPath) -> None:
        target = self.archive.root / path
        if target.exists() and target.read_bytes() != one.content:  # a file the ledger knows nothing of
            self._replace(one, str(path))
            return
        self._new[str(one.name)] = (_adopted(one, path), one.content)
        self._bytes += len(one.content)

    def _replace(self, one: Candidate, held: str) -> None:
        """Put a better version in the place of an imported one, which is kept."""
        self.flush()
        path, now = _path(one), self.archive.now()
        self.archive.posts.put(path, one.content, now=now)
        if held != str(path):
            self.archive.posts.retire(PurePosixPath(held), now=now)
        self.archive.ledger.imported([_adopted(one, path)], now=now)
        self.run.counts["better"] += 1


def _path(one: Candidate) -> PurePosixPath:
    return PurePosixPath(POSTS, one.day[:4], one.day[5:7], f"{one.day}-{one.name}.md")


def _adopted(one: Candidate, path: PurePosixPath) -> Adopted:
    return Adopted(one.name, str(path), one.sha256, one.published, one.title, one.category, one.tag)


def numbers(run: Run) -> Iterable[tuple[str, int]]:
    """Give what came of an import, in words."""
    yield "files seen", run.counts["seen"]
    yield "imported", run.counts["new"]
    yield "archived before, or twice", run.counts["archived before"]
    yield "in place of a less complete one", run.counts["better"]
    yield "other versions, kept beside", run.counts["versions"]
    if run.counts[KNOWN]:
        yield KNOWN, run.counts[KNOWN]
    yield "not understood", len(run.failures)
