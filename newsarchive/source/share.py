"""The share host: an article's JSON, and its share page.

``GetNewsText.do`` answers one JSON object. Field names as public code has them: ``Id``, ``Date``, ``From``, ``Title``,
``medianame``, ``newsid``, ``url``, ``text`` (the plain form, newspapers), ``content`` (the rich form, rolling news).
Error answers were never seen; every answer that is no such object is named as what it is.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup

from newsarchive.article import Name
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError, decode, looks_like

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
        NotUnderstoodError: no JSON, no object, an object without any known field, a field of a wrong type, or the
            answer to another question.
        NoArticleError: an empty object: the share host does not know the article.
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
        said = str(data.get(key) or "")
        if said and said.removeprefix("NW") != name.number:
            raise NotUnderstoodError(f"the answer is about another article ({said[:40]})")
    names = (_string(data, "medianame").strip(), _string(data, "From").strip())
    return ShareAnswer(
        title=_string(data, "Title"),
        date=_string(data, "Date"),
        newspapers=tuple(dict.fromkeys(filter(None, names))),
        text=_string(data, "text"),
        content=_string(data, "content"),
        url=_string(data, "url"),
    )


def page(content: bytes) -> ShareAnswer:
    """Read a share page that carries the article's text (inferred from its shell; such a page was not seen).

    Raises:
        NoArticleError: it is the script shell, which asks for the JSON and holds no text itself.
        NotUnderstoodError: it is neither.
    """
    text = decode(content)
    soup = BeautifulSoup(text, "lxml")
    for place in _TEXT_PLACES:
        element = soup.select_one(place)
        if element is None:
            continue
        inner = _inner_html(text, element.get("id")) or element.decode_contents()
        if not element.get_text(strip=True) and element.find("img") is None:
            continue
        if _LOADING.search(element.get_text()) and len(element.get_text(strip=True)) < 20:  # noqa: PLR2004
            continue
        title = soup.select_one("#title, .title, h1")
        info = soup.select_one("#info, .info, .infos, .time")
        return ShareAnswer(
            title=title.get_text(strip=True) if title else "",
            date=_date_in(info.get_text(" ", strip=True) if info else ""),
            text=inner.strip(),
            content=inner.strip(),
        )
    if _SCRIPT_ASKS.search(text):
        raise NoArticleError("a page without text (shell)")
    raise NotUnderstoodError(f"neither an article nor the share host's shell; it is {looks_like(text)}")


def _string(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotUnderstoodError(f"the answer's {key!r} is a {type(value).__name__}, not text")
    return str(value)


def _inner_html(text: str, identity: object) -> str:
    """Cut the inside of a ``<div id=…>`` out of the page as it stands, since no parser gives it back unchanged.

    Only a simple case is cut: the element's own tag does not occur inside it. Otherwise nothing is given.
    """
    if not isinstance(identity, str):
        return ""
    match = re.search(
        rf"<(?P<tag>[a-z]+)\b[^>]*\bid=[\"']{re.escape(identity)}[\"'][^>]*>(?P<inner>.*?)</(?P=tag)\s*>",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None or re.search(rf"<{match['tag']}\b", match["inner"], re.IGNORECASE):
        return ""
    return match["inner"]


_DATE = re.compile(r"\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?[T\s]*\d{1,2}:\d{2}(?::\d{2})?", re.ASCII)


def _date_in(text: str) -> str:
    match = _DATE.search(html.unescape(text))
    return match[0] if match else ""
