"""``scrapy import`` as users call it: what it says, its exit codes, and that it goes on after a kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsarchive.archive.keeper import hold
from newsarchive.replica.compose import compose
from newsarchive.replica.server import Replica
from tests.conftest import PATIENCE
from tests.post_cases import NEWSPAPER_POST, OLD_NAME, OLDEST, ROLLING_POST, TWO_LINES

ROOT = Path(__file__).resolve().parents[2]
NAME = "2022-03-04-NW202203041300000001.md"
ROLLING_NAME = "2022-03-04-202203041300000001.md"

# Every period the mirror had, and what it broke.
PERIODS = {
    f"_posts/{NAME}": NEWSPAPER_POST,
    f"_posts/{ROLLING_NAME}": ROLLING_POST,
    f"old_post/{OLD_NAME}": OLDEST,
    "old_post/2021-12-09-202112091000000002.md": OLDEST.replace("2021-12-08", "2021-12-09").rstrip("\n") + TWO_LINES,
    "old_post/2022/03/2022-03-04-NW202203041300000003.md": NEWSPAPER_POST.replace("城北新桥", '城北"新桥"'),
    "old_post/2022-03-04-NW202203041300000004.md": NEWSPAPER_POST.replace("城北新桥", "C:\\新桥"),
}
REFUSED = {
    "_posts/-202203041300000009.md": NEWSPAPER_POST.replace("2022-03-04 09:10:11 +0800", " +0800"),
    "_posts/2022-03-04-NW202203041300000005.md": "",
    "_posts/2022-03-04-NW202203041300000006.md": "no front matter",
    "_posts/notes.txt": "a note",
}


def make(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def command(name: str, archive: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", name, *arguments, "-s", f"ARCHIVE_DIR={archive}", "-s", "PROCESSES=2"]


def scrapy(name: str, archive: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(name, archive, *arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def posts(archive: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in (archive / "_posts").rglob("*.md")}


def test_posts_of_every_period_are_kept_as_they_are_and_survive_a_lost_ledger(tmp_path: Path) -> None:
    clone, archive = make(tmp_path / "clone", PERIODS | {".git/_posts/x.md": "x"}), tmp_path / "archive"
    ended = scrapy("import", archive, str(clone))
    assert ended.returncode == 0, ended
    expected = {name.rpartition("/")[2]: text for name, text in PERIODS.items()}
    assert posts(archive) == expected
    assert (archive / "_posts/2021/12" / OLD_NAME).exists()
    assert scrapy("verify", archive).returncode == 0
    (archive / "ledger.db").unlink()
    assert scrapy("rebuild", archive).returncode == 0
    assert posts(archive) == expected
    assert scrapy("verify", archive).returncode == 0


def test_what_cannot_be_understood_is_listed_with_reasons_and_copied_nowhere(tmp_path: Path) -> None:
    clone, archive = make(tmp_path / "clone", PERIODS | REFUSED), tmp_path / "archive"
    (clone / "_posts/2022-03-04-NW202203041300000007.md").symlink_to(clone / "_posts" / NAME)
    (clone / "_posts/2022-03-04-NW202203041300000008.md").mkdir()
    ended = scrapy("import", archive, str(clone), "--json")
    assert ended.returncode == 3, ended
    said = json.loads(ended.stdout)
    reasons = {failure["what"]: failure["reason"] for failure in said["failures"]}
    assert reasons.keys() == REFUSED.keys() | {
        "_posts/2022-03-04-NW202203041300000007.md",
        "_posts/2022-03-04-NW202203041300000008.md",
    }
    assert "its name has no day" in reasons["_posts/-202203041300000009.md"]
    assert reasons["_posts/2022-03-04-NW202203041300000005.md"] == "it is empty"
    assert "symbolic link" in reasons["_posts/2022-03-04-NW202203041300000007.md"]
    assert len(posts(archive)) == len(PERIODS)
    (record,) = (archive / "runs").glob("*-import.json")
    assert json.loads(record.read_text(encoding="utf-8"))["failures"] == said["failures"]


def test_killed_it_goes_on_where_it_was(tmp_path: Path) -> None:
    texts = {
        f"_posts/2022-03-04-NW2022030413{serial:08d}.md": NEWSPAPER_POST + "\n" * (serial % 3) for serial in range(4000)
    }
    clone, archive = make(tmp_path / "clone", texts), tmp_path / "archive"
    with subprocess.Popen(command("import", archive, str(clone)), cwd=ROOT) as process:
        for _ in range(PATIENCE * 100):
            if list((archive / "_posts").rglob("*.md")):
                break
            time.sleep(0.01)
        process.kill()
    ended = scrapy("import", archive, str(clone), "--json")
    assert ended.returncode == 0, ended
    counts = json.loads(ended.stdout)["counts"]
    assert counts.get("new", 0) + counts.get("archived before", 0) == 4000
    assert posts(archive) == {name.rpartition("/")[2]: text for name, text in texts.items()}
    assert not list(archive.rglob(".newsarchive-*"))
    assert scrapy("verify", archive).returncode == 0


def test_an_imported_post_stays_though_a_lesser_road_has_answered(
    tmp_path: Path, crawl_into: Callable[[Replica], Any]
) -> None:
    piece = next(piece for piece in reversed(compose()) if piece.rolling and piece.text and not piece.oddity)
    with Replica([piece]) as replica:
        replica.faults([{"match": "GetNewsText|NewsShare", "do": "500", "times": -1}])
        crawl = crawl_into(replica)
        assert crawl("finews", RETRY_TIMES=0).code == 3
    text = piece.archived().decode().replace("<p>", '<p class="x">', 1)
    clone = make(tmp_path / "clone", {f"_posts/{Path(piece.relative_path).name}": text})
    assert scrapy("import", crawl.archive, str(clone)).returncode == 0
    ended = scrapy("verify", crawl.archive)
    assert ended.returncode == 0, ended
    assert scrapy("rebuild", crawl.archive).returncode == 0
    assert crawl.posts() == {piece.relative_path: text.encode()}
    assert scrapy("verify", crawl.archive).returncode == 0


@pytest.mark.parametrize("what", ["nowhere", "empty"])
def test_where_there_is_nothing_no_archive_is_made(tmp_path: Path, what: str) -> None:
    (tmp_path / "empty").mkdir()
    ended = scrapy("import", tmp_path / "archive", str(tmp_path / what))
    assert ended.returncode == 1, ended
    assert not (tmp_path / "archive").exists()


def test_it_waits_for_no_other_run(tmp_path: Path) -> None:
    clone = make(tmp_path / "clone", PERIODS)
    lock = hold(tmp_path / "archive")
    try:
        assert scrapy("import", tmp_path / "archive", str(clone)).returncode == 75
    finally:
        os.close(lock)


def test_one_path_must_be_said(tmp_path: Path) -> None:
    assert scrapy("import", tmp_path / "archive").returncode == 2
