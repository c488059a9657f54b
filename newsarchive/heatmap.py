"""A calendar in a terminal: months as blocks of weeks, each day shaded by how many articles it has."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

_SHADES = ("dim", "white on color(22)", "white on color(28)", "black on color(34)", "black on color(40)")
_SHADES_OF_16 = ("dim", "green", "bold green", "black on green", "black on bright_green")
_SIGNS = " .:*#"  # the same where there are no colours, or someone does not tell them apart
_CELL = 5
_BETWEEN = "  "
_BESIDE = 4  # months in a row at most, so that a year is a block
_LEVELS = len(_SIGNS) - 1


@dataclass(frozen=True, slots=True)
class Day:
    """What a calendar shows of a day: how many articles, and whether some are missing or nobody looked."""

    articles: int
    missing: bool = False
    unwatched: bool = False


class HeatMap:
    """A calendar that can be printed with rich.

    Args:
        days: what there is to show; days that are not there are empty.
        months: at most so many, the newest.
    """

    def __init__(self, days: Mapping[date, Day], months: int = 12) -> None:
        self.days = days
        counts = sorted(day.articles for day in days.values() if day.articles)
        self.bounds = [counts[-(-len(counts) * level // _LEVELS) - 1] for level in range(1, _LEVELS + 1) if counts]
        every = sorted({(day.year, day.month) for day in days})
        self.months = _span(every[0], every[-1])[-months:] if every else []

    def level(self, articles: int) -> int:
        """Give the shade of a number of articles: 0 for none, 1 to 4 by the quarters of all days."""
        return 0 if articles == 0 else 1 + sum(articles > bound for bound in self.bounds[:-1])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shades = _SHADES_OF_16 if console.color_system == "standard" else _SHADES
        width = 7 * _CELL + len(_BETWEEN)
        beside = min(_BESIDE, max(1, (options.max_width + len(_BETWEEN)) // width))
        for begin in range(0, len(self.months), beside):
            blocks = [self._month(*month, shades) for month in self.months[begin : begin + beside]]
            for line in range(max(map(len, blocks))):
                empty = Text(" " * 7 * _CELL)
                yield Text(_BETWEEN).join(block[line] if line < len(block) else empty for block in blocks)
            yield Text()
        yield self._legend(shades)

    def _month(self, year: int, month: int, shades: Sequence[str]) -> list[Text]:
        head = Text(f"{year}-{month:02}".ljust(7 * _CELL), style="bold")
        lines = [head, Text(" Mo   Tu   We   Th   Fr   Sa   Su  ", "dim")]
        for week in calendar.Calendar().monthdatescalendar(year, month):
            cells = (self._cell(day, shades) if day.month == month else Text(" " * _CELL) for day in week)
            lines.append(Text().join(cells))
        return lines

    def _cell(self, day: date, shades: Sequence[str]) -> Text:
        known = self.days.get(day, Day(0))
        level = self.level(known.articles)
        cell = Text(f"{day.day:>2}{_SIGNS[level]}", style=shades[level])
        mark = "!" if known.missing else "?" if known.unwatched else " "
        return Text().join((cell, Text(f"{mark} ", style="bold red" if known.missing else "bold yellow")))

    def _legend(self, shades: Sequence[str]) -> Text:
        legend = Text().append("articles a day: blank 0", style="dim")
        begin = 1
        for level, end in enumerate(self.bounds, 1):
            if end >= begin:  # else so many days have the same number that a quarter is empty
                many = f"{begin}-{end}" if end > begin else f"{begin}"
                legend.append("  ").append(f"{_SIGNS[level]} {many}", style=shades[level])
            begin = max(begin, end + 1)
        return legend.append("   ! some not archived   ? nobody looked in time", style="dim")


def _span(first: tuple[int, int], last: tuple[int, int]) -> list[tuple[int, int]]:
    """Give every month from the first to the last."""
    count = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    return [(first[0] + (first[1] - 1 + n) // 12, (first[1] - 1 + n) % 12 + 1) for n in range(count)]
