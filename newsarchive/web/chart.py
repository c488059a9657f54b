"""How many articles came on each day, drawn: bars of some weeks, and the months of a year as a heat map."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LEVELS = 5
_WEEKS = 5
_WIDTH, _HEIGHT, _BELOW = 700, 120, 22
_GAP = 4
_MONDAYS = Calendar(0)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar: its place in the drawing, and what it stands for."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float
    weekend: bool
    label: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of some weeks, oldest first, and the size of the drawing."""

    bars: tuple[Bar, ...]
    width: int = _WIDTH
    height: int = _HEIGHT + _BELOW
    base: int = _HEIGHT

    @property
    def total(self) -> int:
        """How many articles in all."""
        return sum(bar.count for bar in self.bars)

    @property
    def most(self) -> Bar:
        """The day with the most."""
        return max(self.bars, key=lambda bar: bar.count)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in a month's heat map; `day` is None where the week belongs to another month."""

    day: date | None
    count: int = 0
    level: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks that begin on Monday."""

    year: int
    month: int
    weeks: tuple[tuple[Cell, ...], ...]

    @property
    def count(self) -> int:
        """How many articles in all."""
        return sum(cell.count for week in self.weeks for cell in week)


def bars(days: Mapping[str, int], last: date, weeks: int = _WEEKS) -> Bars:
    """Draw the weeks that end with a day."""
    shown = [last - timedelta(days=back) for back in range(weeks * 7 - 1, -1, -1)]
    counts = [days.get(str(day), 0) for day in shown]
    most = max(*counts, 1)
    step = _WIDTH / len(shown)
    drawn = []
    for place, (day, count) in enumerate(zip(shown, counts, strict=True)):
        height = max(round(_HEIGHT * count / most, 1), 2) if count else 0
        drawn.append(
            Bar(
                day=day,
                count=count,
                x=round(place * step + _GAP / 2, 1),
                y=_HEIGHT - height,
                width=round(step - _GAP, 1),
                height=height,
                weekend=day.weekday() >= _SATURDAY,
                label=(len(shown) - 1 - place) % 7 == 0,
            )
        )
    return Bars(tuple(drawn))


def month(days: Mapping[str, int], year: int, number: int, most: int | None = None) -> Month:
    """Lay a month out.

    Args:
        days: counts by day.
        year: of the month.
        number: of the month, from 1.
        most: of which a day's level is a share, in five steps, 0 for none; the most of the month where not given.
    """
    begins = f"{year:04}-{number:02}-"
    top = most if most is not None else max((n for day, n in days.items() if day.startswith(begins)), default=0)
    weeks = tuple(
        tuple(_cell(days, day, top) if day.month == number else Cell(None) for day in week)
        for week in _MONDAYS.monthdatescalendar(year, number)
    )
    return Month(year, number, weeks)


def _cell(days: Mapping[str, int], day: date, most: int) -> Cell:
    count = days.get(str(day), 0)
    return Cell(day, count, min(LEVELS, 1 + (count * LEVELS - 1) // most) if count and most else 0)
