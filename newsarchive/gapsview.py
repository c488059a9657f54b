"""``scrapy status --gaps``, for people and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from newsarchive import spans, statusjson
from newsarchive.archive.gaps import archived
from newsarchive.archive.ledgerrows import State, stamp
from newsarchive.dates import SHANGHAI
from newsarchive.escaping import one_line
from newsarchive.heatmap import Day, HeatMap
from newsarchive.statusview import LOST, missing_table, table_of, titled, when

if TYPE_CHECKING:
    from rich.console import RenderableType

    from newsarchive.archive.gaps import Gaps, Unwatched

_ROWS = 20
_DAY = timedelta(days=1)
_SOON = timedelta(days=31)


def as_json(report: Gaps) -> dict[str, Any]:
    """Give the report as it is written for machines; docs/status.md explains the keys."""
    return {
        "archive": str(report.root),
        "now": stamp(report.now),
        "days": list(_days(report)),
        "unaccounted": [statusjson.missing(one) for one in report.missing],
        "unwatched": [
            {
                "last_look": stamp(one.last_look),
                "next_look": stamp(one.next_look),
                "published_from": stamp(one.since),
                "published_until": stamp(one.until),
            }
            for one in report.unwatched
        ],
        "lists_due": [statusjson.listed(one) for one in report.due],
        "lists_dropped": [
            {"list": one.list, "why": one.why, "noticed": stamp(one.noticed) if one.noticed else None}
            for one in report.dropped
        ],
        "without_a_list": [
            {"category": one.name, "newspaper": one.newspaper, "articles": one.states.total()} for one in report.split
        ],
        "empty_working_days": [{"day": one.day.isoformat(), "watched": one.watched} for one in report.empty],
    }


def view(report: Gaps) -> RenderableType:
    """Show the report."""
    heat = HeatMap(_calendar(report))
    parts: list[RenderableType] = [heat, Text(), Text(_sum(report), style="bold")]
    if report.missing:
        parts += [_cells_table(report), missing_table(report.missing, title="Shown or asked for, and not archived")]
    parts.append(Text())
    parts += [Text(f"? {_unwatched(one)}", style="yellow") for one in _first(parts, report.unwatched)]
    for dropped in report.dropped[:_ROWS]:
        noticed = f", given up by the run of {when(dropped.noticed)}" if dropped.noticed else ""
        parts.append(Text(one_line(f"? {dropped.list}: {dropped.why}{noticed}"), style="yellow"))
    parts += [
        Text(
            one_line(f"? the list of {one.tag or one.path} is due{f': {one.error}' if one.error else ''}"),
            style="yellow",
        )
        for one in report.due[:_ROWS]
    ]
    parts += [Text(one_line(sentence), style="dim") for sentence in _remarks(report)]
    return Group(*parts)


def _first(parts: list[RenderableType], times: tuple[Unwatched, ...]) -> tuple[Unwatched, ...]:
    if len(times) > _ROWS:
        parts.append(Text(f"the last {_ROWS} of {len(times)} times when nobody looked:"))
    return times[-_ROWS:]


def _calendar(report: Gaps) -> dict[date, Day]:
    """Give what the calendar shows: days with articles, and days between and soon after them when nobody looked."""
    with_articles = {day for day in report.counts.days if day is not None}
    end = max(with_articles, default=date.max - _SOON) + _SOON
    blind = {day for one in report.unwatched for day in _days_of(one) if day <= end}
    shades = {}
    for day in with_articles | blind:
        there, missing = archived(report.counts, day)
        shades[day] = Day(there, missing > 0, day in blind)
    return shades


def _days_of(one: Unwatched) -> Iterator[date]:
    day = one.since.astimezone(SHANGHAI).date()
    while day < one.until.astimezone(SHANGHAI).date():
        yield day
        day += _DAY


def _sum(report: Gaps) -> str:
    states = report.counts.states
    missing = states.total() - states[State.CAPTURED]
    shown = sum(report.counts.shown.values())
    many = len(report.unwatched)
    blind = (
        f"nobody looked in time {'once' if many == 1 else f'{many} times'}" if many else "runs always looked in time"
    )
    return f"lists showed {shown} articles; {states[State.CAPTURED]} are archived, {missing} not; {blind}" + (
        f"; {len(report.dropped)} lists were given up" if report.dropped else ""
    )


def _cells_table(report: Gaps) -> RenderableType:
    table = table_of("day", "shown", "archived", "pending", "lost", "category")
    table.columns[-1].justify = "left"
    rows = [
        (day, name, states)
        for day in sorted(report.counts.days, key=lambda day: day or date.min, reverse=True)
        for name, states in sorted(report.counts.days[day].items())
        if states.total() > states[State.CAPTURED]
    ]
    for day, name, states in rows[:_ROWS]:
        lost = sum(states[state] for state in LOST)
        shown = report.counts.shown[day, name]
        numbers = (shown, states[State.CAPTURED], states[State.PENDING], lost)
        table.add_row(str(day or "unknown"), *map(str, numbers), one_line(name) or "unknown")
    rest = [Text(f"and {len(rows) - _ROWS} more; --json has all", "dim")] if len(rows) > _ROWS else []
    return titled("Days and categories that are not whole", table, *rest)


def _unwatched(one: Unwatched) -> str:
    return (
        f"no run looked from {when(one.last_look)} to {when(one.next_look)} "
        f"({spans.say(one.next_look - one.last_look)}): what was published between {when(one.since)} and "
        f"{when(one.until)} may have come and gone unseen"
    )


def _remarks(report: Gaps) -> Iterator[str]:
    for watched, why in ((True, "though runs looked (a public holiday?)"), (False, "and nobody looked in time")):
        days = [one.day.isoformat() for one in report.empty if one.watched is watched]
        if days:
            more = f" and {len(days) - _ROWS} more" if len(days) > _ROWS else ""
            yield f"working days without an article, {why}: {', '.join(days[-_ROWS:])}{more}"
    if report.split:
        names = ", ".join(dict.fromkeys(one.newspaper or one.name for one in report.split[:_ROWS]))
        yield f"no list of their own, so that posts beyond the five on the home page cannot be seen: {names}"


def _days(report: Gaps) -> Iterator[dict[str, Any]]:
    for day in sorted(report.counts.days, key=lambda day: day or date.min):
        categories = report.counts.days[day]
        shown = {name: report.counts.shown[day, name] for name in categories}
        yield {
            "day": statusjson.day_text(day),
            **_row(categories.values(), sum(shown.values())),
            "categories": {name: _row([states], shown[name]) for name, states in sorted(categories.items())},
        }


def _row(some: Iterable[Counter[State]], shown: int) -> dict[str, int]:
    states = sum(some, Counter[State]())
    return {
        "shown": shown,
        "archived": states[State.CAPTURED],
        "pending": states[State.PENDING],
        "lost": sum(states[state] for state in LOST),
    }
