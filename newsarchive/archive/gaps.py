"""What is unaccounted for: articles that lists showed and that are not archived, and times when nobody looked.

Reads the ledger and the runs' records; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from newsarchive.archive import runs as records
from newsarchive.archive.ledgerquery import LedgerQuery, ListRow, Missing, RunRow, ask
from newsarchive.archive.ledgerrows import KEPT_FOR, State
from newsarchive.archive.runhistory import all_runs, read_lists
from newsarchive.archive.runs import INCOMPLETE
from newsarchive.archive.seal import LEDGER
from newsarchive.archive.status import Category, Counts, Scope, count
from newsarchive.dates import SHANGHAI

DROPPED = "could not be read for three days"
"""What a run says of a list that it takes off the queue."""

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A time when no run looked for longer than the source promises to show an article.

    Attributes:
        last_look, next_look: the good runs before and after; `next_look` is the present where there is none yet.
        since, until: what was published between these may have come and gone unseen.
    """

    last_look: datetime
    next_look: datetime
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class DroppedList:
    """A list that was due and given up; posts that only it showed may be lost.

    Attributes:
        list: its address, or its path.
        why: in words.
        noticed: when the run began that gave it up; None where no record tells.
    """

    list: str
    why: str
    noticed: datetime | None


@dataclass(frozen=True, slots=True)
class EmptyDay:
    """A working day without any article, between days that have some.

    Attributes:
        day: in Asia/Shanghai.
        watched: runs looked in time: then the lists showed none (a public holiday?).
    """

    day: date
    watched: bool


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is unaccounted for, at a moment.

    Attributes:
        root, now: which archive, when.
        counts: all articles by day, category and state.
        missing: what is not archived, by name.
        unwatched, dropped, empty: see their classes.
        due: lists that are due.
        split: categories without a list of their own.
    """

    root: Path
    now: datetime
    counts: Counts
    missing: tuple[Missing, ...]
    unwatched: tuple[Unwatched, ...]
    dropped: tuple[DroppedList, ...]
    due: tuple[ListRow, ...]
    split: tuple[Category, ...]
    empty: tuple[EmptyDay, ...] = field(default=())


def gaps(root: Path, scope: Scope, *, now: datetime) -> Gaps:
    """Find what is unaccounted for in an archive.

    Raises:
        FileNotFoundError: it has no ledger.
        Refused, sqlite3.Error: as `newsarchive.archive.ledgerquery.ask`.
    """

    def question(ledger: LedgerQuery) -> Gaps:
        counts = count(ledger.tallies(shown=True), scope)
        every_run = all_runs(ledger.runs(), root)
        times = tuple(one for one in unwatched(every_run, now=now) if _within(one, scope))
        lists = ledger.lists()
        return Gaps(
            root=root,
            now=now,
            counts=counts,
            missing=tuple(one for one in ledger.missing() if scope.holds(one.day, one.category, one.tag)),
            unwatched=times,
            dropped=tuple(dropped(every_run, lists, root, scope=scope, now=now)),
            due=tuple(one for one in lists if one.pending),
            split=tuple(one for _, one in sorted(counts.categories.items()) if one.split),
            empty=tuple(empty_days(counts, times)),
        )

    return ask(root / LEDGER, question)


def unwatched(newest_first: Iterable[RunRow], *, now: datetime) -> Iterator[Unwatched]:
    """Give the times when nobody looked for too long, the earliest first.

    The source promises an article until three days after the start of its day, as the ledger's deadlines count. So
    after a look at A, a look at B misses what was published after A on days whose promise had ended by B.
    """
    looks = sorted(run.began for run in newest_first if read_lists(run))
    for last, following in pairwise([*looks, now] if looks else []):
        oldest = (following - KEPT_FOR).astimezone(SHANGHAI)
        until = datetime(oldest.year, oldest.month, oldest.day, tzinfo=SHANGHAI) + _DAY
        if last < until:
            yield Unwatched(last, following, last, until)


def dropped(
    every_run: list[RunRow], lists: list[ListRow], root: Path, *, scope: Scope, now: datetime
) -> Iterator[DroppedList]:
    """Give the lists that were given up, as the runs say, and those of which only the ledger tells."""
    told: set[str] = set()
    for run in reversed(every_run):
        if (run.exit_code or 0) < INCOMPLETE or not run.file or not _since(run.began, scope):
            continue
        for list_, why in _dropped_in(root / records.RUNS / run.file):
            told.add(list_)
            yield DroppedList(list_, why, run.began)
    for one in lists:
        overdue = not one.pending and one.error and one.due_until is not None and one.due_until <= now
        if not overdue or one.due_until is None or any(list_.endswith(one.path) for list_ in told):
            continue
        if (one.last_read is None or one.last_read < one.due_until - KEPT_FOR) and _since(one.due_until, scope):
            yield DroppedList(one.path, f"the list of {one.tag or one.path} {DROPPED}: {one.error}", None)


def empty_days(counts: Counts, times: Iterable[Unwatched]) -> Iterator[EmptyDay]:
    """Give the working days without any article between the first and the last that have some."""
    known = sorted(day for day in counts.days if day is not None)
    spans = [(one.since.astimezone(SHANGHAI).date(), (one.until - _DAY).astimezone(SHANGHAI).date()) for one in times]
    for earlier, later in pairwise(known):
        for offset in range(1, (later - earlier).days):
            day = earlier + offset * _DAY
            if day.weekday() < _SATURDAY:
                yield EmptyDay(day, not any(first <= day <= last for first, last in spans))


def archived(counts: Counts, day: date | None) -> tuple[int, int]:
    """Give how many articles of a day are archived, and how many are not."""
    states = counts.of_day(day)
    return states[State.CAPTURED], states.total() - states[State.CAPTURED]


def _dropped_in(path: Path) -> Iterator[tuple[str, str]]:
    try:
        if DROPPED.encode() not in path.read_bytes():
            return
        record = records.read(path)
    except (OSError, ValueError):
        return  # damaged or missing: verify names it
    for failure in record["failures"]:
        if DROPPED in failure["reason"]:
            yield failure["what"], failure["reason"]


def _within(one: Unwatched, scope: Scope) -> bool:
    return _since(one.until - timedelta(microseconds=1), scope)


def _since(when: datetime, scope: Scope) -> bool:
    return scope.since is None or when.astimezone(SHANGHAI).date() >= scope.since
