"""The publisher's own lists, which the mirror was made from: what newspapers wrote, by column, and the rolling news.

Two endpoints of today's public site, with the fields that public code of 2023 to 2026 names:

- ``getNewsByColumns``: ``data.list[]: code, title, showTime, mediaName, summary, url, uniqueUrl``; pages by number, so
  what is published or withdrawn between two questions moves what stands on them.
- ``getFastNewsList``: ``data.fastNewsList[]: code, title, summary, showTime, stockList[]`` and ``data.sortEnd``, the
  place to go on from; what is published meanwhile moves nothing.

``summary`` begins with ``【title】``; a rolling post's digest is what follows the last ``】``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from newsarchive import dates
from newsarchive.article import ROLLING_TAG, Name, Refused
from newsarchive.newspapers import tag_of
from newsarchive.source.jsonanswer import json_object, string
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Listed, Sighting
from newsarchive.source.understanding import NotUnderstoodError

COLUMNS_PATH = "/comm/web/getNewsByColumns"
FAST_PATH = "/comm/web/getFastNewsList"
PAGE_SIZE, FAST_PAGE_SIZE = 50, 200
_MOST_ENTRIES = 10 * FAST_PAGE_SIZE  # of an answer; a server that gives 100,000 where 50 were asked for gives no list
_FAST = "fast:"
_COLUMN = re.compile(r"(?:fast:)?[0-9]{1,6}", re.ASCII)
_UNDERSTOOD = frozenset({"1", "0", ""})  # what ``code`` is where all is well; some versions leave it out
_URL = re.compile(r"https?://[^\s<>]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A list of the publisher's: its number, and whether it is rolling news."""

    number: str
    rolling: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``350`` or ``fast:102``; raises `Refused` for anything else."""
        if not _COLUMN.fullmatch(text):
            raise Refused(f"{text[:40]!r} is no column; write a number (350) or fast:NUMBER (fast:102)")
        return cls(text.removeprefix(_FAST), rolling=text.startswith(_FAST))

    @property
    def key(self) -> str:
        """Its name in the ledger."""
        return f"eastmoney:{self}"

    def __str__(self) -> str:
        return f"{_FAST if self.rolling else ''}{self.number}"


@dataclass(frozen=True, slots=True)
class Question:
    """What a page of a list is asked by.

    Attributes:
        column: the list.
        size: how many articles a page holds.
        index: the number of the page, from 1; newspapers only.
        after: the place to go on from, empty for the newest; rolling news only.
    """

    column: Column
    size: int
    index: int = 1
    after: str = ""

    @property
    def offset(self) -> int:
        """How many articles stand before the page."""
        return (self.index - 1) * self.size

    @property
    def is_first(self) -> bool:
        """Whether the page begins with the newest article."""
        return self.index == 1 and not self.after

    def url(self, list_base: str, fast_base: str) -> str:
        """Give its address under the configured hosts."""
        if self.column.rolling:
            said = {"client": "web", "biz": "web_724", "fastColumn": self.column.number, "sortEnd": self.after}
            query = {**said, "pageSize": self.size, "req_trace": "newsarchive"}
            return f"{fast_base.rstrip('/')}{FAST_PATH}?{urlencode(query)}"
        said = {"client": "web", "biz": "web_news_col", "column": self.column.number, "order": "1"}
        query = {**said, "needInteractData": "0", "page_index": self.index, "page_size": self.size}
        return f"{list_base.rstrip('/')}{COLUMNS_PATH}?{urlencode(query)}&req_trace=newsarchive"

    @classmethod
    def of_url(cls, url: str) -> Self | None:
        """Read what `url` made, under any host; None for any other address."""
        if "/comm/web/" not in url:
            return None
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        try:
            if parts.path.endswith(FAST_PATH):
                column = Column.parse(_FAST + query["fastColumn"])
                return cls(column, int(query["pageSize"]), after=query["sortEnd"])
            if parts.path.endswith(COLUMNS_PATH):
                return cls(Column.parse(query["column"]), int(query["page_size"]), index=int(query["page_index"]))
        except (KeyError, ValueError):
            return None
        return None


@dataclass(frozen=True, slots=True)
class Item:
    """An article in a list, and when it was shown first (aware)."""

    sighting: Sighting
    shown: datetime

    @property
    def name(self) -> str:
        """The article's name, as text."""
        return str(self.sighting.link.name)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list.

    Attributes:
        items: newest first.
        refused: for each that is no article, the sentence that says why.
        after: the place to go on from; rolling news only.
    """

    items: tuple[Item, ...]
    refused: tuple[str, ...] = ()
    after: str = ""


def page(content: bytes, question: Question, capture: str = "") -> Page:
    """Read the answer to a question.

    Args:
        content: the answer.
        question: it answers.
        capture: where the answer is kept, ``file#offset``.

    Raises:
        TruncatedError: it stops early, whatever the server said of its length.
        NotUnderstoodError: it is no such list, an error answer, or an empty one where there must be articles.
    """
    answer = json_object(content, framed=False)
    code = string(answer, "code").strip()
    if code not in _UNDERSTOOD:
        raise NotUnderstoodError(f"the list answers with code {code[:20]!r} ({string(answer, 'message')[:60]!r})")
    data = answer.get("data")
    key = "fastNewsList" if question.column.rolling else "list"
    listed = data.get(key) if isinstance(data, dict) else None
    if listed is None and not question.is_first and "data" in answer and (not data or key in data):
        listed = []  # behind the end
    if not isinstance(listed, list):
        raise NotUnderstoodError(f"the answer has no data.{key}")
    if not listed and question.is_first:
        raise NotUnderstoodError("the list is empty, though a column always has articles")
    if len(listed) > _MOST_ENTRIES:
        raise NotUnderstoodError(f"the list has {len(listed)} entries, though {question.size} were asked for")
    items, refused = [], []
    for entry in listed:
        try:
            items.append(_item(entry, rolling=question.column.rolling, capture=capture))
        except Refused as error:
            refused.append(str(error))
    if listed and not items:
        raise NotUnderstoodError(f"none of the list's {len(listed)} entries is an article: {refused[0]}")
    after = string(data, "sortEnd").strip() if isinstance(data, dict) and question.column.rolling else ""
    if question.column.rolling and listed and not after:
        raise NotUnderstoodError("the list does not say where it goes on (sortEnd)")
    return Page(tuple(items), tuple(refused), after)


def _item(entry: Any, *, rolling: bool, capture: str) -> Item:
    """Read an entry; raises `Refused`, naming it, for one that is no article or lacks a field."""
    if not isinstance(entry, dict):
        raise Refused(f"an entry of the list is a {type(entry).__name__}")
    lacking = [key for key in ("code", "title", "showTime", "summary" if rolling else "mediaName") if key not in entry]
    if lacking:
        raise Refused(f"an entry of the list ({str(entry.get('code'))[:40]}) has no {', '.join(lacking)}")
    said, title = string(entry, "code").strip(), " ".join(string(entry, "title").split())
    try:
        name = Name(said.removeprefix("NW"), rolling=rolling)
        shown = dates.parse(string(entry, "showTime"))
    except Refused as error:
        raise Refused(f"the entry {said[:40]!r} ({title[:40]!r}) is no article's: {error}") from error
    link = ArticleLink(name, day=shown.astimezone(dates.SHANGHAI).date(), title=title)
    url = next((one for key in ("url", "uniqueUrl") if _URL.fullmatch(one := string(entry, key).strip())), "")
    if rolling:
        digest = " ".join(string(entry, "summary").rpartition("】")[2].split())
        listed = Listed(
            digest=digest, url=url, date=string(entry, "showTime").strip(), capture=capture if digest else ""
        )
        return Item(Sighting(link, (ROLLING_TAG,), listed), shown)
    newspaper = string(entry, "mediaName").strip()
    listed = Listed(url=url, date=string(entry, "showTime").strip(), newspaper=newspaper)
    return Item(Sighting(link, (tag_of(newspaper),) if newspaper else (), listed), shown)


def columns(text: str) -> tuple[Column, ...]:
    """Read the setting EASTMONEY_COLUMNS; raises `Refused` where it names none, or something that is no column."""
    found = tuple(dict.fromkeys(Column.parse(word) for word in text.replace(",", " ").split()))
    if not found:
        raise Refused("EASTMONEY_COLUMNS names no column; give some, like 350, 344, fast:102")
    return found
