"""What a page shows of the ledger: where an article came from, and which pictures are kept. Only reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from newsarchive.archive.ledgerquery import LedgerQuery, ask
from newsarchive.archive.ledgerrows import State, moment
from newsarchive.archive.seal import LEDGER
from newsarchive.article import Name, Refused

_MOST = 500  # pictures asked for at a time; SQLite allows 999 values
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an article stands and where its text came from; times in UTC, None where the ledger does not know.

    Attributes:
        state: where it stands.
        first_seen: when a list first showed it, or a user asked for it.
        looked: when its text was last seen to be as it is archived.
        deadline: until when the source showed it.
        origin: the road its text came by.
        capture, capture_sha256: place (``file#offset``) of the answer that gave the text, digest of its body.
        post, post_sha256: its post.
        error: what the last try said; empty for nothing.
    """

    state: State
    first_seen: datetime
    looked: datetime | None
    deadline: datetime
    origin: str
    capture: str
    capture_sha256: str
    post: str
    post_sha256: str
    error: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that is kept: its address at the source, where it is kept, and what it shows."""

    url: str
    capture: str
    sha256: str
    type: str
    width: int
    height: int


def provenance(root: Path, name: Name) -> Provenance | None:
    """Give what the ledger knows of an article; None where it does not know it, or cannot be read now."""

    def question(db: sqlite3.Connection) -> Provenance | None:
        row = db.execute("SELECT * FROM articles WHERE name = ?", (str(name),)).fetchone()
        return _provenance(row) if row else None

    return _asked(root, question, None)


def pictures_by_url(root: Path, urls: Iterable[str]) -> dict[str, Shown]:
    """Give those of some addresses whose pictures are kept."""
    wanted = list(dict.fromkeys(urls))[:_MOST]
    if not wanted:
        return {}

    def question(db: sqlite3.Connection) -> dict[str, Shown]:
        among = ", ".join("?" * len(wanted))
        rows = db.execute(f"SELECT * FROM pictures WHERE state = 'kept' AND url IN ({among})", wanted)  # noqa: S608 - question marks
        return {row["url"]: _shown(row) for row in rows}

    return _asked(root, question, {})


def picture_by_digest(root: Path, sha256: str) -> Shown | None:
    """Give the picture whose content has a digest; None where none is kept."""

    def question(db: sqlite3.Connection) -> Shown | None:
        row = db.execute("SELECT * FROM pictures WHERE state = 'kept' AND sha256 = ? LIMIT 1", (sha256,)).fetchone()
        return _shown(row) if row else None

    return _asked(root, question, None)


def _asked(root: Path, question: Callable[[sqlite3.Connection], _Answer], otherwise: _Answer) -> _Answer:
    """Ask a ledger that may be missing, or be replaced at this moment: then a page shows what it can without it."""

    def inner(ledger: LedgerQuery) -> _Answer:
        return question(ledger._db)  # noqa: SLF001 - SQL of the same room

    try:
        return ask(root / LEDGER, inner)
    except (OSError, sqlite3.Error, Refused):
        return otherwise


def _provenance(row: sqlite3.Row) -> Provenance:
    return Provenance(
        state=State(row["state"]),
        first_seen=moment(row["first_seen"]),
        looked=moment(row["looked"]) if row["looked"] else None,
        deadline=moment(row["deadline"]),
        origin=row["origin"] or "",
        capture=row["capture"] or "",
        capture_sha256=row["capture_sha256"] or "",
        post=row["post"] or "",
        post_sha256=row["post_sha256"] or "",
        error=row["error"] or "",
    )


def _shown(row: sqlite3.Row) -> Shown:
    return Shown(
        url=row["url"],
        capture=row["capture"],
        sha256=row["sha256"],
        type=row["type"],
        width=row["width"] or 0,
        height=row["height"] or 0,
    )
