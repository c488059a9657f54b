"""Which newspaper an article belongs to, and where the mirror would keep it."""

from __future__ import annotations

from collections.abc import Iterable

from newsarchive.article import ROLLING_CATEGORY, Refused
from newsarchive.newspapers import category_of, pinyin_of, segments_of, tag_of
from newsarchive.source.links import ArticleLink, article_link, rolling_guess


def place_of(newspapers: Iterable[str], segments: tuple[str, ...]) -> tuple[str, str] | None:
    """Give category and tag of the first newspaper whose pages stand under these path segments (none: of the first)."""
    for newspaper in newspapers:
        if not segments or explains(newspaper, segments):
            return category_of(newspaper), tag_of(newspaper)
    return None


def explains(newspaper: str, segments: tuple[str, ...]) -> bool:
    """Return whether the pages of a newspaper stand under these path segments, its dots and slashes tidied or not."""
    return segments_of(pinyin_of(newspaper)) in {segments, segments_of("/".join(segments))}


def guess_page(link: ArticleLink, newspapers: list[str]) -> ArticleLink:
    """Guess where the mirror keeps an article known by its code only: by newspaper, or as rolling news.

    Returns:
        The link back where the number holds no day, so that there is no page to guess.
    """
    name = link.name
    guess = rolling_guess(name)
    if not name.rolling and newspapers:
        folder = "/".join(("", *segments_of(pinyin_of(newspapers[0])), ""))
        guess = guess.replace(f"/{ROLLING_CATEGORY}/", folder).replace(name.number, name.code)
    try:
        return article_link(guess)
    except Refused:
        return link
