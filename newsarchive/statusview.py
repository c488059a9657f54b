"""``scrapy status`` for people: how an archive stands, in a few lines and three tables."""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from newsarchive import spans
from newsarchive.archive.ledgerrows import State
from newsarchive.dates import POST_FORMAT, SHANGHAI
from newsarchive.escaping import one_line
from newsarchive.terminal import Console

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import RenderableType

    from newsarchive.archive.ledgerquery import Missing, RunRow
    from newsarchive.archive.status import Category, Counts, Status
    from newsarchive.archive.versions import Edited

LOST = (State.FAILED, State.EXPIRED, State.GONE)
_DAYS = 14
_CATEGORIES = _MISSING = 20
_PIPE_WIDTH = 10_000  # whoever reads a pipe wants a line a line
_STYLES = {State.CAPTURED: "green", State.PENDING: "yellow", State.FAILED: "red", State.EXPIRED: "red"}
_ORDER = (State.CAPTURED, State.PENDING, *LOST)
_HEADINGS = {State.CAPTURED: "archived"}


def console_for(stream: TextIO, *, color: bool = False) -> Console:
    """Make a console: colours on a terminal, or where they are asked for; in a pipe plain text that is never wrapped.

    Args:
        stream: where it writes.
        color: colours in a pipe too.
    """
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(stream, width=width, force_terminal=True if color else None)


def show(console: Console, shown: RenderableType, *, soft_wrap: bool = False) -> None:
    """Print; where there are no colours, lines end with their last letter.

    Args:
        console: where to.
        shown: what.
        soft_wrap: leave it to the terminal to wrap lines.
    """
    if console.color_system is not None:
        console.print(shown, soft_wrap=soft_wrap)
        return
    with console.capture() as captured:
        console.print(shown, soft_wrap=soft_wrap)
    console.file.write("\n".join(line.rstrip() for line in captured.get().split("\n")))


@contextlib.contextmanager
def readers_may_leave() -> Iterator[None]:
    """Let whoever reads standard output stop (``| head``): no traceback, and the exit code stays what it is."""
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # rich ends the process over a pipe nobody reads
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python's last flush fails


def table_of(*columns: str, numbers: bool = True) -> Table:
    """Begin a table; all columns but the first hold numbers unless told otherwise."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if numbers and place else "left", overflow="fold")
    return table


def titled(title: str, *shown: RenderableType) -> RenderableType:
    """Put a heading above something, and a blank line above the heading."""
    return Group(Text(), Text(title, style="bold"), *shown)


def when(moment: datetime) -> str:
    """Write a moment as posts do, in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).strftime(POST_FORMAT)


def view(status: Status) -> RenderableType:
    """Show how an archive stands."""
    counts = status.counts
    parts: list[RenderableType] = [Text(one_line(_sum(status)), style="bold"), _facts(status)]
    shown = [state for state in _ORDER if counts.states[state] or state is State.CAPTURED]
    if counts.states.total():
        parts += [_days(counts, shown), _categories(counts, shown)]
    if status.missing:
        parts.append(missing_table(status.missing))
    if status.judgement.reasons:
        parts.append(Text())
    parts += [Text(f"! {one_line(reason)}", style="bold red") for reason in status.judgement.reasons]
    return Group(*parts)


def missing_table(some: tuple[Missing, ...], *, title: str = "Not archived") -> RenderableType:
    """Show articles that are not archived, and why: twenty, the pending first, then those lost last."""
    table = table_of("article", "state", "tries", "deadline", "why", numbers=False)
    pending = [one for one in some if one.state is State.PENDING]
    lost = [one for one in reversed(some) if one.state is not State.PENDING]
    for one in (pending + lost)[:_MISSING]:
        state = Text(one.state.value, style=_STYLES.get(one.state, ""))
        why = Text(one_line(one.error or ("" if one.tries else "not tried yet")))
        table.add_row(str(one.name), state, str(one.tries), when(one.deadline)[:16], why)
    rest = len(some) - _MISSING
    return titled(title, table, *([Text(f"and {rest} more; --json names all", "dim")] if rest > 0 else []))


