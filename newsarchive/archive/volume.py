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
from itertools import accumulate, pairwise

from newsarchive.dates import SHANGHAI

WEEK = timedelta(days=7)
WEEKS = 4
LEAST_WEEKS = 3
LEAST = 20  # articles; below it chance rules
FACTOR = 4
LONGEST_GAP = 1.25  # of a span, between two runs; a daily cron job is never on the second
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a run told that read the home page: when it began, and how many articles it was the first to see."""

    began: datetime
    news: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Hours to compare.

    Attributes:
        length: of the span that ends now.
        shifts: how much later than now, to the week, the spans of earlier weeks end. The day's ends half an hour
            later, so that a daily run of then is in it though it began a second later than today's.
        floods: whether too much is looked for as well. Not in few hours: a feed that stood still catches up.
    """

    length: timedelta
    shifts: tuple[timedelta, ...]
    floods: bool = False


_SPANS = (
    _Span(3 * _HOUR, (-_HOUR, 0 * _HOUR, _HOUR)),
    _Span(24 * _HOUR, (_HOUR / 2,), floods=True),
)
_REACH = max(span.length for span in _SPANS) * (1 + LONGEST_GAP)
REACH = WEEKS * WEEK + _REACH
"""How far back runs matter."""


def matters(began: datetime, now: datetime) -> bool:
    """Tell whether what a run told that began then is asked about."""
    into = (now - began) % WEEK
    return into <= _REACH or into >= WEEK - _HOUR


def unusual(told: Iterable[Told], now: datetime) -> str:
    """Say in a sentence what is unusual about the articles new up to now; empty where nothing is, or nobody can tell.

    Args:
        told: by the runs of the last weeks and by this one.
        now: when this run began; aware.
    """
    times = _Times(told)
    for span in _SPANS:
        here = times.news(now - span.length, now)
        weeks = [found for ago in range(1, WEEKS + 1) if (found := list(times.then(span, now - ago * WEEK)))]
        if here is None or len(weeks) < LEAST_WEEKS:
            continue
        low, high = min(map(min, weeks)), max(map(max, weeks))
        if low >= LEAST and (here * FACTOR < low or (span.floods and here > high * FACTOR)):
            return _sentence(here, span, now, low, high, len(weeks))
    return ""


class _Times:
    """Runs in the order they began, to be asked for spans."""

    def __init__(self, told: Iterable[Told]) -> None:
        ordered = sorted(told, key=lambda one: one.began)
        self.began = [one.began for one in ordered]
        self.sums = [0, *accumulate(one.news for one in ordered)]

    def then(self, span: _Span, end: datetime) -> Iterator[int]:
        """Give what was new in a span of an earlier week, and with the play around it."""
        for shift in span.shifts:
            found = self.news(end + shift - span.length, end + shift)
            if found is not None:
                yield found

    def news(self, start: datetime, end: datetime) -> int | None:
        """Give how many articles were new after `start` and up to `end`; None where runs are too far apart to tell."""
        first, last = bisect_right(self.began, start), bisect_right(self.began, end)
        if first in {0, last}:
            return None
        gap = (end - start) * LONGEST_GAP
        if any(later - earlier > gap for earlier, later in pairwise([*self.began[first - 1 : last], end])):
            return None
        return self.sums[last] - self.sums[first]


def _sentence(here: int, span: _Span, now: datetime, low: int, high: int, weeks: int) -> str:  # noqa: PLR0913, PLR0917
    hours = span.length // _HOUR
    then = f"{low} to {high}" if low != high else str(low)
    what = "no new article" if here == 0 else f"{here} new article{'' if here == 1 else 's'}"
    local = now.astimezone(SHANGHAI)
    return f"{what} in the last {hours} hours; {weeks} earlier weeks had {then} up to {local:%A, %H:%M} ({local:%z})"
