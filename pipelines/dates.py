"""The date, in the one form a post holds."""

from __future__ import annotations

from newsarchive import finish
from newsarchive.article import Article, Refused
from pipelines.refusal import RefusedArticle


class DatesPipeline:
    """Makes ``YYYY-MM-DD HH:MM:SS +0800`` of every form the source is known to use."""

    def process_item(self, item: Article) -> Article:
        """Give the article with its date normalised; drops it, named, when the date cannot be read."""
        try:
            return finish.dated(item)
        except Refused as error:
            raise RefusedArticle(str(error)) from error