def edits_view(some: Sequence[Edited]) -> RenderableType:
    """Show the articles that were edited, the one edited last first."""
    if not some:
        return Text("no article has an earlier version")
    table = table_of("article", "versions", "earlier versions stood until", "title", numbers=False)
    for one in some:
        until = "\n".join(when(version.until) for version in reversed(one.earlier) if version.until)
        table.add_row(str(one.name), str(len(one.versions)), until, Text(one_line(one.title)))
    return Group(table, Text("scrapy diff CODE shows what changed", style="dim"))


def _sum(status: Status) -> str:
    states = status.counts.states
    lost = sum(states[state] for state in LOST)
    by_state = ", ".join(f"{states[state]} {state}" for state in LOST if states[state])
    return (
        f"{status.root}: {states[State.CAPTURED]} articles archived, {states[State.PENDING]} pending, {lost} lost"
        + (f" ({by_state})" if lost else "")
    )


def _facts(status: Status) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in _said(status):
        table.add_row(name, Text(one_line(said)))
    return table


def _said(status: Status) -> Iterator[tuple[str, str]]:
    runs = status.runs
    yield "last good run", _run(runs.last_good, status.now) if runs.last_good else "none yet"
    if runs.last is not None and runs.last != runs.last_good:
        yield "last run", _run(runs.last, status.now)
    if runs.at_work is not None:
        yield "at work", f"{runs.at_work.spider}, since {when(runs.at_work.began)}"
    if runs.killed:
        many = f"{len(runs.killed)} of the last runs, " if len(runs.killed) > 1 else ""
        killed = runs.killed[0]
        yield "killed", f"{many}{killed.spider}, begun {when(killed.began)}; the next run goes on where it stopped"
    if runs.interval is not None:
        yield "usual interval", spans.say(runs.interval)
    if status.nearest is not None:
        left = status.nearest.deadline - status.now
        how = f"in {spans.say(left)}" if left.total_seconds() > 0 else f"passed {spans.say(left)} ago, still tried"
        yield "nearest deadline", f"{when(status.nearest.deadline)} ({how}): {status.nearest.name}"
    if status.lists_due:
        yield "lists due", ", ".join(f"{one.tag or one.path}" for one in status.lists_due[:_CATEGORIES])


def _run(run: RunRow, now: datetime) -> str:
    ended = run.ended or run.began
    counts = ", ".join(f"{run.counts.get(name, 0)} {name}" for name in ("seen", "new", "edited"))
    ago = spans.say(now - ended)
    return f"{run.spider}, {when(ended)} ({ago} ago), exit code {run.exit_code}: {run.verdict}; {counts}"


def _days(counts: Counts, shown: list[State]) -> RenderableType:
    known = sorted((day for day in counts.days if day is not None), reverse=True)
    table = table_of("day", *_names(shown), "categories")
    for day in known[:_DAYS]:
        table.add_row(f"{day} {day:%a}", *_cells(counts.of_day(day), shown), str(len(counts.days[day])))
    if earlier := known[_DAYS:]:
        states = sum((counts.of_day(day) for day in earlier), Counter[State]())
        table.add_row(f"{len(earlier)} earlier days", *_cells(states, shown), "", style="dim")
    if None in counts.days:
        table.add_row("day unknown", *_cells(counts.of_day(None), shown), str(len(counts.days[None])), style="dim")
    return titled("By day", table)


def _categories(counts: Counts, shown: list[State]) -> RenderableType:
    def weight(category: Category) -> tuple[int, str]:
        return -category.states.total(), category.name

    table = table_of("category", *_names(shown), "newest")
    ordered = sorted(counts.categories.values(), key=weight)
    for one in ordered[:_CATEGORIES]:
        name = Text(one_line(one.name) or "unknown").append(f"  {one_line(one.newspaper)}", style="dim")
        table.add_row(name, *_cells(one.states, shown), _day(one.newest))
    if rest := ordered[_CATEGORIES:]:
        states = sum((one.states for one in rest), Counter[State]())
        newest = max((one.newest for one in rest if one.newest), default=None)
        table.add_row(f"{len(rest)} more", *_cells(states, shown), _day(newest), style="dim")
    return titled("By category", table)


def _names(shown: list[State]) -> list[str]:
    return [_HEADINGS.get(state, state.value) for state in shown]


def _cells(states: Counter[State], shown: list[State]) -> list[Text]:
    return [
        Text(str(states[state] or "·"), style=_STYLES.get(state, "") if states[state] else "dim") for state in shown
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
