"""The mirror's newspapers and rolling news: lists first, then articles, the nearest deadline first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from newsarchive import dates
from newsarchive.archive.ledger import State
from newsarchive.clock import Clock
from newsarchive.source.links import MIRROR_HOSTS
from spiders.arguments import Selection
from spiders.better import improvable
from spiders.mirrorlists import MirrorLists
from spiders.whose import is_the_mirrors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from newsarchive.archive.ledger import Row


class FinewsSpider(MirrorLists):
    """Archives what the mirror shows.

    One request to the home page finds the news. A tag of which all five shown posts are new gets its category page,
    since a sixth may be behind them. Everything seen is in the ledger before anything of it is asked for.
    """

    name = "finews"
    arguments: ClassVar = ("category", "since", "until", "limit", "full")

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, str]) -> None:
        """Refuse what `Selection.parse` refuses."""
        Selection.parse(arguments, Clock().now().astimezone(dates.SHANGHAI).date())

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.given = {name: str(value) for name, value in arguments.items()}

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the home page, unless it is as we know it; everything else follows from it."""
        today = self.archive.now().astimezone(dates.SHANGHAI).date()
        self.selection = Selection.parse(self.given, today)
        self.limit = self.selection.limit
        self.hosts = MIRROR_HOSTS | {urlsplit(self.settings["FINEWS_URL"]).hostname or ""}
        yield self.home_request()

    def articles(self) -> Iterator[Any]:
        """Queue what is pending and asked for, then the last looks; with ``full``, all that is archived and shown."""
        ledger = self.archive.ledger
        rows = [row for row in ledger.pending() if self.wants(row)]
        pending = {str(row.link.name) for row in rows}
        looks = self.last_looks()
        for name, sighting in self.seen.items():
            if name in pending or not self.selection.wants(sighting.link, sighting.tags):
                continue
            row = ledger.find(sighting.link.name)
            if row is not None and row.state is State.CAPTURED:
                self.run.counts["archived before"] += 1
                if self.selection.full:
                    looks[name] = row
        rows += looks.values()
        self.queue(self.tried(rows))
        self.run.counts["to fetch"] = len(self.waiting)
        self.queue(self.improvable({str(row.link.name) for row in rows}), better=True)
        yield from self.pursue()

    def last_looks(self) -> dict[str, Row]:
        """Give what is archived and will soon leave the source: an edit made since would be lost with it."""
        hours = self.settings.getfloat("LAST_LOOK_HOURS")
        rows = self.archive.ledger.last_looks(now=self.archive.now(), hours=hours)
        return {str(row.link.name): row for row in rows if self.wants(row)}

    def improvable(self, queued: set[str]) -> list[Row]:
        """Give what came by a lesser road and may be had by a better one: where there is news to fetch, or ``full``."""
        full, hours = self.selection.full, self.settings.getfloat("BETTER_HOURS")
        if self.limit is not None or hours <= 0 or not (queued or full):
            return []
        rows = improvable(self.archive, 0 if full else hours)
        return [r for r in rows if str(r.link.name) not in queued and self.wants(r)]

    def wants(self, row: Row) -> bool:
        """Tell whether an article was asked for, and is the mirror's."""
        return is_the_mirrors(row, self.archive.now()) and self.selection.wants(row.link, row.tags)
