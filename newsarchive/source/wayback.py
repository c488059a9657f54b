"""A web archive: which copies of the mirror's pages it has (CDX), and where each is given as it came (``id_``).

Two forms of an index's answer are read: the Internet Archive's, one array of arrays whose first names the fields, and
pywb's, a JSON object a line. Both know ``url``, ``from``, ``to``, ``output`` and ``filter``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from newsarchive.article import Refused
from newsarchive.source.encoding import decode
from newsarchive.source.jsonanswer import stops_early
from newsarchive.source.links import MIRROR_HOSTS, ArticleLink, article_link
from newsarchive.source.lists import Copy, Listed, Sighting
from newsarchive.source.understanding import NOT_THERE, NotUnderstoodError, TruncatedError, looks_like

_ALL_OF = "/*"
_COPY = re.compile(
    r"/(?P<timestamp>\d{14})id_/(?P<original>https?(?::|%3A)/.+)\Z", re.ASCII | re.DOTALL | re.IGNORECASE
)
_TIMESTAMP = re.compile(r"\d{14}", re.ASCII)
_SAFE = "/!$&'()*+,;=:@-._~%?"


@dataclass(frozen=True, slots=True)
class Captured:
    """What an index is asked for: the copies of a host's pages that were taken on a day (UTC)."""

    host: str
    day: date

    @property
    def key(self) -> str:
        """Its name in the ledger."""
        return f"wayback:{self.host}:{self.day}"

    def url(self, base: str) -> str:
        """Give the address of the question under the configured index."""
        day = f"{self.day:%Y%m%d}"
        query = {"url": self.host + _ALL_OF, "from": day, "to": day, "output": "json", "filter": "statuscode:200"}
        return f"{base}{'&' if '?' in base else '?'}{urlencode(query, safe=':/*')}"

    @classmethod
    def of_url(cls, url: str) -> Self | None:
        """Read what `url` made, under any index; None for any other address."""
        if "output=json" not in url:
            return None
        query = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
        asked, day = query.get("url", ""), query.get("from", "")
        if query.get("output") != "json" or not asked.endswith(_ALL_OF) or day != query.get("to"):
            return None
        try:
            return cls(asked.removesuffix(_ALL_OF), date.fromisoformat(day))
        except ValueError:
            return None


def says_none(status: int, content: bytes) -> bool:
    """Tell whether an index says that it has nothing; pywb's does with a 404."""
    return status in NOT_THERE and b"No Captures" in content


def copy_path(place: str) -> str:
    """Give the address of a copy below its web archive's, of its place there."""
    return quote(place, safe=_SAFE)


def copy_of_url(url: str) -> tuple[ArticleLink, Copy] | None:
    """Read the address of a copy, under any web archive: the article and the copy; None for any other address."""
    match = _COPY.search(url) if "id_/" in url else None
    if match is None:
        return None
    try:
        return article_link(urlsplit(match["original"]).path), Copy(match["timestamp"], match["original"])
    except ValueError:  # refused as well
        return None


def sightings(content: bytes, host: str, *, framed: bool = True) -> list[Sighting]:
    """Read an index's answer: the articles of the mirror that it has, each with its copies.

    Args:
        content: the answer; pywb's is empty where there is nothing.
        host: the host it was asked for, with its port where it has one.
        framed: the server said how long the answer would be, or that it had ended.

    Raises:
        TruncatedError: it stops early; of lines nothing but the server can tell whether one is missing.
        NotUnderstoodError: it is no answer of an index.
    """
    hosts, copies, links = MIRROR_HOSTS | {host.partition(":")[0]}, dict[str, list[Copy]](), dict[str, ArticleLink]()
    for timestamp, original, status in _rows(content, framed=framed):
        if status not in {"200", "", "-"}:
            continue
        try:
            link = article_link(original, hosts=hosts)
        except Refused:
            continue  # a list, a picture, anything else that was copied
        links.setdefault(str(link.name), link)
        copies.setdefault(str(link.name), []).append(Copy(timestamp, original))
    return [Sighting(link, (), Listed().merged(Listed(copies=tuple(copies[name])))) for name, link in links.items()]


def _rows(content: bytes, *, framed: bool) -> Iterator[tuple[str, str, str]]:
    """Give timestamp, URL and status of each row of either form."""
    if not content.strip():
        return
    text = decode(content)
    in_lines = not text.lstrip().startswith("[")
    lines = [line for line in text.splitlines() if line.strip()] if in_lines else [text]
    entries: list[Any] = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(json.loads(line, strict=False))
        except (ValueError, RecursionError) as error:
            if number == len(lines) and stops_early(line, error):
                raise TruncatedError(f"the index's answer was cut off; it is {looks_like(text)}") from error
            raise NotUnderstoodError(f"the index's answer is no JSON; it is {looks_like(text)}") from error
    if in_lines and not framed:
        raise TruncatedError("the index's answer may have been cut off: neither a length nor its form shows its end")
    for entry in entries:
        if isinstance(entry, list):
            yield from _table(entry)
        elif isinstance(entry, dict) and "timestamp" in entry:
            yield _row(entry)
        else:
            raise NotUnderstoodError(f"the index's answer is JSON of another kind: {str(entry)[:60]!r}")


def _table(rows: list[Any]) -> Iterator[tuple[str, str, str]]:
    if not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        raise NotUnderstoodError("the index's answer is no table")
    for row in rows[1:]:
        yield _row(dict(zip(map(str, rows[0]), row, strict=True)))


def _row(row: Mapping[str, Any]) -> tuple[str, str, str]:
    timestamp, original = str(row.get("timestamp", "")), row.get("original") or row.get("url")
    if not _TIMESTAMP.fullmatch(timestamp) or not isinstance(original, str):
        raise NotUnderstoodError(f"a row of the index has no timestamp and URL: {str(dict(row))[:80]}")
    return timestamp, original, str(row.get("statuscode") or row.get("status") or "")
