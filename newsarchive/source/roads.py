"""Which roads are tried for one article, in which order, and what article they give together.

A `Case` is everything known of one article while a run is after it. It decides without asking anyone: the spider
asks `Case.next_road`, fetches that, tells the case what came, and asks again until there is no road left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from newsarchive import dates
from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, Article, Name, Origin, Refused
from newsarchive.body import has_substance
from newsarchive.newspapers import category_of, check_category, check_tag, newspaper_of, segments_of, tag_of
from newsarchive.source.digest import digest_line
from newsarchive.source.links import PUBLIC_SHARE, ArticleLink, article_link, rolling_guess, share_page_url
from newsarchive.source.page import PostPage
from newsarchive.source.share import ShareAnswer


class Road(StrEnum):
    """A place an article can be asked for."""

    JSON = "the share host's JSON"
    SHARE_PAGE = "the share page"
    MIRROR_PAGE = "the mirror's page"


_ROAD_OF = {
    Origin.SHARE_JSON: Road.JSON,
    Origin.SHARE_PAGE: Road.SHARE_PAGE,
    Origin.MIRROR_PAGE: Road.MIRROR_PAGE,
}
_URL = re.compile(r"https?://[^\s<>]+")


@dataclass(slots=True)
class Case:
    """One article on its way into the archive.

    Attributes:
        link: the article's name and, where known, its page.
        tags: headings its link stood under; the mirror splits a tag with spaces, then there are several.
        settle: take a lesser road's text when a better one fails, because it may be the last chance.
        answer, share, page: what the roads gave.
        began: the link as it was asked for, where `link` is a guess at its page.
        dead_ends: for every road that had no text or could not be asked, the sentence that says so.
        failed: the roads among them that could not be asked, or whose answer was not understood.
        captures: where the answers are kept, ``file#offset``.
    """

    link: ArticleLink
    tags: tuple[str, ...] = ()
    settle: bool = False
    answer: ShareAnswer = field(default_factory=ShareAnswer)
    share: ShareAnswer = field(default_factory=ShareAnswer)
    page: PostPage | None = None
    began: ArticleLink | None = None
    asked: set[Road] = field(default_factory=set)
    dead_ends: dict[Road, str] = field(default_factory=dict)
    failed: set[Road] = field(default_factory=set)
    captures: dict[Road, str] = field(default_factory=dict)

    @property
    def name(self) -> Name:
        """The article's name; a bare code turns out to be rolling news when its page there is found."""
        return self.began.name if self.began is not None and self.page is None else self.link.name

    @property
    def nowhere(self) -> bool:
        """Whether every road that was asked said, in a proper answer, that it has no text."""
        return bool(self.asked) and self.asked == self.dead_ends.keys() and not self.failed

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
        if not has_substance(self._own_text()) and Road.SHARE_PAGE not in self.asked:
            return Road.SHARE_PAGE
        if self._lacks_something():
            if not self.link.path and Road.MIRROR_PAGE not in self.asked:
                self.began, self.link = self.link, self._guess_page()
            if self._can_ask_page():
                return Road.MIRROR_PAGE
        return None

    def article(self) -> Article:
        """Make the article of what the roads gave; its date and body are still as the source wrote them.

        Raises:
            Refused: there is no text, or no telling which newspaper it belongs to; the message says what every
                road answered.
        """
        body, origin = self._body()
        if not body:
            raise Refused(f"no road has a text: {self._answers()}")
        page = self.page
        if self.name.rolling:
            if page is None and not self.settle:
                raise Refused(f"its page, which has digest and link, cannot be had: {self._answers()}")
            category, tag = ROLLING_CATEGORY, ROLLING_TAG
        else:
            placed = self._placed() or (self._placed_by_path() if self.settle else None)
            if placed is None:
                raise Refused(f"no telling which newspaper it belongs to: {self._answers()}")
            category, tag = placed
        return Article(
            name=self.name,
            title=self._title(),
            date=self._date(),
            category=check_category(category),
            tag=check_tag(tag),
            body=body,
            link=self._link(),
            digest=digest_line(page.digest, body) if self.name.rolling and page and page.digest else "",
            origin=origin,
            capture=self.captures.get(_ROAD_OF[origin], ""),
        )

    def _own_text(self) -> str:
        """The form of the text that this kind of post is made from."""
        return self.answer.content if self.name.rolling else self.answer.text

    def _body(self) -> tuple[str, Origin]:
        for text, origin in (
            (self._own_text(), Origin.SHARE_JSON),
            (self.share.content if self.name.rolling else self.share.text, Origin.SHARE_PAGE),
            (self.page.body if self.page else "", Origin.MIRROR_PAGE),
            (self.answer.text or self.answer.content, Origin.SHARE_JSON),  # the other form is better than nothing
        ):
            if has_substance(text):
                return text, origin
        return "", Origin.SHARE_JSON

    def _title(self) -> str:
        titles = (self.answer.title, self.page.title if self.page else "", self.share.title, self.link.title)
        return next((title for title in titles if title.strip()), "")

    def _date(self) -> str:
        """Give the first date that can be read; the first there is where none can, for the refusal to name."""
        dated = (self.answer, self.page, self.share)
        said = [one.date for one in dated if one is not None and one.date.strip()]
        return next((date for date in said if _readable(date)), said[0] if said else "")

    def _link(self) -> str:
        """Give the address a post ends with: rolling news names the publisher's, as its page does."""
        if not self.name.rolling:
            return share_page_url(PUBLIC_SHARE, self.name)
        if self.page is not None:
            return self.page.link
        return self.answer.url if _URL.fullmatch(self.answer.url) else ""

    def _lacks_something(self) -> bool:
        own = self._own_text() if has_substance(self._own_text()) else self.share.text
        return (
            not has_substance(own)
            or not (self.answer.title.strip() or self.share.title.strip())
            or not (_readable(self.answer.date) or _readable(self.share.date))
            or (self.page is None if self.link.name.rolling else self._placed() is None)
        )

    def _can_ask_page(self) -> bool:
        return bool(self.link.path) and Road.MIRROR_PAGE not in self.asked

    def _placed(self) -> tuple[str, str] | None:
        """Find category and tag: the spelling whose path segments are those of the link.

        The link has the category in lower case and split at spaces, so a name must give the rest: the heading it
        stood under, the newspaper the share host names, several headings joined, the page's own back link.
        """
        segments = self.link.segments
        for newspaper in self._newspapers():
            if not segments or segments_of(category_of(newspaper)) == segments:
                return category_of(newspaper), tag_of(newspaper)
        if self.page is not None and self.page.category and self.page.tags:
            return self.page.category, self.page.tag or " ".join(self.page.tags)
        return None

    def _placed_by_path(self) -> tuple[str, str] | None:
        """Place it by its path, in lower case, when its page is gone and no name explains the path."""
        newspapers = self._newspapers()
        return (" ".join(self.link.segments), tag_of(newspapers[0])) if newspapers and self.link.segments else None

    def _newspapers(self) -> list[str]:
        """Give the names the newspaper may have, the likelier first; only such as can be part of a post."""
        heading = newspaper_of(" ".join(self.tags))
        names = [*self.answer.newspapers, heading] if len(self.tags) > 1 else [heading, *self.answer.newspapers]
        return [name for name in names if name and _can_be_named(name)]

    def _guess_page(self) -> ArticleLink:
        """Guess where the mirror keeps an article known by its code only: by newspaper, or as rolling news."""
        guess = rolling_guess(self.name)
        if not self.name.rolling and (newspapers := self._newspapers()):
            segments = "/".join(segments_of(category_of(newspapers[0])))
            guess = guess.replace(f"/{ROLLING_CATEGORY}/", f"/{segments}/").replace(self.name.number, self.name.code)
        try:
            return article_link(guess)
        except Refused:  # the number holds no day, so there is no page to guess
            return self.link

    def _answers(self) -> str:
        asked = (road for road in Road if road in self.asked)
        said = [f"{road}: {self.dead_ends.get(road, 'an answer that lacks it')}" for road in asked]
        return "; ".join(said) or "nothing was asked"


def _readable(date: str) -> bool:
    try:
        dates.parse(date)
    except Refused:
        return False
    return True


@lru_cache(maxsize=4096)
def _can_be_named(newspaper: str) -> bool:
    try:
        check_tag(tag_of(newspaper))
        check_category(category_of(newspaper))
    except Refused:
        return False
    return True
