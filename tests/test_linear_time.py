"""No text takes more than its length in time: twice as long a text, at most somewhat more than twice the time.

Measured by ratio, in processor time, the best of several runs: a busy machine slows both alike.
"""

from __future__ import annotations

import contextlib
import gc
import json
import re
import time
from collections.abc import Callable

import pytest
import yaml

from newsarchive import body, bodycheck, frontmatter_handler, post, sentences
from newsarchive.article import Name, Refused
from newsarchive.export.record import folded
from newsarchive.search import folding, marking, query
from newsarchive.search.plaintext import text_of
from newsarchive.source import (
    article_api,
    article_page,
    digest,
    eastmoney,
    htmlpage,
    links,
    mirror,
    old_post,
    page,
    pictures,
    richform,
    share,
    understanding,
    wayback,
)
from newsarchive.web import bodyview

LENGTH = 12_000  # characters of the shorter text
MOST = 2.6
NOISE = 0.03  # seconds below which a clock tells nothing; the square of this length takes many times as much
NAME = Name.parse("NW202203011234567890")
FILE = "2022-03-01-NW202203011234567890.md"
QUESTION = eastmoney.Question(eastmoney.Column.parse("350"), 50)

FRAGMENTS = (
    *("<a ", "<a b=", '<a b="', '<a b="c" ', "<", "<<", "<!--", "<!-- ", "<!", "--", "<?", "<![CDATA[", "</", "</b>"),
    *("<script", "<script>", "</script", "<style>", "<pre", "<pre>", "<pre><code", "<pre><code>x", "<code ", "<code>"),
    *(
        "<p",
        "<p>",
        "<p> ",
        "<p>\u3000",
        '<p><a href="x">返回',
        '<p><a href="x">x</a>',
        "</p",
        "<br />\n",
        "<div",
        "<div>",
    ),
    *("<small>", "<small>tags:", "<em>", "<section", "<section>", "<section><h1>", "<section><h1>x</h1>", "<h1>"),
    *("<h1", "<h1>x</h1>", "<h2>", "<blockquote>", "<table>", "<tr><td>", "<ul><li>", "<ol><li>", "<li>", "</li>"),
    *('<span id="quote_1" ', '<span id="stock_1">', '<a class="keytip">', '<a class="toplink">', '<a class="toplink" '),
    *("<ins ", '<div class="ad">', '<div class="ad" ', '<p class="title">', "<!-- 文章主体 ", "<img ", '<img src="'),
    *("<link ", 'rel="canonical" ', ' id="ContentBody"', "<b>", "<b><p>", "<a><b>", "<i>x</b>", "<svg>", "<x"),
    *("&", "&#", "&#1", "&amp;", "&lt;", " ", "\t", "\n", "\r", "\u3000", " \n", "a", "a b ", "1", "12345678901234 "),
    *(
        "[",
        "](",
        "[返回",
        "[返回x](",
        "[返回x](y)",
        "[返回x](y)｜",
        "(",
        "{",
        "{{",
        '"',
        "'",
        "“",
        "“x",
        "…",
        "…x",
        "`",
    ),
    *("---\n", "title: ", "title: x\n", "- ", "[[", "{a: ", "? ", "*a ", "。", "！？", ". A", "3.", "来源：", "来源 "),
    *(
        "（文章来源：x）",
        "\u0301\u0327",
        "的",
        "的。",
        "javascript:",
        "a:b;",
        '<p style="a:b;">',
        "<font>",
        "\0",
        "台灣",
    ),
)


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")


def _post(title: str, text: str) -> bytes:
    head = f'---\nlayout: post\ntitle: "{title}"\ndate: 2022-03-01 10:00:00 +0800\ncategories: bao\ntags: 报新闻\n---\n'
    return _bytes(f"{head}{text}\n\n<http://a.example/>\n\n[返回报新闻](//finews.withounder.com/category/bao.html)")


def _list(text: str) -> bytes:
    entry = {"code": NAME.number, "title": text, "showTime": "2022-03-01 10:00:00", "mediaName": text, "url": text}
    return _bytes(json.dumps({"code": "1", "data": {"list": [entry]}}))


def _forgetting(read: Callable[[str], object]) -> Callable[[str], object]:
    def anew(text: str) -> None:
        body._tidied.cache_clear()
        read(text)

    return anew


