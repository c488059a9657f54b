"""The ledger's rows in Python, how a moment stands in them, and what becomes of an article that cannot be had."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from newsarchive.article import Name, Origin
from newsarchive.dates import SHANGHAI
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Listed

KEPT_FOR = timedelta(days=3)  # how long the source shows an article (source: the mirror's own notice)
GIVEN_UP_AFTER = 10  # tries that ended in errors, the last of them days after the deadline


class State(StrEnum):
    """Where an article stands; the last three are ends, until a list shows it again or a user asks for it."""

    PENDING = "pending"
    CAPTURED = "captured"
    FAILED = "failed"
    """Given up: days after its deadline the roads still answer with errors."""
    EXPIRED = "expired"
    """Its deadline has passed, and every road says it has none."""
    GONE = "gone"
    """Withdrawn: before its deadline every road said it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article's row: its link as last seen, and how it stands. Every moment is aware, in UTC.

    Attributes:
        link, tags: as the lists showed it last.
        state: where it stands.
        first_seen: when a list first showed it, or a user asked for it.
        deadline: until when the source shows it.
        tries: how often it was tried in vain.
        error: what the last try said; None when it succeeded.
        nowhere_since: when every road first said it has none.
        origin: the road its text came by; None for a post that was there before the ledger.
        capture: where the answer is kept that gave the text, ``file#offset``.
        post, post_sha256: its post's path, relative to the archive, and digest.
        published: the post's date.
        looked: when its text was last seen to be as it is archived; None while bytes of it could not be read.
        listed: what a list says of it beyond the link.
    """

    link: ArticleLink
    tags: tuple[str, ...]
    state: State
    first_seen: datetime
    deadline: datetime
    tries: int = 0
    error: str | None = None
    nowhere_since: datetime | None = None
    origin: Origin | None = None
    capture: str | None = None
    post: str | None = None
    post_sha256: str | None = None
    published: datetime | None = None
    looked: datetime | None = None
    listed: Listed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How an article was archived.

    Attributes:
        category: the mirror's.
        origin: the road its text came by.
        capture, capture_sha256: where the answer is kept that gave the text, and the digest of its body.
        post, post_sha256: the post's path, relative to the archive, and digest.
        published: the post's date; aware.
        broken: whether bytes of it could not be read, so that it is looked at again.
    """

    category: str
    origin: Origin
    capture: str | None
    capture_sha256: str | None
    post: str
    post_sha256: str
    published: datetime | None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Adopted:
    """A post that is there already: its name, its path relative to the archive, its digest; and what is known of it."""

    name: Name
    post: str
    post_sha256: str
    published: datetime | None = None
    title: str = ""
    category: str | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that is over: when it began (aware, in UTC), its arguments and counts, both still JSON, and its end."""

    began: datetime
    arguments: str
    counts: str
    killed: bool


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


def fate(row: Row | None, *, now: datetime, nowhere: bool) -> State:
    """Tell what an article is that could not be had this time.

    It is given up no earlier than three days after its deadline, and three days after it was first seen, whatever
    its date: until then any fault may be passing.

    Args:
        row: as it stood before this try; None where there is none.
        now: the moment of the try.
        nowhere: every road said it has none, in proper answers.
    """
    if row is None or now < max(row.deadline, row.first_seen) + KEPT_FOR or row.tries == 0:
        return State.PENDING
    if nowhere:
        return State.GONE if row.nowhere_since is not None and row.nowhere_since < row.deadline else State.EXPIRED
    return State.FAILED if row.tries >= GIVEN_UP_AFTER else State.PENDING


def is_last_look(row: Row, *, now: datetime, hours: float) -> bool:
    """Tell whether a look at an archived article now is the last one, due so many hours before its deadline."""
    begins = row.deadline - timedelta(hours=hours)
    return begins <= now < row.deadline and (row.looked is None or row.looked < begins)


def stamp(when: datetime) -> str:
    """Write an aware moment as the ledger does: ISO 8601 in UTC with a trailing ``Z``, which sorts as text."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(stamped: str) -> datetime:
    """Read what `stamp` wrote; aware, in UTC."""
    return datetime.fromisoformat(stamped)


def moment_if_any(stamped: str | None) -> datetime | None:
    """Read back what `stamp` wrote, where there is anything."""
    return moment(stamped) if stamped else None


def plain(text: str) -> str:
    """Give a text SQLite can hold: halves of a character, as a cut answer has them, are written out."""
    return text.encode(errors="backslashreplace").decode()


def row_of(row: Any) -> Row:
    """Make a `Row` of the columns of ``articles``, by name."""
    day = datetime.fromisoformat(row["day"]).date() if row["day"] else None
    return Row(
        link=ArticleLink(Name.parse(row["name"]), row["path"], tuple(json.loads(row["segments"])), day, row["title"]),
        tags=tuple(json.loads(row["tags"])),
        state=State(row["state"]),
        first_seen=moment(row["first_seen"]),
        deadline=moment(row["deadline"]),
        tries=row["tries"],
        error=row["error"],
        nowhere_since=moment_if_any(row["nowhere_since"]),
        origin=Origin(row["origin"]) if row["origin"] else None,
        capture=row["capture"],
        post=row["post"],
        post_sha256=row["post_sha256"],
        published=moment_if_any(row["published"]),
        looked=moment_if_any(row["looked"]),
        listed=Listed.of_text(row["listed"]) if row["listed"] else None,
    )
