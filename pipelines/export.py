"""The post, written; then the ledger knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from newsarchive import post
from newsarchive.archive.keeper import Archive, run_of
from newsarchive.article import Article, Origin, Refused
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting
from pipelines.refusal import RefusedArticle

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

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
        if self._is_lesser(item):
            self.run.counts["unchanged"] += 1
            return item
        now = self.archive.now()
        self.archive.captures.sync()  # what the post was made from is safe before the post is there
        stored = self.archive.posts.put(path, content, now=now)
        self.archive.ledger.captured(
            Sighting(ArticleLink(item.name), ()),
            now=now,
            category=item.category,
            origin=item.origin,
            capture=item.capture or None,
            post=str(stored.path),
            post_sha256=stored.sha256,
        )
        self.run.counts[_outcome(stored.changed, bool(stored.revision))] += 1
        return item

    def _is_lesser(self, item: Article) -> bool:
        """Tell whether the archive has the article by a better road than this one."""
        row = self.archive.ledger.find(item.name)
        roads = list(Origin)
        return row is not None and row.origin is not None and roads.index(row.origin) < roads.index(item.origin)


def _outcome(changed: bool, revised: bool) -> str:  # noqa: FBT001
    if not changed:
        return "unchanged"
    return "edited" if revised else "new"
