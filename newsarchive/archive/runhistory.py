"""How the runs of an archive went, by the ledger and by their records."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

from newsarchive.archive import runs as records
from newsarchive.archive.ledgerquery import RunRow
from newsarchive.archive.ledgerrows import moment
from newsarchive.archive.runs import INCOMPLETE, OK, SOURCE_CHANGED

FEED_SPIDERS = frozenset({"finews", "eastmoney"})
"""Those that read the source's lists; a run of another spider says nothing about news that nobody asked for."""

_JUDGED_BY = 21  # the last so many runs tell how often they come
_KILLED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Runs:
    """How the runs went, as far as the last ones tell.

    Attributes:
        last: the newest that ended.
        last_good: the newest that read the lists, see `read_lists`.
        at_work: the one that holds the archive now.
        killed: those that did not live to say how they ended, the newest first, at most twenty.
        interval: the usual time from one run's beginning to the next's: the median of the last twenty.
    """

    last: RunRow | None = None
    last_good: RunRow | None = None
    at_work: RunRow | None = None
    killed: tuple[RunRow, ...] = ()
    interval: timedelta | None = None


def read_lists(run: RunRow) -> bool:
    """Tell whether a run was a good one: it ended by itself, and read what the source lists.

    One that could not get some article (3), or did not understand one (4), looked all the same: what it missed is
    pending and has a deadline of its own.
    """
    ended = run.exit_code in {OK, INCOMPLETE, SOURCE_CHANGED}
    return (
        run.spider in FEED_SPIDERS
        and ended
        and any(run.counts.get(name, 0) > 0 for name in ("seen", "lists unchanged"))
    )


def judge_runs(newest_first: Iterator[RunRow], root: Path, *, busy: bool) -> Runs:
    """Tell how the last runs went; a ledger that was made anew knows none, then their records do."""
    recent = list(islice(newest_first, _JUDGED_BY * 2))
    if not any(run.ended for run in recent):
        newest_first = recorded(root)
        recent += islice(newest_first, _JUDGED_BY * 2)
    at_work = recent[0] if busy and recent and recent[0].ended is None and not recent[0].verdict else None
    last = next((run for run in recent if run.ended), None)
    good = next((run for run in recent if read_lists(run)), None) or next(filter(read_lists, newest_first), None)
    killed = [run for run in recent if run.ended is None and run is not at_work]
    feed = [run.began for run in recent if run.spider in FEED_SPIDERS][:_JUDGED_BY]
    gaps = [abs(later - earlier) for later, earlier in pairwise(feed)]
    interval = timedelta(seconds=statistics.median(gap.total_seconds() for gap in gaps)) if gaps else None
    return Runs(last, good, at_work, tuple(killed[:_KILLED_SHOWN]), interval)


def recorded(root: Path, *, before: datetime | None = None) -> Iterator[RunRow]:
    """Give the runs by their records, the newest first; a record that is damaged is left out (verify names it).

    Args:
        root: the archive.
        before: only those whose names say that they began no later.
    """
    end = before.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ~") if before else "~"  # sorts behind what it begins
    for path in reversed(records.record_files(root)):
        if path.name > end:
            continue
        try:
            record = records.read(path)
        except (ValueError, OSError):
            continue
        yield RunRow(
            spider=record["spider"],
            arguments=record["arguments"],
            began=moment(record["began"]),
            ended=moment(record["ended"]) if record["ended"] else None,
            exit_code=record["exit_code"],
            verdict=record["verdict"],
            counts=record["counts"],
            file=path.name,
        )


def all_runs(newest_first: Iterable[RunRow], root: Path) -> list[RunRow]:
    """Give every run, the newest first: those of the ledger, and before them those of which only a record is left."""
    known = list(newest_first)
    oldest = known[-1].began if known else None
    return known + [run for run in recorded(root, before=oldest) if oldest is None or run.began < oldest]
