"""The ledger is never in between: what it says of captures is on the disk, and what it cannot write it takes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.ledger import SCHEMA_VERSION, Adopted, Kept, Ledger, Row, State, Validators
from newsarchive.article import Name, Origin, Refused
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

NOON = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
PUBLISHED = datetime(2022, 3, 1, 10, 12, 37, tzinfo=UTC)
FIRST, SECOND, THIRD = (Name(f"20220301234076424{n}") for n in range(3))


def seen(
    name: Name, *tags: str, day: date = date(2022, 3, 1), title: str = "标题", category: str = "kejiribao"
) -> Sighting:
    path = f"/{category}/{day:%Y/%m/%d}/{name}.html"
    return Sighting(ArticleLink(name, path, (category,), day, title), tags)


def asked(name: Name) -> Sighting:
    """An article a user named: no page of it is known."""
    return Sighting(ArticleLink(name), ())


def capture(ledger: Ledger, name: Name, *, now: datetime = NOON, origin: Origin = Origin.SHARE_JSON) -> None:
    kept = Kept(
        category="kejiribao",
        origin=origin,
        capture="20220302-0001.warc.gz#5120",
        capture_sha256="cd" * 32,
        post=f"_posts/2022/03/2022-03-01-{name}.md",
        post_sha256="ab" * 32,
        published=PUBLISHED,
    )
    ledger.captured(asked(name), kept, now=now)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def row(ledger: Ledger, name: Name) -> Row:
    found = ledger.find(name)
    assert found is not None, f"{name} is not in the ledger"
    return found


def dump(ledger: Ledger, *tables: str) -> list[tuple[object, ...]]:
    """Every row of some tables, as another program would read them now."""
    with sqlite3.connect(ledger.path) as other:
        rows = [tuple(line) for table in tables for line in other.execute(f"SELECT * FROM {table} ORDER BY 1")]  # noqa: S608 - names of tables
    other.close()
    return rows


ARTICLES = ("articles",)
EVERYTHING = ("articles", "lists", "served", "committed")
KNOWN = Validators('"etag-1"', "Tue, 01 Mar 2022 10:00:00 GMT")


# -- captures --------------------------------------------------------------------------------------------------------


def test_captures_are_on_the_disk_before_a_transaction_speaks_of_them(ledger: Ledger) -> None:
    order: list[object] = []

    def sync() -> tuple[str, int]:
        order.append(dump(ledger, *ARTICLES))
        return "20220302-0001.warc.gz", 5120

    ledger.sync_captures = sync
    ledger.list_read("/", [seen(FIRST)], now=NOON)
    assert order == [[]], "the row must not be there when the captures are synced"
    assert ledger.committed() == ("20220302-0001.warc.gz", 5120)


def test_where_the_captures_are_not_taken_nothing_is_recorded(ledger: Ledger) -> None:
    def full() -> tuple[str, int]:
        raise OSError("No space left on device")

    ledger.list_read("/", [seen(FIRST)], now=NOON, validators=KNOWN)
    before = dump(ledger, *EVERYTHING)
    ledger.sync_captures = full
    ledger.note_served("http://share.example/", "20220302-0001.warc.gz#1")
    with pytest.raises(OSError, match="No space"):
        ledger.list_read("/", [seen(SECOND)], now=LATER)
    with pytest.raises(OSError, match="No space"):
        capture(ledger, FIRST)
    assert dump(ledger, *EVERYTHING) == before


def test_committed_offset_and_served_places_are_of_the_same_transaction(ledger: Ledger) -> None:
    size = 0

    def grows() -> tuple[str, int]:
        nonlocal size
        size += 1000
        return "20220302-0001.warc.gz", size

    def breaks_off() -> Iterator[Sighting]:
        yield seen(FIRST)
        raise RuntimeError("broken")

    ledger.sync_captures = grows
    ledger.flush()
    ledger.note_served("http://share.example/1", "20220302-0001.warc.gz#1000")
    assert ledger.served("http://share.example/1") == "20220302-0001.warc.gz#1000", "known at once in this run"
    with pytest.raises(RuntimeError):
        ledger.list_read("/", breaks_off(), now=NOON)
    assert dump(ledger, "served") == []
    assert ledger.committed() == ("20220302-0001.warc.gz", 1000), "the offset of a transaction that was taken back"
    ledger.list_read("/", [seen(FIRST)], now=NOON)
    assert dump(ledger, "served") == [("http://share.example/1", "20220302-0001.warc.gz#1000")]
    assert ledger.committed() == ("20220302-0001.warc.gz", 3000)
    changes = ledger._db.total_changes
    ledger.flush()
    assert ledger._db.total_changes == changes + 1, "the offset alone; a place is written once"


def test_a_commit_that_fails_is_taken_back_and_the_ledger_goes_on(ledger: Ledger) -> None:
    """A deferred constraint fails at COMMIT and leaves the transaction open, as a full disk can."""
    ledger._db.executescript(
        "PRAGMA foreign_keys = ON; CREATE TABLE parent (id PRIMARY KEY);"
        "CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED);"
    )

    def leaves_an_orphan() -> Iterator[Sighting]:
        ledger._db.execute("INSERT INTO child VALUES (1)")
        yield seen(FIRST)

    with pytest.raises(sqlite3.IntegrityError):
        ledger.list_read("/", leaves_an_orphan(), now=NOON)
    assert not ledger.known(FIRST)
    ledger.list_read("/", [seen(FIRST)], now=NOON)
    assert dump(ledger, *ARTICLES), "the transaction after a failed one must be a transaction of its own"


def test_a_full_ledger_changes_nothing_and_goes_on_when_there_is_room(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST)], now=NOON, validators=KNOWN)
    before = dump(ledger, *EVERYTHING)
    pages = ledger._db.execute("PRAGMA page_count").fetchone()[0]
    ledger._db.execute(f"PRAGMA max_page_count = {pages}")
    many = [seen(Name(f"2022030123407{number:05d}"), title="长" * 200) for number in range(200)]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        ledger.list_read("/", many, now=LATER, validators=Validators('"etag-2"'))
    assert dump(ledger, *EVERYTHING) == before
    ledger._db.execute("PRAGMA max_page_count = 100000")
    ledger.list_read("/", many, now=LATER)
    assert ledger.counts() == {"pending": 201}


# -- the file --------------------------------------------------------------------------------------------------------


def test_what_was_recorded_is_there_after_the_process_was_killed(tmp_path: Path) -> None:
    left = Ledger(tmp_path / "ledger.db")
    left.list_read("/", [seen(FIRST)], now=NOON, validators=KNOWN, due=[("/category/jia.html", "甲新闻")])
    for name in ("ledger.db", "ledger.db-wal"):  # as a killed process leaves them
        (tmp_path / f"copy-{name}").write_bytes((tmp_path / name).read_bytes())
    found = Ledger(tmp_path / "copy-ledger.db")
    assert found.known(FIRST)
    assert found.pending_lists() == [("/category/jia.html", "甲新闻")]
    assert found.validators("/") == KNOWN
    found.close()
    left.close()


def test_commits_survive_a_power_cut(ledger: Ledger) -> None:
    full = 2
    assert ledger._db.execute("PRAGMA synchronous").fetchone()[0] == full
    assert ledger._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_ledger_is_new_until_an_article_is_in_it(tmp_path: Path) -> None:
    """A run may die between making the ledger and filling it with the posts that are there."""
    for expected in (True, True):
        opened = Ledger(tmp_path / "ledger.db")
        assert opened.is_new is expected
        opened.close()
    opened = Ledger(tmp_path / "ledger.db")
    opened.adopt([Adopted(FIRST, "_posts/a.md", "ab")], now=NOON)
    opened.close()
    opened = Ledger(tmp_path / "ledger.db")
    assert not opened.is_new
    opened.close()


def test_posts_that_are_there_are_adopted_as_captured_all_or_none(ledger: Ledger) -> None:
    def unreadable() -> Iterator[Adopted]:
        yield Adopted(FIRST, "_posts/a.md", "ab")
        raise PermissionError("_posts/b.md")

    with pytest.raises(PermissionError):
        ledger.adopt(unreadable(), now=NOON)
    assert not ledger.known(FIRST)
    ledger.list_read("/", [seen(SECOND)], now=NOON)
    capture(ledger, SECOND)
    before = row(ledger, SECOND)
    assert ledger.adopt([Adopted(FIRST, "_posts/a.md", "ab"), Adopted(SECOND, "_posts/b.md", "cd")], now=NOON) == 1
    assert (row(ledger, FIRST).state, row(ledger, FIRST).post) == (State.CAPTURED, "_posts/a.md")
    assert row(ledger, SECOND) == before


def test_a_newer_ledger_is_refused_in_a_sentence_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger(path).close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    other.close()
    before = path.read_bytes()
    with pytest.raises(Refused, match=r"ledger\.db was written by a newer newsarchive \(schema 3\); update this one"):
        Ledger(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"no ledger\n", b"SQLite format 3\0", b"# notes\n" * 1000, bytes(5000)])
def test_a_file_that_is_no_ledger_is_refused_and_left_untouched(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"ledger\.db is no ledger .*move it away, the next run makes it anew"):
        Ledger(path)
    assert path.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["ledger.db"]


@pytest.mark.parametrize("version", [0, 1, 7])
def test_another_programs_database_is_refused_and_left_untouched(version: int, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name)")
        other.execute(f"PRAGMA user_version = {version}")
    other.close()
    before = path.read_bytes()
    with pytest.raises(Refused, match="another program's database"):
        Ledger(path)
    assert path.read_bytes() == before


def test_an_empty_file_is_what_a_run_killed_at_once_leaves(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch()
    opened = Ledger(tmp_path / "ledger.db")
    assert opened.counts() == {}
    opened.close()


def test_a_ledger_that_cannot_be_opened_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        Ledger(tmp_path / "ledger.db")


def test_what_hindered_an_article_survives_a_killed_process_without_a_wait_for_the_disk(tmp_path: Path) -> None:
    left = Ledger(tmp_path / "ledger.db")
    left.list_read("/", [seen(FIRST), seen(SECOND)], now=NOON)
    waits: list[str] = []
    left.sync_captures = lambda: waits.append("captures")  # type: ignore[func-returns-value]
    left.failed(FIRST, "not fetched", "HTTP 503", now=NOON)
    for name in ("ledger.db", "ledger.db-wal"):  # as a killed process leaves them
        (tmp_path / f"copy-{name}").write_bytes((tmp_path / name).read_bytes())
    found = Ledger(tmp_path / "copy-ledger.db")
    assert row(found, FIRST).tries == 1
    assert waits == []
    assert left._db.execute("PRAGMA synchronous").fetchone()[0] == 2, "every other commit waits for the disk again"
    found.close()
    left.close()
