"""Killed between any two steps of a start or an end, a run leaves nothing that the next one does not put right."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.archive.files import TEMP_PREFIX, unfinished
from newsarchive.archive.keeper import Archive
from newsarchive.archive.options import Options
from newsarchive.archive.runs import Run
from newsarchive.archive.verify import Verification
from newsarchive.clock import Clock

STEPS = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate", "tempfile.mkstemp", "sqlite3.connect"}
ALIVE = 77


def whole_run(root: Path) -> None:
    archive = Archive(root, Clock())
    run = Run("finews", {}, archive.now(), ended=archive.now())
    number = archive.ledger.run_began("finews", {}, now=archive.now())
    archive.ledger.run_ended(number, run.as_json(), run.path(root).name)
    archive.close()
    run.write(root)


def marked_work(root: Path) -> None:
    with unfinished(root):
        pass


def killed_at(step: int, root: Path, work: object) -> bool:
    """Run in a process of its own that is killed before a step; tells whether it had so many."""
    child = os.fork()
    if child == 0:
        left = [step]

        def count(event: str, arguments: tuple[object, ...]) -> None:
            if event in STEPS and str(root) in str(arguments):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            work(root)  # type: ignore[operator]
        finally:
            os._exit(ALIVE)
    _, status = os.waitpid(child, 0)
    assert status in {signal.SIGKILL, ALIVE << 8}
    return status == signal.SIGKILL


def verification(root: Path) -> Verification:
    options = Options(root, 6, 6, 1, write=False, now=datetime(2022, 4, 1, tzinfo=UTC))
    return Verification(options, lambda *_: None)


@pytest.mark.parametrize("work", [whole_run, marked_work])
def test_what_a_run_left_that_was_killed_at_any_step_is_no_damage_and_is_swept_by_the_next(
    small_kept_archive: Path, tmp_path: Path, work: object
) -> None:
    step, left = 0, 0
    while True:
        root = tmp_path / str(step)
        shutil.copytree(small_kept_archive, root)
        killed = killed_at(step, root, work)
        looking = verification(root)
        assert [str(found) for found in looking.findings()] == [], f"after a kill before step {step}"
        left += len(looking.leftovers)
        whole_run(root)
        assert [path.name for path in root.rglob(f"{TEMP_PREFIX}*")] == [], f"after a kill before step {step}"
        shutil.rmtree(root)
        if not killed:
            break
        step += 1
    assert step > 4
    assert left > 0, "no kill came while a temp file was there"
