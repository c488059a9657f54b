"""The rich form of a body, as the publisher's pages and the share host's ``content`` have it, made into the plain one.

The rich form is the plain one with links around stocks, boards and terms, and with empty places for quotes:
``<span id="stock_1.600160"><a class="keytip" …>巨化股份</a></span><span id="quote_1.600160"></span>``, boards
``bk_90.BK0493`` (``bkquote_…``), terms ``<span id="Info.3293"><a class="infokey" …>``, later mentions
``<span web="1" class="em_stock_key_common" …>``. Newspaper posts are made from the plain form.

Advertisements are the page's and not the text's: they are taken out of what the publisher's page and its article API
say, and of nothing else. What the share host answers, and what the mirror published, is kept to the byte.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from newsarchive.body import attributes
from newsarchive.bodycheck import ascii_lower, tokens
from newsarchive.htmlnames import VOID
from newsarchive.source.htmlpage import unseen

# What public programs that read these pages take out, by name; never by a piece of one ("ad-free", "loading"):
# links and pictures of campaigns (toplink, em_handle_adv_close), boxes that a script fills with advertisements
# (ad_context1 …, em_zwad, ad), the stock picker (em_xuangu).
_ADVERTISEMENTS = {"toplink", "em_handle_adv_close", "em_xuangu", "em_zwad", "ad"}
_NUMBERED = re.compile("ad_context[0-9]*", re.ASCII)
# Of the page as well: the line of the editor in charge, a digest before the text, what else to read.
_APART = {"res-edit", "b-review", "abstract", "reading"}
_APART_TAGS = {"p", "div", "span", "section"}
_CAMPAIGN_HOST = "acttg.eastmoney.com"
_CAMPAIGN_LINES = {
    "在东方财富看资讯行情选东方财富证券一站式开户交易",
    "想炒股先开户选东方财富证券行情交易一个APP搞定",
    "炒股第一步先开个股票账户",
    "四大权益礼包开户即送",
}
"""Whole paragraphs, without what stands between and behind the words."""
_CAMPAIGN_LINE, _PIECES = 100, 20  # characters and pieces; no such line is longer

_BETWEEN_WORDS = re.compile(r"[\s　，,！!。.>＞]+")
_HEAD = {"title", "infos", "Info", "time-source", "Titles"}
_OPENING = re.compile(r"<!--\s*+(?:文章(?:主体|开始|结束|内容)|正文中部\s*+内嵌广告)\s*+-->\s*+")
_BLANK = re.compile(r"(?:\s|　|&nbsp;|&emsp;|&ensp;)*+")
_QUOTE = re.compile("(?:bk)?quote_", re.IGNORECASE)
_SUBJECT = re.compile(r"stock_|bk_|info\.", re.IGNORECASE)
_AROUND_AN_ADVERTISEMENT = {"a", "p", "center", "div", "span", "strong", "b", "em", "font", "figure", "section"}


@dataclass(slots=True)
class _Tag:
    """A tag: where it begins and ends, and which tag it is a pair with."""

    start: int
    end: int
    name: str
    closing: bool
    values: dict[str, str]
    pair: int = -1

    @property
    def marks(self) -> set[str]:
        """Its classes and its id."""
        return {*self.values.get("class", "").split(), self.values.get("id", "")}


def plain(content: str) -> str:
    """Return the plain form of a rich body: the links around stocks, boards and terms go, their text stays.

    Links of the text itself stay. Text that is plain already is given back unchanged.
    """
    tags = _tags(content)
    out: list[str] = []
    position = 0
    for index, tag in enumerate(tags):
        if tag.end <= position:
            continue
        opened = tags[tag.pair] if tag.closing and tag.pair >= 0 else tag
        quote = (
            tag.name == "span" and not tag.closing and tag.pair == index + 1 and _QUOTE.match(tag.values.get("id", ""))
        )
        if quote or _leads_to_a_subject(opened):
            out.append(content[position : tag.start])
            position = tags[index + 1].end if quote else tag.end
    return "".join(out) + content[position:]


def _leads_to_a_subject(tag: _Tag) -> bool:
    if tag.name == "a":
        return not tag.marks.isdisjoint({"keytip", "infokey"})
    return tag.name == "span" and (
        _SUBJECT.match(tag.values.get("id", "")) is not None
        or "em_stock_key_common" in tag.marks
        or tag.values.get("web", "").startswith("1")
    )


def text_alone(content: str, *, with_head: bool = False) -> str:
    """Take out of a body what the page put into it: advertisements, scripts, frames, the editor's line, a digest.

    What is not closed stays: where it would end is anyone's guess, and the check of the body will have it.

    Args:
        content: the inside of the element that holds the text.
        with_head: that element holds title, time and newspaper as well, as in one layout.
    """
    return _OPENING.sub("", _Rest(_without_scripts(content), with_head=with_head).written()).strip(" \t\r\n")


def _without_scripts(content: str) -> str:
    out, position = [], 0
    for start, end, name in unseen(content):
        if name:
            out.append(content[position:start])
            position = end
    return "".join(out) + content[position:]


def _tags(content: str) -> list[_Tag]:
    """Read the tags, each with the place of its pair: an end tag's is the last open start tag of that name."""
    tags: list[_Tag] = []
    opened: dict[str, list[int]] = defaultdict(list)
    for token in tokens(content.replace("\r", "\n")):  # of the same length
        slash, name, listed, _ = token.groups()
        if name is None:
            continue
        name = ascii_lower(name)
        tag = _Tag(token.start(), token.end(), name, bool(slash), attributes(listed))
        if not slash and name not in VOID:
            opened[name].append(len(tags))
        elif slash and opened[name]:
            tag.pair = opened[name].pop()
            tags[tag.pair].pair = len(tags)
        tags.append(tag)
    return tags


