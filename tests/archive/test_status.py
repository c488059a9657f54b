"""How an archive stands: counted right, and worrying exactly when someone should do something."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.ledger import Ledger, State
from newsarchive.archive.runhistory import read_lists
from newsarchive.archive.runs import Run
from newsarchive.archive.status import Scope, Status, status
from tests.ledgers import DAY, NOW, keep, lose, name_of, new_ledger, ran, sighting

MINUTE = timedelta(minutes=1)
DEADLINE = datetime.fromisoformat("2022-03-06T00:00:00+08:00")
"""Of what has DAY in its link."""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = new_ledger(tmp_path / "archive")
    yield opened
    opened.close()


def look(
    ledger: Ledger, now: datetime = NOW, *, scope: Scope | None = None, max_age: timedelta | None = None
) -> Status:
    return status(ledger.path.parent, scope or Scope(), now=now, max_age=max_age)


def reasons(found: Status) -> str:
    assert found.judgement.exit_code == (3 if found.judgement.reasons else 0)
    return "\n".join(found.judgement.reasons)


# -- counting --------------------------------------------------------------------------------------------------------


def test_articles_are_counted_by_day_and_category_and_what_is_missing_is_named(ledger: Ledger) -> None:
    yesterday = DAY - timedelta(days=1)
    keep(ledger, sighting(name_of(1)))
    keep(ledger, sighting(name_of(2, yesterday), day=yesterday))
    ledger.list_read("/", [sighting(name_of(3)), sighting(name_of(4))], now=NOW)
    lose(ledger, name_of(4), State.FAILED)
    found = look(ledger)
    assert found.counts.states == {State.CAPTURED: 2, State.PENDING: 1, State.FAILED: 1}
    assert found.counts.of_day(yesterday) == {State.CAPTURED: 1}
    assert found.counts.categories["kejiribao"].newspaper == "科技日报"
    assert found.counts.categories["kejiribao"].newest == DAY
    assert [(one.name, one.state) for one in found.missing] == [
        (name_of(3), State.PENDING),
        (name_of(4), State.FAILED),
    ]
    assert found.nearest is not None
    assert found.nearest.name == name_of(3)


def test_what_waits_is_counted_with_the_category_as_it_is_spelled(ledger: Ledger) -> None:
    """A link says techweb; TechWeb and Techweb share it."""
    keep(ledger, sighting(name_of(1), "BizPaper", "BizPaper新闻"), "BizPaper")
    ledger.list_read("/", [sighting(name_of(2), "BizPaper", "BizPaper新闻")], now=NOW)
    assert look(ledger).counts.categories["BizPaper"].states == {State.CAPTURED: 1, State.PENDING: 1}
    keep(ledger, sighting(name_of(3), "Bizpaper", "Bizpaper新闻"), "Bizpaper")
    assert set(look(ledger).counts.categories) == {"BizPaper", "Bizpaper", "bizpaper"}, "nobody knows which"


def test_a_split_name_is_not_called_by_a_part_of_it(ledger: Ledger) -> None:
    keep(ledger, sighting(name_of(1), "kejiribao jingjicankaobao", "科技日报新闻"), "kejiribao jingjicankaobao")
    category = look(ledger).counts.categories["kejiribao jingjicankaobao"]
    assert category.split
    assert category.newspaper == ""


def test_a_scope_narrows_what_is_counted_and_named_and_not_the_verdict(ledger: Ledger) -> None:
    keep(ledger, sighting(name_of(1)))
    keep(ledger, sighting(name_of(2), "TechWeb", "TechWeb新闻"), "TechWeb")
    ledger.list_read("/", [sighting(name_of(3))], now=NOW)
    found = look(ledger, DEADLINE + MINUTE, scope=Scope(DAY, lambda category, _: category == "TechWeb"))
    assert set(found.counts.categories) == {"TechWeb"}
    assert found.missing == ()
    assert "past the deadline" in reasons(found)
    assert look(ledger, scope=Scope(DAY + timedelta(days=1))).counts.states.total() == 0


# -- runs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "good"),
    [
        ({}, True),
        ({"counts": {"lists": 3, "seen": 40}, "code": 3}, True),
        ({"counts": {"lists": 3, "seen": 40}, "code": 4}, True),
        ({"counts": {"lists": 1, "seen": 0}, "code": 3}, False),
        ({"counts": {"lists": 3, "seen": 40}, "code": 1}, False),
        ({"counts": {"lists": 3, "seen": 40}, "code": 143}, False),
        ({"code": None}, False),
        ({"spider": "newsshare", "counts": {"seen": 2}}, False),
    ],
    ids=["a-304", "an-article-failed", "one-was-not-understood", "the-home-page-failed", "halted", "stopped", "killed",
         "asked-for-codes"],
)  # fmt: skip
def test_a_good_run_is_one_that_read_the_lists(ledger: Ledger, run: dict[str, object], good: bool) -> None:  # noqa: FBT001
    ran(ledger, NOW - MINUTE, **run)  # type: ignore[arg-type]
    found = look(ledger).runs
    assert (found.last_good is not None) is good
    if found.last_good is not None:
        assert read_lists(found.last_good)


def test_the_last_good_run_is_found_behind_any_number_of_bad_ones(ledger: Ledger) -> None:
    ran(ledger, NOW - 400 * MINUTE)
    for ago in range(300, 0, -1):
        ran(ledger, NOW - ago * MINUTE, code=3, counts={"lists": 1})
    found = look(ledger).runs
    assert found.last is not None
    assert found.last_good is not None
    assert (found.last.began, found.last.exit_code) == (NOW - MINUTE, 3)
    assert found.last_good.began == NOW - 400 * MINUTE
    assert found.interval == MINUTE


def test_the_usual_interval_is_the_median_so_that_a_night_off_does_not_count(ledger: Ledger) -> None:
    for ago in (2000, 1990, 1980, 20, 10, 0):
        ran(ledger, NOW - ago * MINUTE)
    ran(ledger, NOW, spider="newsshare")
    assert look(ledger).runs.interval == 10 * MINUTE


def test_a_run_without_an_end_was_killed_unless_it_holds_the_archive(ledger: Ledger) -> None:
    ran(ledger, NOW - 20 * MINUTE, code=None)
    assert [run.began for run in look(ledger).runs.killed] == [NOW - 20 * MINUTE]
    ledger.killed_runs()  # the next run names it
    ran(ledger, NOW - 10 * MINUTE, code=None)
    lock = os.open(ledger.path.parent, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    found = look(ledger).runs
    os.close(lock)
    assert found.at_work is not None
    assert found.at_work.began == NOW - 10 * MINUTE
    assert [run.began for run in found.killed] == [NOW - 20 * MINUTE]


def test_a_ledger_that_was_made_anew_learns_of_the_runs_from_their_records(ledger: Ledger) -> None:
    root = ledger.path.parent
    for ago in (30, 20):
        run = Run("finews", {}, NOW - ago * MINUTE, NOW - (ago - 1) * MINUTE)
        run.counts["seen"] = 159
        damaged = run.write(root)
    assert look(ledger).runs.last_good is not None
    damaged.write_bytes(damaged.read_bytes()[:-3])
    good = look(ledger).runs.last_good
    assert good is not None
    assert good.began == NOW - 30 * MINUTE


# -- the judgement -----------------------------------------------------------------------------------------------------


def test_a_dead_cron_job_is_noticed(ledger: Ledger) -> None:
    ran(ledger, NOW - 31 * MINUTE, seconds=60)
    assert reasons(look(ledger, max_age=30 * MINUTE)) == ""
    said = reasons(look(ledger, NOW + MINUTE, max_age=30 * MINUTE))
    assert said == ("the last good run ended 2022-03-03 19:30:00 +0800, 31 min ago, more than 30 min; is cron at work?")
    assert reasons(look(ledger, NOW + timedelta(days=9))) == "", "without --max-age only deadlines are judged"


def test_an_archive_no_run_ever_filled_is_no_good_news(ledger: Ledger) -> None:
    assert "no run has read the source's lists yet" in reasons(look(ledger, max_age=30 * MINUTE))
    assert reasons(look(ledger)) == ""


def test_a_deadline_before_the_next_run_is_named(ledger: Ledger) -> None:
    ledger.list_read("/", [sighting(name_of(1)), sighting(name_of(2))], now=NOW)
    for ago in (20, 10):
        ran(ledger, DEADLINE - (ago + 30) * MINUTE)
    assert reasons(look(ledger, DEADLINE - 30 * MINUTE)) == ""
    said = reasons(look(ledger, DEADLINE - 9 * MINUTE))
    assert said == (
        "2 articles are pending with a deadline before the next run, which is expected within 10 min: "
        f"first {name_of(1)} (2022-03-06 00:00:00 +0800), in 9 min"
    )
    assert "expected within 1 h: " in reasons(look(ledger, DEADLINE - 30 * MINUTE, max_age=60 * MINUTE))


def test_a_deadline_that_passed_is_named_while_any_road_might_still_have_the_article(ledger: Ledger) -> None:
    ledger.list_read("/", [sighting(name_of(1))], now=NOW)
    lose(ledger, name_of(1))
    assert "1 article is pending past the deadline" in reasons(look(ledger, DEADLINE + MINUTE))
    lose(ledger, name_of(1), error="every road says it has none", nowhere=True)
    assert reasons(look(ledger, DEADLINE + MINUTE)) == "", "no run can save what nobody has"
