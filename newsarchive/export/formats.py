"""The formats an archive is given out in, and how each is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from newsarchive.export.record import Record

FEED_LENGTH = 100
"""How many posts a feed has unless more are asked for: a feed is for what is new."""


class Format(StrEnum):
    """A format by the name users give."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    ATOM = "atom"
    JSONFEED = "jsonfeed"
    WACZ = "wacz"

    @property
    def is_feed(self) -> bool:
        """Whether it shows the newest posts first, and only so many."""
        return self in {Format.ATOM, Format.JSONFEED}

    @property
    def streams(self) -> bool:
        """Whether it can be written to what cannot seek, as standard output."""
        return self not in {Format.PARQUET, Format.WACZ}


SUFFIXES = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
    ".atom": Format.ATOM,
    ".xml": Format.ATOM,
    ".json": Format.JSONFEED,
    ".jsonfeed": Format.JSONFEED,
    ".wacz": Format.WACZ,
}


@dataclass(frozen=True, slots=True)
class About:
    """What an export says of itself.

    Attributes:
        selection: what was asked for, in words; empty for everything.
        now: aware.
    """

    selection: str
    now: datetime

    @property
    def title(self) -> str:
        """A line for readers."""
        return f"newsarchive: {self.selection or 'all posts'}"


class Writer(Protocol):
    """Writes records as one file, holding only a bounded number of them at a time."""

    def __call__(self, records: Iterator[Record], out: BinaryIO, about: About) -> None:
        """Write all of it; raises OSError where the disk does not take it."""
