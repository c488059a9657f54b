"""The measurements work: tiny, once each, and nothing is asked of the figures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.__main__ import MEASUREMENTS
from bench.measure import Effort, Row, in_turn
from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", list(MEASUREMENTS))
def test_a_measurement_gives_its_row_and_how_to_repeat_it(name: str) -> None:
    command = [sys.executable, "-m", "bench", name, "--size", "0.001", "--rounds", "1"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ended.returncode == 0, ended.stderr
    assert f"ARGS={name}" in ended.stdout


def test_an_unknown_measurement_is_refused_with_the_known_ones() -> None:
    command = [sys.executable, "-m", "bench", "nothing"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert all(name in ended.stderr for name in MEASUREMENTS)


def test_who_goes_first_changes_every_round() -> None:
    order: list[str] = []

    def side(name: str) -> Callable[[], str]:
        return lambda: order.append(name) or name

    assert in_turn(Effort(rounds=3), "both", side("ours"), side("peer")) == [("ours", "peer")] * 3
    assert order == ["ours", "peer", "peer", "ours", "ours", "peer"]


def test_a_row_is_judged_by_its_median() -> None:
    def reached(*ratios: float, **target: float) -> bool | None:
        return Row("a", "1", "2", ratios, "a", **target).reached

    assert reached(0.8, 0.9, 2.0, at_least=0.85) is True
    assert reached(0.8, 0.84, 2.0, at_least=0.85) is False
    assert reached(1.0, 1.1, 9.0, at_most=1.1) is True
    assert reached(1.0, 1.2, 9.0, at_most=1.1) is False
    assert reached(1.0) is None
