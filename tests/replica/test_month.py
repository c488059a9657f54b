"""A simulated week: every article that was reachable is archived, each that was not is named with the reason."""

from __future__ import annotations

import io
import os
import shutil
import signal
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console

from newsarchive.replica.compose import compose
from newsarchive.replica.month.__main__ import main, run_month
from newsarchive.replica.month.fates import fates
from newsarchive.replica.month.forked import Forked
from newsarchive.replica.month.judge import Judgement, judge
from newsarchive.replica.month.simulation import Month, Place, Scale
from newsarchive.replica.month.table import show
from newsarchive.replica.month.weather import Down, forecast
from tests.conftest import PATIENCE

SCALE = Scale(days=6, every=timedelta(hours=4), per_day=12, seed=2050)


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> tuple[Month, Judgement]:
    folder = tmp_path_factory.mktemp("week")
    place = Place(folder / "archive", folder / "log")
    return run_month(SCALE, place)


def test_every_article_is_archived_or_explained(week: tuple[Month, Judgement]) -> None:
    month, judgement = week
    assert not judgement.gaps, "\n".join(map(str, judgement.gaps))
    assert len(judgement.archived) + len(judgement.lost) == len(month.lives)
    assert judgement.lost, "an article that was never shown while we looked is part of it"

    runs = month.diary.runs
    assert {Down.SOURCE, Down.SHARE, Down.OURSELVES} == {trouble.who for trouble in month.weather.troubles}
    assert {ran.code for ran in runs} >= {0, 3, 137}
    assert judgement.revised, "an edit that a look met"
    assert any(ran.idle for ran in runs)

    shown = io.StringIO()
    show(month, judgement, Console(file=shown, width=120))
    assert "0 gaps unexplained" in shown.getvalue()
    for lost in judgement.lost:
        assert f"{lost.entry.fate.name}  " in shown.getvalue()
        assert lost.reason in shown.getvalue()


def test_what_is_amiss_is_named(week: tuple[Month, Judgement], tmp_path: Path) -> None:
    month, judgement = week
    archive = Path(shutil.copytree(month.place.archive, tmp_path / "archive"))
    edited = next(name for name, number in judgement.archived.items() if number)
    plain = [name for name, number in judgement.archived.items() if number == 0]
    lives = month.lives
    (archive / lives[plain[0]].path).unlink()
    (archive / lives[plain[1]].path).write_bytes(b"---\nlayout: post\n---\nsomething else")
    (archive / lives[edited].path).write_bytes(lives[edited].versions[0].piece.archived())
    stray = archive / "_posts/2022/03/2022-03-01-NW202203011111111111.md"
    stray.write_bytes(b"x")
    record = next((archive / "runs").glob("*.json"))
    record.unlink()

    tampered = Month(Place(archive, tmp_path / "log"), month.lives, month.weather, month.diary)
    gaps = "\n".join(map(str, judge(tampered).gaps))

    assert f"{plain[0]}: its post is not there" in gaps
    assert f"{plain[0]}: it was there at " in gaps
    assert f"{plain[1]}: its post is no version that its source ever had" in gaps
    assert f"{edited}: its post is version 1; a look that was due shows " in gaps
    assert "2022-03-01-NW202203011111111111.md: a post of an article that never was" in gaps
    assert "it left no record" in gaps


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_month_has_everything_that_goes_wrong(seed: int) -> None:
    scale = Scale(seed=seed)
    weather = forecast(seed, scale.begins, scale.days, scale.every)
    hours = {who: [] for who in Down}
    for trouble in weather.troubles:
        hours[trouble.who].append((trouble.ends - trouble.begins) / timedelta(hours=1))

    assert max(hours[Down.SOURCE]) == 48
    assert max(hours[Down.OURSELVES]) == 24
    assert len(hours[Down.SHARE]) > 2
    troubles = weather.troubles
    assert all(before.ends <= after.begins for before, after in pairwise(troubles))
    ours = [one for one in troubles if one.who is Down.OURSELVES]
    assert not [run for run in weather.runs for one in ours if one.covers(run.at)]
    assert 27 <= sum(run.full for run in weather.runs) <= 30
    assert {run.signal for run in weather.runs} == {0, signal.SIGKILL, signal.SIGTERM}
    assert {run.fault[1] for run in weather.runs if run.fault} >= {"500", "503"}
    assert all(run.quiet for run in weather.runs[-18:]), "the end is clear, so that the next run can make all good"
    assert weather == forecast(seed, scale.begins, scale.days, scale.every), "the same on every machine"


def test_an_article_is_edited_soon_or_late_and_withdrawn_for_good() -> None:
    lives, changes = fates(1, compose(1, days=10, per_day=60, odd=False))

    assert [change.at for change in changes] == sorted(change.at for change in changes)
    late = timedelta(hours=12)
    edited = [version.since - life.published for life in lives.values() for version in life.versions[1:]]
    withdrawn = [life.withdrawn - life.published for life in lives.values() if life.withdrawn]
    for times in (edited, withdrawn):
        assert min(times) < timedelta(hours=1)
        assert max(times) > late
    for life in lives.values():
        contents = [version.piece.archived() for version in life.versions]
        assert len(set(contents)) == len(contents), "an edit that changes nothing could never be seen"
        assert life.withdrawn is None or all(version.since < life.withdrawn for version in life.versions)
        assert {version.piece.relative_path for version in life.versions} == {life.path}


def test_a_forked_scrapy_is_a_scrapy(tmp_path: Path) -> None:
    log = tmp_path / "log"
    archive = ["-s", f"ARCHIVE_DIR={tmp_path / 'archive'}"]
    with Forked() as scrapy:
        assert scrapy(["crawl", "no-such-spider", *archive], log) == 2
        assert scrapy(["crawl", "finews", "-s", "FINEWS_URL=nonsense", *archive], log) == 1
    said = log.read_text(encoding="utf-8")
    assert "there is no spider 'no-such-spider'" in said
    assert "FINEWS_URL" in said


@pytest.mark.parametrize("wrong", [["--days", "3"], ["--every", "0"], ["--every", "800"], ["--per-day", "0"]])
def test_what_cannot_be_meant_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    assert main(["--archive", str(tmp_path)]) == 1
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_run_that_ends_before_its_number_is_read_is_no_hang(tmp_path: Path) -> None:
    with Forked() as scrapy:
        order = '{"arguments": ["version"], "log": "' + str(tmp_path / "log") + '"}\n'
        for code in (0, 0):
            scrapy._pipe(scrapy._server.stdin).write(order.encode())
            until = time.monotonic() + PATIENCE
            while scrapy._read.count(b"\n") < 2 and time.monotonic() < until:  # both lines, before anyone asks
                scrapy._read += os.read(scrapy._pipe(scrapy._server.stdout).fileno(), 4096)
            scrapy._pid = int(scrapy._answer())
            assert scrapy.wait() == code
