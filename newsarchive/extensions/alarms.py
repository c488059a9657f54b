"""Alarms: what the source shows is far from what it used to show, though every page was understood."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from scrapy import signals

from newsarchive.archive import fill, volume
from newsarchive.archive.keeper import STORAGE_ERRORS, Archive, run_of
from newsarchive.archive.runs import Failure, Kind, Run
from newsarchive.source.links import fetch_url
from newsarchive.source.lists import HOME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.crawler import Crawler

    from newsarchive.archive.ledger import PastRun

logger = logging.getLogger(__name__)

SPIDER = "finews"
NEWS = "seen new"
"""Count of a run that read the home page: articles no run before it had seen; there also where it is 0."""
ALARMED = "alarms"


class Alarms:
    """Compares a run with those before it when it ends. Narrowed and stopped runs are compared with nothing."""

    def __init__(self, archive: Archive, run: Run, *, home: str, volume_alarm: bool, fill_alarm: bool) -> None:
        self.archive = archive
        self.run = run
        self.home = home
        self.volume_alarm = volume_alarm
        self.fill_alarm = fill_alarm

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Look when the spider closes: the ledger is still open, and the verdict is not yet said."""
        settings = crawler.settings
        extension = cls(
            Archive.of(crawler),
            run_of(crawler),
            home=fetch_url(str(settings["FINEWS_URL"]), HOME),
            volume_alarm=settings.getbool("VOLUME_ALARM"),
            fill_alarm=settings.getbool("FILL_ALARM"),
        )
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_closed(self) -> None:
        """Put the run's counts into its record, and what is unusual among its failures."""
        run = self.run
        run.counts.update(run.fill.totals())
        if run.spider != SPIDER or not is_whole(run.arguments) or run.signal or run.halted:
            return
        try:
            found = [*self.volume(), *self.fill()]
        except STORAGE_ERRORS as error:
            run.halted = f"the ledger could not be read: {error}"
            return
        for failure in found:
            run.failures.append(failure)
            kept = f"; see {failure.capture}" if failure.capture else ""
            logger.error("%s: %s%s", failure.what, failure.reason, kept)

    def volume(self) -> Iterator[Failure]:
        """Give the alarm where far less or more is new than at this hour of this weekday."""
        run = self.run
        if not self.volume_alarm or NEWS not in run.counts:
            return
        past = self.archive.ledger.past_runs(SPIDER, since=run.began - volume.REACH)
        told = [volume.Told(run.began, run.counts[NEWS])]
        told += (
            volume.Told(one.began, counts.get(NEWS))
            for one in past
            if volume.matters(one.began, run.began)
            and (NEWS in (counts := json.loads(one.counts)) or one.killed)  # else it did not get to read the home page
        )
        if sentence := volume.unusual(told, run.began):
            capture = self.archive.ledger.served(self.home) or ""
            yield Failure(Kind.ALARM, self.home, f"{sentence} (setting VOLUME_ALARM)", capture)

    def fill(self) -> Iterator[Failure]:
        """Give an alarm for each field that nearly every new article had, and nearly none has now."""
        run = self.run
        if not self.fill_alarm:
            return
        past = self.archive.ledger.past_runs(SPIDER, since=run.began - fill.REMEMBERED)
        for one in fill.unusual(run.fill, _measures(past)):
            run.counts[ALARMED] += 1
            yield Failure(Kind.ALARM, one.name, f"{one.sentence} (setting FILL_ALARM)", one.capture)


def is_whole(arguments: Mapping[str, str]) -> bool:
    """Tell whether a run was asked for everything the source shows."""
    return set(arguments) <= {"full"}


def _measures(past: Iterator[PastRun]) -> Iterator[dict[str, int]]:
    """Give the counts of the runs that say what is usual."""
    for one in past:
        if is_whole(json.loads(one.arguments)) and ALARMED not in (counts := json.loads(one.counts)):
            yield counts
