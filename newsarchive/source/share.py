"""The share host: an article's JSON, and its share page.

``GetNewsText.do`` answers one JSON object. Field names as public code has them: ``Id``, ``Date``, ``From``, ``Title``,
``medianame``, ``newsid``, ``url``, ``text`` (the plain form, newspapers), ``content`` (the rich form, rolling news).
Error answers were never seen; every answer that is no such object is named as what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from newsarchive.article import Name
from newsarchive.source.encoding import decode
from newsarchive.source.endings import check_end
from newsarchive.source.htmlpage import check_address, check_closed, date_in, inside, soup_of
from newsarchive.source.jsonanswer import json_value, string
from newsarchive.source.notice import is_loading, kind_of_page, notice_in
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError, check_parsable, looks_like

_KNOWN_FIELDS = frozenset({"Id", "newsid", "Title", "Date", "text", "content", "From", "medianame"})

# Where pages of this publisher keep a text: the share page's own shell, and the canonical page's templates.
_TEXT_PLACES = ("#ContentBody", "#content", ".newsContent", ".Body", "#artibody", "article")
_ADDRESS = re.compile(r"(?:/a/|,|infoCode=(?:NW)?)(?P<number>[0-9]{14,24})\b", re.IGNORECASE)
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


def answer(content: bytes, name: Name, *, framed: bool = True) -> ShareAnswer:
    """Read a ``GetNewsText.do`` answer to the question for one article.

    Args:
        content: the answer.
        name: of the article.
        framed: as for `json_value`.

    Raises:
        TruncatedError: as for `json_value`.
        NotUnderstoodError: no JSON, no object, an object without any known field, a field of a wrong type, the answer
            to another question, or a notice where the text should be.
        NoArticleError: an empty object, or another empty value: the share host does not know the article.
    """
    data = json_value(decode(content), framed=framed)
    if data is None or data in ({}, [], ""):
        raise NoArticleError("the share host does not know the article (an empty answer)")
    if not isinstance(data, dict) or not _KNOWN_FIELDS & data.keys():
        raise NotUnderstoodError(f"the answer is JSON of another kind: {str(data)[:60]!r}")
    for key in ("text", "content"):
        check_parsable(string(data, key))
    said = ShareAnswer(
        title=string(data, "Title"),
        date=string(data, "Date"),
        newspapers=tuple(dict.fromkeys(filter(None, (string(data, key).strip() for key in ("medianame", "From"))))),
        text=string(data, "text"),
        content=string(data, "content"),
        url=string(data, "url"),
    )
    numbers = [string(data, key).strip() for key in ("Id", "newsid")]
    _check_identity(said, numbers, name)
    return said


def _check_identity(said: ShareAnswer, numbers: list[str], name: Name) -> None:
    """Raise `NotUnderstoodError` unless an answer says which article it is, and has its text and no notice in it."""
    address = _ADDRESS.search(said.url)
    for number in (*numbers, address["number"] if address else ""):
        if number and number.removeprefix("NW") != name.number:
            raise NotUnderstoodError(f"the answer is about another article ({number[:40]})")
    title, date, is_numbered = said.title.strip(), said.date.strip(), any(numbers)
    for form in (said.text, said.content):
        if kind := notice_in(title, form, identified=bool(title and date and (said.newspapers or is_numbered))):
            raise NotUnderstoodError(f"no text but a notice ({kind}); it is {looks_like(form or title)}")
    if not (title or date or said.newspapers or is_numbered):
        raise NotUnderstoodError(f"the answer does not say which article it is; it is {looks_like(said.text)}")


def page(content: bytes, name: Name) -> ShareAnswer:
    """Read a share page that carries the article's text (inferred from its shell; such a page was not seen).

    Raises:
        TruncatedError: it does not come to its end, or the element of the text does not.
        NoArticleError: it is the script shell, which asks for the JSON and holds no text itself.
        NotUnderstoodError: it is anything else (login wall, maintenance, another article's page); a text without title
            and date is no article.
    """
    text = decode(content)
    check_end(text)
    soup = soup_of(text)
    check_address(text, name)
    place = _text_place(soup)
    notice = ""
    if place is not None:
        check_closed(text, place)
        title, info = soup.select_one("#title, .title, h1"), soup.select_one("#info, .info, .infos, .time")
        heading = title.get_text(strip=True) if title else ""
        date = date_in(info.get_text(" ", strip=True) if info else "")
        notice = notice_in(heading, place.decode_contents(), identified=bool(heading and date))
        if heading and date and not notice:
            inner = (inside(text, place) or place.decode_contents()).strip()
            return ShareAnswer(title=heading, date=date, text=inner, content=inner)
    if not notice and ("GetNewsText" in text or (place is None and _is_shell(text, soup))):
        raise NoArticleError("a page without text (shell)")
    headings = " ".join(element.get_text(" ", strip=True) for element in soup.select("title, h1, h2, h3"))
    if kind := notice or kind_of_page(headings, soup.get_text(" ", strip=True)):
        raise NotUnderstoodError(f"no article but a page of another kind ({kind}); it is {looks_like(text)}")
    raise NotUnderstoodError(f"neither an article nor the share host's shell; it is {looks_like(text)}")


def _text_place(soup: BeautifulSoup) -> Tag | None:
    """Give the element that holds a text; none for the shell, where it is empty or still loading."""
    for selector in _TEXT_PLACES:
        element = soup.select_one(selector)
        if element is None:
            continue
        words = element.get_text(strip=True)
        if (words and not is_loading(words)) or element.find("img") is not None:
            return element
    return None


def _is_shell(text: str, soup: BeautifulSoup) -> bool:
    """Tell whether a page has a place for a text, and a script that asks for something to put there."""
    return _SCRIPT_ASKS.search(text) is not None and soup.select_one(", ".join(_TEXT_PLACES)) is not None
