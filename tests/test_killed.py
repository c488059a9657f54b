"""Killed at any moment, a run is made good by the next: a short soak; ``make soak`` is the long one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.archives import differences, snapshot
from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_run_after_some_kills_ends_with_the_archive_of_an_undisturbed_one(seed: int) -> None:
    soak = [sys.executable, "-m", "bench.soak", "--kills", "6", "--seed", str(seed)]
    ended = subprocess.run(soak, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ", 0 not" in ended.stdout


def test_the_soak_would_see_what_is_wrong(small: Path) -> None:
    expected = snapshot(small)
    assert list(differences(expected, small)) == []
    lost, torn, *_ = sorted((small / "_posts").rglob("*.md"))
    (small / "_posts" / "doubled.md").write_bytes(lost.read_bytes())
    lost.unlink()
    torn.write_bytes(torn.read_bytes()[:-9])
    (small / "_posts" / ".newsarchive-abcd1234").touch()
    (capture,) = (small / "captures").iterdir()
    capture.write_bytes(capture.read_bytes()[:-9])
    said = "\n".join(differences(expected, small))
    for what in (f"{lost.name} is lost", f"{torn.name} has other bytes", "doubled.md is too many"):
        assert what in said
    assert f"captures: {capture.name}" in said
    assert "_posts/.newsarchive-abcd1234 is a stray file" in said
