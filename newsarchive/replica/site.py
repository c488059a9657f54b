"""The mirror at one moment: which posts it has, under which address, in which lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import quote, unquote

from newsarchive.replica.newspapers import BLANK_HEADINGS, ROLLING_CATEGORY, ROLLING_TAG, category_of, words
from newsarchive.replica.piece import Piece

HOME_SHOWS = 5
ROLLING_SHOWS = 20


@dataclass(frozen=True)
class Heading:
    """A category's page: what its heading says (blank in one layout), and the category."""

    category: str
    tag: str


@dataclass(frozen=True)
class Site:
    """The mirror as Jekyll builds it at a moment.

    Attributes:
        pieces: those to choose from; expired ones and those of the future are left out.
        now: aware; the moment of the build.
        newspapers: those that have a category page; without it, those of the pieces.
    """

    pieces: tuple[Piece, ...]
    now: datetime
    newspapers: tuple[str, ...] = ()

    @cached_property
    def posts(self) -> tuple[Piece, ...]:
        """The posts that have a page, oldest first: younger than three days, not in the future."""
        visible = (
            piece for piece in self.pieces if piece.rendered and piece.shown <= self.now and not piece.expired(self.now)
        )
        return tuple(sorted(visible, key=lambda piece: (self.date(piece), piece.file_name)))

    def date(self, piece: Piece) -> datetime:
        """Give the date Jekyll has for a post: that of the build where its YAML is broken."""
        return self.now if piece.broken_title else piece.shown

    def url(self, piece: Piece) -> str:
        """Give the path of a post's page, percent-encoded where it must be."""
        name = piece.file_name.removesuffix(".md") if piece.broken_title else piece.name
        segments = () if piece.bare else dict.fromkeys(words(piece.category.lower()))
        path = "/".join(("", *segments, f"{self.date(piece):%Y/%m/%d}", f"{name}.html"))
        tidied = re.sub("/+", "/", path.replace("..", "/").replace("./", ""))  # source: jekyll/url.rb, sanitize_url
        return quote(tidied, safe="/()&'!*,;=:@+$~")

    def post_at(self, path: str) -> Piece | None:
        """Give the post whose page is at a decoded path."""
        piece = self._by_name.get(path.rpartition("-" if path.count("-") else "/")[2].removesuffix(".html"))
        return piece if piece and unquote(self.url(piece)) == path else None

    @cached_property
    def _by_name(self) -> dict[str, Piece]:
        return {piece.name: piece for piece in self.posts}

    @cached_property
    def tags(self) -> dict[str, tuple[Piece, ...]]:
        """Every tag's posts, newest first; the tags in the order of their oldest post. Jekyll splits at spaces."""
        return self._listed(lambda piece: piece.tag)

    @cached_property
    def categories(self) -> dict[str, tuple[Piece, ...]]:
        """Every category's posts, newest first; split at spaces as well, but not lower-cased."""
        return self._listed(lambda piece: piece.category)

    @cached_property
    def headings(self) -> dict[str, Heading]:
        """The category pages there are, by category: one for each newspaper ever seen, and the rolling news."""
        pages = {ROLLING_CATEGORY: Heading(ROLLING_CATEGORY, ROLLING_TAG)}
        newspapers = self.newspapers or dict.fromkeys(piece.newspaper for piece in self.pieces if not piece.rolling)
        for newspaper in newspapers:
            tag = "" if newspaper in BLANK_HEADINGS else f"{newspaper}新闻"
            pages[category_of(newspaper)] = Heading(category_of(newspaper), tag)
        return pages

    @cached_property
    def newest(self) -> tuple[Piece, ...]:
        """The posts, newest first, in the order of the feed; those with broken YAML count as built just now."""
        by_name = sorted(self.posts, key=lambda piece: piece.file_name)
        return tuple(sorted(by_name, key=self.date, reverse=True))

    def _listed(self, text_of: Callable[[Piece], str]) -> dict[str, tuple[Piece, ...]]:
        lists: dict[str, list[Piece]] = {}
        for piece in self.posts:
            if not piece.bare:
                for word in words(text_of(piece)):
                    lists.setdefault(word, []).append(piece)
        return {word: tuple(reversed(pieces)) for word, pieces in lists.items()}
