"""The same for programs: JSON below ``/api/``, described by ``/api/openapi.json`` (`newsarchive.web.openapi`)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsarchive import body, statusjson
from newsarchive.archive.ledgerrows import stamp
from newsarchive.archive.ledgershown import Provenance
from newsarchive.article import Refused
from newsarchive.search import LIMIT
from newsarchive.search.reader import Document, Filters, Hit
from newsarchive.web.articles import body_of, name_of, source_of
from newsarchive.web.asking import JSON, Asking, reason
from newsarchive.web.library import NotKeptError, wall
from newsarchive.web.openapi import DESCRIPTION

_FRESH = {"Cache-Control": "no-cache"}


def articles(asking: Asking) -> Response:
    """List articles, newest first."""
    try:
        page = asking.library.index.recent(_filters(asking), before=asking.before(), limit=asking.limit(LIMIT))
    except Refused as error:
        raise HTTPException(400, reason(error)) from error
    return _json({"articles": [_document(hit.document) for hit in page.hits], "next": page.next})


def article(asking: Asking) -> Response:
    """Give an article with its text, its versions and where it came from."""
    name = name_of(asking)
    library = asking.library
    document = library.index.document(str(name))
    if document is None:
        raise HTTPException(404, f"{name} is not archived")
    try:
        post = library.read(document.post, name)
    except NotKeptError as error:
        raise HTTPException(404, str(error)) from error
    kept = library.provenance(name)
    return _json(
        {
            **_document(document),
            "source": source_of(document.link, name),
            "digest": post.digest,
            "text": library.index.text(document.name) or body.plain_text(post.body),
            "html": body_of(asking, post, base=asking.base),
            "post_sha256": document.post_sha256,
            "versions": [statusjson.version(version) for version in library.versions(document)],
            "provenance": _provenance(kept) if kept else None,
        }
    )


def search(asking: Asking) -> Response:
    """Find articles."""
    try:
        query = asking.query()
        if query is None:
            raise HTTPException(400, "q is missing: what to search for")
        page = asking.library.index.search(query, _filters(asking), before=asking.before(), limit=asking.limit(LIMIT))
    except Refused as error:
        raise HTTPException(400, reason(error)) from error
    return _json({"query": query.text, "hits": [_hit(hit) for hit in page.hits], "next": page.next})


def days(asking: Asking) -> Response:
    """Count the articles of each day."""
    filters, library = asking.filters(), asking.library
    counts = Counter(library.days() if not filters.categories else {})
    for category in filters.categories:
        counts.update(library.days_of(category))
    first, last = str(filters.since or ""), str(filters.until or "9999")
    return _json(
        {"days": [{"day": day, "count": counts[day]} for day in sorted(counts) if first <= day <= last]},
    )


def categories(asking: Asking) -> Response:
    """List the newspapers with their categories."""
    return _json(
        {
            "categories": [
                {"category": one.category, "newspaper": one.newspaper, "count": one.count, "newest": one.newest}
                for one in asking.library.categories()
            ]
        }
    )


def status(asking: Asking) -> Response:
    """Tell how the archive stands; `scrapy status --json` says more."""
    try:
        found = statusjson.as_json(asking.library.status())
    except NotKeptError as error:
        raise HTTPException(503, str(error)) from error
    said = ("now", "exit_code", "reasons", "articles", "nearest_deadline", "runs", "lists_due")
    return _json({"indexed": asking.library.count(), **{key: found[key] for key in said}})


def openapi(asking: Asking) -> Response:
    """Give the description."""
    return _json({**DESCRIPTION, "servers": [{"url": asking.base}]})


def nothing(_: Asking) -> Response:
    """Say what there is, to those who ask for something else."""
    raise HTTPException(404, "there is no such address; /api/openapi.json describes those there are")


def _json(values: dict[str, Any]) -> Response:
    return JSON(values, headers=_FRESH)


def _filters(asking: Asking) -> Filters:
    newspaper = asking.given("newspaper")
    filters = asking.filters()
    return Filters(
        since=filters.since,
        until=filters.until,
        categories=filters.categories,
        newspapers=(newspaper,) if newspaper else (),
    )


def _document(document: Document) -> dict[str, Any]:
    return {
        "name": document.name,
        "title": document.title,
        "published": wall(document.published).isoformat(),
        "day": document.day,
        "category": document.category,
        "newspaper": document.newspaper,
        "rolling": document.rolling,
        "length": document.length,
        "post": document.post,
        "url": f"/article/{document.name}",
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        **_document(hit.document),
        "snippet": hit.snippet.text,
        "marks": {"title": list(map(list, hit.title.spans)), "snippet": list(map(list, hit.snippet.spans))},
    }


def _provenance(kept: Provenance) -> dict[str, Any]:
    return {
        "state": kept.state.value,
        "first_seen": stamp(kept.first_seen),
        "looked": stamp(kept.looked) if kept.looked else None,
        "deadline": stamp(kept.deadline),
        "origin": kept.origin or None,
        "capture": kept.capture or None,
        "capture_sha256": kept.capture_sha256 or None,
    }
