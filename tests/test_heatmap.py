"""The calendar in the terminal: weeks from Monday, shades by quarters, marks that need no colours."""

from __future__ import annotations

import io
from datetime import date, timedelta

from rich.console import Console

from newsarchive.heatmap import Day, HeatMap


def drawn(heat: HeatMap, *, width: int = 120, color: bool = False) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=color, color_system="256" if color else None).print(heat)
    return [line.rstrip() for line in stream.getvalue().split("\n")]


def test_a_month_is_drawn_as_weeks_from_monday_with_what_is_wrong_marked() -> None:
    days = {
        date(2022, 3, 1): Day(10),
        date(2022, 3, 2): Day(20, missing=True),
        date(2022, 3, 4): Day(0, unwatched=True),
    }
    assert drawn(HeatMap(days))[:4] == [
        "2022-03",
        " Mo   Tu   We   Th   Fr   Sa   Su",
        "      1.   2*!  3    4 ?  5    6",
        " 7    8    9   10   11   12   13",
    ]


def test_shades_are_the_quarters_of_the_days_that_have_articles() -> None:
    heat = HeatMap({date(2022, 3, 1) + timedelta(days=n): Day(n) for n in range(9)})
    assert [heat.level(articles) for articles in range(9)] == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert "blank 0  . 1-2  : 3-4  * 5-6  # 7-8 " in "\n".join(drawn(heat))


def test_months_stand_side_by_side_as_far_as_there_is_room_and_the_newest_are_kept() -> None:
    heat = HeatMap({date(2021, 1, 5): Day(1), date(2022, 3, 5): Day(1)})
    assert len(heat.months) == 12
    assert heat.months[0] == (2021, 4)
    assert drawn(heat)[0].split() == ["2021-04", "2021-05", "2021-06"]
    assert len(drawn(heat, width=1000)[0].split()) == 4
    assert drawn(heat, width=40)[0].split() == ["2021-04"]


def test_colours_are_used_where_there_are_some() -> None:
    heat = HeatMap({date(2022, 3, 1): Day(10)})
    assert "\x1b[" in "\n".join(drawn(heat, color=True))
    assert "\x1b[" not in "\n".join(drawn(heat))


def test_an_empty_archive_has_a_legend_and_no_month() -> None:
    assert HeatMap({}).months == []
    assert drawn(HeatMap({}))[0].startswith("articles a day")
