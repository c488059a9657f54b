"""Questions to a ledger that write nothing: what is archived and missing, which lists are due, how the runs went.

SQL of the ledger's room. The file is never changed, and never locked against a run: a ledger at rest is read as a file
that does not change, and read again where a run changed it meanwhile; beside a run, or after one that was killed,
SQLite reads it together with its log.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from newsarchive.archive.ledgerrows import State, moment, moment_if_any
from newsarchive.archive.ledgerschema import SCHEMA_VERSION
from newsarchive.article import ROLLING_CATEGORY, Name, Refused

_T = TypeVar("_T")
_AGAIN = 20  # times a ledger at rest is read again because a run changed it meanwhile

# An article's day: its post's, or the one in its link, or the one its number begins with. `_posts/2022/03/2022-03-01-…`
_DAY = """coalesce(substr(post, 16, 10), day, substr(ltrim(name, 'NW'), 1, 4) || '-' || substr(ltrim(name, 'NW'), 5, 2)
    || '-' || substr(ltrim(name, 'NW'), 7, 2))"""
_TALLIES = f"""
SELECT {_DAY} AS on_day, category, CASE WHEN category IS NULL THEN segments ELSE '[]' END AS parts,
    name NOT LIKE 'NW%' AS rolling, state, max(tags) AS tags, count(*) AS n,
    sum(CASE WHEN :shown THEN EXISTS (SELECT 1 FROM sightings AS s WHERE s.name = articles.name) ELSE 0 END) AS shown,
    max(json_array_length(segments)) AS depth
FROM articles GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 - our own columns
_MISSING = f"""
SELECT *, {_DAY} AS on_day FROM articles WHERE state = 'pending'
UNION ALL
SELECT *, {_DAY} AS on_day FROM articles WHERE state IN ('failed', 'expired', 'gone')
ORDER BY deadline, name
"""  # noqa: S608 - our own columns
_ARTICLES = f"SELECT *, {_DAY} AS on_day FROM articles ORDER BY name"  # noqa: S608 - our own columns
_LISTS = "SELECT * FROM lists WHERE pending OR error IS NOT NULL ORDER BY path"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many articles of a day and category are in a state.

    Attributes:
        day: in Asia/Shanghai; None where neither post nor link nor number tells.
        category: the mirror's; of what is not archived as its links spell it; empty where nothing tells.
        tag: its heading in the lists; empty where no list showed it.
        state: where they stand.
        articles: how many.
        shown: how many of them a list ever showed; 0 where that was not asked for.
        split: the mirror splits the category's name, so that it has no list of its own.
    """

    day: date | None
    category: str
    tag: str
    state: State
    articles: int
    shown: int
    split: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article ever seen; category and tag as in `Tally`."""

    name: Name
    state: State
    day: date | None
    category: str
    tag: str
    title: str
    first_seen: datetime
    tries: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing(Known):
    """An article that is not archived, and why."""

    deadline: datetime
    last_try: datetime | None
    error_kind: str
    nowhere_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Known):
    """An article, and how it stands; `origin` is empty where not known."""

    published: datetime | None
    looked: datetime | None
    origin: str
    post: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A list that is due, or that could not be read; `due_until` is when it is given up."""

    path: str
    tag: str
    pending: bool
    due_until: datetime | None
    last_read: datetime | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run; one without `ended` is at work or was killed."""

    spider: str
    arguments: dict[str, str]
    began: datetime
    ended: datetime | None
    exit_code: int | None
    verdict: str
    counts: dict[str, Any]
    file: str


def ask(ledger: Path, question: Callable[[LedgerQuery], _T]) -> _T:
    """Put questions to a ledger as of one moment.

    Args:
        ledger: the file.
        question: asks, and gives what it learned; may be called again where a run changed the ledger meanwhile.

    Raises:
        FileNotFoundError: there is no ledger.
        Refused: it is no ledger, or one of another schema; the message says what to do.
        sqlite3.Error: it cannot be read.
    """
    log = ledger.with_name(f"{ledger.name}-wal")
    for _ in range(_AGAIN):
        before = _state(ledger)
        if log.exists():
            return _ask(ledger, "mode=ro", question)
        try:
            answer = _ask(ledger, "mode=ro&immutable=1", question)
        except (sqlite3.Error, Refused):
            if _state(ledger) == before and not log.exists():
                raise
            continue
        if _state(ledger) == before:
            return answer
    return _ask(ledger, "mode=ro", question)


def _state(ledger: Path) -> tuple[int, int, int]:
    found = ledger.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _ask(ledger: Path, how: str, question: Callable[[LedgerQuery], _T]) -> _T:
    address = f"{ledger.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        try:
            db.execute("BEGIN")  # everything as of one moment
            _check(db, ledger)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise Refused(f"{ledger} is no ledger ({error}); move it away, scrapy rebuild makes it anew") from error
        return question(LedgerQuery(db))


