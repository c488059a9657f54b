"""Which newspaper an article belongs to, and where the mirror would keep it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from newsarchive.article import ROLLING_CATEGORY, Refused
from newsarchive.newspapers import category_of, check_category, check_tag, segments_of, tag_of
from newsarchive.source.links import ArticleLink, article_link, rolling_guess


def place_of(newspapers: Iterable[str], segments: tuple[str, ...]) -> tuple[str, str] | None:
    """Give category and tag of the first newspaper whose pages stand under these path segments (none: of the first)."""
    for newspaper in newspapers:
        if not segments or segments_of(category_of(newspaper)) == segments:
            return category_of(newspaper), tag_of(newspaper)
    return None


@lru_cache(maxsize=4096)
def can_be_named(newspaper: str) -> bool:
    """Tell whether a name can be part of a post."""
    try:
        check_tag(tag_of(newspaper))
        check_category(category_of(newspaper))
    except Refused:
        return False
    return True


def guess_page(link: ArticleLink, newspapers: list[str]) -> ArticleLink:
    """Guess where the mirror keeps an article known by its code only: by newspaper, or as rolling news.

    Returns:
        The link back where the number holds no day, so that there is no page to guess.
    """
    name = link.name
    guess = rolling_guess(name)
    if not name.rolling and newspapers:
        segments = "/".join(segments_of(category_of(newspapers[0])))
        guess = guess.replace(f"/{ROLLING_CATEGORY}/", f"/{segments}/").replace(name.number, name.code)
    try:
        return article_link(guess)
    except Refused:
        return link
