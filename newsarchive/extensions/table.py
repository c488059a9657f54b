"""The short table at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from newsarchive.dates import POST_FORMAT, SHANGHAI
from newsarchive.escaping import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from newsarchive.archive.runs import Run

ROWS = ("seen", "new", "edited", "archived before")
_NAMED = 10


def closing_table(run: Run, root: Path) -> RenderableType:
    """Show a run's numbers, its first failures, its notes, and where the posts are."""
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name in ROWS:
        table.add_row(name, str(run.counts[name]))
    table.add_row("failed", Text(str(len(run.failures)), style="bold red" if run.failures else ""))
    for kind, number in run.failed.items():
        table.add_row(f"  {kind}", Text(str(number), style="bold red"))
    table.add_row("pending", str(run.pending))
    if run.nearest_deadline:
        table.add_row("nearest deadline", run.nearest_deadline.astimezone(SHANGHAI).strftime(POST_FORMAT))
    table.add_row("requests", str(run.counts["requests"]))
    table.add_row("seconds", str(run.counts["seconds"]))
    lines: list[RenderableType] = [Text(one_line(f"{run.spider}: {run.verdict}")), table]
    lines += [Text(f"! {one_line(note)}") for note in run.notes[:_NAMED]]
    lines += [Text(f"✗ {one_line(f'{failure.what}: {failure.reason}')}") for failure in run.failures[:_NAMED]]
    if len(run.failures) > _NAMED:
        lines.append(Text(f"  and {len(run.failures) - _NAMED} more, named in runs/"))
    lines.append(Text(f"posts: {root / '_posts'}"))
    return Group(*lines)
