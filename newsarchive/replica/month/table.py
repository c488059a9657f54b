"""The table of a simulated month, the list of what is not archived, and the judgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsarchive.replica.month.judge import Judgement
from newsarchive.replica.month.simulation import Month

_KILLED = 137


@dataclass(slots=True)
class _Day:
    """The numbers of one day; articles count where they came out."""

    published: int = 0
    archived: int = 0
    edited: int = 0
    withdrawn: int = 0
    lost: int = 0
    runs: int = 0
    requests: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    down: list[str] = field(default_factory=list)

    def cells(self) -> list[str]:
        """Give the row, without its first cell; nothing is shown as nothing."""
        numbers = [self.published, self.archived, self.edited, self.withdrawn, self.lost, self.runs]
        codes = " ".join(f"{code}×{times}" for code, times in sorted(self.codes.items()))
        return [*(str(number or "") for number in numbers), codes, str(self.requests or ""), ", ".join(self.down)]


def show(month: Month, judgement: Judgement, console: Console) -> None:
    """Print everything."""
    console.print(_table(month, judgement))
    _show_lost(judgement, console)
    _show_sum(month, judgement, console)
    for gap in judgement.gaps:
        console.print(Text(f"✗ {gap}"), soft_wrap=True)


def _table(month: Month, judgement: Judgement) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, padding=(0, 1), pad_edge=False)
    days = _days(month, judgement)
    total = _Day()
    for day in days.values():
        for name in ("published", "archived", "edited", "withdrawn", "lost", "runs", "requests", "codes"):
            setattr(total, name, getattr(total, name) + getattr(day, name))
    heads = ("new", "kept", "edited", "withdrawn", "lost", "runs", "exit codes", "requests", "down")
    table.add_column("day", "in all", no_wrap=True)
    for head, sum_of_it in zip(heads, total.cells(), strict=True):
        words = head in {"exit codes", "down"}
        table.add_column(head, sum_of_it, justify="left" if words else "right", no_wrap=head != "down")
    for date_of_it, numbers in days.items():
        table.add_row(f"{date_of_it:%m-%d %a}", *numbers.cells())
    return table


def _days(month: Month, judgement: Judgement) -> dict[date, _Day]:
    first = min(entry.fate.published.date() for entry in month.diary.entries.values())
    last = month.weather.runs[-1].at.date()
    days = {first + timedelta(days=offset): _Day() for offset in range((last - first).days + 1)}
    lost = {one.entry.fate.name for one in judgement.lost}
    for name, entry in month.diary.entries.items():
        day = days[entry.fate.published.date()]
        day.published += 1
        day.archived += name in judgement.archived
        day.edited += len(entry.fate.versions) > 1
        day.withdrawn += entry.fate.withdrawn is not None
        day.lost += name in lost
    for ran in month.diary.runs:
        day = days[_day_of(ran.plan.at)]
        day.runs += 1
        day.requests += len(ran.asked)
        day.codes[ran.code] += 1
    for trouble in month.weather.troubles:
        days[trouble.begins.date()].down.append(str(trouble))
    return {day: numbers for day, numbers in days.items() if numbers.published or numbers.runs or numbers.down}


def _day_of(moment: datetime) -> date:
    """Give the day of a run; one at midnight ends the day before."""
    return (moment - timedelta(seconds=1)).date()


def _show_lost(judgement: Judgement, console: Console) -> None:
    if not judgement.lost:
        return
    console.print(f"{len(judgement.lost)} articles could not be had:\n")
    for one in sorted(judgement.lost, key=lambda lost: lost.entry.fate.published):
        fate = one.entry.fate
        console.print(Text(f"{fate.name}  {fate.published:%m-%d %H:%M}  {one.reason}"), soft_wrap=True)
        if one.ledger:
            console.print(Text(f"    the ledger: {one.ledger}"), soft_wrap=True)
    console.print()


def _show_sum(month: Month, judgement: Judgement, console: Console) -> None:
    for line in _sums(month, judgement):
        console.print(line, soft_wrap=True)


def _sums(month: Month, judgement: Judgement) -> Iterator[str]:
    entries, runs = month.diary.entries.values(), month.diary.runs
    killed = sum(ran.code == _KILLED for ran in runs)
    quiet = sum(ran.code == 0 and ran.asked == ("/",) for ran in runs)
    lesser = sum(number is None for number in judgement.archived.values())
    edits = sum(len(entry.fate.versions) - 1 for entry in entries)
    yield (
        f"{len(entries)} articles: {len(judgement.archived)} archived ({lesser} of them from the mirror's page), "
        f"{len(judgement.lost)} not to be had, {len(judgement.gaps)} gaps unexplained."
    )
    yield (
        f"{edits} edits; {judgement.revised} earlier versions kept, {judgement.replaced} replaced before a look met "
        f"them, {judgement.late} edits made after the last look."
    )
    yield f"{len(runs)} runs, {killed} of them killed; {quiet} found nothing new and asked for the home page alone."
    yield f"The ledger: {', '.join(f'{number} {state}' for state, number in sorted(judgement.states.items()))}."
