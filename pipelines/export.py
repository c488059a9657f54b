"""The post, written; then the ledger knows."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from newsarchive import dates, post
from newsarchive.archive.keeper import Archive, run_of
from newsarchive.archive.ledger import Kept, State, is_last_look
from newsarchive.article import Article, Origin, Refused
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting
from pipelines.refusal import RefusedArticle

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newsarchive.archive.ledger import Row
    from newsarchive.archive.posts import Stored
    from newsarchive.archive.runs import Run


class ExportPipeline:
    """Writes the post whole, then its ledger row. A crash between the two is repaired by the next run's repetition."""

    def __init__(self, archive: Archive, run: Run, *, last_look_hours: float = 0) -> None:
        self.archive = archive
        self.run = run
        self.last_look_hours = last_look_hours

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the crawl's archive."""
        hours = crawler.settings.getfloat("LAST_LOOK_HOURS")
        return cls(Archive.of(crawler), run_of(crawler), last_look_hours=hours)

    def process_item(self, item: Article) -> Article:
        """Archive the article.

        Raises:
            RefusedArticle: it cannot be a post.
            OSError, sqlite3.Error: the disk does not take it; the verdict stops the run.
        """
        try:
            path, content = post.relative_path(item), post.render(item)
        except Refused as error:
            raise RefusedArticle(str(error)) from error
        row = self.archive.ledger.find(item.name)
        held = row if row is not None and row.state is State.CAPTURED else None
        if held is not None and _is_lesser(item, held):
            self.run.counts["unchanged"] += 1
            self._looked(held)
            return item
        now = self.archive.now()
        self.archive.captures.sync()  # what the post was made from is safe before the post is there
        stored = self.archive.posts.put(path, content, now=now)
        earlier = stored.revision
        if held is not None and held.post and held.post != str(path):  # its day was edited: one article is one post
            earlier = self.archive.posts.retire(PurePosixPath(held.post), now=now)
        if held is None or not _is_recorded(item, stored, held):
            self._record(item, stored)
        else:
            self._looked(held)
        outcome = _outcome(stored.changed, bool(earlier))
        self.run.counts[outcome] += 1
        if outcome == "new":
            self.run.fill.note(item)
        return item

    def _looked(self, held: Row) -> None:
        """Note a last look; any other look that finds nothing new changes no row."""
        if is_last_look(held, now=self.archive.now(), hours=self.last_look_hours):
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
        )
        self.archive.ledger.captured(Sighting(ArticleLink(item.name), ()), kept, now=self.archive.now())


def _is_lesser(item: Article, held: Row) -> bool:
    """Tell whether the archive has the article by a better road than this one; an adopted post may have come by any."""
    return (held.origin or Origin.SHARE_JSON).is_better_than(item.origin)


def _is_recorded(item: Article, stored: Stored, held: Row) -> bool:
    """Tell whether the ledger says just this already; a second look that finds nothing new changes no row."""
    return (held.post, held.post_sha256, held.origin) == (str(stored.path), stored.sha256, item.origin)


def _outcome(changed: bool, revised: bool) -> str:  # noqa: FBT001
    if not changed:
        return "unchanged"
    return "edited" if revised else "new"
