"""Nothing incomplete passes."""

from __future__ import annotations

from newsarchive import finish
from newsarchive.article import Article, Refused
from pipelines.refusal import RefusedArticle


class CompletePipeline:
    """Refuses what is no article: without a title, a date or a text a reader would see."""

    def process_item(self, item: Article) -> Article:
        """Give the article back unchanged, or drop it naming what is missing."""
        try:
            return finish.complete(item)
        except Refused as error:
            raise RefusedArticle(str(error)) from error
