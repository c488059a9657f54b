"""``make month``: thirty days of the source against the very command users run, in minutes."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from scrapy.utils.project import get_project_settings

from newsarchive.archive.files import make_directory
from newsarchive.archive.runs import INCOMPLETE, OK
from newsarchive.bar import Bar
from newsarchive.replica.month.diary import Rules
from newsarchive.replica.month.forked import ROOT, Forked
from newsarchive.replica.month.judge import Gap, Judgement, judge
from newsarchive.replica.month.simulation import Month, Place, Scale, settings, simulate
from newsarchive.replica.month.table import show

_SHORTEST, _LONGEST_STEP = 4, 720
_INTERRUPTED = 130
_WIDTH = 118  # of the table; a narrower terminal wraps its lines, a file has them whole
_CHECKS = (("verify",), ("rebuild", "--check"))


def main(arguments: list[str] | None = None) -> int:
    """Run the month, print its table; gives 0 only if no gap is unexplained."""
    given = _given(arguments)
    console = Console(highlight=False, width=max(_WIDTH, shutil.get_terminal_size().columns))
    archive = (ROOT / given.archive).resolve()
    if archive.exists() and any(archive.iterdir()) and not (archive / "ledger.db").exists():
        console.print(f"{archive} holds something that is no archive; it is left alone. Choose another folder.")
        return 1
    shutil.rmtree(archive, ignore_errors=True)
    make_directory(archive)
    log = archive.with_name(f"{archive.name}.log")
    log.unlink(missing_ok=True)
    scale = Scale(given.days, timedelta(minutes=given.every), given.per_day, given.seed)
    began = time.monotonic()
    try:
        month, judgement = run_month(scale, Place(archive, log))
    except KeyboardInterrupt:
        console.print(f"stopped; the archive so far is {archive}")
        return _INTERRUPTED
    show(month, judgement, console)
    console.print(f"{time.monotonic() - began:.0f} seconds. The archive is {archive}, what its runs said {log}.")
    return 1 if judgement.gaps else 0


def run_month(scale: Scale, place: Place) -> tuple[Month, Judgement]:
    """Simulate, judge, and have the archive judge itself.

    Args:
        scale: how large.
        place: where to.
    """
    with Forked() as scrapy, Bar() as bar:
        month = simulate(scale, place, scrapy, _rules(), bar)
        judgement = judge(month)
        for check in _CHECKS:
            code = scrapy([*check, *settings(place.archive)], place.log)
            if code:
                judgement.gaps.append(Gap(f"scrapy {' '.join(check)}", f"exit code {code}; {place.log} says why"))
        judgement.gaps += _check_status(month, judgement, scrapy)
    return month, judgement


def _check_status(month: Month, judgement: Judgement, scrapy: Forked) -> list[Gap]:
    """``scrapy status`` has counted the same."""
    said = month.place.log.with_suffix(".status.json")
    said.unlink(missing_ok=True)
    now = month.weather.runs[-1].at.isoformat()
    code = scrapy(["status", "--json", *settings(month.place.archive, NEWSARCHIVE_CLOCK=now)], said)
    if code not in {OK, INCOMPLETE}:
        return [Gap("scrapy status", f"exit code {code}; {said} says why")]
    counted = {state: number for state, number in json.loads(said.read_bytes())["articles"].items() if number}
    if counted != judgement.states:
        return [Gap("scrapy status", f"it counts {counted}, the ledger has {judgement.states}")]
    return []


def _rules() -> Rules:
    """Take what we promise from the settings."""
    ours = get_project_settings()
    return Rules(ours.getfloat("SETTLE_HOURS"), ours.getint("SETTLE_TRIES"), ours.getfloat("LAST_LOOK_HOURS"))


def _given(arguments: list[str] | None) -> argparse.Namespace:
    scale = Scale()
    parser = argparse.ArgumentParser(
        prog="python -m newsarchive.replica.month",
        description="Let the clock of the source in a box run for a month, with outages, edits, withdrawn articles and "
        "killed runs, archive it as cron would, and account for every article.",
        epilog="Exit code 0 if every article that was reachable is archived and every other is explained, else 1.",
    )
    number = parser.add_argument
    number("--days", type=int, default=scale.days, help="how long (default: %(default)s)")
    number("--every", type=int, default=60, metavar="MINUTES", help="between two runs (default: %(default)s)")
    number("--per-day", type=int, default=scale.per_day, help="articles of a working day (default: %(default)s)")
    number("--seed", type=int, default=scale.seed, help="another number, another month (default: %(default)s)")
    number("--archive", type=Path, default=Path("build/month"), help="where to; emptied first (default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.days < _SHORTEST or not 1 <= given.every <= _LONGEST_STEP or given.per_day < 1:
        parser.error(f"--days must be {_SHORTEST} or more, --every 1 to {_LONGEST_STEP}, --per-day 1 or more")
    return given


if __name__ == "__main__":
    sys.exit(main())
