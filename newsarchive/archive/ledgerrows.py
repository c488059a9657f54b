"""What the ledger's rows are in Python, and how a moment stands in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from newsarchive.article import Name, Origin
from newsarchive.dates import SHANGHAI
from newsarchive.source.links import ArticleLink

KEPT_FOR = timedelta(days=3)  # how long the source shows an article (source: the mirror's own notice)


class State(StrEnum):
    """Where an article stands."""

    PENDING = "pending"
    CAPTURED = "captured"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Row:
    """An article's row: its link as last seen, and how it stands."""

    link: ArticleLink
    tags: tuple[str, ...]
    state: State
    deadline: datetime
    tries: int
    error: str | None
    origin: Origin | None
    post: str | None
    post_sha256: str | None


@dataclass(frozen=True, slots=True)
class Validators:
    """What a list page can be asked with next time, so that it need not be sent again."""

    etag: str | None = None
    last_modified: str | None = None


def deadline_of(link: ArticleLink, now: datetime) -> datetime:
    """Give the moment until which the source promises an article: three days after the start of its day.

    The day in the link is all a list tells; the hour is not, so the earliest is assumed.
    """
    if link.day is None:
        return now + KEPT_FOR
    return datetime(link.day.year, link.day.month, link.day.day, tzinfo=SHANGHAI) + KEPT_FOR


def stamp(when: datetime) -> str:
    """Write an aware moment as the ledger does: ISO 8601 in UTC with a trailing ``Z``, which sorts as text."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(stamped: str) -> datetime:
    """Read what `stamp` wrote; aware, in UTC."""
    return datetime.fromisoformat(stamped)


def plain(text: str) -> str:
    """Give a text SQLite can hold: halves of a character, as a cut answer has them, are written out."""
    return text.encode(errors="backslashreplace").decode()


def row_of(row: Any) -> Row:
    """Make a `Row` of the columns of ``articles``, by name."""
    day = datetime.fromisoformat(row["day"]).date() if row["day"] else None
    link = ArticleLink(Name.parse(row["name"]), row["path"], tuple(json.loads(row["segments"])), day, row["title"])
    return Row(
        link,
        tuple(json.loads(row["tags"])),
        State(row["state"]),
        moment(row["deadline"]),
        row["tries"],
        row["error"],
        Origin(row["origin"]) if row["origin"] else None,
        row["post"],
        row["post_sha256"],
    )
