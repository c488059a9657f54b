"""Questions to a ledger write nothing and lock nothing, whatever state it is in."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.ledger import Ledger, State
from newsarchive.archive.ledgerquery import LedgerQuery, ask
from newsarchive.article import Name, Refused
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting
from tests.ledgers import DAY, NOW, keep, lose, name_of, new_ledger, ran, sighting


def pending(query: LedgerQuery) -> int:
    return len(query.missing())


def files(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.iterdir()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive's folder with a ledger at rest that has one article pending."""
    ledger = new_ledger(tmp_path / "archive")
    ledger.list_read("/", [sighting(name_of(1))], now=NOW)
    ledger.close()
    return tmp_path / "archive"


def test_a_ledger_at_rest_is_read_and_no_file_is_left_beside_it(root: Path) -> None:
    before = files(root)
    assert ask(root / "ledger.db", pending) == 1
    assert files(root) == before


def test_beside_a_run_what_it_has_committed_is_seen(root: Path) -> None:
    ledger = Ledger(root / "ledger.db")
    ledger.list_read("/", [sighting(name_of(1)), sighting(name_of(2))], now=NOW)
    assert ask(root / "ledger.db", pending) == 2
    ledger.list_read("/", [sighting(name_of(3))], now=NOW)  # nothing was locked
    ledger.close()
    assert ask(root / "ledger.db", pending) == 3


def test_after_a_killed_run_what_it_had_committed_is_seen_and_its_log_is_left(root: Path, tmp_path: Path) -> None:
    ledger = Ledger(root / "ledger.db")
    ledger.list_read("/", [sighting(name_of(2))], now=NOW)
    killed = Path(shutil.copytree(root, tmp_path / "killed"))
    ledger.close()
    (killed / "ledger.db-shm").unlink()
    before = files(killed)
    assert ask(killed / "ledger.db", pending) == 2
    after = files(killed)
    assert {name: after[name] for name in before} == before


def test_a_ledger_that_a_run_changed_meanwhile_is_read_again(root: Path) -> None:
    asked = []

    def question(query: LedgerQuery) -> int:
        asked.append(len(query.missing()))
        if len(asked) == 1:
            ledger = Ledger(root / "ledger.db")
            ledger.list_read("/", [sighting(name_of(2))], now=NOW)
            ledger.close()
        return asked[-1]

    assert ask(root / "ledger.db", question) == 2
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("version", "advice"), [(1, "the next crawl brings it up"), (99, "update this one")], ids=["older", "newer"]
)
def test_a_ledger_of_another_schema_is_refused_with_what_to_do(root: Path, version: int, advice: str) -> None:
    with sqlite3.connect(root / "ledger.db") as db:
        db.execute(f"PRAGMA user_version = {version}")
    db.close()
    before = files(root)
    with pytest.raises(Refused, match=advice):
        ask(root / "ledger.db", pending)
    assert files(root) == before


def test_what_is_no_ledger_is_refused_and_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no ledger at all, and long enough to be looked at" * 50, encoding="utf-8")
    with pytest.raises(Refused, match="is no ledger"):
        ask(tmp_path / "text.db", pending)
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE things (one)")
    db.close()
    with pytest.raises(Refused, match="another program's database"):
        ask(tmp_path / "other.db", pending)
    with pytest.raises(FileNotFoundError):
        ask(tmp_path / "nowhere.db", pending)
    assert not (tmp_path / "nowhere.db").exists()


def test_articles_are_counted_by_day_category_and_state(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    for number in range(3):
        keep(ledger, sighting(name_of(number)))
    keep(ledger, sighting(name_of(3), "TechWeb", "TechWeb新闻"), "TechWeb")
    ledger.list_read("/", [sighting(name_of(4), "A B", "乙新闻"), sighting(name_of(0))], now=NOW)
    ledger.see(Sighting(ArticleLink(Name("20220301123456789", rolling=True)), ()), now=NOW)
    ledger.see(Sighting(ArticleLink(Name("99999999999999")), ()), now=NOW)
    ledger.close()
    tallies = ask(tmp_path / "ledger.db", lambda query: query.tallies(shown=True))
    assert {(t.day, t.category, t.state, t.articles, t.shown, t.split) for t in tallies} == {
        (DAY, "kejiribao", State.CAPTURED, 3, 1, False),
        (DAY, "TechWeb", State.CAPTURED, 1, 0, False),
        (DAY, "a b", State.PENDING, 1, 1, True),
        (date(2022, 3, 1), "emnews", State.PENDING, 1, 0, False),
        (None, "", State.PENDING, 1, 0, False),
    }


def test_what_is_missing_says_why_the_nearest_deadline_first(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    early = DAY - timedelta(days=1)
    ledger.list_read("/", [sighting(name_of(1)), sighting(name_of(2, early), day=early)], now=NOW)
    keep(ledger, sighting(name_of(3)))
    lose(ledger, name_of(1), State.GONE, "every road says it has none", nowhere=True)
    ran(ledger, NOW)
    ledger.close()
    first, second = ask(tmp_path / "ledger.db", lambda query: query.missing())
    assert (first.name, first.state, first.error, first.tries) == (name_of(2, early), State.PENDING, "", 0)
    assert (second.name, second.state, second.tries) == (name_of(1), State.GONE, 1)
    assert (second.error, second.error_kind) == ("every road says it has none", "not fetched")
    assert second.nowhere_since == NOW


def test_a_run_that_ends_while_its_ledger_is_read_loses_nothing(root: Path) -> None:
    ledger = Ledger(root / "ledger.db")
    ledger.list_read("/", [sighting(name_of(2))], now=NOW)

    def question(query: LedgerQuery) -> int:
        ledger.close()
        return len(query.missing())

    assert ask(root / "ledger.db", question) == 2
    following = Ledger(root / "ledger.db")
    assert len(following.pending()) == 2
    following.close()
    assert [path.name for path in root.iterdir()] == ["ledger.db"], "the next run puts the log away"


def test_every_article_ever_seen_is_given_by_name_with_how_it_stands(root: Path) -> None:
    ledger = Ledger(root / "ledger.db")
    ledger.list_read("/", [sighting(name_of(1)), sighting(name_of(2))], now=NOW)
    keep(ledger, sighting(name_of(2)))
    ledger.close()
    count, articles = ask(root / "ledger.db", lambda query: (query.count(), list(query.articles())))
    assert count == 2
    assert [(one.name, one.state) for one in articles] == [
        (name_of(1), State.PENDING),
        (name_of(2), State.CAPTURED),
    ]
    assert articles[0].post is articles[0].published is None
    assert articles[1].post
