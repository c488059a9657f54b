"""What the publisher's pages have in common: a parse of them, and which article they say they are."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

from newsarchive.article import Name
from newsarchive.markup import MOST_OF_AN_ARTICLE
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError, check_parsable, looks_like

_UNSEEN = re.compile(r"<(?:!--|(script|style|iframe|noscript)\b[^<>]*>)", re.IGNORECASE)
_OWN_TAG = re.compile(r"<(?:link|meta)\b[^<>]*+", re.IGNORECASE)
_OWN_NAME = re.compile(r"(?:rel|property)=[\"'](?:canonical|og:url)[\"']", re.IGNORECASE)
_OWN_ADDRESS = re.compile(r"[/,=](?:NW)?([0-9]{14,24})(?![0-9])", re.IGNORECASE)
_DATE = re.compile(r"\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?[T\s]*\d{1,2}:\d{2}(?::\d{2})?", re.ASCII)


def soup_of(text: str) -> BeautifulSoup:
    """Parse a page; raises `NotUnderstoodError` for what is no HTML, or exceeds a limit."""
    if "<" not in text:
        raise NotUnderstoodError(f"no HTML; it is {looks_like(text)}")
    check_parsable(text, most_elements=MOST_OF_AN_ARTICLE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it would rather be parsed as does not matter here
            return BeautifulSoup(text, "lxml")
    except ParserRejectedMarkup as error:
        raise NotUnderstoodError(f"no HTML; it is {looks_like(text)}") from error


def check_address(text: str, name: Name) -> None:
    """Raise `NotUnderstoodError` for a page that names another article's address as its own."""
    named = ((tag[0], _OWN_NAME.search(tag[0])) for tag in _OWN_TAG.finditer(text))  # each tag is gone through once
    found = (_OWN_ADDRESS.search(tag, own.end()) for tag, own in named if own)
    own = next(filter(None, found), None)
    if own and own[1] != name.number:
        raise NotUnderstoodError(f"the page is another article's ({own[1]})")


def date_in(text: str) -> str:
    """Give the first date with its time of day that stands in a text, as it is written; empty where there is none."""
    match = _DATE.search(text)
    return match[0] if match else ""


def inside(text: str, element: Tag) -> str:
    """Cut the inside of an element out of the page as it stands, since no parser gives it unchanged.

    Args:
        text: the page.
        element: of the page's parse; found again by its id, or else by its class.

    Returns:
        Nothing where the element is not closed, has neither, or the page has several like it.
    """
    start, end = _span(text, element)
    return text[start.end() : end[0]] if start and end else ""


def check_closed(text: str, element: Tag) -> None:
    """Refuse a page on which an element begins and never ends; found as by `inside`, raises `TruncatedError`."""
    start, end = _span(text, element)
    if start and not end:
        raise TruncatedError(f"the page was cut off: its text, {start[0][:60]!r}, is not closed")


def _span(text: str, element: Tag) -> tuple[re.Match[str] | None, tuple[int, int] | None]:
    """Find an element of a page's parse on the page: its start tag, and where its end tag begins and ends."""
    identity, classes = element.get("id"), element.get("class")
    if isinstance(identity, str):
        wanted = rf"id=[\"']{re.escape(identity)}[\"']"
    elif classes:
        wanted = rf"class=[\"']\s*{re.escape(' '.join(classes))}\s*[\"']"
    else:
        return None, None
    shown = blanked(text)  # what is commented out, or stands in a script, is not the element
    # The lookahead finds the tag's end first, so that a tag without one is not gone through for each of its attributes.
    tag = rf"<({element.name})\b(?=[^<>]*+>)[^<>]*\s{wanted}[^<>]*+>"
    starts = list(re.finditer(tag, shown, re.IGNORECASE))
    if not starts or (len(starts) > 1 and not identity):
        return None, None
    return starts[0], end_of(shown, starts[0])


def unseen(text: str) -> Iterator[tuple[int, int, str]]:
    """Give where comments, scripts, styles and frames begin and end, and the element's name; empty for a comment.

    They end where HTML has them end, whatever stands in them. At one that does not the search ends.
    """
    position = 0
    while start := _UNSEEN.search(text, position):
        name = (start[1] or "").lower()
        end = re.compile(rf"</{name}\s*>" if name else "-->", re.IGNORECASE).search(text, start.end())
        if end is None:
            return
        position = end.end()
        yield start.start(), position, name


def blanked(text: str) -> str:
    """Give a page of the same length without what `unseen` gives."""
    out, position = [], 0
    for start, end, _ in unseen(text):
        out += [text[position:start], " " * (end - start)]
        position = end
    return "".join(out) + text[position:]


def end_of(text: str, start: re.Match[str]) -> tuple[int, int] | None:
    """Give where the end tag of an element begins and ends; None where it is not closed.

    Args:
        text: the page.
        start: of the start tag; its first group is the tag's name.
    """
    depth = 1
    for tag in re.compile(rf"<(/?){start[1]}\b[^<>]*>", re.IGNORECASE).finditer(text, start.end()):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.span()
    return None
