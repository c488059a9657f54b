"""How a list of the publisher's is read from its newest article back, page by page, until nothing can have slipped by.

A `Reading` is told the pages and says which to ask for next. It decides without asking anyone but the ledger, whether
an earlier complete reading of the list showed an article. The same for a crawl and for a rebuild from captures.

Pages by number move while they are read: what is published pushes the others down, so that an article is met twice;
what is withdrawn pulls them up, so that one slips between two pages unseen. So each page is asked for from a few
articles before the end of the last one: where it holds any that was met, nothing is between the two. Where it holds
none, the reading goes back until one does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from newsarchive.article import Name
from newsarchive.dates import SHANGHAI
from newsarchive.source.eastmoney import FAST_PAGE_SIZE, PAGE_SIZE, Column, Item, Page, Question
from newsarchive.source.lists import Sighting
from newsarchive.source.understanding import NotUnderstoodError

FIRST_REACH = timedelta(days=3)
"""How far back the first reading of a list goes: as far as the mirror would have shown."""
MAX_PAGES = 50
_OVERLAP = 5
_LEAST_SIZE = 12  # a server that gives no more is not thought of; a list with no more is read to its end all the same


class End(StrEnum):
    """How a reading came to its end."""

    COMPLETE = "complete"
    """It met what an earlier one had shown; or it was the first, and went back far enough."""
    UNPROVEN = "unproven"
    """The list or the patience ended before that: articles may have slipped by."""


@dataclass(slots=True)
class Reading:
    """A reading of one list.

    Attributes:
        column: the list.
        now: when it began; aware.
        before: when an earlier reading came to its end; None where none did.
        showed: tells whether such a reading showed an article.
        max_pages: after so many it ends.
        since: a day in Asia/Shanghai to go back to in any case.
        found: every article met, by name.
        oldest: when the oldest of them was shown.
        question: what to ask next; None at the end.
        end: how it ended; None while it goes on.
    """

    column: Column
    now: datetime
    before: datetime | None
    showed: Callable[[Name], bool]
    max_pages: int = MAX_PAGES
    since: date | None = None
    found: dict[str, Item] = field(default_factory=dict)
    oldest: datetime | None = None
    question: Question | None = None
    end: End | None = None
    pages: int = 0
    _met: bool = False  # the last article of the last page was in an earlier reading; a pinned one above tells nothing
    _touched: bool = False  # any of the chain was
    _chain: set[str] = field(default_factory=set)  # those met with nothing between them
    _size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        """Begin with the newest."""
        self.question = Question(self.column, FAST_PAGE_SIZE if self.column.rolling else PAGE_SIZE)

    @property
    def sightings(self) -> list[Sighting]:
        """What was met, newest first."""
        return [item.sighting for item in self.found.values()]

    def take(self, page: Page, asked: Question) -> list[Sighting]:
        """Take the answer to a question; gives what was not met before.

        Raises:
            NotUnderstoodError: a list that goes on from a place gives again what stands before it.
        """
        self.pages += 1
        new = [item for item in page.items if item.name not in self.found]
        if asked.after and page.items and not new:
            raise NotUnderstoodError("the list gives the same articles again instead of older ones")
        self.found |= {item.name: item for item in new}
        if self._follows(page, asked):
            self._go_on(page, asked, new)
        elif self.pages >= self.max_pages:
            self._finish(proven=False)
        else:
            self.question = self._from(asked.offset - self._size // 2)
        return [item.sighting for item in new]

    def _follows(self, page: Page, asked: Question) -> bool:
        """Tell whether nothing can be between this page and those before it."""
        if self.column.rolling or asked.is_first or not page.items:
            return True
        return any(item.name in self._chain for item in page.items)

    def _go_on(self, page: Page, asked: Question, new: list[Item]) -> None:
        names, length = {item.name for item in page.items}, len(page.items) + len(page.refused)
        if asked.is_first and not names & self._chain:
            self._chain, self._touched = set(), False  # as many were published as a page holds: there is a gap behind
            self._size = max(_LEAST_SIZE, min(self._size, length))
        self._chain |= names
        if page.items:
            known = [self.showed(item.sighting.link.name) for item in page.items]
            self._met, self._touched = known[-1], self._touched or any(known)
            self.oldest = page.items[-1].shown
        ended = not page.items or (not new and length < asked.size)
        if self._is_far_enough():
            self._finish(proven=True)
        elif ended or self.pages >= self.max_pages:
            self._finish(proven=ended and (self.before is None or self._touched))
        elif self.column.rolling:
            self.question = Question(self.column, FAST_PAGE_SIZE, after=page.after)
        else:  # a full page with nothing new: as much was published meanwhile
            self.question = self._from(asked.offset + length - (_OVERLAP if new else 1))

    def _from(self, offset: int) -> Question:
        """Ask for the page that begins at an article, or not far before, and reaches furthest.

        Pages begin at multiples of their size, so a smaller size can move the beginning to where it is wanted; none is
        larger than what the server gives.
        """
        if offset < self._size // 2:
            return Question(self.column, self._size)
        sizes = range(self._size, self._size // 2 - 1, -1)
        size = max(sizes, key=lambda size: (offset // size + 1) * size)
        return Question(self.column, size, index=offset // size + 1)

    def _is_far_enough(self) -> bool:
        if self.oldest is None:
            return False
        if self.since is not None and self.oldest.astimezone(SHANGHAI).date() >= self.since:
            return False
        return self._met if self.before is not None else self.oldest <= self.now - FIRST_REACH

    def _finish(self, *, proven: bool) -> None:
        self.question = None
        self.end = End.COMPLETE if proven else End.UNPROVEN
