"""How an archive stands: what is kept, what is missing and why, how the runs went, and whether anyone should worry.

Nothing here writes or locks; it works beside a running crawl.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from newsarchive import spans
from newsarchive.archive.ledgerquery import LedgerQuery, ListRow, Missing, Tally, ask
from newsarchive.archive.ledgerrows import State
from newsarchive.archive.runhistory import Runs, judge_runs
from newsarchive.archive.runs import INCOMPLETE, OK
from newsarchive.archive.seal import LEDGER
from newsarchive.archive.verifyfiles import is_busy
from newsarchive.dates import POST_FORMAT, SHANGHAI, last_day
from newsarchive.newspapers import category_of, newspaper_of, plain_category, segments_of


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at: days from `since` on, and the categories for which `wants` says so (category, tag)."""

    since: date | None = None
    wants: Callable[[str, str], bool] = lambda _category, _tag: True

    def holds(self, day: date | None, category: str, tag: str) -> bool:
        """Tell whether an article of this day and category is meant."""
        return (self.since is None or (day is not None and day >= self.since)) and self.wants(category, tag)


@dataclass(slots=True)
class Category:
    """What is known of a category.

    Attributes:
        name: the mirror's; empty where nothing tells (posts taken in without their captures).
        newspaper: its name in Chinese; empty where no list showed it.
        states: how many articles are in each state.
        newest: the day of its newest article.
        split: the mirror splits its name, so that it has no list of its own.
    """

    name: str
    newspaper: str = ""
    states: Counter[State] = field(default_factory=Counter)
    newest: date | None = None
    split: bool = False


@dataclass(slots=True)
class Counts:
    """Articles counted by state: in all, by day, by category, by both; and those lists showed, where that was asked."""

    states: Counter[State] = field(default_factory=Counter)
    days: dict[date | None, dict[str, Counter[State]]] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    shown: Counter[tuple[date | None, str]] = field(default_factory=Counter)

    def of_day(self, day: date | None) -> Counter[State]:
        """Add up a day's categories."""
        states = Counter[State]()
        for some in self.days.get(day, {}).values():
            states.update(some)
        return states


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether anyone should worry: the reasons in sentences, and what was counted on.

    Attributes:
        reasons: none when all is well.
        expected: within what time the next run is expected; None where nothing tells.
        max_age: the user's word for it; None where the runs' own interval was taken.
    """

    reasons: tuple[str, ...]
    expected: timedelta | None
    max_age: timedelta | None

    @property
    def exit_code(self) -> int:
        """The verdict as an exit code."""
        return INCOMPLETE if self.reasons else OK


@dataclass(frozen=True, slots=True)
class Status:
    """How an archive stands at a moment. `missing` is within the scope, the judgement is about everything."""

    root: Path
    now: datetime
    counts: Counts
    missing: tuple[Missing, ...]
    nearest: Missing | None
    lists_due: tuple[ListRow, ...]
    runs: Runs
    judgement: Judgement


def status(root: Path, scope: Scope, *, now: datetime, max_age: timedelta | None = None) -> Status:
    """Look at an archive.

    Args:
        root: its folder.
        scope: what to count and name.
        now: the moment of the look; aware.
        max_age: how old the last good run may be, and within what time the next one is expected.

    Raises:
        FileNotFoundError: it has no ledger.
        Refused, sqlite3.Error: as `newsarchive.archive.ledgerquery.ask`.
    """
    busy = is_busy(root)

    def question(ledger: LedgerQuery) -> Status:
        missing, lists = ledger.missing(), ledger.lists()
        runs = judge_runs(ledger.runs(), root, busy=busy)
        pending = [one for one in missing if one.state is State.PENDING]
        return Status(
            root=root,
            now=now,
            counts=count(ledger.tallies(), scope, last=last_day(now)),
            missing=tuple(one for one in missing if scope.holds(one.day, one.category, one.tag)),
            nearest=pending[0] if pending else None,
            lists_due=tuple(one for one in lists if one.pending),
            runs=runs,
            judgement=judge(runs, pending, now=now, max_age=max_age),
        )

    return ask(root / LEDGER, question)


def count(tallies: Iterable[Tally], scope: Scope, *, last: date = date.max) -> Counts:
    """Add up what the ledger counted.

    What is not archived has its category as links spell it, in lower case; where an archived one differs only in that,
    it is that one. No day after `last` is the newest of a category: its year is wrong.
    """
    tallies = list(tallies)
    spelled: dict[str, set[str]] = {}
    for one in tallies:
        if one.state is State.CAPTURED:
            spelled.setdefault(" ".join(segments_of(plain_category(one.category))), set()).add(one.category)
    counts = Counts()
    for one in tallies:
        if not scope.holds(one.day, one.category, one.tag):
            continue
        names = spelled.get(one.category, set())
        name = min(names) if len(names) == 1 else one.category
        category = counts.categories.setdefault(name, Category(name))
        category.split |= one.split
        category.newspaper = category.newspaper or _newspaper(one, name)
        day = one.day if one.day is not None and one.day <= last else None
        category.newest = max(filter(None, (category.newest, day)), default=None)
        counts.days.setdefault(one.day, {}).setdefault(name, Counter())[one.state] += one.articles
        counts.shown[one.day, name] += one.shown
        category.states[one.state] += one.articles
        counts.states[one.state] += one.articles
    return counts


def _newspaper(one: Tally, category: str) -> str:
    """Give a category's newspaper; a heading of a split name is only a part of it, unless it makes the category."""
    newspaper = newspaper_of(one.tag)
    return newspaper if not one.split or category_of(newspaper) == category else ""


# -- judgement ---------------------------------------------------------------------------------------------------------


def judge(runs: Runs, pending: list[Missing], *, now: datetime, max_age: timedelta | None) -> Judgement:
    """Say what an operator should do something about.

    Args:
        runs: how they went.
        pending: what waits, nearest deadline first.
        now: the moment of the look.
        max_age: how old the last good run may be. Without it only deadlines are judged, by the runs' usual interval.
    """
    expected = max_age or runs.interval
    reasons: list[str] = []
    if max_age is not None:
        reasons += _too_old(runs, now, max_age)
    # What a web archive's index showed had left the source before it was ever seen: its deadline warns of nothing.
    passed = [one for one in pending if one.first_seen < one.deadline <= now and one.nowhere_since is None]
    if passed:
        reasons.append(f"{_are(len(passed))} pending past the deadline, {_first(passed)}; they may be lost")
    near = [one for one in pending if expected is not None and now < one.deadline <= now + expected]
    if near and expected is not None:
        left = spans.say(near[0].deadline - now)
        reasons.append(
            f"{_are(len(near))} pending with a deadline before the next run, which is expected within "
            f"{spans.say(expected)}: {_first(near)}, in {left}"
        )
    return Judgement(tuple(reasons), expected, max_age)


def _too_old(runs: Runs, now: datetime, max_age: timedelta) -> Iterator[str]:
    good = runs.last_good
    if good is None or good.ended is None:
        yield "no run has read the source's lists yet; is cron at work?"
    elif now - good.ended > max_age:
        yield (
            f"the last good run ended {_when(good.ended)}, {spans.say(now - good.ended)} ago, more than "
            f"{spans.say(max_age)}; is cron at work?"
        )


def _are(count: int) -> str:
    return "1 article is" if count == 1 else f"{count} articles are"


def _first(some: list[Missing]) -> str:
    return f"{'' if len(some) == 1 else 'first '}{some[0].name} ({_when(some[0].deadline)})"


def _when(when: datetime) -> str:
    return when.astimezone(SHANGHAI).strftime(POST_FORMAT)
