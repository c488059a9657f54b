"""The post, written; then the ledger knows."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Self

from newsarchive import dates, post
from newsarchive.archive.keeper import Archive, run_of
from newsarchive.archive.ledger import Kept, State, is_last_look
from newsarchive.archive.together import Together
from newsarchive.article import Article, Name, Origin, Refused
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting
from pipelines.refusal import RefusedArticle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.crawler import Crawler

    from newsarchive.archive.ledger import Row
    from newsarchive.archive.posts import Stored
    from newsarchive.archive.runs import Run


_MOST = 64  # articles; more gains little
_WITHIN = 0.25  # seconds; a crawl that keeps its delay has one article by then


class Ready(NamedTuple):
    """An article and its post."""

    article: Article
    path: PurePosixPath
    content: bytes


class ExportPipeline:
    """Writes the post whole, then its ledger row. A crash between the two is repaired by the next run's repetition.

    Articles that arrive within a moment share the waits for the disk; each is done with only when it is safe.
    """

    def __init__(self, archive: Archive, run: Run, *, last_look_hours: float = 0) -> None:
        self.archive = archive
        self.run = run
        self.last_look_hours = last_look_hours
        self.together = Together(self.write, most=_MOST, within=_WITHIN)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the crawl's archive."""
        hours = crawler.settings.getfloat("LAST_LOOK_HOURS")
        return cls(Archive.of(crawler), run_of(crawler), last_look_hours=hours)

    async def process_item(self, item: Article) -> Article:
        """Archive the article; returns when its post and its row are on the disk.

        Raises:
            RefusedArticle: it cannot be a post.
            OSError, sqlite3.Error: the disk does not take it; the verdict stops the run.
        """
        try:
            ready = Ready(item, post.relative_path(item), post.render(item))
        except Refused as error:
            raise RefusedArticle(str(error)) from error
        await self.together.add(ready)
        return item

    async def write(self, group: list[Ready]) -> None:
        """Archive some articles, sharing each wait for the disk: captures, then posts, then rows."""
        for distinct in _distinct(group):
            await self._write(distinct)

    async def _write(self, group: list[Ready]) -> None:
        now, outcomes = self.archive.now(), list[str]()
        held = {ready.article.name: self._held(ready.article) for ready in group}
        lesser = [ready for ready in group if _is_lesser(ready.article, held[ready.article.name])]
        wanted = [ready for ready in group if ready not in lesser]
        self.archive.captures.sync()  # what the posts were made from is safe before the posts are there
        posts = await self.archive.posts.put_all([(ready.path, ready.content) for ready in wanted], now=now)
        with self.archive.ledger.together():
            for ready in lesser:
                self._looked(held[ready.article.name])
            for ready, stored in zip(wanted, posts, strict=True):
                outcomes.append(self._placed(ready, stored, held[ready.article.name]))
        self.run.counts.update([*outcomes, *("unchanged" for _ in lesser)])
        for ready, outcome in zip(wanted, outcomes, strict=True):
            if outcome == "new":
                self.run.fill.note(ready.article)

    def _held(self, article: Article) -> Row | None:
        row = self.archive.ledger.find(article.name)
        return row if row is not None and row.state is State.CAPTURED else None

    def _placed(self, ready: Ready, stored: Stored, held: Row | None) -> str:
        """Record a post that is in its place; gives what it was: new, edited or unchanged."""
        earlier = stored.revision
        if held is not None and held.post and held.post != str(ready.path):  # its day was edited: one article, one post
            earlier = self.archive.posts.retire(PurePosixPath(held.post), now=self.archive.now())
        if held is None or not _is_recorded(ready.article, stored, held):
            self._record(ready.article, stored)
        else:
            self._looked(held)
        return _outcome(stored.changed, bool(earlier))

    def _looked(self, held: Row | None) -> None:
        """Note a last look, and one at what could not all be read; no other that finds nothing new changes a row."""
        if held is not None and held.origin is not None and held.looked is None:
            self.archive.ledger.tried(held.link.name, now=self.archive.now())
        if held is not None and is_last_look(held, now=self.archive.now(), hours=self.last_look_hours):
            self.archive.ledger.looked(held.link.name, now=self.archive.now())

    def _record(self, item: Article, stored: Stored) -> None:
        kept = Kept(
            category=item.category,
            origin=item.origin,
            capture=item.capture or None,
            capture_sha256=self.archive.digest_of(item.capture),
            post=str(stored.path),
            post_sha256=stored.sha256,
            published=dates.parse(item.date),
            broken=item.broken,
        )
        self.archive.ledger.captured(Sighting(ArticleLink(item.name), ()), kept, now=self.archive.now())


def _distinct(group: list[Ready]) -> Iterator[list[Ready]]:
    """Split a group so that no article is twice in a part: the second time it meets the row of the first."""
    part: dict[Name, Ready] = {}
    for ready in group:
        if ready.article.name in part:
            yield list(part.values())
            part = {}
        part[ready.article.name] = ready
    yield list(part.values())


def _is_lesser(item: Article, held: Row | None) -> bool:
    """Tell whether the archive has the article by a better road than this one; an adopted post may have come by any."""
    return held is not None and (held.origin or Origin.SHARE_JSON).is_better_than(item.origin)


def _is_recorded(item: Article, stored: Stored, held: Row) -> bool:
    """Tell whether the ledger says just this already; a second look that finds nothing new changes no row."""
    return (held.post, held.post_sha256, held.origin) == (str(stored.path), stored.sha256, item.origin)


def _outcome(changed: bool, revised: bool) -> str:  # noqa: FBT001
    if not changed:
        return "unchanged"
    return "edited" if revised else "new"
