"""What goes wrong, and when: outages of the source, of its share host, of ourselves; bad minutes; killed runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newsarchive.replica.dice import Dice

HOUR = timedelta(hours=1)
_FULL_AT = 3  # o'clock: the day's first run from then on takes a second look at everything
_LONG = 14  # days; from here on there is room for everything that goes wrong
_CLEAR = timedelta(hours=18)  # the end is left clear, so that what the last trouble left behind can be made good


class Down(StrEnum):
    """Who is down."""

    SOURCE = "source"
    SHARE = "share host"
    OURSELVES = "we"


# Hours. Short ones in which nothing may be lost; two days of the source; a share host that is down longer than a run
# waits for its exact text (SETTLE_TRIES); a day of our own.
_MONTH = (
    (Down.SOURCE, (1, 1, 2, 3, 6, 12, 24, 48)),
    (Down.SHARE, (2, 4, 8, 30)),
    (Down.OURSELVES, (2, 24)),
)
_WEEK = ((Down.SOURCE, (9,)), (Down.SHARE, (5,)), (Down.OURSELVES, (9,)))

_ARTICLES, _CATEGORIES, _HOME = "GetNewsText", "/category/", "^/$"
_BAD_MINUTES = (
    (_ARTICLES, "503", 1),  # with a Retry-After of a second, which is really waited for
    (_ARTICLES, "500", 7),
    (_ARTICLES, "500", 2),
    (_ARTICLES, "reset", 3),
    (_CATEGORIES, "503", 1),
    (_CATEGORIES, "500", 3),
    (_HOME, "500", 2),
    (_HOME, "reset", 3),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Somebody is down from a moment to another, the latter excluded."""

    who: Down
    begins: datetime
    ends: datetime

    def covers(self, moment: datetime) -> bool:
        """Say whether it is so at a moment."""
        return self.begins <= moment < self.ends

    def __str__(self) -> str:
        hours = round((self.ends - self.begins) / HOUR)
        return f"{self.who} {hours} h"


@dataclass(frozen=True, slots=True)
class Planned:
    """A run of ours that is due.

    Attributes:
        at: the moment.
        full: whether it looks again at what is archived.
        source_up, share_up: who answers.
        fault: a rule for the replica: what matches, what happens, how often; ``None`` for a good minute.
        signal: what ends it, or 0.
        after: so many requests.
    """

    at: datetime
    full: bool
    source_up: bool
    share_up: bool
    fault: tuple[str, str, int] | None = None
    signal: int = 0
    after: int = 0

    @property
    def quiet(self) -> bool:
        """Whether everything answers and nothing disturbs."""
        return self.source_up and self.share_up and self.fault is None and not self.signal


@dataclass(frozen=True, slots=True)
class Weather:
    """The troubles of a simulation, in their order, and the runs that are due in it."""

    troubles: tuple[Trouble, ...]
    runs: tuple[Planned, ...]

    def down(self, who: Down, begins: datetime, ends: datetime) -> list[Trouble]:
        """Give the troubles of somebody between two moments."""
        return [one for one in self.troubles if one.who is who and one.begins < ends and one.ends > begins]


def forecast(seed: int, start: datetime, days: int, every: timedelta) -> Weather:
    """Make the weather.

    Args:
        seed: another seed, other weather.
        start: aware; the first moment of the first day.
        days: how many.
        every: between two runs.
    """
    dice = Dice(f"{seed}/weather")
    troubles = tuple(_troubles(dice, start, timedelta(days=days)))
    return Weather(troubles, tuple(_runs(dice, troubles, start, days, every)))


def _troubles(dice: Dice, start: datetime, length: timedelta) -> Iterator[Trouble]:
    """Put the troubles one after the other, with gaps of chance between them."""
    kinds = _MONTH if length >= timedelta(days=_LONG) else _WEEK
    hours = dice.shuffled([(who, hours) for who, all_hours in kinds for hours in all_hours])
    room = (length - _CLEAR) / HOUR - sum(long for _, long in hours)
    cuts = sorted(dice.number(0, int(room * 60)) for _ in hours)
    passed = timedelta()
    for (who, long), cut in zip(hours, cuts, strict=True):
        begins = start + passed + timedelta(minutes=cut)
        yield Trouble(who, begins, begins + long * HOUR)
        passed += long * HOUR


def _runs(dice: Dice, troubles: tuple[Trouble, ...], start: datetime, days: int, every: timedelta) -> Iterator[Planned]:
    full_due = start + _FULL_AT * HOUR
    clear = start + timedelta(days=days) - _CLEAR
    moment = start
    while (moment := moment + every) <= start + timedelta(days=days):
        now = {trouble.who for trouble in troubles if trouble.covers(moment)}
        if Down.OURSELVES in now:
            continue
        full = moment >= full_due
        while full_due <= moment:
            full_due += timedelta(days=1)
        fault, ended, after = None, 0, 0
        if moment < clear and dice.chance(0.06):
            fault = dice.pick(_BAD_MINUTES)
        if moment < clear and dice.chance(0.06):
            ended, after = dice.pick((signal.SIGKILL,) * 4 + (signal.SIGTERM,)), dice.number(1, 40 if full else 9)
        yield Planned(moment, full, Down.SOURCE not in now, Down.SHARE not in now, fault, ended, after)
