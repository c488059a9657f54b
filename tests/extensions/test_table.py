"""The short table at the end of a run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from newsarchive.archive.runs import Failure, Kind, Run
from newsarchive.extensions.table import closing_table

NOON = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)
ROOT = Path("/srv/archive")


def shown(run: Run) -> str:
    console = Console(width=100, highlight=False, force_terminal=False)
    with console.capture() as captured:
        console.print(closing_table(run, ROOT))
    return captured.get()


def rows(run: Run) -> dict[str, str]:
    cells = [line.strip("│").split("│") for line in shown(run).splitlines() if line.startswith("│")]
    return {name.strip(): value.strip() for name, value in cells}


def failures(number: int) -> list[Failure]:
    return [Failure(Kind.FETCH, f"NW2022030123407642{n:02d}", f"reason {n}") for n in range(number)]


def test_a_complete_run_shows_its_numbers_and_where_the_posts_are() -> None:
    run = Run("finews", {}, NOON)
    run.counts.update({"seen": 12, "new": 5, "archived before": 7, "requests": 6, "seconds": 8})
    assert rows(run) == {
        "seen": "12",
        "new": "5",
        "edited": "0",
        "archived before": "7",
        "failed": "0",
        "pending": "0",
        "requests": "6",
        "seconds": "8",
    }
    assert shown(run).splitlines()[0] == "finews: complete"
    assert shown(run).splitlines()[-1] == "posts: /srv/archive/_posts"


def test_failures_are_counted_by_kind_and_what_is_pending_has_its_deadline() -> None:
    others = [Failure(Kind.ALARM, "finews", "silent"), Failure(Kind.UNDERSTAND, "NW1", "a shell")]
    run = Run("finews", {}, NOON, failures=[*others, *failures(2)])
    run.counts["edited"] = 1
    run.pending, run.nearest_deadline = 2, datetime(2022, 3, 3, 16, 0, tzinfo=UTC)
    assert rows(run) == {
        "seen": "0",
        "new": "0",
        "edited": "1",
        "archived before": "0",
        "failed": "4",
        "not fetched": "2",
        "not understood": "1",
        "alarm": "1",
        "pending": "2",
        "nearest deadline": "2022-03-04 00:00:00 +0800",
        "requests": "0",
        "seconds": "0",
    }


def test_looking_makes_no_numbers() -> None:
    run = Run("finews", {}, NOON)
    shown(run)
    assert run.as_json()["counts"] == {}


def test_the_first_ten_failures_and_notes_are_named_and_the_others_counted() -> None:
    run = Run("finews", {}, NOON, failures=failures(13), notes=[f"note {n}" for n in range(13)])
    lines = shown(run).splitlines()
    assert [line for line in lines if line.startswith("✗")] == [
        f"✗ NW2022030123407642{n:02d}: reason {n}" for n in range(10)
    ]
    assert "  and 3 more, named in runs/" in lines
    assert [line for line in lines if line.startswith("!")] == [f"! note {n}" for n in range(10)]


def test_what_the_source_wrote_is_text_and_no_markup() -> None:
    run = Run(
        "finews", {}, NOON, failures=[Failure(Kind.UNDERSTAND, "NW1[bold]", "[red]a page headed [/red] '[维护]'")]
    )
    assert "✗ NW1[bold]: [red]a page headed [/red] '[维护]'" in shown(run)


def test_a_halted_run_says_why_first() -> None:
    run = Run("finews", {}, NOON, halted="the captures could not be written: No space left on device")
    assert shown(run).splitlines()[0] == "finews: halted: the captures could not be written: No space left on device"
