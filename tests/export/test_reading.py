"""The posts of an archive, read for others: all of them or what was asked for, each compared with its digest."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsarchive.archive.keeper import hold
from newsarchive.archive.ledgerexport import Shelf
from newsarchive.archive.ledgerschema import SCHEMA_VERSION
from newsarchive.article import Refused
from newsarchive.export.reading import Asked, Reading
from newsarchive.export.record import Record, Words
from newsarchive.replica.compose import NOW
from spiders.arguments import Selection


def read(
    root: Path,
    words: str = "",
    *,
    newest_first: bool = False,
    meanwhile: Callable[[], Any] = lambda: None,
    **asked: str,
) -> tuple[list[Record], list[tuple[str, str]]]:
    """Give the records, and the posts that could not be read with the reason; `meanwhile` happens after the first."""
    unreadable: list[tuple[str, str]] = []
    reading = Reading(
        root,
        Asked(Selection.parse(asked, NOW.date()), Words(words)),
        unreadable=lambda path, why: unreadable.append((path, why)),
        progress=lambda what, done, total: None,
    )
    records = []
    for record in reading.records(newest_first=newest_first):
        records.append(record)
        if len(records) == 1:
            meanwhile()
    return records, unreadable


def posts(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in (root / "_posts").rglob("*.md")}


def everything(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_every_post_is_given_with_its_digest_and_its_capture_and_nothing_is_written(small: Path) -> None:
    before = everything(small)
    records, unreadable = read(small)
    assert {record.post: record.sha256 for record in records} == {
        path: hashlib.sha256(content).hexdigest() for path, content in posts(small).items()
    }
    assert all(record.origin and record.capture for record in records)
    assert not unreadable
    assert everything(small) == before, "not even a file of SQLite's beside the ledger"


def test_they_come_by_time_and_newest_first_is_the_same_backwards(stock: Path) -> None:
    forwards, _ = read(stock)
    assert [record.date for record in forwards] == sorted(record.date for record in forwards)
    assert read(stock, newest_first=True)[0] == forwards[::-1]


@pytest.mark.parametrize("ledger", [True, False], ids=["by the ledger", "without a ledger"])
def test_days_categories_and_words_choose(stock: Path, ledger: bool) -> None:  # noqa: FBT001
    if not ledger:
        (stock / "ledger.db").unlink()
    records, _ = read(stock)
    day = [record for record in records if record.date.date().isoformat() == "2022-01-04"]
    assert len(day) == 24
    assert read(stock, since="2022-01-04", until="2022-01-04")[0] == day
    paper = next(record.newspaper for record in day if record.category != "emnews")
    chosen, _ = read(stock, since="2022-01-04", until="2022-01-04", category=f"emnews,{paper}")
    assert chosen == [record for record in day if record.newspaper in {paper, "东财滚动"}]
    assert {record.newspaper for record in chosen} == {paper, "东财滚动"}
    word = chosen[0].text[:4]
    found, _ = read(stock, word)
    assert found == [record for record in records if word in f"{record.title}\n{record.digest}\n{record.text}"]
    assert len(found) < len(records)


def test_a_category_with_spaces_answers_to_its_name_and_to_a_glob(stock: Path) -> None:
    name = "21shijijingjibaodao 21caijingAPP"
    spaced = [record for record in read(stock)[0] if record.category == name]
    assert spaced
    assert read(stock, category=name)[0] == spaced
    assert read(stock, category="*21caijingapp")[0] == spaced


def test_a_limit_ends_the_reading(stock: Path) -> None:
    assert read(stock, limit="2")[0] == read(stock)[0][:2]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"category": "emnwes"}, ["no post of these days answers to category=emnwes; did you mean emnews?"]),
        ({"category": "emnews"}, []),
        ({"category": "emnews,emnwes", "limit": "1"}, []),  # it may still come
    ],
    ids=str,
)
def test_a_category_nothing_answers_to_is_said_when_all_was_read(
    stock: Path, asked: dict[str, str], said: list[str]
) -> None:
    wanted = Asked(Selection.parse(asked, NOW.date()), Words())
    reading = Reading(stock, wanted, unreadable=pytest.fail, progress=lambda what, done, total: None)
    assert list(reading.records(newest_first=False)) or said
    assert reading.unmatched() == said


def test_a_post_that_is_not_what_was_written_or_missing_is_named_and_left_out(small: Path) -> None:
    flipped, lost, *others = sorted(posts(small))
    content = bytearray((small / flipped).read_bytes())
    content[-1] ^= 1
    (small / flipped).write_bytes(content)
    (small / lost).unlink()
    records, unreadable = read(small)
    assert sorted(record.post for record in records) == others
    assert dict(unreadable) == {
        flipped: "it is not what its digest in the ledger says; scrapy verify says more",
        lost: "it is missing; scrapy verify says more",
    }


def test_without_a_ledger_the_posts_are_taken_as_they_are(small: Path) -> None:
    by_ledger, _ = read(small)
    (small / "ledger.db").unlink()
    broken = max(posts(small))
    (small / broken).write_bytes(b"no post")
    records, unreadable = read(small, newest_first=True)
    assert [record.post for record in records] == sorted(posts(small), reverse=True)[1:]
    assert {(record.origin, record.capture) for record in records} == {(None, None)}
    assert {record.sha256 for record in records} < {record.sha256 for record in by_ledger}
    assert unreadable == [(broken, "the front matter is missing")]


def test_after_a_mark_comes_what_is_new_or_changed_since(small: Path) -> None:
    path = max(posts(small))
    with closing(Shelf(small / "ledger.db")) as shelf:
        mark = shelf.mark
    with closing(Shelf(small / "ledger.db", after=mark)) as shelf:
        assert list(shelf) == []
    replace_post(small, path)
    with closing(Shelf(small / "ledger.db", after=mark)) as shelf:
        assert [entry.post for entry in shelf] == [path]
        later = shelf.mark
    assert mark != later
    with closing(Shelf(small / "ledger.db", after=later)) as shelf:
        assert list(shelf) == []


@pytest.mark.parametrize("mark", ["1", "00000000-1", "x", "-", "--"])
def test_a_mark_of_another_ledger_is_refused(small: Path, mark: str) -> None:
    with pytest.raises(Refused, match="export everything once"):
        Shelf(small / "ledger.db", after=mark)


def test_what_is_no_number_of_changes_is_refused(small: Path) -> None:
    with closing(Shelf(small / "ledger.db")) as shelf:
        ledger = shelf.mark.partition("-")[0]
    with pytest.raises(Refused, match="never gave the mark"):
        Shelf(small / "ledger.db", after=f"{ledger}-1 OR 1")


def replace_post(root: Path, path: str) -> str:
    """Do what a run does that finds an edit: post, then ledger row; gives the new digest."""
    content = (root / path).read_bytes().replace(b"<p>", b"<p>\xe6\x94\xb9", 1)
    (root / path).write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    with closing(sqlite3.connect(root / "ledger.db")) as db, db:
        change = db.execute("UPDATE meta SET value = value + 1 WHERE key = 'change' RETURNING value").fetchone()[0]
        db.execute("UPDATE articles SET post_sha256 = ?, change = ? WHERE post = ?", (sha256, change, path))
    return sha256


@pytest.mark.parametrize("held", [False, True], ids=["a run that begins meanwhile", "a run at work"])
def test_a_post_that_a_run_replaces_meanwhile_is_given_as_it_is_then(small: Path, held: bool) -> None:  # noqa: FBT001
    path, new = max(posts(small)), []
    lock = hold(small) if held else -1
    records, unreadable = read(small, meanwhile=lambda: new.append(replace_post(small, path)))
    assert not unreadable
    assert [record.sha256 for record in records if record.post == path] == new
    if held:
        os.close(lock)


def test_what_a_killed_run_left_in_the_ledgers_log_counts(small: Path) -> None:
    db = sqlite3.connect(small / "ledger.db")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    path = min(posts(small))
    db.execute("UPDATE articles SET origin = 'mirror-page' WHERE post = ?", (path,))
    db.commit()
    assert (small / "ledger.db-wal").stat().st_size
    assert next(record.origin for record in read(small)[0] if record.post == path) == "mirror-page"
    db.close()


def test_a_ledger_that_changes_under_the_question_is_asked_again(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = min(posts(small))
    copy = Shelf._copy

    def slow(shelf: Shelf, how: str) -> sqlite3.Connection:
        copied = copy(shelf, how)
        if how == "immutable=1":
            replace_post(small, path)
        return copied

    monkeypatch.setattr(Shelf, "_copy", slow)
    with closing(Shelf(small / "ledger.db")) as shelf:
        (entry,) = [entry for entry in shelf if entry.post == path]
    assert entry.sha256 == hashlib.sha256((small / path).read_bytes()).hexdigest()


def test_the_ledger_is_let_go_of_at_once(small: Path) -> None:
    lock = hold(small)
    with closing(sqlite3.connect(small / "ledger.db")) as db, closing(Shelf(small / "ledger.db")) as shelf:
        db.execute("UPDATE articles SET tries = tries + 1")
        db.commit()
        assert next(iter(shelf))
        busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy
    os.close(lock)


def test_a_ledger_of_the_first_schema_is_read_as_it_is(small: Path) -> None:
    today, _ = read(small)
    with closing(sqlite3.connect(small / "ledger.db")) as db:
        db.executescript(
            "CREATE TABLE earlier AS SELECT name, post, post_sha256, origin, capture FROM articles;"
            "DROP VIEW IF EXISTS seen; DROP TABLE articles; ALTER TABLE earlier RENAME TO articles;"
            "PRAGMA user_version = 1"
        )
    before, _ = read(small)
    assert {record.name: record for record in before} == {
        record.name: replace(record, capture_sha256=None) for record in today
    }
    with closing(Shelf(small / "ledger.db")) as shelf:
        assert not shelf.mark


def test_another_programs_database_and_a_newer_ledger_are_refused(small: Path) -> None:
    with closing(sqlite3.connect(small / "ledger.db")) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(Refused, match="newer newsarchive"):
        read(small)
    (small / "ledger.db").unlink()
    with closing(sqlite3.connect(small / "ledger.db")) as db:
        db.execute("CREATE TABLE other (x)")
    with pytest.raises(Refused, match="is no ledger"):
        read(small)
