"""How a pipeline says no."""

from __future__ import annotations

from scrapy.exceptions import DropItem


class RefusedArticle(DropItem):
    """An article cannot go into the archive as it is; the verdict names it, and it stays pending."""
