"""Which posts the mirror has at a moment, and in which of its lists."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from newsarchive.replica import pages
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.site import Site

PIECES = compose()
SITE = Site(tuple(PIECES), NOW)


def links(content: bytes) -> list[str]:
    return re.findall(r'<li><a href="([^"]*)"', content.decode())


def test_the_home_page_has_every_tag_with_its_five_newest() -> None:
    home = pages.home(SITE).decode()
    sections = dict(re.findall(r'<h2 id="[^"]*">([^<]*)</h2>\n<ul>(.*?)</ul>', home, re.DOTALL))

    assert sections.keys() == SITE.tags.keys()
    for tag, section in sections.items():
        newest = sorted((piece for piece in SITE.tags[tag]), key=lambda piece: piece.shown, reverse=True)[:5]
        assert re.findall(r'href="([^"]*)"', section) == [SITE.url(piece) for piece in newest], tag


def test_a_category_page_has_all_of_them_newest_first() -> None:
    content = pages.page(SITE, "/category/zhengquanshibao.html")
    expected = [SITE.url(piece) for piece in reversed(PIECES) if piece.category == "zhengquanshibao"]

    assert content is not None
    assert links(content) == expected
    assert len(expected) == 12


def test_the_rolling_page_has_the_twenty_newest() -> None:
    rolling = sorted((piece for piece in SITE.posts if piece.category == "emnews" and not piece.bare), key=SITE.date)

    assert links(pages.rolling(SITE)) == [SITE.url(piece) for piece in reversed(rolling[-20:])]


def test_the_feed_has_the_ten_newest() -> None:
    feed = pages.feed(SITE).decode()

    assert feed.count("<entry>") == 10
    assert feed.startswith('<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"')


def test_after_three_days_an_article_is_gone_from_pages_and_lists() -> None:
    piece = next(piece for piece in PIECES if piece.newspaper == "科技日报")
    path = SITE.url(piece)
    last = Site(tuple(PIECES), piece.published + timedelta(days=3, seconds=-1))
    gone = Site(tuple(PIECES), piece.published + timedelta(days=3))

    assert pages.page(last, path) is not None
    assert pages.page(gone, path) is None
    assert piece.code in pages.home(last).decode()
    assert piece.code not in pages.home(gone).decode()


def test_what_is_not_published_yet_is_not_there() -> None:
    piece = PIECES[-1]
    before = Site(tuple(PIECES), piece.published - timedelta(seconds=1))

    assert pages.page(before, SITE.url(piece)) is None
    assert pages.page(Site(tuple(PIECES), piece.published), SITE.url(piece)) is not None


def test_a_category_page_outlives_its_articles() -> None:
    later = Site(tuple(PIECES), NOW + timedelta(days=9))
    content = pages.page(later, "/category/kejiribao.html")

    assert content is not None
    assert links(content) == []
    assert later.posts == ()


def test_a_page_is_only_under_its_own_address() -> None:
    piece = next(piece for piece in PIECES if piece.newspaper == "科技日报")

    assert pages.page(SITE, f"/emnews/{piece.published:%Y/%m/%d}/{piece.code}.html") is None
    assert pages.page(SITE, "/category/keji.html") is None
    assert pages.page(SITE, "/../kejiribao.html") is None


def test_an_address_is_percent_encoded_where_it_must_be() -> None:
    piece = replace(PIECES[0], newspaper="〇·报", number="202203012340710499", oddity="")
    site = Site((piece,), NOW)

    assert site.url(piece).isascii()
    assert pages.page(site, "/" + piece.category + f"/{piece.published:%Y/%m/%d}/{piece.code}.html") is not None
