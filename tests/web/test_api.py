"""The JSON is what its description says, and the description says all there is."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from newsarchive.web.app import ROUTES
from newsarchive.web.openapi import DESCRIPTION
from tests.web.conftest import Names

KINDS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Say where a value is not what a schema says; as much of JSON Schema as the description uses."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return faults(value, DESCRIPTION["components"]["schemas"][name], at)
    if "anyOf" in schema:
        found = [faults(value, one, at) for one in schema["anyOf"]]
        return [] if [] in found else found[0]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(type(value) is KINDS[kind] for kind in kinds):
        return [f"{at} is {type(value).__name__}, not {kinds}"]
    found = []
    if isinstance(value, dict) and "properties" in schema:
        found += [f"{at}.{key} is missing" for key in schema["required"] if key not in value]
        found += [f"{at}.{key} is not described" for key in value if key not in schema["properties"]]
        for key, inner in schema["properties"].items():
            found += faults(value[key], inner, f"{at}.{key}") if key in value else []
    if isinstance(value, list) and "items" in schema:
        found += [fault for n, one in enumerate(value) for fault in faults(one, schema["items"], f"{at}[{n}]")]
    if schema.get("format") == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        found.append(f"{at} is no day: {value!r}")
    return found


def described(path: str, status: int) -> dict[str, Any]:
    schema: dict[str, Any] = DESCRIPTION["paths"][path]["get"]["responses"][str(status)]["content"]["application/json"][
        "schema"
    ]
    return schema


def test_the_description_is_served_and_names_every_address() -> None:
    ours = {path for path, _ in ROUTES if path.startswith("/api/")}
    assert set(DESCRIPTION["paths"]) == ours - {"/api/openapi.json", "/api/{rest:path}"}
    for path, item in DESCRIPTION["paths"].items():
        named = {one["name"] for one in item["get"]["parameters"] if one["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))


def test_it_is_openapi(web: httpx.Client, site: str) -> None:
    found = web.get("/api/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert found["servers"] == [{"url": site.rstrip("/")}]
    assert found["paths"] == DESCRIPTION["paths"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/articles", "limit=100"),
        ("/api/articles", "category=emnews&since=2022-03-02&limit=3"),
        ("/api/search", "q=公司 -研发"),
        ("/api/search", "q=没有这样的词"),
        ("/api/days", ""),
        ("/api/days", "category=emnews&since=2022-03-02"),
        ("/api/categories", ""),
        ("/api/status", ""),
    ],
)
def test_an_answer_is_as_described(web: httpx.Client, path: str, query: str) -> None:
    answer = web.get(f"{path}?{query}")
    assert answer.status_code == 200
    assert faults(answer.json(), described(path, 200)) == []


def test_an_article_is_as_described(web: httpx.Client, names: Names) -> None:
    for name in (names.edited, names.pictured, names.rolling, names.hostile):
        assert faults(web.get(f"/api/articles/{name}").json(), described("/api/articles/{name}", 200)) == []


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/api/articles", "/api/articles?limit=no", 400),
        ("/api/articles", "/api/articles?before=no", 400),
        ("/api/articles/{name}", "/api/articles/NW202203029999999990", 404),
        ("/api/search", "/api/search?q=(", 400),
        ("/api/days", "/api/days?since=no", 400),
    ],
)
def test_an_error_is_as_described(web: httpx.Client, path: str, asked: str, status: int) -> None:
    answer = web.get(asked)
    assert answer.status_code == status
    assert faults(answer.json(), described(path, status)) == []


def test_filters_confine_what_is_given(web: httpx.Client) -> None:
    everything = web.get("/api/articles?limit=100").json()["articles"]
    rolling = web.get("/api/articles?limit=100&category=emnews").json()["articles"]
    assert [one["name"] for one in rolling] == [one["name"] for one in everything if one["category"] == "emnews"][
        : len(rolling)
    ]
    assert {one["day"] for one in web.get("/api/articles?until=2022-03-01").json()["articles"]} == {"2022-03-01"}
    paper = next(one["newspaper"] for one in everything if not one["rolling"])
    assert {one["newspaper"] for one in web.get(f"/api/articles?newspaper={paper}").json()["articles"]} == {paper}


def test_marks_are_places_in_the_texts_they_belong_to(web: httpx.Client) -> None:
    hits = web.get("/api/search", params={"q": "公司"}).json()["hits"]
    assert hits
    for hit in hits:
        for field in ("title", "snippet"):
            assert all(hit[field][begin:end] == "公司" for begin, end in hit["marks"][field])
