"""Feeds: what RFC 4287 and jsonfeed.org ask for is there, ids stay, and no article breaks or scripts its reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from newsarchive.dates import SHANGHAI
from newsarchive.export import feeds
from newsarchive.export.formats import About
from newsarchive.export.record import Record
from tests.export.test_record import ROLLING, recorded

NOW = datetime(2022, 3, 5, tzinfo=SHANGHAI)
FIRST = recorded(ROLLING)
SECOND = replace(
    FIRST,
    name="NW202203041200000002",
    title='<b>"&\x08\ufffe😀',
    newspaper="",
    tag="",
    category="",
    digest="",
    link="",
    body='<p>ok</p><script>alert(1)</script><img src="x" onerror="alert(1)">]]>',
    date=FIRST.date - timedelta(hours=1),
)
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})")
TAG = re.compile(r"tag:[a-z.]+,\d{4}:[A-Za-z0-9/%=.]+")


def atom(*records: Record, selection: str = "") -> Any:
    out = BytesIO()
    feeds.write_atom(iter(records), out, About(selection, NOW))
    return etree.fromstring(out.getvalue())


def jsonfeed(*records: Record) -> dict[str, Any]:
    out = BytesIO()
    feeds.write_json(iter(records), out, About("", NOW))
    feed: dict[str, Any] = json.loads(out.getvalue())
    return feed


def complaints(feed: Any) -> Iterator[str]:
    """Compare with what RFC 4287, section 4, says must be there, once, and in which form."""
    for holder in (feed, *feed.iterfind(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            if len(holder.findall(f"{ATOM}{name}")) != 1:
                yield f"{holder.tag} has not one {name}"
        if not TAG.fullmatch(holder.findtext(f"{ATOM}id")):
            yield f"{holder.findtext(f'{ATOM}id')!r} is no id"
        for name in ("updated", "published"):
            yield from (
                f"{one.text!r} is no date" for one in holder.iterfind(ATOM + name) if not MOMENT.fullmatch(one.text)
            )
        for link in holder.iterfind(f"{ATOM}link"):
            if not urlsplit(link.get("href")).netloc:
                yield f"{link.get('href')!r} is no absolute URL"
        if len(holder.findall(f"{ATOM}link[@rel='alternate']")) != 1:
            yield "there is not one alternate link"
    yield from complaints_of_entries(feed)


def complaints_of_entries(feed: Any) -> Iterator[str]:
    for entry in feed.iterfind(f"{ATOM}entry"):
        if not entry.findtext(f"{ATOM}author/{ATOM}name"):
            yield "an entry has no author"
        if any(not category.get("term") for category in entry.iterfind(f"{ATOM}category")):
            yield "a category has no term"
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iterfind(f"{ATOM}entry")]
    if len(set(ids)) != len(ids):
        yield "two entries have one id"


@pytest.mark.parametrize("records", [(), (FIRST,), (FIRST, SECOND)], ids=["empty", "one", "two"])
def test_an_atom_feed_has_what_the_standard_asks_for(records: tuple[Record, ...]) -> None:
    assert not list(complaints(atom(*records, selection="category=科技日报 words=a<b")))


def test_the_judge_of_atom_feeds_sees_what_is_missing() -> None:
    feed = atom(FIRST)
    feed.find(f"{ATOM}entry").remove(feed.find(f"{ATOM}entry/{ATOM}updated"))
    assert list(complaints(feed)) == [f"{ATOM}entry has not one updated"]


def test_an_entry_holds_the_article() -> None:
    entry = atom(FIRST).find(f"{ATOM}entry")
    said = {child.tag.removeprefix(ATOM): child.text for child in entry if child.text and child.text.strip()}
    assert said == {
        "title": "城北新桥今日通车",
        "id": "tag:finews.withounder.com,2021:202203041300000001",
        "published": "2022-03-04T09:10:11+08:00",
        "updated": "2022-03-04T09:10:11+08:00",
        "summary": "新桥通车，往返只要十分钟。",
        "content": FIRST.body,
    }
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "东财滚动"
    assert dict(entry.find(f"{ATOM}category").attrib) == {"term": "emnews", "label": "东财滚动新闻"}
    assert {link.get("rel"): link.get("href") for link in entry.iterfind(f"{ATOM}link")} == {
        "alternate": FIRST.url,
        "via": FIRST.link,
    }


def test_markup_in_a_title_is_text_and_what_xml_cannot_hold_is_replaced() -> None:
    assert atom(SECOND).findtext(f"{ATOM}entry/{ATOM}title") == '<b>"&\ufffd\ufffd😀'


def test_nothing_in_a_body_runs() -> None:
    shown = [atom(SECOND).findtext(f"{ATOM}entry/{ATOM}content"), jsonfeed(SECOND)["items"][0]["content_html"]]
    for html in shown:
        assert "<p>ok</p>" in html
        assert "script" not in html
        assert "onerror" not in html


def test_a_feed_is_as_new_as_its_newest_post_and_named_by_what_was_asked() -> None:
    assert atom(FIRST, SECOND).findtext(f"{ATOM}updated") == "2022-03-04T09:10:11+08:00"
    assert atom().findtext(f"{ATOM}updated") == "2022-03-05T00:00:00+08:00"
    one, other = (atom(selection=asked).findtext(f"{ATOM}id") for asked in ("category=a", "category=b"))
    assert one != other
    assert one == atom(FIRST, selection="category=a").findtext(f"{ATOM}id")


def test_a_json_feed_has_what_the_standard_asks_for() -> None:
    feed = jsonfeed(FIRST, SECOND)
    assert (feed["version"], feed["title"]) == ("https://jsonfeed.org/version/1.1", "newsarchive: all posts")
    assert feed["items"][0] == {
        "id": "tag:finews.withounder.com,2021:202203041300000001",
        "url": "https://finance.eastmoney.com/a/202203041300000001.html",
        "external_url": "http://finance.eastmoney.com/news/1353,202203041300000001.html",
        "title": "城北新桥今日通车",
        "summary": "新桥通车，往返只要十分钟。",
        "content_html": FIRST.body,
        "date_published": "2022-03-04T09:10:11+08:00",
        "authors": [{"name": "东财滚动"}],
        "tags": ["emnews", "东财滚动新闻"],
    }
    assert set(feed["items"][1]) == {"id", "url", "title", "content_html", "date_published"}


def test_an_empty_json_feed_is_json() -> None:
    assert jsonfeed()["items"] == []
