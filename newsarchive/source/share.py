"""The share host: an article's JSON, and its share page.

``GetNewsText.do`` answers one JSON object. Field names as public code has them: ``Id``, ``Date``, ``From``, ``Title``,
``medianame``, ``newsid``, ``url``, ``text`` (the plain form, newspapers), ``content`` (the rich form, rolling news).
Error answers were never seen; every answer that is no such object is named as what it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from newsarchive.article import Name
from newsarchive.source.htmlpage import NOTICE, date_in, inside, is_notice, kind_of, soup_of
from newsarchive.source.jsonanswer import string
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError, check_parsable, decode, looks_like

_KNOWN_FIELDS = frozenset({"Id", "newsid", "Title", "Date", "text", "content", "From", "medianame"})

# Where pages of this publisher keep a text: the share page's own shell, and the canonical page's templates.
_TEXT_PLACES = ("#ContentBody", "#content", ".newsContent", ".Body", "#artibody", "article")
_LOADING = re.compile(r"正在加载|加载中|loading", re.IGNORECASE)
_SCRIPT_ASKS = re.compile(r"GetNewsText|XMLHttpRequest|\$\.(?:ajax|get|post)|fetch\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShareAnswer:
    """What the share host says of an article; every field is empty where it says nothing.

    Attributes:
        title: plain text.
        date: as written.
        newspapers: the names it gives for the newspaper, the likelier first.
        text: the plain form of the body, HTML as sent.
        content: the rich form of the body, HTML as sent.
        url: the article's address at its publisher.
    """

    title: str = ""
    date: str = ""
    newspapers: tuple[str, ...] = ()
    text: str = ""
    content: str = ""
    url: str = ""


def answer(content: bytes, name: Name) -> ShareAnswer:
    """Read a ``GetNewsText.do`` answer to the question for one article.

    Raises:
        NotUnderstoodError: no JSON, no object, an object without any known field, a field of a wrong type, the answer
            to another question, or a notice where the text should be.
        NoArticleError: an empty object, or another empty value: the share host does not know the article.
    """
    text = decode(content)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUnderstoodError(f"the answer is no JSON; it is {looks_like(text)}") from error
    if data is None or data in ({}, [], ""):
        raise NoArticleError("the share host does not know the article (an empty answer)")
    if not isinstance(data, dict) or not _KNOWN_FIELDS & data.keys():
        raise NotUnderstoodError(f"the answer is JSON of another kind: {text[:60]!r}")
    for key in ("Id", "newsid"):
        said = string(data, key).strip()
        if said and said.removeprefix("NW") != name.number:
            raise NotUnderstoodError(f"the answer is about another article ({said[:40]})")
    for text in (string(data, "text"), string(data, "content")):
        check_parsable(text)
        if "<" not in text and is_notice(text.strip()):  # an article's text has paragraphs
            raise NotUnderstoodError(f"no text but a notice ({kind_of(text)}): {text.strip()!r}")
    names = (string(data, "medianame").strip(), string(data, "From").strip())
    return ShareAnswer(
        title=string(data, "Title"),
        date=string(data, "Date"),
        newspapers=tuple(dict.fromkeys(filter(None, names))),
        text=string(data, "text"),
        content=string(data, "content"),
        url=string(data, "url"),
    )


def page(content: bytes) -> ShareAnswer:
    """Read a share page that carries the article's text (inferred from its shell; such a page was not seen).

    Raises:
        NoArticleError: it is the script shell, which asks for the JSON and holds no text itself.
        NotUnderstoodError: it is anything else (login wall, maintenance); a text without title and date is no article.
    """
    text = decode(content)
    soup = soup_of(text)
    place = _text_place(soup)
    if place is not None and not is_notice(place.get_text(strip=True)):
        title, info = soup.select_one("#title, .title, h1"), soup.select_one("#info, .info, .infos, .time")
        heading = title.get_text(strip=True) if title else ""
        date = date_in(info.get_text(" ", strip=True) if info else "")
        if heading and date:
            inner = (inside(text, place) or place.decode_contents()).strip()
            return ShareAnswer(title=heading, date=date, text=inner, content=inner)
    if "GetNewsText" in text or (place is None and _is_shell(text, soup)):
        raise NoArticleError("a page without text (shell)")
    if kind := kind_of(soup.get_text(" ")):
        raise NotUnderstoodError(f"no article but a page of another kind ({kind}); it is {looks_like(text)}")
    raise NotUnderstoodError(f"neither an article nor the share host's shell; it is {looks_like(text)}")


def _text_place(soup: BeautifulSoup) -> Tag | None:
    """Give the element that holds a text; none for the shell, where it is empty or still loading."""
    for selector in _TEXT_PLACES:
        element = soup.select_one(selector)
        if element is None:
            continue
        words = element.get_text(strip=True)
        if (words and not (len(words) < NOTICE and _LOADING.search(words))) or element.find("img") is not None:
            return element
    return None


def _is_shell(text: str, soup: BeautifulSoup) -> bool:
    """Tell whether a page has a place for a text, and a script that asks for something to put there."""
    return _SCRIPT_ASKS.search(text) is not None and soup.select_one(", ".join(_TEXT_PLACES)) is not None
