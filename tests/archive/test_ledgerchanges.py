"""Following a ledger from outside, leaving no trace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.archive.ledger import Adopted, Ledger
from newsarchive.archive.ledgerchanges import LedgerChanges, Posted
from newsarchive.article import Name

NOW = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)
NAMES = [f"NW20220301234076424{number}" for number in range(5)]


def adopt(root: Path, *numbers: int) -> Ledger:
    ledger = Ledger(root / "ledger.db")
    ledger.adopt([Adopted(Name.parse(NAMES[n]), f"_posts/{n}.md", f"digest {n}") for n in numbers], now=NOW)
    return ledger


@pytest.mark.parametrize("at_work", [False, True])
def test_what_came_after_a_number_is_given_in_order(tmp_path: Path, *, at_work: bool) -> None:
    ledger = adopt(tmp_path, 3, 1, 2)
    if not at_work:
        ledger.close()
    changes = LedgerChanges(tmp_path)
    state = changes.state()
    assert state is not None
    assert (state.change, state.posts) == (3, 3)
    assert changes.since(1, 10) == [
        Posted(NAMES[1], "_posts/1.md", "digest 1", 2),
        Posted(NAMES[2], "_posts/2.md", "digest 2", 3),
    ]
    assert [posted.name for posted in changes.since(0, 1)] == [NAMES[3]]
    assert (changes.count_since(1), changes.count_since(3)) == (2, 0)
    assert [posted.change for posted in changes.named([NAMES[2], NAMES[0], NAMES[3]])] == [3, 1]
    pages = list(changes.by_name(step=2))
    assert pages == [[(NAMES[1], "digest 1"), (NAMES[2], "digest 2")], [(NAMES[3], "digest 3")]]
    ledger.close()


def test_a_ledger_that_no_run_has_open_is_read_without_a_trace(tmp_path: Path) -> None:
    adopt(tmp_path, 1).close()
    before = (tmp_path / "ledger.db").read_bytes()
    LedgerChanges(tmp_path).state()
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]
    assert (tmp_path / "ledger.db").read_bytes() == before


def test_a_killed_runs_last_transactions_are_seen(tmp_path: Path) -> None:
    ledger = adopt(tmp_path, 1)
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("ledger.db", "ledger.db-wal"):
        (killed / name).write_bytes((tmp_path / name).read_bytes())
    ledger.close()
    assert LedgerChanges(killed).count_since(0) == 1


def test_without_a_ledger_there_is_no_state(tmp_path: Path) -> None:
    assert LedgerChanges(tmp_path).state() is None
    assert list(tmp_path.iterdir()) == []
