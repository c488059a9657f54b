"""``scrapy rebuild`` as users call it: what it says, and its exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsarchive.archive.files import UNFINISHED
from newsarchive.archive.keeper import hold
from newsarchive.archive.verifyfiles import is_busy
from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def command(archive: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", "rebuild", *arguments, "-s", f"ARCHIVE_DIR={archive}"]


def rebuild(archive: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(archive, *arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def everything(archive: Path) -> dict[str, bytes]:
    return {str(path.relative_to(archive)): path.read_bytes() for path in archive.rglob("*") if path.is_file()}


def test_check_shows_each_difference_exits_3_and_writes_nothing(small: Path) -> None:
    changed, lost, *_ = sorted((small / "_posts").rglob("*-NW*.md"))
    changed.write_text(changed.read_text(encoding="utf-8").replace("layout: post", "layout: page"), encoding="utf-8")
    lost.unlink()
    before = everything(small)
    ended = rebuild(small, "--check")
    assert ended.returncode == 3, ended
    assert f"changed {changed.relative_to(small)}" in ended.stdout
    assert "\n-layout: page\n+layout: post\n" in ended.stdout
    assert f"new     {lost.relative_to(small)}" in ended.stdout
    assert "1 would be added, 1 would be changed" in ended.stdout
    assert "\x1b" not in ended.stdout, "colours are for terminals"
    assert everything(small) == before


def test_a_rebuild_with_several_processes_brings_every_post_and_the_ledger_back(archive: Path) -> None:
    before = everything(archive)
    shutil.rmtree(archive / "_posts")
    (archive / "ledger.db").unlink()
    ended = rebuild(archive, "--json", "-s", "PROCESSES=2")
    assert ended.returncode == 0, ended
    said = json.loads(ended.stdout)
    posts = {path for path in before if path.startswith("_posts/")}
    assert {post["path"] for post in said["posts"]} == posts
    assert said["ledger"]["made_anew_because"] == "ledger.db is missing"
    after = everything(archive)
    assert {path: after[path] for path in posts} == {path: before[path] for path in posts}
    assert rebuild(archive, "--check").returncode == 0


def test_damaged_captures_exit_5_and_are_named(small: Path) -> None:
    (warc,) = (small / "captures").glob("*.warc.gz")
    with warc.open("r+b") as file:
        file.seek(3000)
        file.write(b"\0\0\0\0")
    before = {path: content for path, content in everything(small).items() if path.startswith("_posts/")}
    ended = rebuild(small)
    assert ended.returncode == 5, ended
    assert f"captures/{warc.name} at " in ended.stdout
    assert {path: content for path, content in everything(small).items() if path.startswith("_posts/")} == before


def test_it_does_not_begin_while_a_run_holds_the_archive(small: Path) -> None:
    lock = hold(small)
    try:
        ended = rebuild(small)
    finally:
        os.close(lock)
    assert ended.returncode == 75, ended
    assert "another run holds the archive" in ended.stderr


def test_no_archive_is_made_where_there_is_none(tmp_path: Path) -> None:
    ended = rebuild(tmp_path / "nowhere")
    assert ended.returncode == 1, ended
    assert "there is no archive" in ended.stderr
    assert not (tmp_path / "nowhere").exists()


def test_an_argument_that_means_nothing_is_usage(small: Path) -> None:
    assert rebuild(small, "everything").returncode == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_it_safely_and_the_archive_is_free_again(archive: Path, number: int, code: int) -> None:
    (warc,) = (archive / "captures").glob("*.warc.gz")
    for serial in range(2, 30):  # the same captures many times over: enough to be in the middle of
        shutil.copyfile(warc, warc.with_name(f"20220303-{serial:04d}.warc.gz"))
    shutil.rmtree(archive / "_posts")
    with subprocess.Popen(
        command(archive, "-s", "PROCESSES=2"), cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for_lock(archive)
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, said
    assert "the next rebuild goes on" in said
    assert "Traceback" not in said
    os.close(hold(archive))
    assert not list(archive.rglob(".newsarchive-*"))


def test_killed_it_leaves_no_process_that_holds_the_archive(archive: Path) -> None:
    (warc,) = (archive / "captures").glob("*.warc.gz")
    for serial in range(2, 30):
        shutil.copyfile(warc, warc.with_name(f"20220303-{serial:04d}.warc.gz"))
    with subprocess.Popen(command(archive, "-s", "PROCESSES=2"), cwd=ROOT) as process:
        wait_for_lock(archive)
        process.kill()
    for _ in range(PATIENCE * 20):
        if not is_busy(archive):
            break
        time.sleep(0.05)
    os.close(hold(archive))
    assert (archive / UNFINISHED).exists(), "nobody would know that there may be temp files"
    for surplus in (archive / "captures").glob("20220303-*.warc.gz"):
        surplus.unlink()
    (archive / "_posts" / ".newsarchive-abcd1234").touch()
    assert subprocess.run(command(archive), cwd=ROOT, check=False).returncode == 0
    assert not list(archive.rglob(".newsarchive-*"))


def wait_for_lock(archive: Path) -> None:
    """Wait until the rebuild holds the archive, and a moment longer, so that its processes are at work."""
    for _ in range(PATIENCE * 33):
        if is_busy(archive):
            time.sleep(0.3)
            return
        time.sleep(0.03)
    pytest.fail("the rebuild never began")
