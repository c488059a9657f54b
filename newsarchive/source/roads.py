"""Which roads are tried for one article, and in which order.

A `Case` is everything known of one article while a run is after it. It decides without asking anyone: the spider
asks `Case.next_road`, fetches that, tells the case what came, and asks again until there is no road left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from newsarchive.article import Origin
from newsarchive.body import has_substance
from newsarchive.source.gathered import Gathered
from newsarchive.source.old_post import file_names
from newsarchive.source.placing import guess_page
from newsarchive.source.road import NOT_BY_DEFAULT, Road

__all__ = ["NOT_BY_DEFAULT", "Case", "Road"]


@dataclass(slots=True)
class Case(Gathered):
    """One article on its way into the archive.

    Attributes:
        closed: roads that must not be asked.
        failed: the dead ends that could not be asked, or whose answer was not understood; of those that fail for an
            article that is archived already none is waited for.
        not_asked: those of them that were not even tried, because the run leaves their service alone.
        store_name: the name by which the store was asked last.
        copy: the copy the web archive was asked for last, by its place there.
    """

    closed: frozenset[Road] = NOT_BY_DEFAULT
    failed: set[Road] = field(default_factory=set)
    not_asked: set[Road] = field(default_factory=set)
    store_name: str = ""
    copy: str = ""
    _store_names: list[str] | None = None  # those not asked for yet
    _copies: list[str] | None = None  # the same of the web archive

    @property
    def nowhere(self) -> bool:
        """Whether every road that was asked said, in a proper answer, that it has no text."""
        return bool(self.asked) and self.asked == self.dead_ends.keys() and not self.failed

    @property
    def was_tried(self) -> bool:
        """Whether what hinders the article was met by asking: a try, of which there are only so many."""
        return not self.failed or self.failed != self.not_asked

    def fail(self, road: Road, reason: str) -> None:
        """Note that a road could not be asked, or that its answer was not understood."""
        self.dead_ends[road] = reason
        self.failed.add(road)

    def next_road(self) -> Road | None:
        """Give the road to try next, or ``None`` when there is enough or nothing left.

        Rolling news needs its page (digest and link) and its JSON (body). A newspaper's article needs its JSON
        alone, and the others only for what that lacks.
        """
        if self.link.name.rolling and self._can_ask_page():
            return Road.MIRROR_PAGE
        if Road.JSON not in self.asked:
            return Road.JSON
        if not has_substance(self.own_text()) and Road.SHARE_PAGE not in self.asked:
            return Road.SHARE_PAGE
        lacking = self.lacking()
        if lacking and self._page_is_worth_it() and Road.MIRROR_PAGE not in self.asked:
            if not self.link.path:
                self.began, self.link = self.link, guess_page(self.link, self.newspapers())
            if self._can_ask_page():
                return Road.MIRROR_PAGE
        return self._road_elsewhere(lacking) if lacking else None

    def _road_elsewhere(self, lacking: set[str]) -> Road | None:
        """Give the next of the roads that lead neither to the share host nor to the mirror."""
        # The digest alone is taken from the store even where the archive has its post: it goes with a better body.
        store = self._is_open(Road.OLD_POST, None if lacking == {"digest"} else Origin.OLD_POST)
        if store and self.old is None and self._names_left():
            return Road.OLD_POST
        nothing_yet = self.page is None and self.old is None
        if nothing_yet and self._is_open(Road.WAYBACK, Origin.WAYBACK) and self._copies_left():
            return Road.WAYBACK
        if has_substance(self.other_form()):
            lacking -= {"text"}
        if lacking - {"digest"} and self.canonical is None:
            for road, origin in ((Road.ARTICLE_API, Origin.ARTICLE_API), (Road.ARTICLE_PAGE, Origin.ARTICLE_PAGE)):
                if self._is_open(road, origin) and road not in self.asked:
                    return road
        return None

    def set_out(self, road: Road, *, by: str = "") -> None:
        """Note that a road is being asked: it is not asked again, and the store not by the same name again.

        Args:
            road: as `next_road` gave it.
            by: the name the store was asked by in a run that is replayed, or the copy the web archive was asked for;
                those before it gave nothing.
        """
        self.asked.add(road)
        if road is Road.OLD_POST:
            self.store_name = _take(self._names_left(), by)
        elif road is Road.WAYBACK:
            self.copy = _take(self._copies_left(), by)

    def _is_open(self, road: Road, origin: Origin | None) -> bool:
        """Tell whether a road may be asked, and what it gives would be better than what the archive has."""
        worth_it = origin is None or self.held is None or origin.is_better_than(self.held)
        return worth_it and road not in self.closed

    def _names_left(self) -> list[str]:
        if self._store_names is None:
            names = file_names(self.known_link, (self.answer.date,))
            own = f"-{self.link.name}.md"  # what is archived has its form
            self._store_names = [name for name in names if self.held is None or name.endswith(own)]
        return self._store_names

    def _copies_left(self) -> list[str]:
        if self._copies is None:
            self._copies = [copy.place for copy in self.listed.copies]
        return self._copies

    def _page_is_worth_it(self) -> bool:
        return self._is_open(Road.MIRROR_PAGE, None if self.link.name.rolling else Origin.MIRROR_PAGE)

    def _can_ask_page(self) -> bool:
        return bool(self.link.path) and Road.MIRROR_PAGE not in self.asked | self.closed


def _take(left: list[str], by: str) -> str:
    """Take the first of what is left, or the one that is named and all before it."""
    taken = by or left[0]
    del left[: left.index(taken) + 1 if taken in left else len(left)]
    return taken
