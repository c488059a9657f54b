"""Nothing incomplete passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive import body
from pipelines.refusal import RefusedArticle

if TYPE_CHECKING:
    from newsarchive.article import Article


class CompletePipeline:
    """Refuses what is no article: without a title, a date or a text a reader would see."""

    def process_item(self, item: Article) -> Article:
        """Give the article back unchanged, or drop it naming what is missing."""
        missing = [
            what
            for what, there in (
                ("title", item.title.strip()),
                ("date", item.date.strip()),
                ("category", item.category.strip()),
                ("tag", item.tag.strip()),
                ("text", body.has_substance(item.body)),
            )
            if not there
        ]
        if missing:
            raise RefusedArticle(f"it has no {' and no '.join(missing)}")
        return item
