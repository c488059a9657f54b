"""How many articles are new, beside the same hours of the weeks before: does the feed stand still, or flood?

A run tells how many articles it was the first to see, so no request more is needed, and a home page answered 304 again
and again is what a feed that stands still looks like. Hours are compared with the same hours of the same weekday in
the last four weeks. What we slept through says nothing: a span is only looked at where runs that read the home page
stand close enough. Four facts keep the alarm rare: three weeks that can be compared, twenty articles in the least of
them, a factor of four, and an hour of play where the span is short.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from newsarchive.dates import SHANGHAI

WEEK = timedelta(days=7)
WEEKS = 4
LEAST_WEEKS = 3
LEAST = 20  # articles; below it chance rules
FACTOR = 4
LONGEST_GAP = 1.25  # of a span, between two runs; a daily cron job is never on the second


@dataclass(frozen=True, slots=True)
class Told:
    """What a run told that read the home page.

    Attributes:
        began: when it began; aware.
        news: how many articles it was the first to see; None where it was killed before it could say.
    """

    began: datetime
    news: int | None


@dataclass(frozen=True, slots=True)
class _Span:
    """Hours to compare; all are hours after now, or after the same moment of an earlier week.

    Attributes:
        hours: how many they are, in words.
        begins: where the span that ends now begins.
        then: where those of an earlier week begin and end.
        most: where other spans of an earlier week begin and end that may have the most; where there are none, too much
            is not looked for. Not in few hours, since a feed that stood still catches up; and not beside the same
            weekday alone, since some Saturdays and Sundays are working days in China.
    """

    hours: int
    begins: float
    then: tuple[tuple[float, float], ...]
    most: tuple[tuple[float, float], ...] = ()


_SPANS = (
    _Span(3, -3, ((-4, -1), (-3, 0), (-2, 1))),
    # Half an hour off, so that a daily job's run of then is in it, a little early or late though it was.
    _Span(24, -23.5, ((-23.5, 0.5),), most=((-47.5, -23.5), (-71.5, -47.5))),
)
_REACH = timedelta(hours=72 + 24 * LONGEST_GAP)
_AHEAD = timedelta(hours=1)
REACH = WEEKS * WEEK + _REACH
"""How far back runs matter."""


def matters(began: datetime, now: datetime) -> bool:
    """Tell whether what a run told that began then is asked about."""
    into = (now - began) % WEEK
    return into <= _REACH or into >= WEEK - _AHEAD


def unusual(told: Iterable[Told], now: datetime) -> str:
    """Say in a sentence what is unusual about the articles new up to now; empty where nothing is, or nobody can tell.

    Args:
        told: by the runs of the last weeks and by this one.
        now: when this run began; aware.
    """
    times = _Times(told)
    for span in _SPANS:
        here = times.news(now, span.begins, 0)
        then = [now - ago * WEEK for ago in range(1, WEEKS + 1)]
        weeks = [found for week in then if (found := list(times.spans(week, span.then)))]
        if here is None or len(weeks) < LEAST_WEEKS:
            continue
        low, high = min(map(min, weeks)), max(map(max, weeks))
        if low >= LEAST and here * FACTOR < low:
            return _sentence(here, span.hours, now, f"earlier weeks had {_range(low, high)}", len(weeks))
        most = max([high, *(news for week in then for news in times.spans(week, span.most))])
        if low >= LEAST and span.most and here > most * FACTOR:
            return _sentence(here, span.hours, now, f"earlier weeks had {most} at most", len(weeks))
    return ""


class _Times:
    """Runs in the order they began, to be asked for spans."""

    def __init__(self, told: Iterable[Told]) -> None:
        ordered = sorted(told, key=lambda one: one.began)
        self.began = [one.began for one in ordered]
        self.counts = [one.news for one in ordered]

    def spans(self, now: datetime, spans: Iterable[tuple[float, float]]) -> Iterator[int]:
        """Give what was new in each span that can be told of."""
        for begins, ends in spans:
            found = self.news(now, begins, ends)
            if found is not None:
                yield found

    def news(self, now: datetime, begins: float, ends: float) -> int | None:
        """Give how many articles were new between two hours, after or before `now`.

        None where nobody can tell, since runs are too far apart or one was killed.
        """
        start, end = now + timedelta(hours=begins), now + timedelta(hours=ends)
        first, last = bisect_right(self.began, start), bisect_right(self.began, end)
        if first in {0, last}:
            return None
        gap = (end - start) * LONGEST_GAP
        if any(later - earlier > gap for earlier, later in pairwise([*self.began[first - 1 : last], end])):
            return None
        counts = self.counts[first:last]
        return None if None in counts else sum(filter(None, counts))


def _sentence(here: int, hours: int, now: datetime, usual: str, weeks: int) -> str:
    what = "no new article" if here == 0 else f"{here} new article{'' if here == 1 else 's'}"
    local = now.astimezone(SHANGHAI)
    return f"{what} in the last {hours} hours; {weeks} {usual} up to {local:%A, %H:%M} ({local:%z})"


def _range(low: int, high: int) -> str:
    return f"{low} to {high}" if low != high else str(low)
