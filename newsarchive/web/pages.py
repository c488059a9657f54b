"""Pages of lists: home, a day, the calendar, newspapers, one newspaper, search, status."""

from __future__ import annotations

from datetime import date

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from newsarchive.article import Refused
from newsarchive.search.query import QueryError
from newsarchive.search.reader import Count, Filters, Hit, Page
from newsarchive.web import chart
from newsarchive.web.asking import Asking, reason
from newsarchive.web.library import NotKeptError

_FRONT = 3000  # of the newest day, to be sorted by newspaper; a working day brings a thousand
_EACH = 6  # of a newspaper
_PAPERS = 18
_ROLLING = 14
_LIST = 40
_DAY = 100
_FOUND = 20
_CHOICES = 300
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)  # wider than any date of a post can be


def home(asking: Asking) -> Response:
    """Show the newest day by newspaper, and how much came in the last weeks."""
    library = asking.library
    days = library.days()
    if not days:
        return asking.page("empty.html", title=asking.language.say("empty"))
    day = library.newest(days)
    papers: dict[tuple[str, str], list[Hit]] = {}
    rolling: list[Hit] = []
    for hit in library.front(_FRONT):
        document = hit.document
        if document.rolling:
            rolling.append(hit)
        else:
            papers.setdefault((document.newspaper, document.category), []).append(hit)
    return asking.page(
        "home.html",
        title=asking.language.say("site"),
        day=day,
        is_today=day == library.today,
        count=days[str(day)],
        total=library.count(),
        papers=sorted(papers.items(), key=lambda paper: -len(paper[1]))[:_PAPERS],
        each=_EACH,
        rolling=rolling[:_ROLLING],
        bars=chart.bars(days, day),
        month=chart.month(days, day.year, day.month),
    )


def day_page(asking: Asking) -> Response:
    """Show a day's articles, newest first, and its month."""
    day = asking.day("day")
    if day is None or not _FIRST <= day <= _LAST:
        raise HTTPException(404)
    days = asking.library.days()
    page = asking.library.index.recent(Filters(since=day, until=day), before=asking.before(), limit=_DAY)
    listed = list(days)
    said = asking.language.day(day)
    return asking.page(
        "day.html",
        title=said,
        day=day,
        count=days.get(str(day), 0),
        page=page,
        first=asking.before() is None,
        earlier=max((one for one in listed if one < str(day)), default=None),
        later=min((one for one in listed if one > str(day)), default=None),
        month=chart.month(days, day.year, day.month),
    )


def calendar(asking: Asking) -> Response:
    """Show the months of a year as a heat map; without a year the newest."""
    days = asking.library.days()
    years = sorted({int(day[:4]) for day in days}, reverse=True)
    asked = asking.given("year")
    if not asked:
        if not years:
            return asking.page("empty.html", title=asking.language.say("empty"))
        return RedirectResponse(asking.language.url(f"/calendar/{asking.library.newest(days).year}"), 302)
    year = int(asked)
    if not _FIRST.year <= year <= _LAST.year:
        raise HTTPException(404)
    of_year = {day: count for day, count in days.items() if day.startswith(f"{year:04}-")}
    most = max(of_year.values(), default=0)
    months = [chart.month(of_year, year, number, most) for number in range(1, 13)]
    return asking.page(
        "calendar.html",
        title=asking.language.say("year", year=year),
        year=year,
        years=years,
        count=sum(of_year.values()),
        months=[month for month in months if month.count] or months[:1],
    )


def papers(asking: Asking) -> Response:
    """List every newspaper."""
    wanted = asking.given("name")
    counts = asking.library.categories()
    if wanted:
        like = {*asking.library.index.newspapers_like([f"*{wanted}*"])}
        named = {*asking.library.index.categories_like([f"*{wanted}*"])}
        counts = [count for count in counts if count.newspaper in like or count.category in named]
    return asking.page("papers.html", title=asking.language.say("papers"), counts=counts, wanted=wanted)


def category(asking: Asking) -> Response:
    """List a category's articles, newest first."""
    asked = asking.given("category")
    found = asking.library.categories_like(asked)
    if len(found) != 1:
        raise HTTPException(404)
    if (name := found[0]) != asked:  # a newspaper, its tag, or the mirror's spelling
        return RedirectResponse(asking.language.url(f"/category/{name}"), 302)
    newspapers = asking.library.newspapers_of(name)
    days = asking.library.days_of(name)
    newest = asking.library.newest(days)
    page = asking.library.index.recent(Filters(categories=(name,)), before=asking.before(), limit=_LIST)
    return asking.page(
        "category.html",
        title=newspapers[0] or name,
        category=name,
        newspapers=newspapers,
        count=sum(days.values()),
        page=page,
        first=asking.before() is None,
        bars=chart.bars(days, newest),
    )


def search(asking: Asking) -> Response:
    """Find articles; with ``part=results`` only the list, for those who type."""
    wrong, page, query = "", Page((), None), None
    try:
        query = asking.query()
        if query is not None:
            page = asking.library.index.search(query, asking.filters(), before=asking.before(), limit=_FOUND)
    except (QueryError, Refused, HTTPException) as error:
        wrong = reason(error)
    text = asking.given("q")
    category = asking.given("category")
    meant = asking.library.categories_like(category)
    category = meant[0] if len(meant) == 1 else category
    part = asking.given("part") == "results"
    return asking.page(
        "results.html" if part else "search.html",
        code=400 if wrong else 200,
        title=asking.language.say("results_title", query=text) if text else asking.language.say("search"),
        query=query,
        text=text,
        wrong=wrong,
        page=page,
        first=asking.before() is None,
        choices={} if part else _choices(asking.library.categories(), category),
        kept={"category": category, "since": asking.given("since"), "until": asking.given("until")},
    )


def _choices(counts: list[Count], chosen: str) -> dict[str, str]:
    """Give the categories to choose from, with their newspapers: the largest, and the one that is chosen."""
    names: dict[str, str] = {}
    for count in counts:
        if len(names) < _CHOICES or count.category == chosen:
            names.setdefault(count.category, count.newspaper or count.category)
    return names


def status(asking: Asking) -> Response:
    """Show how the archive stands."""
    try:
        found = asking.library.status()
    except NotKeptError:
        found = None
    return asking.page("status.html", title=asking.language.say("status"), status=found, total=asking.library.count())
