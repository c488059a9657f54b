"""What ``/api/`` answers, as OpenAPI 3.1 describes it; a test compares it with what is answered."""

from __future__ import annotations

from typing import Any

import newsarchive

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_NUMBER: Schema = {"type": "integer"}
_YES_NO: Schema = {"type": "boolean"}
_DAY: Schema = {"type": "string", "format": "date"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_OBJECT: Schema = {"type": "object"}


def _object(**properties: Schema) -> Schema:
    """Give an object all of whose properties are there, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _of(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_DOCUMENT: dict[str, Schema] = {
    "name": {**_TEXT, "description": "NW2022…, or the bare number of rolling news"},
    "title": _TEXT,
    "published": _MOMENT,
    "day": {**_DAY, "description": "in Asia/Shanghai"},
    "category": _TEXT,
    "newspaper": _TEXT,
    "rolling": _YES_NO,
    "length": {**_NUMBER, "description": "characters of its text"},
    "post": {**_TEXT, "description": "the file, relative to the archive"},
    "url": {**_TEXT, "description": "its page here"},
}
_SPANS = _list(_list(_NUMBER))
_NEXT: Schema = {**_MAYBE, "description": "to be given as `before` for the next page; null on the last"}
_COUNTS = _object(pending=_NUMBER, captured=_NUMBER, failed=_NUMBER, expired=_NUMBER, gone=_NUMBER)

_SCHEMAS: dict[str, Schema] = {
    "Document": _object(**_DOCUMENT),
    "Version": _object(stamp=_TEXT, until=_MAYBE, path=_TEXT),
    "Provenance": _object(
        state=_TEXT,
        first_seen=_MOMENT,
        looked=_MAYBE,
        deadline=_MOMENT,
        origin=_MAYBE,
        capture={**_MAYBE, "description": "file#offset of the answer its text was taken from"},
        capture_sha256=_MAYBE,
    ),
    "Article": _object(
        **_DOCUMENT,
        source=_TEXT,
        digest=_TEXT,
        text=_TEXT,
        html={**_TEXT, "description": "the body, clean; pictures come from this server"},
        post_sha256=_TEXT,
        versions=_list(_of("Version")),
        provenance={"anyOf": [_of("Provenance"), {"type": "null"}]},
    ),
    "Hit": _object(**_DOCUMENT, snippet=_TEXT, marks=_object(title=_SPANS, snippet=_SPANS)),
    "Articles": _object(articles=_list(_of("Document")), next=_NEXT),
    "Hits": _object(query=_TEXT, hits=_list(_of("Hit")), next=_NEXT),
    "Days": _object(days=_list(_object(day=_DAY, count=_NUMBER))),
    "Categories": _object(categories=_list(_object(category=_TEXT, newspaper=_TEXT, count=_NUMBER, newest=_DAY))),
    "Status": _object(
        indexed=_NUMBER,
        now=_MOMENT,
        exit_code=_NUMBER,
        reasons=_list(_TEXT),
        articles=_COUNTS,
        nearest_deadline=_MAYBE,
        runs=_OBJECT,
        lists_due=_list(_OBJECT),
    ),
    "Error": _object(error=_object(status=_NUMBER, message=_TEXT)),
}


def _parameter(name: str, schema: Schema, description: str, *, required: bool = False, where: str = "query") -> Schema:
    return {"name": name, "in": where, "required": required, "schema": schema, "description": description}


_SINCE = _parameter("since", _DAY, "published on this day or later, Asia/Shanghai")
_UNTIL = _parameter("until", _DAY, "published on this day or earlier")
_CATEGORY = _parameter("category", _TEXT, "of this category")
_FILTERS = [
    _SINCE,
    _UNTIL,
    _CATEGORY,
    _parameter("newspaper", _TEXT, "of this newspaper"),
    _parameter("before", _TEXT, "the cursor a page gave as `next`"),
    _parameter("limit", {**_NUMBER, "minimum": 1, "maximum": 100, "default": 20}, "how many at most"),
]


def _get(summary: str, answer: str, parameters: list[Schema], *errors: int) -> Schema:
    responses: Schema = {"200": {"description": "found", "content": {"application/json": {"schema": _of(answer)}}}}
    for status in errors:
        responses[str(status)] = {
            "description": {400: "this cannot be meant", 404: "not archived", 503: "cannot be read now"}[status],
            "content": {"application/json": {"schema": _of("Error")}},
        }
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}


DESCRIPTION: Schema = {
    "openapi": "3.1.0",
    "info": {
        "title": "newsarchive",
        "version": newsarchive.__version__,
        "summary": "An archive of a vanishing news feed, for reading.",
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "paths": {
        "/api/articles": _get("List articles, newest first", "Articles", _FILTERS, 400, 503),
        "/api/articles/{name}": _get(
            "Give an article, its versions and where it came from",
            "Article",
            [_parameter("name", _TEXT, "its name", required=True, where="path")],
            404,
            503,
        ),
        "/api/search": _get(
            "Find articles, newest first",
            "Hits",
            [_parameter("q", _TEXT, 'words, "phrases", OR, -not', required=True), *_FILTERS],
            400,
            503,
        ),
        "/api/days": _get("Count the articles of each day", "Days", [_SINCE, _UNTIL, _CATEGORY], 400, 503),
        "/api/categories": _get("List newspapers with their categories", "Categories", [], 503),
        "/api/status": _get("Tell how the archive stands", "Status", [], 503),
    },
    "components": {"schemas": _SCHEMAS},
}
