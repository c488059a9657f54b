"""A post as a generator reads it: where its page stands, and what stands on it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from newsarchive import body, post
from newsarchive.article import Refused
from newsarchive.post import BackLink, Post
from newsarchive.sitepage import front_matter, html_of, list_of, one_line, page_of, source_of
from tests.attacks import MISNESTED
from tests.judge import objections
from tests.post_cases import NEWSPAPER, ROLLING
from tests.vectors import BODIES

PAPER = post.read(post.render(NEWSPAPER), post.file_name(NEWSPAPER))
FLASH = post.read(post.render(ROLLING), post.file_name(ROLLING))
NAME = f"{PAPER.day.replace('-', '/')}/{PAPER.name}.html"

LEADS_OUT = [
    *("../../victim", "..", ".", "a/../../b", "/etc/x", "a/b", "..\\x", "a\\b", "C:x", "a..b", "a ../b", "a .. b"),
    *("a\0b", "a\nb", "a\rb", "a\tb", "a\x1bb", "a\x85b", "a\u2028b", "a\ufffeb", "\ufeffa"),
    *("a" * 251, "中" * 84, "a b " * 70, "İ" * 125),
    *("con", "NUL", "aux.txt", "COM1", "lpt9", "a prn", "com¹"),
    *(".git", "a.", "a. b", ".", "a <b>", 'a"b', "a|b", "a?b", "a*b"),
    *("index.html", "feed.xml", "404.HTML", "static style.css", "category x.html"),
    *("100%", "%zz", "{% raw %}"),
]
STANDS = [
    *("kejiribao", "21shijijingjibaodao 21caijingAPP", "anxinguojizhengquan(xianggang)", "TechWeb", "A&B", "é", "a~b"),
    *("index", "feed", "404", "assets", "emnews", "category", "_posts", "jekyll", "content", "public", "_site"),
    *(
        "a%2Fb",
        "a%3Ab",
        "a#b",
        "a[b]",
        "a{b}",
        "a'b",
        "a;b=c,d+e!$@",
        "-x",
        "_x",
        "a.b",
        "a" * 250,
        "{{ x }}",
        "中" * 80,
    ),
]


@pytest.mark.parametrize("category", LEADS_OUT)
def test_a_category_that_leads_anywhere_else_is_refused(category: str) -> None:
    with pytest.raises(Refused, match="cannot be a part of an address"):
        page_of(replace(PAPER, categories=category))


@pytest.mark.parametrize("category", STANDS)
def test_any_other_category_has_the_place_the_mirror_gave_it(category: str) -> None:
    segments = "/".join(dict.fromkeys(category.lower().split(" ")))
    assert page_of(replace(PAPER, categories=category)) == f"{segments}/{NAME}"


def test_a_post_without_a_category_stands_under_its_day() -> None:
    assert page_of(replace(PAPER, categories="")) == NAME


@given(st.text())
def test_no_category_leads_out_of_the_folder_or_to_a_page_that_is_there(category: str) -> None:
    try:
        page = page_of(replace(PAPER, categories=category))
    except Refused:
        return
    for path in (page, list_of(category)):
        segments = path.split("/")
        assert all(segment.strip(" ") and not segment.startswith("..") for segment in segments)
        assert all(len(segment.encode()) <= 255 for segment in segments)
        assert not re.search(r"[\x00-\x1f\\:]|\.\.", path)
        assert not any(segment.endswith((".html", ".xml", ".css")) for segment in segments[:-1])


def test_what_is_on_a_page_is_made_of_the_parts_of_the_post() -> None:
    page = html_of(
        replace(
            FLASH,
            digest="快讯 <b>一句</b>",
            body='<p>正文 *不是* [强调](x) <img src="https://a.example/b.png?a=1&copy=2"></p>',
            link="http://finance.example/a?b=1&c=2",
            back_links=(BackLink("返回东财滚动新闻", "//finews.withounder.com/emnews/"), BackLink("返回首页", "../")),
        )
    )
    assert page == (
        "<blockquote>\n<p>快讯 <b>一句</b></p>\n</blockquote>\n\n"
        '<p>正文 *不是* [强调](x) <img src="https://a.example/b.png?a=1&copy=2"></p>\n\n'
        '<p><a href="http://finance.example/a?b=1&amp;c=2">http://finance.example/a?b=1&amp;c=2</a></p>\n\n'
        '<p><a href="//finews.withounder.com/emnews/">返回东财滚动新闻</a>｜<a href="../">返回首页</a></p>'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("一行字，R&D，a<1", "<p>一行字，R&D，a<1</p>"),
        ("一段\n还是一段\n\n \n第二段", "<p>一段\n还是一段</p>\n<p>第二段</p>"),
        ("**不是** `Markdown`", "<p>**不是** `Markdown`</p>"),
        ("<b>粗\n\n体</b>", "<p><b>粗\n\n体</b></p>"),
        ("<p>段</p>\n\n尾", "<p>段</p>\n\n尾"),
        ("一<br />二", "<p>一<br />二</p>"),
        ('<section id="x"><p>段</p></section>', '<section id="x"><p>段</p></section>'),
        ('<Header class="x"><h2>题</h2></HEADER><main>段</main>', '<div class="x"><h2>题</h2></div><div>段</div>'),
        ("<article><footer>&lt;footer&gt;</footer></article>", "<div><div>&lt;footer&gt;</div></div>"),
    ],
)
def test_a_body_without_blocks_gets_paragraphs_and_any_other_stays_as_it_is(text: str, shown: str) -> None:
    assert html_of(replace(PAPER, body=text, link="", back_links=())) == shown


@pytest.mark.parametrize(
    "target",
    ["javascript://x/%0aalert(1)", "data://x", "vbscript:x", "JaVaScRiPt:x", "java\tscript:x", "\x01javascript:x"],
)
def test_a_link_to_anything_but_a_page_is_text(target: str) -> None:
    page = html_of(replace(PAPER, link=target, back_links=(BackLink("返回<b>", target),)))
    assert "href" not in page
    assert html.escape(one_line(target)) in page
    assert "返回&lt;b&gt;" in page


@pytest.mark.parametrize("kind", BODIES)
def test_whatever_a_body_or_digest_is_made_of_html5_reads_what_its_tags_show(kind: str) -> None:
    for vector in BODIES[kind]:
        for made in (replace(PAPER, body=vector), replace(FLASH, digest=" ".join(vector.split()), body=vector)):
            page = html_of(made)
            assert body.faults(page) == [], vector
            assert objections(page) == [], vector


@given(st.lists(st.sampled_from([vector for kind in BODIES.values() for vector in kind] + MISNESTED), max_size=4))
def test_vectors_together_are_no_more_than_one(vectors: list[str]) -> None:
    assert body.faults(html_of(replace(FLASH, digest="".join(vectors), body="\n".join(vectors)))) == []


@given(st.text(), st.text(), st.text())
def test_every_value_is_read_back_by_yaml_and_may_stand_in_xml(title: str, tag: str, text: str) -> None:
    made = replace(PAPER, title=title, tags=tag, body=text or "x")
    read = yaml.safe_load(source_of(made, page_of(made)).decode().split("\n---\n")[0])
    assert read["title"] == (one_line(title) or str(PAPER.name))
    assert read["tags"] == one_line(tag)
    assert read["body"] == html_of(made)
    for value in (read["title"], read["tags"], read["body"]):
        assert ET.fromstring(f"<x>{html.escape(value)}</x>").text == (value or None)  # noqa: S314
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", read["title"] + read["tags"])


def test_front_matter_names_a_page_for_both_generators() -> None:
    read = yaml.safe_load(front_matter({"layout": "x"}, "a b/%2F.html").decode().strip("-\n"))
    assert unquote(read["permalink"]) == read["url"] == "/a b/%2F.html"
    assert read["permalink"] == "/a%20b/%252F.html"


def test_the_date_is_one_every_generator_reads() -> None:
    for date in ("2022-03-04 09:10:11", "2022年03月04日 09:10:11", "2022-03-04T01:10:11Z", "1646356211"):
        made: Post = replace(PAPER, date=date)
        assert b"\ndate: 2022-03-04 09:10:11 +0800\n" in source_of(made, page_of(made))
