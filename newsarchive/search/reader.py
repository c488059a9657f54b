"""Asking the index: by words, by day, by category, by newspaper; newest first, page by page.

Pages are told apart by the last hit of the one before (its moment and its name), so what is added meanwhile moves none.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from newsarchive.archive.ledgerrows import moment
from newsarchive.article import Name, Refused
from newsarchive.dates import SHANGHAI
from newsarchive.newspapers import plain_category, tag_of
from newsarchive.search import LIMIT, store
from newsarchive.search.folding import fold
from newsarchive.search.marking import Marked, mark, snippet
from newsarchive.search.query import Query, parse
from newsarchive.search.reading import category_term, newspaper_term

_COLUMNS = (
    "d.id, d.name, d.title, d.published, d.day, d.category, d.newspaper, d.post, d.post_sha256, d.rolling, d.length, "
    "d.link"
)
_NEVER = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An archived article as lists show it.

    Attributes:
        name: ``NW2022…``, or ``2022…`` for rolling news.
        title, category, newspaper: as in its post.
        published: aware, UTC.
        day: ``YYYY-MM-DD`` in Asia/Shanghai.
        post, post_sha256: the post's path in the archive, and digest.
        rolling: whether it is rolling news.
        length: characters of its text.
        link: its URL at the source; may be empty.
    """

    name: str
    title: str
    published: datetime
    day: str
    category: str
    newspaper: str
    post: str
    post_sha256: str
    rolling: bool
    length: int
    link: str

    @property
    def cursor(self) -> str:
        """Where a page ends that ends with this one; to be given as `before`."""
        return f"{self.published:%Y-%m-%dT%H:%M:%SZ},{self.name}"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, its title and a piece of its text with the marked words."""

    document: Document
    title: Marked
    snippet: Marked


@dataclass(frozen=True, slots=True)
class Page:
    """Some hits, newest first, and the cursor that gives the next page; None on the last."""

    hits: tuple[Hit, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is confined to.

    Attributes:
        since, until: days in Asia/Shanghai, both included.
        categories, newspapers: any of these, exactly; empty for all. `Reader.categories_like` makes them of globs.
    """

    since: date | None = None
    until: date | None = None
    categories: tuple[str, ...] = ()
    newspapers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many articles a newspaper has, under which category, and the day of the newest."""

    category: str
    newspaper: str
    count: int
    newest: str


class Reader:
    """An archive's index, for reading. May be used by several threads, each of which gets a connection of its own.

    Args:
        root: the archive.

    Raises:
        IndexNewError: there is no index, or one that has to be made anew (`newsarchive.search.index.catch_up` does).
        sqlite3.Error: the index cannot be read; so does every method.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._threads = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._db  # noqa: B018 - finds out now

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's connection; a new one where the file is another than it was (deleted and made again)."""
        held: tuple[int, sqlite3.Connection] | None = getattr(self._threads, "held", None)
        file = store.identity(self.root)
        if held is None or held[0] != file:
            db = store.open_to_read(self.root)
            held = self._threads.held = (file, db)
            with self._lock:
                self._open.append(db)
        return held[1]

    def close(self) -> None:
        """Close every connection; call when no thread uses one any more."""
        with self._lock:
            while self._open:
                self._open.pop().close()

    # -- lists ---------------------------------------------------------------------------------------------------

    def search(
        self, query: str | Query, filters: Filters | None = None, *, before: str | None = None, limit: int = LIMIT
    ) -> Page:
        """Find articles by what is in their title or text, newest first.

        Args:
            query: as typed, or parsed.
            filters: what to confine it to.
            before: the cursor a page gave as `next`.
            limit: how many at most.

        Raises:
            QueryError: the query cannot be meant.
            Refused: the cursor is none.
        """
        asked = parse(query) if isinstance(query, str) else query
        rows = self._matching(asked, filters or Filters(), before, limit + 1)
        found: list[Hit] = []
        for row in rows:
            text = str(row[-1])
            folded = fold(text)
            if asked.root.certain or asked.root.stands_in(f"{fold(str(row[2]))}\0{folded}"):
                document = _document(row)
                piece = snippet(text, asked, folded=folded)
                found.append(Hit(document, mark(document.title, asked), piece))
                if len(found) > limit:
                    break
        return _page(found, limit)

    def recent(self, filters: Filters | None = None, *, before: str | None = None, limit: int = LIMIT) -> Page:
        """Give the newest articles, with the beginning of each text; arguments like `search`."""
        conditions, values = self._conditions(filters or Filters(), before)
        for column, among in (
            ("category", filters and filters.categories),
            ("newspaper", filters and filters.newspapers),
        ):
            if among:
                conditions.append(f"d.{column} IN ({', '.join('?' * len(among))})")
                values += among
        rows = self._db.execute(
            f"SELECT {_COLUMNS}, substr(b.text, 1, 200) FROM documents AS d CROSS JOIN bodies AS b ON b.id = d.id "  # noqa: S608
            f"WHERE {' AND '.join(conditions)} ORDER BY d.id DESC LIMIT ?",
            (*values, limit + 1),
        )
        return _page([Hit(_document(row), Marked(row[2]), snippet(row[-1], None)) for row in rows], limit)

    def _matching(self, query: Query, filters: Filters, before: str | None, limit: int) -> Iterator[tuple[object, ...]]:
        conditions, values = self._conditions(filters, before)
        match = [f"({query.root.match()})"]
        for term, among in ((category_term, filters.categories), (newspaper_term, filters.newspapers)):
            if among:
                alternatives = " OR ".join(f'"{term(one)}"' for one in among)
                match.append(f"({alternatives})")
        last = limit if query.root.certain else -1
        return self._db.execute(
            f"SELECT {_COLUMNS}, b.text FROM terms AS d_ CROSS JOIN documents AS d ON d.id = d_.rowid "  # noqa: S608
            "CROSS JOIN bodies AS b ON b.id = d.id WHERE d_.terms MATCH ? "
            f"AND {' AND '.join(conditions).replace('d.id', 'd_.rowid')} ORDER BY d_.rowid DESC LIMIT ?",
            (" AND ".join(match), *values, last),
        )

    def _conditions(self, filters: Filters, before: str | None) -> tuple[list[str], list[str | int]]:
        """Confine to days and to what comes after a cursor: both are bounds of the id."""
        low = _id_of(filters.since) if filters.since else 0
        high = _id_of(filters.until + timedelta(days=1)) if filters.until else _NEVER
        if before is not None:
            high = min(high, self._place(before))
        return ["d.id >= ?", "d.id < ?"], [low, high]

    def _place(self, cursor: str) -> int:
        stamped, _, name = cursor.partition(",")
        try:
            published, _ = moment(stamped), Name.parse(name)
            second = int(published.timestamp())
        except (ValueError, OverflowError) as error:
            raise Refused(f"{cursor[:60]!r} is no cursor; take the one a page gave as its next") from error
        row = self._db.execute("SELECT id, published FROM documents WHERE name = ?", (name,)).fetchone()
        if row is not None and row[1] == stamped:
            return int(row[0])
        return second << store.SERIAL_BITS

    # -- one article ---------------------------------------------------------------------------------------------

    def document(self, name: str) -> Document | None:
        """Give an article by its name; None where it is not indexed."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM documents AS d WHERE name = ?", (name,)).fetchone()  # noqa: S608
        return _document(row) if row else None

    def text(self, name: str) -> str | None:
        """Give an article's plain text."""
        row = self._db.execute("SELECT text FROM bodies JOIN documents USING (id) WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    # -- counts --------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """Give how many articles are indexed."""
        return int(self._db.execute("SELECT count(*) FROM documents").fetchone()[0])

    def categories(self, last: date = date.max) -> list[Count]:
        """Give every newspaper with its category, the one with the most articles first.

        Args:
            last: the last day that can be the newest; a later one is where there is no other.
        """
        rows = self._db.execute(
            "SELECT category, newspaper, count(*) AS n, coalesce(max(CASE WHEN day <= ? THEN day END), max(day)) "
            "FROM documents GROUP BY newspaper, category ORDER BY n DESC, category, newspaper",
            (str(last),),
        )
        return [Count(*row) for row in rows]

    def days(self, year: int, month: int) -> dict[str, int]:
        """Give how many articles each day of a month has; days without any are left out."""
        first = date(year, month, 1)
        return self.count_by_day(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))

    def count_by_day(self, since: date, until: date, category: str | None = None) -> dict[str, int]:
        """Give how many articles each day has, of one category or of all; both days included, empty days left out."""
        sql, values = "SELECT day, count(*) FROM documents WHERE day BETWEEN ? AND ?", [str(since), str(until)]
        if category is not None:
            sql, values = f"{sql} AND category = ?", [*values, category]
        return dict(self._db.execute(f"{sql} GROUP BY day ORDER BY day", values).fetchall())

    def categories_like(self, patterns: list[str]) -> tuple[str, ...]:
        """Give the categories that names or globs mean, of category, tag or newspaper, in whatever script."""
        found = (one for one in self.categories() if any(_is_like(name, patterns) for name in names_of(one)))
        return tuple(sorted({one.category for one in found}))

    def newspapers_like(self, patterns: list[str]) -> tuple[str, ...]:
        """Give the newspapers that names, tags or globs mean, in whatever script they are typed."""
        return tuple(
            sorted(
                {
                    one.newspaper
                    for one in self.categories()
                    if _is_like(one.newspaper, patterns) or _is_like(f"{one.newspaper}新闻", patterns)
                }
            )
        )


def names_of(one: Count) -> tuple[str, ...]:
    """Return what a category may be asked for by: itself, as the mirror spells it, its newspaper and tag."""
    return one.category, plain_category(one.category), one.newspaper, tag_of(one.newspaper)


def names_in(text: str) -> list[str]:
    """Split names or globs that were typed with commas between, of either script."""
    return [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]


def _is_like(text: str, patterns: list[str]) -> bool:
    folded = fold(text)
    return any(folded == pattern or fnmatchcase(folded, pattern) for pattern in map(fold, patterns))


def _id_of(day: date) -> int:
    """Give the id before which everything is older than a day in Asia/Shanghai."""
    return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp()) << store.SERIAL_BITS


def _document(row: tuple[object, ...]) -> Document:
    names = Document.__slots__
    values = dict(zip(names, row[1 : len(names) + 1], strict=True))
    values["published"] = moment(str(values["published"]))
    values["rolling"] = bool(values["rolling"])
    return Document(**values)  # type: ignore[arg-type]


def _page(found: list[Hit], limit: int) -> Page:
    more = len(found) > limit
    return Page(tuple(found[:limit]), found[limit - 1].document.cursor if more else None)
