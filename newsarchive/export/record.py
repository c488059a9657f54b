"""A post as others get it: plain values with names that docs/export.md explains."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import PurePosixPath

from newsarchive import body, dates, post
from newsarchive.archive.ledgerexport import Entry
from newsarchive.newspapers import newspaper_of

CANONICAL = "https://finance.eastmoney.com/a/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    r"""One article, as its post and the ledger tell it. The order of the fields is the order in every format.

    Attributes:
        name: the post's: ``NW2022…``, or the bare number of rolling news.
        code: the infoCode, always with ``NW``.
        title: plain text.
        date: when it was published; aware, Asia/Shanghai.
        category, tag: as in the post.
        newspaper: the tag without the mirror's ``新闻``.
        digest: rolling news only; else empty.
        body: HTML, as in the post.
        text: what a reader sees of the body, a line for each paragraph.
        link: the post's source link; empty where it has none.
        url: the article at its publisher, by its code.
        post: the file, relative to the archive.
        sha256: the file's digest.
        origin, capture, capture_sha256: see `newsarchive.archive.ledgerexport.Entry`.
    """

    name: str
    code: str
    title: str
    date: datetime
    category: str
    tag: str
    newspaper: str
    digest: str
    body: str
    text: str
    link: str
    url: str
    post: str
    sha256: str
    origin: str | None
    capture: str | None
    capture_sha256: str | None

    def as_json(self) -> dict[str, str | None]:
        """Give the values as JSON has them: the date as ``2022-01-25T18:12:37+08:00``."""
        return {**asdict(self), "date": self.date.isoformat()}


_PIECE, _MOST_ACCENTS = 1024, 30  # characters

FIELDS = tuple(field.name for field in fields(Record))


def record_of(content: bytes, sha256: str, entry: Entry) -> Record:
    """Make a record of a post's bytes, their digest, and what the ledger says.

    Raises:
        PostError: the bytes are no post; the message names the file.
    """
    read = post.read(content, PurePosixPath(entry.post).name)
    return Record(
        name=str(read.name),
        code=read.name.code,
        title=read.title,
        date=dates.parse(read.date),
        category=read.categories,
        tag=read.tags,
        newspaper=newspaper_of(read.tags),
        digest=read.digest,
        body=read.body,
        text=body.plain_text(read.body),
        link=read.link,
        url=f"{CANONICAL}{read.name.number}.html",
        post=entry.post,
        sha256=sha256,
        origin=entry.origin,
        capture=entry.capture,
        capture_sha256=entry.capture_sha256,
    )


class Words:
    """Words that title, digest and text must hold, all of them, anywhere.

    Full-width and half-width, upper and lower case are the same (NFKC). This is a search without an index: every post
    is read.

    Args:
        asked: words with white space between.
    """

    def __init__(self, asked: str = "") -> None:
        self.words = tuple(folded(asked).split())

    def are_in(self, record: Record) -> bool:
        """Tell whether a record holds them all; where there are none, every record does."""
        return not self.words or self.are_in_texts((record.title, record.digest, record.text))

    def are_in_texts(self, texts: Iterable[str]) -> bool:
        """Tell whether texts hold them all."""
        text = folded("\n".join(texts))
        return all(word in text for word in self.words)


def folded(text: str) -> str:
    """Give a text in which characters that mean the same are the same.

    A piece at a time: `unicodedata` sorts the accents of one letter in the square of their number, and 20,000 of them
    take seconds. A piece goes on while accents follow, up to what Unicode's stream-safe format allows (UAX 15).
    """
    pieces, begin = [], 0
    while begin < len(text):
        end = begin + _PIECE
        while end < min(len(text), begin + _PIECE + _MOST_ACCENTS) and _joins(text[end]):
            end += 1
        pieces.append(unicodedata.normalize("NFKC", text[begin:end]))
        begin = end
    return "".join(pieces).casefold()


def _joins(character: str) -> bool:
    """Tell whether a character may become one with the one before it: an accent, a vowel of Hangul."""
    return bool(unicodedata.combining(character)) or "\u1160" <= character <= "\u11ff"