@dataclass(slots=True)
class _Open:
    """An element around what is written: its end tag, where its pieces begin, what is in it.

    An element that held an advertisement and nothing else goes with it.
    """

    end: int
    begins: int
    emptied: bool = False
    filled: bool = False


class _Rest:
    """What is left of a body without its advertisements, and without the elements that held nothing else."""

    def __init__(self, content: str, *, with_head: bool) -> None:
        self._content = content
        self._with_head = with_head
        self._out: list[str] = []
        self._open = [_Open(-1, 0)]
        self._ends: set[int] = set()  # of the open elements

    def written(self) -> str:
        tags = _tags(self._content)
        position, index = 0, 0
        while index < len(tags):
            tag = tags[index]
            self._text(self._content[position : tag.start])
            position = tag.end
            if not tag.closing and (tag.pair >= 0 or tag.name in VOID) and self._goes(tag):
                index = max(index, tag.pair)
                position = tags[index].end
                self._open[-1].emptied = True
            else:
                self._tag(index, tag)
            index += 1
        self._text(self._content[position:])
        return "".join(self._out)

    def _text(self, text: str) -> None:
        self._out.append(text)
        if not _BLANK.fullmatch(text):
            self._open[-1].filled = True

    def _tag(self, index: int, tag: _Tag) -> None:
        written = self._content[tag.start : tag.end]
        if tag.closing and index in self._ends:
            while (element := self._open.pop()).end != index:
                self._ends.discard(element.end)
                self._open[-1].filled = True  # elements that cross each other stay as they are
            self._ends.discard(index)
            self._close(element, written, paragraph=tag.name == "p")
            return
        if not tag.closing and tag.pair >= 0 and tag.name in _AROUND_AN_ADVERTISEMENT:
            self._open.append(_Open(tag.pair, len(self._out)))
            self._ends.add(tag.pair)
        elif tag.name != "br":
            self._open[-1].filled = True
        self._out.append(written)

    def _close(self, element: _Open, end_tag: str, *, paragraph: bool) -> None:
        around = self._open[-1]
        few = paragraph and len(self._out) - element.begins < _PIECES
        if (few and _is_campaign_line(self._out[element.begins :])) or (element.emptied and not element.filled):
            del self._out[element.begins :]
            around.emptied = True
        else:
            self._out.append(end_tag)
            around.filled = True

    def _goes(self, tag: _Tag) -> bool:
        marks = tag.marks
        return (
            tag.name == "ins"
            or not marks.isdisjoint(_ADVERTISEMENTS)
            or any(map(_NUMBERED.fullmatch, marks))
            or (tag.name in _APART_TAGS and not marks.isdisjoint(_APART))
            or (tag.name == "a" and _leads_to_a_campaign(tag.values.get("href", "")))
            or (self._with_head and (tag.name == "h1" or (tag.name in {"div", "p"} and not marks.isdisjoint(_HEAD))))
        )


def _leads_to_a_campaign(href: str) -> bool:
    try:
        return urlsplit(href.strip()).hostname == _CAMPAIGN_HOST
    except ValueError:
        return False


def _is_campaign_line(pieces: list[str]) -> bool:
    text = "".join(piece for piece in pieces if piece[:1] != "<")
    return len(text) < _CAMPAIGN_LINE and _BETWEEN_WORDS.sub("", unescape(text)) in _CAMPAIGN_LINES
