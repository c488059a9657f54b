"""A flash that is only in the list: near its deadline its digest alone is a post, until a text is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsarchive import post
from newsarchive.replica.compose import NOW
from tests.conftest import Crawl
from tests.serving import pages

NUMBER = "202203030000000001"
SAID = "今年第9号台风登陆福建晋江沿海。"
API = f"/kuaixun/v2/api/article/{NUMBER}?guid={NUMBER}"
LIST = "/comm/web/getFastNewsList?client=web&biz=web_724&fastColumn=102&sortEnd=&pageSize=200&req_trace=newsarchive"
PAGE = f"https://finews.withounder.com/emnews/2022/03/03/{NUMBER}.html"
LINK = f"https://finance.eastmoney.com/a/{NUMBER}.html"


def flash_list(**fields: Any) -> str:
    flash = {"code": NUMBER, "title": "台风登陆", "summary": f"【台风登陆】{SAID}", "showTime": "2022-03-03 09:10:11"}
    older = {"code": "202202270000000001", "title": "旧", "summary": "【旧】旧。", "showTime": "2022-02-27 09:00:00"}
    return json.dumps({"code": "1", "data": {"fastNewsList": [{**flash, **fields}, older], "sortEnd": "1"}})


def api(text: str) -> str:
    said = {"Art_Title": "台风登陆", "Art_ShowTime": "2022/03/03 09:10:11", "Art_Media_Name": "", "Art_Content": text}
    return json.dumps({"data": said})


def test_a_flash_without_a_text_anywhere_is_its_digest_near_its_deadline(
    new_crawl: Callable[[str, Path], Crawl], tmp_path: Path
) -> None:
    served = {LIST: flash_list(), API: api(""), f"/NewsData/GetNewsText.do?id=NW{NUMBER}": "{}"}
    path = f"_posts/2022/03/2022-03-03-{NUMBER}.md"

    def run(hours: float) -> int:
        moment = (NOW + timedelta(hours=hours)).isoformat()
        return crawl("eastmoney", "columns=fast:102", "since=2022-03-02", NEWSARCHIVE_CLOCK=moment).code

    with pages(served) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        assert run(0) == 3, "until then a text may come"
        assert crawl.posts() == {}
        run(48)  # the deadline is the end of the third day
        assert crawl.posts().keys() == {path}
        content = crawl.posts()[path]
        alone = post.read(content, Path(path).name)
        assert (alone.title, alone.digest, alone.body) == ("台风登陆", SAID, "")
        assert (alone.date, alone.tags, alone.link) == ("2022-03-03 09:10:11 +0800", "东财滚动新闻", LINK)
        checked = crawl.rebuild("--check")
        assert checked.code == 0, checked

        served |= {API: api(f"<p>　　{SAID}</p>"), LIST: flash_list()}
        served[f"/NewsData/GetNewsText.do?id=NW{NUMBER}"] = json.dumps(
            {"Id": f"NW{NUMBER}", "Title": "台风登陆", "Date": "2022-03-03 09:10:11", "content": f"<p>　　{SAID}</p>"}
        )
        assert crawl("newsshare", f"url={PAGE}").code == 0
        better = post.read(crawl.posts()[path], Path(path).name)
        assert (better.digest, better.body) == (SAID, f"<p>{SAID}</p>"), "a road that has the text replaces it"
        kept = [found.read_bytes() for found in (tmp_path / "archive" / "revisions").rglob("*.md")]
        assert kept == [content]
        checked = crawl.rebuild("--check")
        assert checked.code == 0, checked


@pytest.mark.parametrize("notice", ["请登录后查看", "访问验证", "系统维护中，请稍后再试"])
def test_a_notice_in_the_place_of_a_digest_is_never_a_post(
    notice: str, new_crawl: Callable[[str, Path], Crawl], tmp_path: Path
) -> None:
    served = {LIST: flash_list(summary=notice), API: api(""), f"/NewsData/GetNewsText.do?id=NW{NUMBER}": "{}"}
    with pages(served) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        late = (NOW + timedelta(hours=48)).isoformat()
        assert crawl("eastmoney", "columns=fast:102", "since=2022-03-02", NEWSARCHIVE_CLOCK=late).code == 3
        assert crawl.posts() == {}
        served |= {LIST: flash_list()}
        crawl("eastmoney", "columns=fast:102", "since=2022-03-02", NEWSARCHIVE_CLOCK=late)
    checked = crawl.rebuild("--check")
    assert checked.code == 0, checked
