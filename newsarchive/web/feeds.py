"""Feeds of what is new: of everything, of a category, of a search. Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsarchive.article import Name, Refused
from newsarchive.escaping import xml_text
from newsarchive.export.feeds import TAG
from newsarchive.search.reader import Document
from newsarchive.web.articles import body_of, source_of
from newsarchive.web.asking import JSON, TEMPLATES, Asking, reason
from newsarchive.web.library import NotKeptError, wall

_ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a feed."""

    document: Document
    id: str
    url: str
    via: str
    html: str
    digest: str


def atom(asking: Asking) -> Response:
    """Give an Atom feed."""
    title, home = _about(asking)
    entries = _entries(asking)
    updated = entries[0].document.published if entries else datetime(2021, 1, 1, tzinfo=UTC)
    text = TEMPLATES.get_template("feed.xml").render(
        title=title,
        home=home,
        own=str(asking.request.url),
        id=f"{TAG}feed?{asking.request.url.query}",
        updated=wall(updated).isoformat(),
        entries=entries,
        language=asking.language.tag,
    )
    return Response(xml_text(text), media_type="application/atom+xml", headers=_FRESH)


def json(asking: Asking) -> Response:
    """Give a JSON Feed."""
    title, home = _about(asking)
    return JSON(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": home,
            "feed_url": str(asking.request.url),
            "language": "zh-CN",
            "items": [_item(entry) for entry in _entries(asking)],
        },
        media_type="application/feed+json",
        headers=_FRESH,
    )


_FRESH = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}


def _about(asking: Asking) -> tuple[str, str]:
    """Give a feed's title, and the page it is the feed of."""
    say, url = asking.language.say, asking.language.url
    text, category = asking.given("q"), asking.given("category")
    if text:
        return f"{say('site')}: {text}", asking.base + url("/search", q=text, category=category)
    if category:
        found = asking.library.categories_like(category)
        if not found:
            raise HTTPException(404)
        if len(found) > 1:
            return f"{say('site')}: {category}", asking.base + url("/papers")
        newspaper = asking.library.newspapers_of(found[0])[0]
        return f"{say('site')}: {newspaper or category}", asking.base + url(f"/category/{found[0]}")
    return say("site"), asking.base + url("/")


def _entries(asking: Asking) -> list[Entry]:
    try:
        query, filters, limit = asking.query(), asking.filters(), asking.limit(_ENTRIES)
        filters = replace(filters, until=filters.until or asking.library.last_day)
        index = asking.library.index
        page = index.search(query, filters, limit=limit) if query else index.recent(filters, limit=limit)
    except Refused as error:
        raise HTTPException(400, reason(error)) from error
    return [entry for hit in page.hits if (entry := _entry(asking, hit.document)) is not None]


def _entry(asking: Asking, document: Document) -> Entry | None:
    name = Name.parse(document.name)
    try:
        post = asking.library.read(document.post, name)
    except NotKeptError:
        return None  # scrapy verify says more; a feed shows what is there
    return Entry(
        document=document,
        id=f"{TAG}{document.name}",
        url=f"{asking.base}/article/{document.name}",
        via=source_of(document.link, name),
        html=body_of(asking, post, base=asking.base),
        digest=post.digest,
    )


def _item(entry: Entry) -> dict[str, Any]:
    document = entry.document
    item = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.via,
        "title": document.title,
        "summary": entry.digest,
        "content_html": entry.html,
        "date_published": wall(document.published).isoformat(),
        "authors": [{"name": document.newspaper}] if document.newspaper else [],
        "tags": [document.category] if document.category else [],
    }
    return {key: value for key, value in item.items() if value or key == "content_html"}
