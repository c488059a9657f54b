"""The replica's publisher: lists by column, the rolling news, the article API; and the web archive of its mirror."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.publisher import COLUMNS, column_of
from newsarchive.replica.server import Replica

if TYPE_CHECKING:
    from tests.replica.conftest import Client

PIECES = [piece for piece in compose() if piece.rendered]
COLUMN = "/comm/web/getNewsByColumns?column={}&page_index={}&page_size=20"
FAST = "/comm/web/getFastNewsList?fastColumn=102&sortEnd={}&pageSize=20"


def data(client: Client, path: str) -> dict[str, Any]:
    answer = json.loads(client.get(path).body)
    found: dict[str, Any] = answer["data"]
    return found


def test_every_newspapers_article_is_in_one_column_newest_first(client: Client) -> None:
    listed: list[str] = []
    for column in COLUMNS:
        index, shown = 1, []
        while entries := data(client, COLUMN.format(column, index))["list"]:
            shown += entries
            index += 1
        assert [entry["showTime"] for entry in shown] == sorted((e["showTime"] for e in shown), reverse=True)
        assert {column_of(entry["mediaName"]) for entry in shown} == {column}
        listed += (entry["code"] for entry in shown)
    assert sorted(listed) == sorted(piece.number for piece in PIECES if not piece.rolling)


def test_the_rolling_news_goes_on_from_where_a_page_ended(client: Client) -> None:
    listed, after = [], ""
    while entries := (page := data(client, FAST.format(after)))["fastNewsList"]:
        listed += entries
        after = page["sortEnd"]
    assert sorted(entry["code"] for entry in listed) == sorted(piece.number for piece in PIECES if piece.rolling)
    assert all(entry["summary"].startswith(f"【{entry['title']}】") for entry in listed)


def test_the_api_gives_an_article_and_null_for_what_it_does_not_know(client: Client) -> None:
    piece = next(piece for piece in PIECES if not piece.oddity)
    found = data(client, f"/kuaixun/v2/api/article/{piece.number}?guid=x")
    assert (found["Art_Title"], found["Art_Content"]) == (piece.title, piece.content)
    assert json.loads(client.get("/kuaixun/v2/api/article/202203010000000000").body)["data"] is None


def test_what_is_not_published_yet_is_in_no_list(replica: Replica, client: Client) -> None:
    replica.now = NOW - timedelta(days=1)
    newest = data(client, FAST.format(""))["fastNewsList"][0]
    assert newest["showTime"] <= "2022-03-02 20:00:00"
    hidden = max(PIECES, key=lambda piece: piece.published)
    assert json.loads(client.get(f"/kuaixun/v2/api/article/{hidden.number}").body)["data"] is None


def test_the_web_archive_keeps_what_the_mirror_shows_no_more(replica: Replica, client: Client) -> None:
    index = "/cdx/search/cdx?url=finews.withounder.com/*&from=20220303&to=20220303&output=json"
    assert json.loads(client.get(index).body) == []
    replica.keep_copies()
    page = replica.site.url(replica.site.posts[0])
    shown = client.get(page).body
    replica.now = NOW + timedelta(days=30)
    fields, *rows = json.loads(client.get(index).body)
    assert fields[:3] == ["urlkey", "timestamp", "original"]
    assert f"https://finews.withounder.com{page}" in {row[2] for row in rows}
    assert client.get(f"/web/20220303120000id_/https://finews.withounder.com{page}").body == shown
    assert client.get(f"/web/20220304120000id_/https://finews.withounder.com{page}").status == 404
    assert json.loads(client.get(index.replace("20220303", "20220304")).body) == []
