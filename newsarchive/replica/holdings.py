"""What a replica holds at a moment: its articles, the mirror built of them, and the pages already asked for."""

from __future__ import annotations

import gzip
import hashlib
import threading
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from newsarchive.replica import article, pages, publisher, share
from newsarchive.replica.piece import KEPT, Piece
from newsarchive.replica.site import Site
from newsarchive.replica.webarchive import WebArchive


@dataclass(frozen=True)
class Served:
    """A page or answer with its validators."""

    body: bytes
    etag: str
    modified: str

    @cached_property
    def packed(self) -> bytes:
        """The body, gzipped."""
        return gzip.compress(self.body, 6, mtime=0)


@dataclass(frozen=True)
class _Build:
    """The mirror as one run of Jekyll left it; never changed, so that threads may read it without a lock."""

    pieces: dict[str, Piece]
    site: Site
    cache: dict[str, Served | None] = field(default_factory=dict)


class Holdings:
    """The articles of a replica and everything made of them.

    Args:
        pieces: what there is to publish, now or later.
        now: aware; what the mirror's clock says.
    """

    def __init__(self, pieces: Iterable[Piece], now: datetime) -> None:
        self._lock = threading.RLock()
        self._modified: dict[str, tuple[str, str]] = {}
        self._newspapers: tuple[str, ...] = ()
        self.share_forgets = False
        self.template = ""
        self.web_archive = WebArchive()
        self._publish({piece.name: piece for piece in pieces}, now)

    def _publish(self, pieces: dict[str, Piece], now: datetime) -> None:
        self._by_time = sorted(pieces.values(), key=_published)
        papers = (piece.newspaper for piece in self._by_time if not piece.rolling)
        self._newspapers = tuple(dict.fromkeys((*self._newspapers, *papers)))  # a page, once there, stays
        self._all = pieces
        self.move(now)

    def move(self, now: datetime) -> None:
        """Set the clock: the mirror is built anew."""
        with self._lock:
            first, last = (bisect_right(self._by_time, moment, key=_published) for moment in (now - KEPT, now))
            site = Site(tuple(self._by_time[first:last]), now, self._newspapers)
            self.build = _Build(self._all, site)

    def change(self, number: str, changes: dict[str, Any] | None) -> None:
        """Change fields of all pieces with a number, or take the pieces away.

        Raises:
            LookupError: no piece has this number.
        """
        with self._lock:
            found = {name: piece for name, piece in self._all.items() if piece.number == number}
            if not found:
                raise LookupError(f"the replica has no article {number}")
            pieces = {name: piece for name, piece in self._all.items() if name not in found}
            if changes is not None:
                pieces |= {name: replace(piece, **changes) for name, piece in found.items()}
            self._publish(pieces, self.build.site.now)

    def add(self, pieces: Iterable[Piece]) -> None:
        """Take more articles in; one with the name of an earlier one takes its place."""
        with self._lock:
            self._publish(self._all | {piece.name: piece for piece in pieces}, self.build.site.now)

    def page(self, path: str) -> Served | None:
        """Give the mirror's page at a decoded path, ``None`` where there is none."""
        build = self.build
        if path not in build.cache:
            body = pages.page(build.site, path)
            build.cache[path] = None if body is None else self._served(path, body, build.site.now)
        return build.cache[path]

    def answer(self, code: str) -> Served:
        """Give the share host's JSON for a code, which may be no code."""
        build = self.build
        return self._served(f"json {code}", share.answer(self._known(build, code)), build.site.now)

    def share_page(self, code: str) -> bytes:
        """Give the share page for a code, which may be no code."""
        return share.page(self._known(self.build, code))

    def old_post(self, file_name: str) -> bytes | None:
        """Give a post that has left the mirror; ``None`` while it is there, or where it never was."""
        build = self.build
        name = file_name.removesuffix(".md").rpartition("-")[2]
        piece = build.pieces.get(name)
        if piece is None or piece.file_name != file_name or not piece.expired(build.site.now):
            return None
        return piece.post()

    def article(self, number: str) -> bytes | None:
        """Give the publisher's page of an article; ``None`` for what was never published."""
        build = self.build
        piece = build.pieces.get(f"NW{number}") or build.pieces.get(number)
        if piece is None or piece.published > build.site.now:
            return None
        return article.page(piece, self.template)

    def keep_copies(self) -> None:
        """Have the web archive copy every post's page and the home page, as they are now."""
        site = self.build.site
        paths = ["/", *(site.url(piece) for piece in site.posts)]
        found = {path: served.body for path in paths if (served := self.page(unquote(path))) is not None}
        self.web_archive.keep(site.now, found)

    def publishers_list(self, endpoint: str, query: Mapping[str, str]) -> bytes:
        """Give a page of the publisher's lists, ``getNewsByColumns`` or ``getFastNewsList``."""
        now = self.build.site.now
        newest_first = [piece for piece in reversed(self._by_time) if piece.published <= now and piece.rendered]
        return (publisher.fast if endpoint == "getFastNewsList" else publisher.columns)(newest_first, query)

    def api(self, number: str) -> bytes:
        """Give the article API's answer for a number, which may be none."""
        build = self.build
        piece = build.pieces.get(f"NW{number}") or build.pieces.get(number)
        return publisher.article(piece if piece is not None and piece.published <= build.site.now else None)

    def _known(self, build: _Build, code: str) -> Piece | None:
        number = code.removeprefix("NW")
        piece = build.pieces.get(f"NW{number}") or build.pieces.get(number)
        now = build.site.now
        if piece is None or piece.published > now or (self.share_forgets and piece.expired(now)):
            return None
        return piece

    def _served(self, key: str, body: bytes, now: datetime) -> Served:
        """Give a page its validators; a build that leaves it as it was leaves its date too."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        with self._lock:
            known, modified = self._modified.get(key, ("", ""))
            if known != etag:
                modified = format_datetime(now.astimezone(UTC), usegmt=True)
                self._modified[key] = (etag, modified)
        return Served(body, etag, modified)


def _published(piece: Piece) -> datetime:
    return piece.published
