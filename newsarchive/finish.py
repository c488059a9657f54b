"""What happens to every article before it becomes a post; the same for a crawl and for a rebuild from captures.

The pipelines are these steps under Scrapy's names, one a file.
"""

from __future__ import annotations

from dataclasses import replace

from newsarchive import body, dates
from newsarchive.article import Article, Refused


def finish(article: Article) -> Article:
    """Give an article as a post is made of it.

    Args:
        article: as `newsarchive.source.roads.Case.article` gives it.

    Raises:
        Refused: its date cannot be read, or it lacks what a post needs.
    """
    # Asked before the body is tidied, since that has been asked of this very text before; tidying changes no answer.
    return tidied(complete(dated(article)))[0]


def dated(article: Article) -> Article:
    """Give the article with its date as ``YYYY-MM-DD HH:MM:SS +0800``; raises `Refused` where it cannot be read."""
    return replace(article, date=dates.normalise(article.date))


def tidied(article: Article) -> tuple[Article, list[str]]:
    """Give the article with a clean body, and what had to be repaired in it."""
    tidy, faults = body.tidy(article.body)
    return replace(article, body=tidy), faults


def complete(article: Article) -> Article:
    """Give the article back if it is one; raises `Refused` naming what is missing."""
    missing = [
        what
        for what, there in (
            ("title", article.title.strip()),
            ("date", article.date.strip()),
            ("category", article.category.strip()),
            ("tag", article.tag.strip()),
            ("text", body.has_substance(article.body) or (article.name.rolling and article.digest.strip())),
        )
        if not there
    ]
    if missing:
        raise Refused(f"it has no {' and no '.join(missing)}")
    return article
