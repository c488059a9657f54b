"""A replica whose clock runs, and our runs against it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from newsarchive.replica.compose import START, compose
from newsarchive.replica.month.diary import Diary, Rules
from newsarchive.replica.month.fates import Change, Fate, fates
from newsarchive.replica.month.forked import Forked
from newsarchive.replica.month.weather import Planned, Weather, forecast
from newsarchive.replica.piece import CHINA
from newsarchive.replica.server import Replica

_LOOKS_EVERY = 0.002  # seconds between two looks whether it is time to end a run
_BEFORE = timedelta(days=3)
_SHARE_HOST = "GetNewsText|NewsShare"


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a simulation is.

    Attributes:
        days: how long it lasts.
        every: between two runs.
        per_day: articles of a working day.
        seed: another seed, another month.
        start: its first day.
    """

    days: int = 30
    every: timedelta = timedelta(hours=1)
    per_day: int = 60
    seed: int = 1
    start: date = START

    @property
    def begins(self) -> datetime:
        """The first moment, Asia/Shanghai."""
        return datetime.combine(self.start, time_of_day(), CHINA)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a simulation keeps things: the archive, empty at first, and what its runs print."""

    archive: Path
    log: Path


@dataclass(frozen=True, slots=True)
class Month:
    """A simulation that has been run: what was there, what went wrong, what our runs did, and where the archive is."""

    place: Place
    lives: dict[str, Fate]
    weather: Weather
    diary: Diary


def simulate(
    scale: Scale,
    place: Place,
    scrapy: Forked,
    rules: Rules,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Month:
    """Let the clock run.

    Args:
        scale: how large.
        place: where to.
        scrapy: starts our runs.
        rules: what we promise.
        progress: told what is done, how far, and how far it goes in all.
    """
    before = scale.start - _BEFORE  # when we begin, the source has been there for long
    pieces = compose(scale.seed, before, scale.days + _BEFORE.days, scale.per_day, odd=False)
    weather = forecast(scale.seed, scale.begins, scale.days, scale.every)
    pieces = [piece for piece in pieces if not piece.expired(weather.runs[0].at)]
    lives, changes = fates(scale.seed, pieces)
    month = Month(place, lives, weather, Diary(lives, rules))
    with Replica(pieces, scale.begins) as replica:
        replica.share_forgets = True
        to_come = iter(changes)
        due = next(to_come, None)
        for count, plan in enumerate(weather.runs, 1):
            while due is not None and due.at <= plan.at:
                _apply(replica, due)
                due = next(to_come, None)
            replica.now = plan.at
            _set(replica, plan)
            code = _run(replica, plan, scrapy, month)
            month.diary.note(plan, code, replica.site, replica.log)
            progress("month", count, len(weather.runs))
    return month


def settings(archive: Path, **values: object) -> list[str]:
    """Give ``-s`` for each setting, the archive's among them."""
    return [word for name, value in {"ARCHIVE_DIR": archive, **values}.items() for word in ("-s", f"{name}={value}")]


def _apply(replica: Replica, change: Change) -> None:
    if change.fields is None:
        replica.delete(change.number)
    else:
        replica.edit(change.number, **change.fields)


def _set(replica: Replica, plan: Planned) -> None:
    """Let the source be as it is planned, and forget the requests of the run before."""
    replica.reset()
    replica.outage = not plan.source_up
    rules = [] if plan.share_up else [{"match": _SHARE_HOST, "do": "reset", "times": -1}]
    if plan.fault is not None:
        match, kind, times = plan.fault
        rules.append({"match": match, "do": kind, "times": times})
    replica.faults(rules)


def _run(replica: Replica, plan: Planned, scrapy: Forked, month: Month) -> int:
    """Run once, and end it where that is planned; gives the exit code."""
    given = {
        "FINEWS_URL": replica.url,
        "NEWSSHARE_URL": replica.url,
        "NEWSARCHIVE_CLOCK": plan.at.isoformat(),
        "RETRY_BACKOFF": 0.01,
        "LOG_LEVEL": "WARNING",
    }
    arguments = ["crawl", "finews", *(["-a", "full=1"] if plan.full else []), *settings(month.place.archive, **given)]
    pid = scrapy.start(arguments, month.place.log)
    if plan.signal:
        _end(pid, plan, replica)
    return scrapy.wait()


def _end(pid: int, plan: Planned, replica: Replica) -> None:
    """Send the signal after so many requests, unless the run ends before."""
    while len(replica.log) < plan.after:
        if not _runs(pid):
            return
        time.sleep(_LOOKS_EVERY)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, plan.signal)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
