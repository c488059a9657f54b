"""Bars and months."""

from __future__ import annotations

from datetime import date

from newsarchive.web import chart


def test_bars_end_with_the_day_and_stand_to_scale() -> None:
    drawn = chart.bars({"2022-03-02": 50, "2022-03-01": 25, "2021-01-01": 900}, date(2022, 3, 2))
    assert len(drawn.bars) == 35
    assert (drawn.bars[-1].day, drawn.bars[-1].count, drawn.total) == (date(2022, 3, 2), 50, 75)
    assert drawn.bars[-1].height == drawn.base
    assert drawn.bars[-2].height == drawn.base / 2
    assert drawn.bars[0].height == 0
    assert drawn.most.day == date(2022, 3, 2)
    assert all(bar.x >= 0 and bar.x + bar.width <= drawn.width for bar in drawn.bars)


def test_a_day_with_a_single_article_is_seen() -> None:
    assert chart.bars({"2022-03-02": 10_000, "2022-03-01": 1}, date(2022, 3, 2)).bars[-2].height >= 2


def test_no_day_at_all_is_drawn_too() -> None:
    assert chart.bars({}, date(2022, 3, 2)).total == 0
    assert chart.month({}, 2022, 2).count == 0


def test_a_month_begins_on_monday_and_has_its_days_once() -> None:
    month = chart.month({"2022-03-01": 1, "2022-03-31": 10, "2022-04-01": 99}, 2022, 3, 10)
    days = [cell.day for week in month.weeks for cell in week if cell.day]
    assert days == [date(2022, 3, day) for day in range(1, 32)]
    assert month.weeks[0][0].day is None  # the first was a Tuesday
    assert month.count == 11
    levels = {cell.day.day: cell.level for week in month.weeks for cell in week if cell.day}
    assert (levels[1], levels[2], levels[31]) == (1, 0, chart.LEVELS)


def test_a_level_is_a_share_of_the_months_most_unless_told_otherwise() -> None:
    days = {"2022-03-01": 10, "2022-04-01": 1000}
    assert chart.month(days, 2022, 3).weeks[0][1].level == chart.LEVELS
    assert chart.month(days, 2022, 3, 1000).weeks[0][1].level == 1


def test_levels_rise_with_the_count() -> None:
    month = chart.month({f"2022-03-{day:02}": day for day in range(1, 32)}, 2022, 3)
    levels = [cell.level for week in month.weeks for cell in week if cell.day]
    assert levels == sorted(levels)
    assert set(levels) == {1, 2, 3, 4, 5}
