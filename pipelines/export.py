"""The post, written; then the ledger knows."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from newsarchive import post
from newsarchive.archive.keeper import Archive, run_of
from newsarchive.archive.ledger import State
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

    def __init__(self, archive: Archive, run: Run) -> None:
        self.archive = archive
        self.run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the crawl's archive."""
        return cls(Archive.of(crawler), run_of(crawler))

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
            return item
        now = self.archive.now()
        self.archive.captures.sync()  # what the post was made from is safe before the post is there
        stored = self.archive.posts.put(path, content, now=now)
        earlier = stored.revision
        if held is not None and held.post and held.post != str(path):  # its day was edited: one article is one post
            earlier = self.archive.posts.retire(PurePosixPath(held.post), now=now)
        if held is None or not _is_recorded(item, stored, held):
            self._record(item, stored)
        self.run.counts[_outcome(stored.changed, bool(earlier))] += 1
        return item

    def _record(self, item: Article, stored: Stored) -> None:
        self.archive.ledger.captured(
            Sighting(ArticleLink(item.name), ()),
            now=self.archive.now(),
            category=item.category,
            origin=item.origin,
            capture=item.capture or None,
            post=str(stored.path),
            post_sha256=stored.sha256,
        )


def _is_lesser(item: Article, held: Row) -> bool:
    """Tell whether the archive has the article by a better road than this one; an adopted post may have come by any."""
    roads = list(Origin)
    return roads.index(held.origin or roads[0]) < roads.index(item.origin)


def _is_recorded(item: Article, stored: Stored, held: Row) -> bool:
    """Tell whether the ledger says just this already; a second look that finds nothing new changes no row."""
    return (held.post, held.post_sha256, held.origin) == (str(stored.path), stored.sha256, item.origin)


def _outcome(changed: bool, revised: bool) -> str:  # noqa: FBT001
    if not changed:
        return "unchanged"
    return "edited" if revised else "new"
