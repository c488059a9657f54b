"""Flashes and notices on every road a text can come by: what has title and time is read, a notice never."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from newsarchive import post
from newsarchive.article import Article, Name
from newsarchive.source import share
from newsarchive.source.article_api import article_answer
from newsarchive.source.article_page import article_page
from newsarchive.source.old_post import old_post
from newsarchive.source.page import post_page
from newsarchive.source.understanding import NotUnderstoodError
from tests.notices import FLASHES, WALLS

NAME = Name("202203030000000001")
OTHER = "202203030000000002"
TITLE, TIME = "城北新桥今日通车", "2022-03-03 09:10:11"
Make = Callable[[str], bytes]


def share_json(text: str) -> bytes:
    said = {"Id": NAME.code, "Title": TITLE, "Date": TIME, "From": "科技日报", "text": f"<p>{text}</p>"}
    return json.dumps(said).encode()


def rich_json(text: str) -> bytes:
    return json.dumps({"newsid": NAME.number, "Title": TITLE, "Date": TIME, "content": f"<p>{text}</p>"}).encode()


def share_page(text: str) -> bytes:
    return f'<h1>{TITLE}</h1><p class="time">{TIME}</p><div id="content"><p>{text}</p></div>'.encode()


def own_page(text: str) -> bytes:
    infos = '<div class="infos"><div>2022年03月03日 09:10</div><div>来源：科技日报</div></div>'
    return f'<div class="title">{TITLE}</div>{infos}<div id="ContentBody"><p>{text}</p></div>'.encode()


def api(text: str) -> bytes:
    said = {"Art_Title": TITLE, "Art_ShowTime": TIME, "Art_Media_Name": "科技日报", "Art_Content": f"<p>{text}</p>"}
    return json.dumps({"data": said}).encode()


def mirror_page(text: str) -> bytes:
    foot = "<small>tags: <em>科技日报新闻</em></small>"
    return f"<section><small>{TIME}</small><h1>{TITLE}</h1><p>{text}</p>{foot}</section>".encode()


def store(text: str) -> bytes:
    said = {"title": TITLE, "date": f"{TIME} +0800", "category": "kejiribao", "tag": "科技日报新闻"}
    return post.render(Article(name=NAME, **said, body=f"<p>{text}</p>", link=""))


ROADS: dict[str, tuple[Make, Callable[[bytes], str]]] = {
    "share-json text": (share_json, lambda content: share.answer(content, NAME).text),
    "share-json content": (rich_json, lambda content: share.answer(content, NAME).content),
    "share-page": (share_page, lambda content: share.page(content, NAME).text),
    "article-page": (own_page, lambda content: article_page(content, NAME).content),
    "article-api": (api, lambda content: article_answer(content, NAME).content),
    "mirror-page": (mirror_page, lambda content: post_page(content, rolling=False, name=NAME).body),
    "old-post": (store, lambda content: old_post(content, f"2022-03-03-{NAME}.md").body),
}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("flash", FLASHES)
def test_a_flash_is_read_by_every_road(flash: str, road: str) -> None:
    make, read = ROADS[road]
    assert read(make(flash)) == f"<p>{flash}</p>"


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("wall", WALLS)
def test_a_notice_is_no_article_by_any_road(wall: str, road: str) -> None:
    make, read = ROADS[road]
    with pytest.raises(NotUnderstoodError, match=r"notice|another kind"):
        read(make(wall))


@pytest.mark.parametrize(
    ("page", "read"),
    [
        (share_page, share.page),
        (own_page, article_page),
        (mirror_page, lambda content, name: post_page(content, rolling=False, name=name)),
    ],
)
@pytest.mark.parametrize(
    "own",
    [
        f'<link rel="canonical" href="https://finance.eastmoney.com/a/{OTHER}.html">',
        f'<meta property="og:url" content="https://finews.withounder.com/kejiribao/2022/03/03/NW{OTHER}.html">',
        f'<link rel="canonical" href="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW{OTHER}">',
    ],
)
def test_a_page_with_another_articles_address_is_not_this_ones(
    own: str, page: Make, read: Callable[[bytes, Name], object]
) -> None:
    content = page("正文一段，桥通车了。")
    assert read(own.replace(OTHER, NAME.number).encode() + content, NAME)
    with pytest.raises(NotUnderstoodError, match=f"another article's .{OTHER}"):
        read(own.encode() + content, NAME)


def test_a_mirrors_page_with_another_articles_link_is_not_this_ones() -> None:
    link = f"http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW{OTHER}"
    foot = f'<p><a href="{link}">{link}</a></p>'
    with pytest.raises(NotUnderstoodError, match="another article's"):
        post_page(
            f"<section><small>{TIME}</small><h1>题</h1><p>文</p>{foot}</section>".encode(), rolling=False, name=NAME
        )


@pytest.mark.parametrize("wall", WALLS)
def test_a_wall_in_the_mirrors_layout_says_nothing_of_an_article(wall: str) -> None:
    with pytest.raises(NotUnderstoodError):
        post_page(f"<section><h1>{wall}</h1><p>{wall}</p></section>".encode(), rolling=False, name=NAME)
    with pytest.raises(NotUnderstoodError):
        article_answer(json.dumps({"data": {"Art_Title": "", "Art_ShowTime": "", "Art_Content": wall}}).encode(), NAME)
