"""Earlier versions that were lost are named, and made again from the captures they came from."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsarchive.archive.ledger import Ledger
from newsarchive.archive.ledgeranew import EarlierLedger
from newsarchive.archive.runs import Run
from newsarchive.replica.compose import NOW
from newsarchive.replica.server import Replica

ROOT = Path(__file__).resolve().parents[2]
TITLES = ("更正：标题一", "更正：标题二", "更正：标题三")


def verified(archive: Path) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "scrapy", "verify", "--json", "-s", f"ARCHIVE_DIR={archive}"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.returncode, [fault["what"] for fault in json.loads(ended.stdout)["faults"]]


def revisions(archive: Path) -> Counter[bytes]:
    return Counter(path.read_bytes() for path in (archive / "revisions").rglob("*.md"))


@pytest.fixture
def edited(small_replica: Replica, crawl_into: Callable[[Replica], Any]) -> Any:
    """An archive of which two articles were edited, one of them three times."""
    crawl = crawl_into(small_replica)
    assert crawl("finews").code == 0
    numbers = list(dict.fromkeys(piece.number for piece in small_replica.site.posts if not piece.oddity))[:2]
    for title in TITLES:
        for number in numbers if title == TITLES[0] else numbers[:1]:
            small_replica.edit(number, title=title)
        assert crawl("finews", "full=1").code == 0
    assert len(revisions(crawl.archive)) >= len(TITLES) + 1
    assert verified(crawl.archive) == (0, [])
    return crawl


@pytest.mark.parametrize("lost", ["revisions", "revisions, posts and ledger"])
def test_a_folder_of_earlier_versions_that_is_gone_is_found_and_comes_back(edited: Any, lost: str) -> None:
    archive, before, posts = edited.archive, revisions(edited.archive), edited.posts()
    shutil.rmtree(archive / "revisions")
    if lost != "revisions":
        shutil.rmtree(archive / "_posts")
        (archive / "ledger.db").unlink()
    else:
        code, faults = verified(archive)
        assert code == 5
        assert (
            faults == ["an earlier version of this post is not in revisions/, though it was archived"] * before.total()
        )
    checked = edited.rebuild("--check")
    assert checked.code == 3, checked
    assert f"{before.total()} earlier versions that were lost would be put back" in checked.out
    assert not (archive / "revisions").exists()

    assert edited.rebuild().code == 0
    assert revisions(archive) == before
    assert edited.posts() == posts
    assert verified(archive) == (0, [])
    again = edited.rebuild("--json")
    assert json.loads(again.out)["earlier_versions_put_back"] == 0


def test_a_single_one_comes_back_under_its_name(edited: Any) -> None:
    lost = sorted((edited.archive / "revisions").rglob("*.md"))[1]
    content = lost.read_bytes()
    lost.unlink()
    assert verified(edited.archive)[0] == 5
    assert edited.rebuild("--check").code == 3
    assert edited.rebuild().code == 0
    assert lost.read_bytes() == content
    assert verified(edited.archive) == (0, [])


def test_a_version_that_stands_as_the_post_is_not_lost(edited: Any) -> None:
    """An archive was restored from a backup that is older than the last edit."""
    archive = edited.archive
    before, posts = revisions(archive), edited.posts()
    newest = max((archive / "revisions").rglob("*.md"), key=lambda path: (path.read_text().count(TITLES[1]), path.name))
    (post,) = [path for path in posts if newest.name.startswith(Path(path).stem)]
    shutil.copyfile(newest, archive / post)
    newest.unlink()
    assert edited.rebuild().code == 0
    assert edited.posts() == posts
    assert revisions(archive) == before


def test_runs_that_did_not_come_to_their_end_last_until_the_next(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    moments = [NOW + timedelta(hours=hour) for hour in range(5)]
    for began, code in zip(moments, (0, None, 4, 143, 3), strict=True):
        number = ledger.run_began("finews", {}, now=began)
        if code is not None:
            record = Run("finews", {}, began, ended=began).as_json()
            ledger.run_ended(number, {**record, "exit_code": code}, "")
    ledger.close()
    earlier = EarlierLedger(tmp_path / "ledger.db")
    assert earlier.broken_off() == ((moments[1], moments[2]), (moments[3], moments[4]))
    earlier.close()
