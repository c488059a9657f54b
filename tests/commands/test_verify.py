"""``scrapy verify`` as users call it: what it says, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def verify(archive: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "verify", *arguments, "-s", f"ARCHIVE_DIR={archive}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)


def test_a_whole_archive_exits_0_and_says_what_was_looked_at(small_kept_archive: Path) -> None:
    posts = len(list((small_kept_archive / "_posts").rglob("*.md")))
    ended = verify(small_kept_archive)
    assert ended.returncode == 0, ended
    assert ended.stdout.startswith(f"{posts} posts, 1 capture files (")
    assert ended.stdout.endswith("all as they were written\n")


def test_a_fault_exits_5_and_is_named_with_what_to_do(small: Path) -> None:
    post = min((small / "_posts").rglob("*.md"))
    post.write_bytes(post.read_bytes()[:-1])
    ended = verify(small)
    assert ended.returncode == 5, ended
    assert f"✗ {post.relative_to(small)}: the post is not what its digest in the ledger says; scrapy rebuild" in (
        ended.stdout
    )


def test_json_is_for_machines(small: Path) -> None:
    (small / "ledger.db").unlink()
    ended = verify(small, "--json")
    assert ended.returncode == 5, ended
    said = json.loads(ended.stdout)
    assert said["faults"] == [{"file": "ledger.db", "what": "is missing", "advice": "scrapy rebuild makes it anew"}]
    assert said["looked_at"]["captures"] == 1


def test_no_archive_is_made_where_there_is_none(tmp_path: Path) -> None:
    ended = verify(tmp_path / "nowhere")
    assert ended.returncode == 1, ended
    assert not (tmp_path / "nowhere").exists()


def test_an_argument_that_means_nothing_is_usage(tmp_path: Path) -> None:
    assert verify(tmp_path, "everything").returncode == 2
