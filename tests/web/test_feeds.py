"""Feeds and maps are what their formats say, and hold what was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest
from lxml import etree

from tests.web.conftest import Names

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def feed(web: httpx.Client, address: str) -> Any:
    answer = web.get(address)
    assert answer.headers["content-type"] == "application/atom+xml"
    return etree.fromstring(answer.content)


@pytest.mark.parametrize("query", ["", "?category=emnews", "?q=公司", "?q=公司&category=kejiribao", "?q=没有这样的词"])
def test_an_atom_feed_has_what_the_format_demands(web: httpx.Client, site: str, query: str) -> None:
    root = feed(web, f"/feed.xml{query}")
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert root.findtext(f"{ATOM}{name}")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"].startswith(f"{site}feed.xml")
    assert web.get(links["alternate"]).status_code == 200
    entries = root.findall(f"{ATOM}entry")
    assert bool(entries) is ("没有" not in query)
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    times = [datetime.fromisoformat(entry.findtext(f"{ATOM}updated")) for entry in entries]
    assert times == sorted(times, reverse=True)
    for entry in entries:
        assert entry.findtext(f"{ATOM}title")
        assert entry.find(f"{ATOM}author").findtext(f"{ATOM}name")
        assert entry.find(f"{ATOM}content").get("type") == "html"
    if entries:
        assert root.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")


def test_an_entry_keeps_its_id_and_leads_here_and_to_the_source(web: httpx.Client, site: str, names: Names) -> None:
    root = feed(web, "/feed.xml?limit=100&category=emnews")
    (entry,) = [one for one in root.findall(f"{ATOM}entry") if one.findtext(f"{ATOM}id").endswith(f":{names.rolling}")]
    assert entry.findtext(f"{ATOM}id") == f"tag:finews.withounder.com,2021:{names.rolling}"
    links = {link.get("rel"): link.get("href") for link in entry.findall(f"{ATOM}link")}
    assert links["alternate"] == f"{site}article/{names.rolling}"
    assert "eastmoney.com" in links["via"]
    assert entry.findtext(f"{ATOM}summary")


def test_a_json_feed_is_one(web: httpx.Client, site: str, names: Names) -> None:
    answer = web.get("/feed.json?limit=100")
    assert answer.headers["content-type"] == "application/feed+json"
    found = answer.json()
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["feed_url"] == f"{site}feed.json?limit=100"
    assert len({item["id"] for item in found["items"]}) == len(found["items"]) > 50
    hostile = next(item for item in found["items"] if item["url"].endswith(names.hostile))
    assert "<script" not in hostile["content_html"]
    assert "<img" not in hostile["content_html"]
    pictured = next(item for item in found["items"] if item["url"].endswith(names.pictured))
    assert f'src="{site}picture/' in pictured["content_html"]
    assert datetime.fromisoformat(pictured["date_published"]).tzinfo is not None


def test_the_maps_list_every_article_once(web: httpx.Client, site: str) -> None:
    index = etree.fromstring(web.get("/sitemap.xml").content)
    found: list[str] = []
    for address in index.iterfind(f"{MAP}sitemap/{MAP}loc"):
        month = etree.fromstring(web.get(address.text).content)
        found += [one.text for one in month.iterfind(f"{MAP}url/{MAP}loc")]
    total = sum(day["count"] for day in web.get("/api/days").json()["days"])
    assert len(found) == len(set(found)) == total
    assert all(one.startswith(f"{site}article/") for one in found)
    assert f"Sitemap: {site}sitemap.xml" in web.get("/robots.txt").text
