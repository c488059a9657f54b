"""The posts of an archive, one after the other: what was asked for, each compared with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from newsarchive.archive.ledgerexport import Days, Entry, Shelf, file_days
from newsarchive.archive.posts import Posts
from newsarchive.archive.replaying import Progress
from newsarchive.archive.seal import LEDGER
from newsarchive.article import Refused
from newsarchive.export.record import Record, Words, record_of
from newsarchive.newspapers import words_of
from spiders.arguments import Selection

Again = Callable[[str], Entry | None]

_LOST = "scrapy verify says more"


@dataclass(slots=True)
class Found:
    """What a reading came to.

    Attributes:
        looked: posts that were read, or tried.
        given: posts that were given out.
        unreadable: posts that could not be read.
        complete: the reading went to the end; no limit ended it.
        mark: what to begin after next time; empty where the ledger counts no changes, or there is none.
        sections: tag and category of every post of the days asked for; some two thousand at most.
    """

    looked: int = 0
    given: int = 0
    unreadable: int = 0
    complete: bool = False
    mark: str = ""
    sections: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which posts are wanted.

    Attributes:
        selection: days, categories, and how many; `full` is not looked at.
        words: what title or text must hold.
        after: the mark of an earlier reading: only what is new or changed since; empty for everything.
    """

    selection: Selection
    words: Words
    after: str = ""


class Reading:
    """One pass over an archive's posts, one in memory at a time.

    Args:
        root: the archive.
        asked: which are wanted.
        unreadable: told the path of every post that cannot be read, and why; the reading goes on.
        progress: told how far it is.

    Attributes:
        found: what it came to, complete when `records` has ended.
        by_ledger: there is a ledger to ask; else the post files are all that is known.
    """

    def __init__(
        self,
        root: Path,
        asked: Asked,
        *,
        unreadable: Callable[[str, str], None],
        progress: Progress,
    ) -> None:
        self.root = root
        self.asked = asked
        self.found = Found()
        self._unreadable = unreadable
        self._progress = progress
        self.by_ledger = (root / LEDGER).exists()

    def records(self, *, newest_first: bool) -> Iterator[Record]:
        """Give what was asked for, by moment where the ledger knows it, else by day and number.

        Raises:
            Refused: the ledger is none, or knows nothing of `after`.
            sqlite3.Error: it cannot be read.
        """
        if not self.by_ledger:
            if self.asked.after:
                raise Refused("there is no ledger to ask what changed; scrapy rebuild makes it again")
            yield from self._chosen(self._files(newest_first=newest_first), sum(1 for _ in Posts(self.root).names()))
            return
        shelf = Shelf(self.root / LEDGER, self._days, newest_first=newest_first, after=self.asked.after)
        self.found.mark = shelf.mark
        with closing(shelf):
            yield from self._chosen(shelf, len(shelf), shelf.again)

    @property
    def _days(self) -> Days:
        return self.asked.selection.since, self.asked.selection.until

    def _files(self, *, newest_first: bool) -> Iterator[Entry]:
        first, last = file_days(self._days)
        for name, path in Posts(self.root).names(newest_first=newest_first):
            if first <= path.name[:10] <= last:
                yield Entry(str(name), str(path))

    def _chosen(self, entries: Iterable[Entry], total: int, again: Again = lambda _: None) -> Iterator[Record]:
        for entry in entries:
            if self.found.given == self.asked.selection.limit:
                return
            self.found.looked += 1
            self._progress("posts", self.found.looked, total)
            try:
                record = self._record(entry, again)
            except (OSError, Refused) as error:
                self.found.unreadable += 1
                self._unreadable(entry.post, _why(error).removeprefix(f"{Path(entry.post).name}: "))
                continue
            if self._is_wanted(record):
                self.found.given += 1
                yield record
        self.found.complete = True

    def unmatched(self) -> list[str]:
        """Give a sentence for each category asked for that no post of these days answers to; none before the end."""
        if not self.found.complete:
            return []
        sentences = self.asked.selection.unmatched(self.found.sections)
        return [sentence.replace("no newspaper on the home page", "no post of these days") for sentence in sentences]

    def _record(self, entry: Entry, again: Again) -> Record:
        """Read a post; one that a run has replaced since the ledger was asked is asked for again."""
        try:
            return self._read(entry)
        except (OSError, Refused):
            now = again(entry.name)
            if now is None or now == entry:
                raise
        return self._read(now)

    def _read(self, entry: Entry) -> Record:
        content = (self.root / entry.post).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        if entry.sha256 not in {None, sha256}:
            raise Refused(f"it is not what its digest in the ledger says; {_LOST}")
        return record_of(content, sha256, entry)

    def _is_wanted(self, record: Record) -> bool:
        day, chosen = record.date.date(), self.asked.selection
        if (chosen.since and day < chosen.since) or (chosen.until and day > chosen.until):
            return False
        segments = tuple(words_of(record.category))
        if chosen.patterns:
            self.found.sections.add((record.tag, segments))
        return chosen.wants_section(words_of(record.tag), segments) and self.asked.words.are_in(record)


def _why(error: OSError | Refused) -> str:
    if isinstance(error, FileNotFoundError):
        return f"it is missing; {_LOST}"
    return f"it cannot be read ({error.strerror})" if isinstance(error, OSError) else str(error)
