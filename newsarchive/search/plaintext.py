"""The text of a body without its markup: a line for each paragraph, as a reader sees it."""

from __future__ import annotations

import re

from lxml import etree

from newsarchive.markup import MarkupError, check_markup, without_markup

_BLOCKS = re.compile(
    "address|article|aside|blockquote|br|caption|center|d[dlt]|div|fig(?:ure|caption)|footer|h[1-6]|header|hr|li|main|"
    "nav|[ou]l|p|pre|section|table|t(?:body|foot|head|[dhr])"
)
_UNSEEN = frozenset(("script", "style", "template", "head"))
_CELLS = frozenset(("td", "th"))
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def text_of(html: str) -> str:
    """Give the text of a body: white space collapsed, a line for each paragraph, cells of a row beside each other.

    Of one with more markup than a parser may be given, as an imported post can have, all that stands between tags.
    """
    try:
        check_markup(html)
    except MarkupError:
        return _LINES.sub("\n", _SPACES.sub(" ", without_markup(html))).strip()
    try:
        root = etree.fromstring(html.replace("\0", " ").encode(), _PARSER)
    except etree.LxmlError:
        root = None
    if root is None:
        return ""
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        _take(pieces, event == "start", element)
    return _LINES.sub("\n", _SPACES.sub(" ", "".join(pieces))).strip()


def _take(pieces: list[str], begins: bool, element: etree._Element) -> None:  # noqa: FBT001
    name = element.tag
    if isinstance(name, str) and _BLOCKS.fullmatch(name):
        pieces.append(" " if name in _CELLS else "\n")
    if begins:
        if element.text and name not in _UNSEEN:
            pieces.append(element.text)
    elif element.tail:
        pieces.append(element.tail)