READERS: dict[str, Callable[[str], object]] = {
    "home page": lambda text: mirror.home(_bytes(f"<section><h2>a</h2><ul>{text}</ul></section>")),
    "feed": lambda text: mirror.feed(_bytes(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>{text}')),
    "post's page": lambda text: page.post_page(_bytes(f"<section><h1>x</h1>{text}</section>"), rolling=False),
    "rolling page": lambda text: page.post_page(
        _bytes(f"<section><h1>x</h1><blockquote>{text}x</section>"), rolling=True
    ),
    "page without a section": lambda text: page.post_page(_bytes(f"{text}返回首页</a></p>"), rolling=False),
    "page with front matter": lambda text: page.post_page(
        _bytes(f"<hr />\n<p>layout: post\ntitle: x{text}x\n——</p>返回首页</a></p>"), rolling=False
    ),
    "page that opens": lambda text: page.post_page(_bytes(f"<section><h1>{text}"), rolling=False),
    "page's foot": lambda text: page.post_page(
        _bytes(f'<section><h1>x</h1>x<p><a href="/category/a.html">返回x</a>{text}x</section>'), rolling=False
    ),
    "digest": lambda text: digest.digest_line(text, "无关的话。" * (len(text) // 5)),
    "row of a digest": lambda text: digest.plain_text(f"<table><tbody><tr>{text}</tr></tbody></table>"),
    "publisher's page": lambda text: article_page.article_page(
        _bytes(
            '<html><div class="title">标题</div><div class="infos"><div>2022年03月01日 10:00</div></div>'
            f'<div id="ContentBody">正文{text}</div></html>'
        ),
        NAME,
    ),
    "publisher's page of 2017": lambda text: article_page.article_page(
        _bytes(f'{text}<div class="newsContent"><h1>标题</h1><div class="Info">2022年03月01日 10:00</div>{text}</div>'),
        NAME,
    ),
    "publisher's head": lambda text: article_page.article_page(_bytes(f"<html><link {text}><p>x"), NAME),
    "share answer": lambda text: share.answer(_bytes(json.dumps({"Id": NAME.code, "text": text})), NAME),
    "share page": lambda text: share.page(
        _bytes(f'<html><h1>x</h1><p class="info">2022-03-01 10:00</p><div id="ContentBody">{text}'), NAME
    ),
    "article API": lambda text: article_api.article_answer(
        _bytes(json.dumps({"data": {"Art_Title": text, "Art_ShowTime": text, "Art_Content": text}})), NAME
    ),
    "publisher's list": lambda text: eastmoney.page(_list(text), QUESTION),
    "web archive's index": lambda text: wayback.sightings(_bytes(text), "a.example"),
    "old post": lambda text: old_post.old_post(_post("x", text), FILE),
    "old post's title": lambda text: old_post.old_post(_post(text, "x"), FILE),
    "old post's front matter": lambda text: old_post.old_post(_bytes(f"---\n{text}\n---\nx"), FILE),
    "old post's foot": lambda text: old_post.old_post(
        _bytes(f"---\ntitle: t\ndate: 2022-03-01 10:00:00\n---\nx\n\n[返回x](y){text}"), FILE
    ),
    "imported post": lambda text: post.read(_post(text, text), FILE),
    "front matter": frontmatter_handler.load,
    "plain form": richform.plain,
    "text alone": lambda text: richform.text_alone(text, with_head=True),
    "inside": lambda text: htmlpage.inside(
        f'<div id="ContentBody">x</div><div {text}',
        htmlpage.soup_of('<div id="ContentBody">').div or pytest.fail("no element"),
    ),
    "what it looks like": understanding.looks_like,
    "link": lambda text: links.article_link(f"/{text}"),
    "asked link": lambda text: links.asked_link(f"http://a.example/{text}"),
    "pictures": pictures.picture_links,
    "check": bodycheck.faults,
    "repair": _forgetting(lambda text: body.tidy(f"<script>x</script>{text}")),
    "visible text": _forgetting(body.visible_text),
    "paragraphs": sentences.paragraphs,
    "comparison": lambda text: sentences.compare(
        sentences.paragraphs(f"甲{text}乙"), sentences.paragraphs(f"丙{text}{text[: len(text) // 2]}丁")
    ),
    "text for the search": text_of,
    "folding": folding.fold,
    "folding for the export": folded,
    "marking": lambda text: marking.snippet(text, query.parse("a")),
    "page's body": lambda text: bodyview.shown(bodyview.cleaned(text), bodyview.Shelf(lambda _: None, lambda _: None)),
}


def taken(read: Callable[[str], object], text: str) -> float:
    gc.disable()  # it looks again and again through all that the other tests keep
    try:
        before = time.process_time()
        with contextlib.suppress(Refused, ValueError, yaml.YAMLError):
            read(text)
        return time.process_time() - before
    finally:
        gc.enable()


def ratio(read: Callable[[str], object], fragment: str) -> float:
    """Give how much longer twice the text takes; 0 where it takes too little to tell."""
    short, long = (fragment * (length // len(fragment)) for length in (LENGTH, 2 * LENGTH))
    found = 0.0
    for runs in (1, 3, 7):  # more runs only for what looks bad
        slow = min(taken(read, long) for _ in range(runs))
        if slow < NOISE:
            return 0.0
        found = slow / min(taken(read, short) for _ in range(runs))
        if found <= MOST:
            return found
    return found


@pytest.mark.parametrize("reader", READERS, ids=lambda name: name.replace(" ", "-"))
def test_twice_the_text_takes_no_more_than_twice_the_time(reader: str) -> None:
    gc.collect()
    slow = {fragment: found for fragment in FRAGMENTS if (found := ratio(READERS[reader], fragment)) > MOST}
    assert slow == {}


def test_the_measure_would_see_a_square() -> None:
    square = re.compile(r"<pre\b[^>]*>")
    assert ratio(square.findall, "<pre") > MOST
