"""For machines that walk the pages: robots.txt and the sitemap, an index with one map for each month."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from newsarchive.search.reader import Filters
from newsarchive.web.asking import TEMPLATES, Asking

_MOST = 50_000  # addresses in a map, by the protocol
_STEP = 1000
_LAST_DAY = 31


def robots(asking: Asking) -> Response:
    """Say what may be walked, and where the map is."""
    return PlainTextResponse(
        "User-agent: *\nDisallow: /api/\nDisallow: /search\nDisallow: /picture/\nDisallow: /article/*/served\n"
        f"Sitemap: {asking.base}/sitemap.xml\n"
    )


def index(asking: Asking) -> Response:
    """List the maps, one for each month, in parts where a month has more than a map may hold."""
    months: Counter[str] = Counter()
    for day, count in asking.library.days().items():
        months[day[:7]] += count
    maps = [
        f"{asking.base}/sitemap/{month}-{part}.xml"
        for month, count in sorted(months.items())
        for part in range(1, -(-count // _MOST) + 1)
    ]
    return _xml("sitemaps.xml", maps=maps)


def month(asking: Asking) -> Response:
    """List the articles of a month."""
    try:
        year, number, part = (int(piece) for piece in asking.given("month").split("-"))
        first = date(year, number, 1)
        last = (first + timedelta(days=_LAST_DAY)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise HTTPException(404) from error
    names: list[tuple[str, str]] = []
    before = None
    while len(names) < _MOST * part:
        page = asking.library.index.recent(Filters(since=first, until=last), before=before, limit=_STEP)
        names += [(hit.document.name, hit.document.day) for hit in page.hits]
        before = page.next
        if before is None:
            break
    shown = names[_MOST * (part - 1) : _MOST * part]
    if not shown or part < 1:
        raise HTTPException(404)
    return _xml("sitemap.xml", base=asking.base, names=shown)


def _xml(template: str, **values: object) -> Response:
    text = TEMPLATES.get_template(template).render(**values)
    return Response(text, media_type="application/xml", headers={"Cache-Control": "no-cache"})
