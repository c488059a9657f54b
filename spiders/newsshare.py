"""Just these articles: by code, by any URL that carries one, or from a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.archive.ledger import State
from newsarchive.archive.runs import Failure, Kind
from newsarchive.article import Refused
from newsarchive.source.links import ArticleLink, asked_link
from newsarchive.source.lists import Sighting
from spiders.arguments import ArgumentError, known
from spiders.base import ArchiveSpider
from spiders.better import is_improvable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

_WAYS = ("code", "url", "file")


class NewsShareSpider(ArchiveSpider):
    """Archives the articles a user names; those archived before are asked for again only at better roads."""

    name = "newsshare"
    arguments: ClassVar = _WAYS

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, str]) -> None:
        """Refuse anything but articles to fetch; a file's lines are checked one by one when it is read."""
        known(arguments, _WAYS)
        if not arguments:
            raise ArgumentError(
                "say which articles: -a code=NW…[,NW…], -a url=URL or -a file=PATH (- is standard input)"
            )
        for line in _words(arguments):
            try:
                asked_link(line)
            except Refused as error:
                raise ArgumentError(str(error)) from error
        path = arguments.get("file")
        if path is not None and path != "-" and not Path(path).is_file():
            raise ArgumentError(f"there is no file {path!r}")

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.given = {name: str(value) for name, value in arguments.items()}

    async def start(self) -> AsyncIterator[Any]:
        """Put the articles into the ledger, then pursue those it does not have."""
        ledger, rows, better = self.archive.ledger, [], []
        links = {str(link.name): link for link in self.wanted()}
        self.run.counts["seen"] = len(links)
        for link in links.values():
            row = ledger.find(link.name)
            if row is not None and row.state is State.CAPTURED:
                self.run.counts["archived before"] += 1
                better += [row] if is_improvable(row) else []
                continue
            ledger.see(Sighting(link, ()), now=self.archive.now())
            if found := ledger.find(link.name):
                rows.append(found)
        self.queue(self.tried(rows))
        self.run.counts["to fetch"] = len(self.waiting)
        self.queue(better, better=True)
        for request in self.pursue():
            yield request

    def wanted(self) -> Iterator[ArticleLink]:
        """Give a link for each article; a line of a file without a code is reported, and the others go on."""
        for word in _words(self.given):
            yield asked_link(word)
        if "file" in self.given:
            for number, line in enumerate(_lines(self.given["file"]), 1):
                text = line.strip()
                if not text or text.startswith("#"):
                    continue
                try:
                    yield asked_link(text)
                except Refused as error:
                    failure = Failure(Kind.UNDERSTAND, f"{self.given['file']}, line {number}", str(error))
                    self.report(failure, "the other lines go on")


def _words(arguments: Mapping[str, str]) -> list[str]:
    codes = arguments.get("code", "").replace(",", " ").split()
    if "code" in arguments and not codes:
        raise ArgumentError("code= names no article")
    return codes + ([arguments["url"]] if "url" in arguments else [])


def _lines(path: str) -> list[str]:
    content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    return content.decode("utf-8-sig", errors="replace").splitlines()
