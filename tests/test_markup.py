"""The limits before the parsers: what exceeds one is refused before a tree is built, what was ever seen passes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsarchive import body, markup
from newsarchive.article import Name
from newsarchive.markup import MarkupError, check_markup, without_markup
from newsarchive.search.plaintext import text_of
from newsarchive.source import article_page, mirror, page, share
from newsarchive.source.understanding import NotUnderstoodError
from newsarchive.web.bodyview import cleaned

NAME = Name.parse("NW202203011234567890")
FIXTURES = Path(__file__).parent / "fixtures"
FLOOD = " ".join(f"a{number}=b" for number in range(20_000))

HOSTILE = {
    "many attributes": f"<h2 {FLOOD}>x</h2>",
    "many attributes behind a quoted bracket": f'<h2 a=">" {FLOOD}>x</h2>',
    "many attributes behind a commented quote": f'<!-- <a b=" --><h2 {FLOOD}>x</h2><!-- " -->',
    "many attributes behind a title that holds a script": f"<title><script></title><h2 {FLOOD}>x</h2>",
    "tags opened in a tag": "".join(f"<a{number} " for number in range(20_000)) + ">x",
    "deep": "<div>" * 300 + "x",
    "deep in another element each": "".join(f"<x{number}>" for number in range(300)) + "x",
    "deep in tables": "<table><tr><td>" * 100 + "x",
    "many elements": "<b>x</b>" * (markup.MOST_ELEMENTS + 1),
    "many attributes in all": f"<p {' '.join(f'a{number}=b' for number in range(400))}>x</p>" * 1100,
    "a long attribute": f'<p title="{"x" * (markup.LONGEST_ATTRIBUTE + 1)}">x</p>',
    "a long text": "x" * (markup.LARGEST_PAGE + 1),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_what_exceeds_a_limit_is_refused_before_it_is_parsed(text: str) -> None:
    with pytest.raises(MarkupError):
        check_markup(text)


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.html")), ids=lambda path: path.name)
def test_every_page_that_was_seen_passes(path: Path) -> None:
    check_markup(path.read_text(encoding="utf-8"), most_elements=markup.MOST_OF_AN_ARTICLE)


def test_a_home_page_of_every_newspaper_there_ever_was_passes() -> None:
    links = "".join(f'<li><a href="/bao/2022/03/01/NW20220301{place:010d}.html">标题</a></li>' for place in range(5))
    check_markup("<section>" + f'<h2 id="报新闻">报新闻</h2><ul>{links}</ul>' * 2000 + "</section>")


@pytest.mark.parametrize(
    "text",
    [
        "<script>for (i = 0; i<n; i++) { "
        + "x = 1; " * 20_000
        + "}</script><p>x</p>",  # no tag, whatever it looks like
        f"<p>若ROE<WACC， {'说明 ' * 20_000}</p>",
        "<p>x" * 20_000,  # each closes the one before
        "<a b=c b=c b=c>x</a>" * 5000,
        "&amp;" * 100_000,
        "<!-- " * 50_000,
    ],
)
def test_what_only_looks_like_a_flood_passes(text: str) -> None:
    check_markup(text)


@given(st.text(alphabet="<>/ab=\"'!- &;\n", max_size=300))
def test_nothing_but_a_refusal_is_raised_and_the_counts_are_libxml2s(text: str) -> None:
    try:
        check_markup(f"<section>{text * 60}")
    except MarkupError:
        return
    root = etree.fromstring(f"<section>{text * 60}".encode(), etree.HTMLParser(encoding="utf-8", huge_tree=True))
    assert max((len(element.attrib) for element in root.iter(etree.Element)), default=0) <= markup.MOST_ATTRIBUTES


def _answer(text: str) -> bytes:
    return json.dumps({"Id": "NW202203011234567890", "Title": "标题", "text": text}).encode()


READERS: dict[str, Callable[[str], object]] = {
    "home page": lambda text: mirror.home(f"<section><h2>x</h2><ul>{text}</ul></section>".encode()),
    "category page": lambda text: mirror.category(f"<section><h2>x</h2><ul>{text}</ul></section>".encode()),
    "post's page": lambda text: page.post_page(f"<section><h1>x</h1>{text}</section>".encode(), rolling=False),
    "share page": lambda text: share.page(f'<html><h1>x</h1><div id="content">{text}</div></html>'.encode(), NAME),
    "publisher's page": lambda text: article_page.article_page(
        f'<html><h1>x</h1><div id="ContentBody">{text}</div></html>'.encode(), NAME
    ),
    "share answer": lambda text: share.answer(_answer(text), NAME),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_page_that_exceeds_a_limit_is_not_understood(reader: Callable[[str], object], text: str) -> None:
    with pytest.raises(NotUnderstoodError) as refused:
        reader(text)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    "feed",
    [
        '<!DOCTYPE f [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>',
        "<feed " + " ".join(f'a{number}="b"' for number in range(20_000)) + "/>",
        "<feed>" + "<a>" * 300,
        "<feed>" + "<a/>" * (markup.MOST_ELEMENTS + 1) + "</feed>",
    ],
)
def test_a_feed_that_exceeds_a_limit_is_not_understood(feed: str) -> None:
    with pytest.raises(NotUnderstoodError, match="it is not parsed"):
        mirror.feed(feed.encode())


def test_lists_in_nested_sections_are_read_once() -> None:
    link = '<a href="/bao/2022/03/01/NW202203011234567890.html">标题</a>'
    (section,) = mirror.home(f"{'<section>' * 5}<h2>报新闻</h2><ul><li>{link}</li></ul>{'</section>' * 5}".encode())
    assert len(section.links) == 1


def test_more_links_than_the_mirror_can_have_are_refused_as_a_whole() -> None:
    links = [f'<li><a href="/b/2022/03/01/NW20220301{place:010d}.html">x</a></li>' for place in range(20_001)]
    assert len(mirror.category(f"<section><ul>{''.join(links[1:])}</ul></section>".encode()).links) == len(links) - 1
    with pytest.raises(NotUnderstoodError, match="more than 20000 links"):
        mirror.category(f"<section><ul>{''.join(links)}</ul></section>".encode())


# -- what is archived already, by an import ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["many attributes", "deep in tables", "many elements"])
def test_an_imported_body_beyond_the_limits_keeps_its_text_for_a_reader(name: str) -> None:
    text = f"前文{HOSTILE[name]}后文"
    for shown in (text_of(text), cleaned(text), body.plain_text(text)):
        assert "前文" in shown
        assert "后文" in shown
    assert body.faults(body.clean(text)) == []


def test_a_clean_body_has_no_more_attributes_than_any_parser_bears() -> None:
    flood = " ".join(f'data-a{number}="b"' for number in range(101))
    assert body.faults(f"<p {flood}>x</p>") == ["more than 100 attributes in <p> at 0"]


def test_the_text_without_markup_is_all_that_stands_between_tags() -> None:
    assert without_markup('前<p class="x">中<br>后') == "前 中 后"
