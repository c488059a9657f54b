"""A lean database of an archive as it is at a moment, for Datasette and whoever else speaks SQL.

Articles without their texts, one row each, whether archived or not; newspapers and days with their counts; runs. It is
made of ledger and search index, is no part of the record, and may be deleted at any time.

Every moment is written in Asia/Shanghai with its offset, which sorts as text and is what days are counted by.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from newsarchive.archive.files import put_in_place
from newsarchive.archive.ledgerquery import LedgerQuery, RunRow, Standing, ask
from newsarchive.archive.seal import LEDGER
from newsarchive.archive.versions import revisions
from newsarchive.datasette.finding import APPLICATION
from newsarchive.dates import SHANGHAI
from newsarchive.newspapers import newspaper_of
from newsarchive.search import matching, store
from newsarchive.search.matching import Listed

ANALYSIS = "analysis.db"
_BATCH = 1000

_TABLES = """
CREATE TABLE newspapers (
    newspaper TEXT PRIMARY KEY,
    category TEXT,
    captured INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    first_day TEXT,
    last_day TEXT
);
CREATE TABLE days (
    day TEXT PRIMARY KEY,
    captured INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    newspapers INTEGER NOT NULL,
    characters INTEGER NOT NULL
);
CREATE TABLE articles (
    name TEXT PRIMARY KEY,
    published TEXT,
    newspaper TEXT REFERENCES newspapers (newspaper),
    title TEXT NOT NULL,
    category TEXT,
    day TEXT REFERENCES days (day),
    state TEXT NOT NULL,
    rolling INTEGER NOT NULL,
    length INTEGER,
    versions INTEGER NOT NULL,
    origin TEXT,
    first_seen TEXT NOT NULL,
    looked TEXT,
    tries INTEGER NOT NULL,
    error TEXT,
    url TEXT,
    post TEXT
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    began TEXT NOT NULL,
    ended TEXT,
    spider TEXT NOT NULL,
    arguments TEXT NOT NULL,
    exit_code INTEGER,
    verdict TEXT,
    counts TEXT NOT NULL
);
CREATE TABLE snapshot (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_ARTICLE = "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_RUN = "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_COUNTS = "sum(state = 'captured'), sum(state = 'pending'), sum(state IN ('failed', 'expired', 'gone'))"
_SUMMED = f"""
CREATE INDEX articles_published ON articles (published);
CREATE INDEX articles_newspaper ON articles (newspaper, published);
CREATE INDEX articles_day ON articles (day);
CREATE INDEX articles_category ON articles (category);
CREATE INDEX articles_state ON articles (state);
INSERT INTO newspapers SELECT newspaper, max(category), {_COUNTS}, min(day), max(day)
    FROM articles WHERE newspaper IS NOT NULL GROUP BY newspaper;
INSERT INTO days SELECT day, {_COUNTS}, count(DISTINCT newspaper), coalesce(sum(length), 0)
    FROM articles WHERE day IS NOT NULL GROUP BY day;
ANALYZE;
"""  # noqa: S608 - our own words

Progress = Callable[[str, int, int], None]
_Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a database holds, by number; `listed` of the articles are in the search index."""

    articles: int
    listed: int
    newspapers: int
    days: int
    runs: int


def take(root: Path, target: Path, now: datetime, progress: Progress = lambda *_: None) -> Snapshot:
    """Make the database anew, whole or not at all; who has the earlier one open goes on with that.

    Args:
        root: the archive.
        target: the database's file.
        now: the moment it is said to be of; aware.
        progress: told how far it is.

    Raises:
        FileNotFoundError: there is no ledger.
        Refused: the ledger is none, or of another schema.
        OSError, sqlite3.Error: something cannot be read, or the disk does not take it.
    """
    earlier = {str(name): len(versions) for name, versions in revisions(root).items()}
    with tempfile.TemporaryDirectory(prefix="newsarchive-") as temp:
        made = Path(temp) / ANALYSIS

        def question(ledger: LedgerQuery) -> Snapshot:
            made.unlink(missing_ok=True)  # asked again: a run changed the ledger meanwhile
            with ExitStack() as stack:
                db = stack.enter_context(closing(sqlite3.connect(made, isolation_level=None)))
                rows = _rows(ledger.articles(), _listed(root, stack), earlier)
                return _fill(db, ledger, rows, now, progress)

        snapshot = ask(root / LEDGER, question)
        put_in_place(made, target)
    return snapshot


def _listed(root: Path, stack: ExitStack) -> Iterator[Listed]:
    """Give what the search index lists, by name; nothing where there is no index."""
    try:
        return matching.every(stack.enter_context(closing(store.open_to_read(root))))
    except store.IndexNewError:
        return iter(())


def _fill(
    db: sqlite3.Connection, ledger: LedgerQuery, rows: Iterator[_Row], now: datetime, progress: Progress
) -> Snapshot:
    db.execute("PRAGMA journal_mode = OFF")  # where it fails half-way, the file is thrown away
    db.execute("PRAGMA synchronous = OFF")
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.executescript(_TABLES)
    db.execute("BEGIN")
    total, done = ledger.count(), 0
    while batch := list(islice(rows, _BATCH)):
        db.executemany(_ARTICLE, batch)
        done += len(batch)
        progress("articles", done, total)
    db.executemany(_RUN, (_run(number, run) for number, run in enumerate(reversed(list(ledger.runs())), 1)))
    db.execute("INSERT INTO snapshot VALUES ('made', ?)", (_stamp(now),))
    db.execute("COMMIT")
    db.executescript(_SUMMED)
    counts = db.execute(
        "SELECT (SELECT count(*) FROM articles), (SELECT count(length) FROM articles), "
        "(SELECT count(*) FROM newspapers), (SELECT count(*) FROM days), (SELECT count(*) FROM runs)"
    ).fetchone()
    return Snapshot(*counts)


def _rows(standings: Iterator[Standing], listed: Iterator[Listed], earlier: dict[str, int]) -> Iterator[_Row]:
    """Put together what ledger and index say; both come in the order of the names."""
    entry = next(listed, None)
    for standing in standings:
        name = str(standing.name)
        while entry is not None and entry.name < name:
            entry = next(listed, None)
        yield _row(standing, entry if entry is not None and entry.name == name else None, earlier.get(name, 0))


def _row(standing: Standing, listed: Listed | None, earlier: int) -> _Row:
    """Make a row of `articles`; what the post itself says goes before what lists said of it."""
    day = listed.day if listed else f"{standing.day or ''}"
    return (
        str(standing.name),
        _stamp(standing.published),
        (listed.newspaper if listed else newspaper_of(standing.tag)) or None,
        listed.title if listed else standing.title,
        (listed.category if listed else standing.category) or None,
        day or None,
        str(standing.state),
        int(standing.name.rolling),
        listed.length if listed else None,
        earlier + (standing.post is not None),
        standing.origin or None,
        _stamp(standing.first_seen),
        _stamp(standing.looked),
        standing.tries,
        standing.error or None,
        (listed.link if listed else None) or None,
        standing.post,
    )


def _run(number: int, run: RunRow) -> _Row:
    arguments, counts = (json.dumps(value, ensure_ascii=False) for value in (run.arguments, run.counts))
    return (
        number,
        _stamp(run.began),
        _stamp(run.ended),
        run.spider,
        arguments,
        run.exit_code,
        run.verdict or None,
        counts,
    )


def _stamp(when: datetime | None) -> str | None:
    return when.astimezone(SHANGHAI).isoformat(timespec="seconds") if when else None
