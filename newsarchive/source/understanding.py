"""How a parser says that it did not find what it looked for."""

from __future__ import annotations

import html
import re
from http import HTTPStatus

from newsarchive.article import Refused
from newsarchive.markup import DEEPEST, MOST_ELEMENTS, MarkupError, check_markup

_TITLE = re.compile(r"<(title|h1)\b[^<>]*>(.{0,300}?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^<>]*>")
_ENDLESS = re.compile(r"&#[0-9]{1000,};?")
_GLANCE = 20_000
NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class NotUnderstoodError(Refused):
    """A page or answer was served that is not what its address promises; the message says what it looks like."""


class NoArticleError(Refused):
    """The source answered properly and says: there is no text here. Another road may have it."""


class TruncatedError(NotUnderstoodError):
    """An answer or page was cut off: what there is of it is its beginning. The source is as ever; ask it again."""


def check_parsable(text: str, *, xml: bool = False, most_elements: int = MOST_ELEMENTS) -> None:
    """Refuse a page before a parser has it; the limits are `newsarchive.markup.check_markup`'s.

    Raises:
        NotUnderstoodError: it exceeds one.
    """
    try:
        check_markup(text, xml=xml, most_elements=most_elements, deepest=DEEPEST)
    except MarkupError as error:
        raise NotUnderstoodError(f"it is not parsed: {error}; it is {looks_like(text)}") from error


def unescape(text: str) -> str:
    """Give the characters that a text's entities stand for; unlike `html.unescape` it never raises."""
    return html.unescape(_ENDLESS.sub("\ufffd", text))  # int() refuses numbers of more than 4,300 digits


def looks_like(text: str) -> str:
    """Describe a page nobody expected, short enough for a log line: its heading, or how it begins."""
    length, text = len(text), text[:_GLANCE]
    match = _TITLE.search(text)
    words = " ".join(unescape(_TAGS.sub(" ", match[2] if match else text)).split())
    return f"a page headed {words[:60]!r}" if match else f"{length} characters beginning {words[:40]!r}"
