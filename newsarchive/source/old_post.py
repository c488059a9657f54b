"""The store of old posts: what left the mirror, as the Markdown files the mirror was made from.

The file is the post itself, so nothing of it is lost. One in today's format comes out of the archive with the same
bytes; one of an older period is archived in today's format, like a post from the mirror's page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from newsarchive import dates, post
from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, Article, Name, Origin, Refused, one_line
from newsarchive.newspapers import category_named
from newsarchive.source.encoding import decode
from newsarchive.source.links import ArticleLink
from newsarchive.source.notice import notice_in
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError, check_parsable, looks_like

_FILE_DAY = re.compile(r"/(\d{4}-\d{2}-\d{2})-[^/]*\Z", re.ASCII)
_END = re.compile(r"\[返回首页\]\([^\s()]*\)\s*\Z")
_END_2021 = re.compile(r"<[^\s<>]*>\s*\Z")  # some of December 2021, which are no more than a digest, end with the link
_DAY_LENGTH = len("2022-01-25-")
_NUMBER = re.compile(r"(?<![0-9])\d{14,24}(?![0-9])", re.ASCII)


def file_names(link: ArticleLink, said: Iterable[str] = ()) -> list[str]:
    """Give the names a post may have in the store, the likelier first.

    Args:
        link: the article's. Without a page it may be either form, as a bare code does not tell.
        said: dates other roads gave.

    Returns:
        ``YYYY-MM-DD-<name>.md`` for every form and day; nothing where no day is known.
    """
    named = _FILE_DAY.search(link.path)
    days = [named[1] if named else "", link.day.isoformat() if link.day else ""]
    days += [*(_day_of(moment) for moment in said), _day_in(link.name.number)]
    forms = [link.name] if link.path or link.name.rolling else [link.name, Name(link.name.number, rolling=True)]
    return [f"{day}-{name}.md" for name in forms for day in dict.fromkeys(days) if day]


def old_post(content: bytes, file_name: str) -> Article:
    """Read a post of the store.

    Args:
        content: the file, of any period's format.
        file_name: the name it was asked by.

    Returns:
        The article it holds, its date normalised.

    Raises:
        TruncatedError: it does not come to its end.
        NotUnderstoodError: it is no post, a broken one, or another article's.
    """
    text = decode(content)
    _check_end(text, file_name)
    try:
        found = post.read(text.encode(), file_name)
    except post.PostError as error:
        reason = str(error).removeprefix(f"{file_name}: ")
        raise NotUnderstoodError(f"the store's file is no post ({reason}); it is {looks_like(text)}") from error
    check_parsable(found.body)
    if not found.foot.strip():
        raise TruncatedError("the store's post was cut off: it ends with neither a link nor the way back")
    numbers = set(_NUMBER.findall(found.link))
    if numbers and found.name.number not in numbers:
        raise NotUnderstoodError(f"the store's post is another article's ({min(numbers)})")
    try:
        article = post.to_article(found)
    except Refused as error:
        raise NotUnderstoodError(f"the store's post cannot be archived: {error}") from error
    if kind := notice_in(article.title, article.body, identified=True):
        raise NotUnderstoodError(f"the store's post holds no article but a notice ({kind}); it is {looks_like(text)}")
    if article.name.rolling:
        category, tag = ROLLING_CATEGORY, ROLLING_TAG
    elif article.category.strip() and article.tag.strip():
        category, tag = category_named(article.category), one_line(article.tag)
    else:
        raise NotUnderstoodError("the store's post cannot be archived: it names no newspaper")
    return replace(article, category=category, tag=tag, origin=Origin.OLD_POST)


def _check_end(text: str, file_name: str) -> None:
    """Refuse what begins as a post and does not end as one of its period; raises `TruncatedError`."""
    begun = text.lstrip("\ufeff \t\r\n")
    digest_only = not file_name[_DAY_LENGTH:].startswith("NW") and "<p" not in text
    whole = _END.search(text) or (digest_only and _END_2021.search(text))
    if not whole and (begun.startswith("---") or "---".startswith(begun)):
        raise TruncatedError("the store's post was cut off: it does not end as posts of its period do")


def _day_of(moment: str) -> str:
    try:
        return dates.parse(moment).date().isoformat()
    except Refused:
        return ""


def _day_in(number: str) -> str:
    try:
        return date(int(number[:4]), int(number[4:6]), int(number[6:8])).isoformat()
    except ValueError:
        return ""
