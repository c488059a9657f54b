"""``scrapy status --json``: the keys that docs/status.md promises."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from newsarchive.archive.ledgerrows import State, stamp
from newsarchive.newspapers import newspaper_of

if TYPE_CHECKING:
    from newsarchive.archive.ledgerquery import ListRow, Missing, RunRow
    from newsarchive.archive.runhistory import Runs
    from newsarchive.archive.status import Counts, Status
    from newsarchive.archive.versions import Edited, Version


def as_json(status: Status) -> dict[str, Any]:
    """Give how an archive stands as it is written for machines; times are ISO 8601 in UTC, days Asia/Shanghai."""
    judgement = status.judgement
    return {
        "archive": str(status.root),
        "now": stamp(status.now),
        "exit_code": judgement.exit_code,
        "reasons": list(judgement.reasons),
        "articles": states(status.counts.states),
        "nearest_deadline": stamp(status.nearest.deadline) if status.nearest else None,
        "runs": _runs(status.runs),
        "next_run_within_seconds": int(judgement.expected.total_seconds()) if judgement.expected else None,
        "lists_due": [listed(one) for one in status.lists_due],
        "days": _days(status.counts),
        "categories": [
            {
                "category": category.name,
                "newspaper": category.newspaper,
                "newest": category.newest.isoformat() if category.newest else None,
                **states(category.states),
            }
            for category in sorted(status.counts.categories.values(), key=lambda one: one.name)
        ],
        "missing": [missing(one) for one in status.missing],
    }


def states(counts: Counter[State]) -> dict[str, int]:
    """Give a number for each state, zero included."""
    return {state.value: counts[state] for state in State}


def missing(one: Missing) -> dict[str, Any]:
    """Give an article that is not archived, and why."""
    return {
        "name": str(one.name),
        "state": one.state.value,
        "error_kind": one.error_kind or None,
        "error": one.error or None,
        "tries": one.tries,
        "first_seen": stamp(one.first_seen),
        "deadline": stamp(one.deadline),
        "last_try": _stamp(one.last_try),
        "nowhere_since": _stamp(one.nowhere_since),
        "day": day_text(one.day),
        "category": one.category,
        "newspaper": newspaper_of(one.tag),
        "title": one.title,
    }


def listed(one: ListRow) -> dict[str, Any]:
    """Give a list that is due, or was."""
    return {
        "path": one.path,
        "tag": one.tag,
        "due_until": _stamp(one.due_until),
        "last_read": _stamp(one.last_read),
        "error": one.error or None,
    }


def edited(one: Edited) -> dict[str, Any]:
    """Give an article that was edited, and its earlier versions, the oldest first."""
    return {
        "name": str(one.name),
        "title": one.title,
        "category": one.category,
        "newspaper": newspaper_of(one.tag),
        "edits": len(one.versions) - 1,
        "versions": [version(each) for each in one.versions],
    }


def version(one: Version) -> dict[str, Any]:
    """Give a version: its stamp, until when it stood, its file."""
    return {"stamp": one.stamp, "until": _stamp(one.until), "path": str(one.path)}


def day_text(day: date | None) -> str | None:
    """Write a day, where it is known."""
    return day.isoformat() if day else None


def _days(counts: Counts) -> list[dict[str, Any]]:
    return [
        {
            "day": day_text(day),
            **states(counts.of_day(day)),
            "categories": {
                name: {state.value: number for state, number in sorted(some.items())}
                for name, some in sorted(counts.days[day].items())
            },
        }
        for day in sorted(counts.days, key=lambda day: day or date.min)
    ]


def _runs(runs: Runs) -> dict[str, Any]:
    return {
        "last": _run(runs.last),
        "last_good": _run(runs.last_good),
        "at_work": _run(runs.at_work),
        "killed": [_run(one) for one in runs.killed],
        "usual_interval_seconds": int(runs.interval.total_seconds()) if runs.interval else None,
    }


def _run(run: RunRow | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "spider": run.spider,
        "arguments": run.arguments,
        "began": stamp(run.began),
        "ended": _stamp(run.ended),
        "exit_code": run.exit_code,
        "verdict": run.verdict or None,
        "counts": run.counts,
        "file": run.file or None,
    }


def _stamp(when: datetime | None) -> str | None:
    return stamp(when) if when else None