def _check(db: sqlite3.Connection, ledger: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'articles'").fetchone()[0] == 0:
        raise Refused(f"{ledger} is another program's database; move it away, scrapy rebuild makes a ledger")
    if version > SCHEMA_VERSION:
        raise Refused(f"{ledger} was written by a newer newsarchive (schema {version}); update this one")
    if version < SCHEMA_VERSION:
        raise Refused(f"{ledger} was written by an older newsarchive (schema {version}); the next crawl brings it up")


class LedgerQuery:
    """What can be asked; only within `ask`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def tallies(self, *, shown: bool = False) -> list[Tally]:
        """Count articles by day, category and state, in one pass; with `shown` those that lists showed too."""
        return [_tally(row) for row in self._db.execute(_TALLIES, {"shown": shown})]

    def count(self) -> int:
        """Give how many articles were ever seen."""
        return int(self._db.execute("SELECT count(*) FROM articles").fetchone()[0])

    def articles(self) -> Iterator[Standing]:
        """Give every article ever seen, in the order of their names."""
        return map(_standing, self._db.execute(_ARTICLES))

    def missing(self) -> list[Missing]:
        """Give every article that is not archived, the nearest deadline first."""
        return [_missing(row) for row in self._db.execute(_MISSING)]

    def lists(self) -> list[ListRow]:
        """Give the lists that are due, and those that could not be read when they were asked last."""
        return [
            ListRow(
                path=row["path"],
                tag=row["tag"],
                pending=bool(row["pending"]),
                due_until=moment_if_any(row["due_until"]),
                last_read=moment_if_any(row["last_read"]),
                error=row["error"] or "",
            )
            for row in self._db.execute(_LISTS)
        ]

    def runs(self) -> Iterator[RunRow]:
        """Give every run, the newest first; take as many as you need."""
        for row in self._db.execute("SELECT * FROM runs ORDER BY id DESC"):
            yield RunRow(
                spider=row["spider"],
                arguments=json.loads(row["arguments"]),
                began=moment(row["began"]),
                ended=moment_if_any(row["ended"]),
                exit_code=row["exit_code"],
                verdict=row["verdict"] or "",
                counts=json.loads(row["counts"]),
                file=row["file"] or "",
            )

    def post_of(self, name: Name) -> tuple[State, str | None, str] | None:
        """Give an article's state, its post's path and what its last try said; None where it was never seen."""
        row = self._db.execute("SELECT state, post, error FROM articles WHERE name = ?", (str(name),)).fetchone()
        return (State(row["state"]), row["post"], row["error"] or "") if row else None

    def category_of(self, name: Name) -> tuple[str, str]:
        """Give an article's category and tag, as far as they are known."""
        found = self._db.execute("SELECT category, segments, tags FROM articles WHERE name = ?", (str(name),))
        row = found.fetchone()
        if row is None:
            return (ROLLING_CATEGORY if name.rolling else ""), ""
        return _category(row["category"], row["segments"], rolling=name.rolling), _tag(row["tags"])


def _tally(row: sqlite3.Row) -> Tally:
    category = _category(row["category"], row["parts"], rolling=bool(row["rolling"]))
    return Tally(
        day=_day(row["on_day"]),
        category=category,
        tag=_tag(row["tags"]),
        state=State(row["state"]),
        articles=row["n"],
        shown=row["shown"],
        split=row["depth"] > 1 or " " in category,
    )


def _standing(row: sqlite3.Row) -> Standing:
    return Standing(
        **_known(row),
        published=moment_if_any(row["published"]),
        looked=moment_if_any(row["looked"]),
        origin=row["origin"] or "",
        post=row["post"],
    )


def _missing(row: sqlite3.Row) -> Missing:
    return Missing(
        **_known(row),
        deadline=moment(row["deadline"]),
        last_try=moment_if_any(row["last_try"]),
        error_kind=row["error_kind"] or "",
        nowhere_since=moment_if_any(row["nowhere_since"]),
    )


def _known(row: sqlite3.Row) -> dict[str, Any]:
    """Give what is said of every article, archived or not."""
    name = Name.parse(row["name"])
    return {
        "name": name,
        "state": State(row["state"]),
        "day": _day(row["on_day"]),
        "category": _category(row["category"], row["segments"], rolling=name.rolling),
        "tag": _tag(row["tags"]),
        "title": row["title"],
        "first_seen": moment(row["first_seen"]),
        "tries": row["tries"],
        "error": row["error"] or "",
    }


def _category(category: str | None, segments: str, *, rolling: bool) -> str:
    return category or " ".join(json.loads(segments)) or (ROLLING_CATEGORY if rolling else "")


def _tag(tags: str) -> str:
    return " ".join(json.loads(tags))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
