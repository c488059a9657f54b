"""What the roads gave for one article, and the article that is made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from newsarchive import dates
from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, Article, Name, Origin, Refused, one_line
from newsarchive.body import has_substance
from newsarchive.newspapers import category_named, newspaper_of, tag_of
from newsarchive.source.article_page import ArticlePage
from newsarchive.source.digest import digest_line
from newsarchive.source.links import PUBLIC_ARTICLE, PUBLIC_SHARE, ArticleLink, article_page_url, share_page_url
from newsarchive.source.lists import Listed
from newsarchive.source.notice import notice_in
from newsarchive.source.page import PostPage
from newsarchive.source.placing import place_of
from newsarchive.source.richform import plain
from newsarchive.source.road import ROAD_OF, Road
from newsarchive.source.share import ShareAnswer

_URL = re.compile(r"https?://[^\s<>]+")


@dataclass(slots=True)
class Gathered:
    """Everything known of one article.

    Attributes:
        link: the article's name and, where known, its page.
        tags: headings its link stood under; the mirror splits a tag with spaces, then there are several.
        settle: take a lesser road's text when a better one fails, because it may be the last chance.
        last_chance: take the digest of rolling news for all of it where no road has a text.
        held: the road by which the article is archived already; only better ones will do.
        listed: what a list says of it beyond its link.
        answer, share, page, old, canonical: what the roads gave.
        page_by, canonical_by: the road `page` and `canonical` came by; each may come by two.
        began: the link as it was asked for, where `link` is a guess at its page.
        asked: the roads that were.
        dead_ends: for every road that had no text or could not be asked, the sentence that says so.
        captures: where the answers are kept, ``file#offset``.
        flawed: the roads whose answers had byte sequences that could not be read.
    """

    link: ArticleLink
    tags: tuple[str, ...] = ()
    settle: bool = False
    last_chance: bool = False
    held: Origin | None = None
    listed: Listed = field(default_factory=Listed)
    answer: ShareAnswer = field(default_factory=ShareAnswer)
    share: ShareAnswer = field(default_factory=ShareAnswer)
    page: PostPage | None = None
    old: Article | None = None
    canonical: ArticlePage | None = None
    page_by: Origin = Origin.MIRROR_PAGE
    canonical_by: Origin = Origin.ARTICLE_PAGE
    began: ArticleLink | None = None
    asked: set[Road] = field(default_factory=set)
    dead_ends: dict[Road, str] = field(default_factory=dict)
    captures: dict[Road, str] = field(default_factory=dict)
    flawed: set[Road] = field(default_factory=set)

    @property
    def name(self) -> Name:
        """The article's name; a bare code turns out to be rolling news when it is found as such."""
        return self.old.name if self.old is not None else self.known_link.name

    @property
    def known_link(self) -> ArticleLink:
        """The link, but for a guess at it that led nowhere."""
        return self.began if self.began is not None and self.page is None else self.link

    @property
    def answer_lacks(self) -> str:
        """Say which fields the share host's JSON should have and has not, though it has the text; else empty.

        Without a text it is what it is for an article of which it knows no more; with one, other roads may still
        give the field, and the source has changed all the same.
        """
        if not has_substance(self.own_text()):
            return ""
        there = {
            "title": self.answer.title.strip(),
            "date": is_readable(self.answer.date),
            "newspaper": self.name.rolling or self.answer.newspapers,
        }
        lacking = [what for what, value in there.items() if not value]
        return f"{Road.JSON}: a text without {' and '.join(lacking)}" if lacking else ""

    def article(self) -> Article:
        """Make the article of what the roads gave; its date and body are still as the source wrote them.

        Raises:
            Refused: there is no text, or no telling which newspaper it belongs to; the message says what every
                road answered.
        """
        body, origin = self._body()
        if origin is None:
            raise Refused(f"no {'better ' if self.held else ''}road has a text: {self._answers()}")
        if origin is Origin.OLD_POST and self.old is not None:
            return self._checked(replace(self.old, capture=self.captures.get(Road.OLD_POST, "")))
        category, tag = self._place()
        article = Article(
            name=self.name,
            title=self._title(),
            date=self._date(),
            category=category,
            tag=tag,
            body=body,
            link=self._link(),
            digest=self._digest(body) if self.name.rolling else "",
            origin=origin,
            capture=self._capture(origin),
        )
        return self._checked(article)

    def _checked(self, article: Article) -> Article:
        """Make one line each of title and digest, and note where bytes of the article could not be read."""
        title, digest = one_line(article.title), one_line(article.digest)
        broken = bool(self.flawed) and "\ufffd" in title + digest + article.body
        return replace(article, title=title, digest=digest, broken=broken)

    def _is_digest_enough(self) -> bool:
        """Tell whether the digest has to do; a second look at what is archived waits for a text."""
        if not (self.last_chance and self.held is None and self.name.rolling):
            return False
        digest = one_line(self._digest("")).strip()
        return bool(digest) and not notice_in(self._title(), digest, identified=True)

    def _capture(self, origin: Origin) -> str:
        if origin is not Origin.DIGEST:
            return self.captures.get(ROAD_OF[origin], "")
        if self.page is not None and self.page.digest:
            return self.captures.get(ROAD_OF[self.page_by], "")
        return self.listed.capture

    def lacking(self) -> set[str]:
        """Say what the roads so far have not given."""
        texts = (self.own_text(), self.share.text, self.page.body if self.page else "")
        told = (self.answer, self.share, self.page, self.old, self.canonical)
        dated = (*told, self.listed)
        given = {
            "text": self.old is not None or any(map(has_substance, texts)),
            "title": any(one.title.strip() for one in told if one is not None),
            "date": any(is_readable(one.date) for one in dated if one is not None),
        }
        if self.name.rolling:
            given["digest"] = self.page is not None or self.old is not None or bool(self.listed.digest)
        else:
            given["place"] = self._placed() is not None
        return {what for what, there in given.items() if not there}

    def _place(self) -> tuple[str, str]:
        """Give category and tag; raises `Refused` while they, or a rolling post's digest, are worth waiting for."""
        if self.name.rolling:
            told = (self.page, self.old, self.canonical, self.listed.digest or None)
            if all(one is None for one in told) and not self.settle:
                raise Refused(f"its page, which has digest and link, cannot be had: {self._answers()}")
            return ROLLING_CATEGORY, ROLLING_TAG
        placed = self._placed() or (self._placed_by_path() if self.settle else None)
        if placed is None:
            raise Refused(f"no telling which newspaper it belongs to: {self._answers()}")
        return placed

    def own_text(self) -> str:
        """The form of the text that this kind of post is made from."""
        return self.answer.content if self.name.rolling else self.answer.text

    def other_form(self) -> str:
        """The form of the text that this kind of post is not made from, which is better than nothing."""
        wanted = self.held in {None, Origin.ARTICLE_PAGE, Origin.ARTICLE_API, Origin.DIGEST}
        return self.answer.text or self.answer.content if wanted else ""

    def _body(self) -> tuple[str, Origin | None]:
        """Give the text and the road it came by; no road where there is none.

        The store's post is whole whatever it holds. The digest alone is the last resort.
        """
        content = self.canonical.content if self.canonical else ""
        for text, origin in (
            (self.own_text(), Origin.SHARE_JSON),
            (self.share.content if self.name.rolling else self.share.text, Origin.SHARE_PAGE),
            (self.old.body if self.old else "", Origin.OLD_POST),
            (self.page.body if self.page else "", self.page_by),
            (self.other_form(), Origin.SHARE_JSON),
            (content if self.name.rolling else plain(content), self.canonical_by),
        ):
            is_whole = has_substance(text) or (origin is Origin.OLD_POST and self.old is not None and self.old.digest)
            if is_whole and not (self.held and self.held.is_better_than(origin)):
                return text, origin
        return "", Origin.DIGEST if self._is_digest_enough() else None

    def _title(self) -> str:
        told = (self.answer, self.old, self.page, self.share, self.canonical, self.link)
        return next((one.title for one in told if one is not None and one_line(one.title).strip()), "")

    def _date(self) -> str:
        """Give the first date that can be read; the first there is where none can, for the refusal to name."""
        dated = (self.answer, self.old, self.page, self.share, self.listed, self.canonical)
        said = [one.date for one in dated if one is not None and one.date.strip()]
        return next((date for date in said if is_readable(date)), said[0] if said else "")

    def _digest(self, body: str) -> str:
        if self.page is not None and self.page.digest:
            return digest_line(self.page.digest, body)
        if self.page is None and self.old is not None:
            return self.old.digest
        return self.listed.digest

    def _link(self) -> str:
        """Give the address a post ends with: rolling news names the publisher's, as its page does."""
        if not self.name.rolling:
            return share_page_url(PUBLIC_SHARE, self.name)
        if self.page is not None:
            return self.page.link
        if self.old is not None:
            return self.old.link
        for url in (self.listed.url, self.answer.url):
            if _URL.fullmatch(url):
                return url
        told = self.canonical is not None or self.listed.digest
        return article_page_url(PUBLIC_ARTICLE, self.name) if told else ""

    def _placed(self) -> tuple[str, str] | None:
        """Find category and tag: the spelling whose path segments are those of the link.

        The link has the category in lower case and split at spaces, so a name must give the rest: the heading it
        stood under, the newspaper the share host names, several headings joined, the page's own back link.
        """
        if placed := place_of(self.newspapers(), self.known_link.segments):
            return placed
        if self.page is not None and self.page.category and self.page.tags:
            tag = self.page.tag or " ".join(self.page.tags)
            return category_named(self.page.category), one_line(tag)
        return (self.old.category, self.old.tag) if self.old is not None else None

    def _placed_by_path(self) -> tuple[str, str] | None:
        """Place it by its path, in lower case, when its page is gone and no name explains the path."""
        newspapers, segments = self.newspapers(), self.known_link.segments
        return (category_named(" ".join(segments)), tag_of(newspapers[0])) if newspapers and segments else None

    def newspapers(self) -> list[str]:
        """Give the names the newspaper may have, the likelier first."""
        heading = newspaper_of(one_line(" ".join(self.tags)))
        told = tuple(map(one_line, self.answer.newspapers))
        names = [*told, heading] if len(self.tags) > 1 else [heading, *told]
        names[:0] = [name for name in told if name.split() == heading.split()]  # a list may show two spaces as one
        names += [one_line(self.canonical.newspaper if self.canonical else ""), one_line(self.listed.newspaper)]
        return [name for name in names if name.strip()]

    def _answers(self) -> str:
        asked = (road for road in Road if road in self.asked)
        said = [f"{road}: {self.dead_ends.get(road, 'an answer that lacks it')}" for road in asked]
        return "; ".join(said) or "nothing was asked"


def is_readable(date: str) -> bool:
    """Tell whether a date as written can be read."""
    try:
        dates.parse(date)
    except Refused:
        return False
    return True
