"""The mirror's lists: home, category, rolling news, feed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.article import Refused
from newsarchive.source import mirror
from newsarchive.source.links import MIRROR_HOSTS
from newsarchive.source.mirror import Section
from newsarchive.source.understanding import NotUnderstoodError

FIXTURES = Path(__file__).parents[1] / "fixtures"
QUICK = settings(max_examples=150, derandomize=True, deadline=None)
LINK = "/kejiribao/2022/03/01/NW202203012340000100.html"


def saved(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def section(inner: str) -> bytes:
    header = "<header><ul><li><a href='/'>x</a></li></ul></header>"
    return f"<html><body>{header}<section>{inner}</section></body></html>".encode()


def numbers(listed: Section) -> list[str]:
    return [str(link.name) for link in listed.links]


# -- home ----------------------------------------------------------------------------------------------------------


def test_the_home_page_shows_every_tag_with_its_five_newest() -> None:
    sections = {one.tag: one for one in mirror.home(saved("2022-03-01-home.html"))}

    assert len(sections) == 14
    assert numbers(sections["科技日报新闻"]) == [f"NW20220301234000010{i}" for i in range(5)]
    assert numbers(sections["东财滚动新闻"]) == [f"20220301234000000{i}" for i in range(1, 6)]
    assert not any(one.refused for one in sections.values())


@pytest.mark.parametrize(
    ("tag", "segments"),
    [
        ("21世纪经济报道", ("21shijijingjibaodao", "21caijingapp")),
        ("21财经APP新闻", ("21shijijingjibaodao", "21caijingapp")),
        ("南财理财通新闻", ("21shijijingjibaodao", "nancailicaitong")),
        ("Career", ("career", "in", "touxingpevc")),
        ("投行PEVC新闻", ("career", "in", "touxingpevc")),
        ("安信国际证券(香港)新闻", ("anxinguojizhengquan(xianggang)",)),
        ("TechWeb新闻", ("techweb",)),
        ("Techweb新闻", ("techweb",)),
    ],
)
def test_names_with_spaces_parentheses_and_upper_case_are_understood(tag: str, segments: tuple[str, ...]) -> None:
    sections = {one.tag: one for one in mirror.home(saved("2022-03-01-home.html"))}

    assert sections[tag].links[0].segments == segments


def test_a_bare_less_than_or_ampersand_in_a_title_hides_no_link() -> None:
    titles = [link.title for one in mirror.home(saved("2022-03-01-home.html")) for link in one.links]

    assert "杂质含量<0.5% 合格率>99%" in titles
    assert "茶叶R&D联盟成立" in titles


def test_a_link_that_is_no_articles_is_refused_with_a_sentence_and_the_others_stay() -> None:
    page = section(
        f"<h2>科技日报新闻</h2><ul><li><a href='{LINK}'>一</a></li><li><a href='https://evil.example{LINK}'>二</a></li>"
        "<li><a href='javascript:alert(1)'>三</a></li><li><a href='http://[x'>四</a></li><li><a>五</a></li></ul>"
    )

    (one,) = mirror.home(page)

    assert numbers(one) == ["NW202203012340000100"]
    assert [sentence.split("'")[1] for sentence in one.refused] == [
        f"https://evil.example{LINK}",
        "javascript:alert(1)",
        "http://[x",
    ]


def test_a_blank_heading_on_the_home_page_hides_no_link() -> None:
    page = section(f"<h2></h2><ul><li><a href='{LINK}'>一</a></li></ul>")

    assert [numbers(one) for one in mirror.home(page)] == [["NW202203012340000100"]]


def test_links_of_header_footer_and_headings_are_no_news() -> None:
    page = section(f"<h2><a href='/category/a.html'>科技日报新闻</a></h2><ul><li><a href='{LINK}'>一</a></li></ul>"
                   "<p><a href='/about.html'>关于</a></p><h2><a href='/b'>二</a></h2><ul></ul>")  # fmt: skip

    first, second = mirror.home(page)

    assert (first.tag, numbers(first), first.refused) == ("科技日报新闻", ["NW202203012340000100"], ())
    assert second == Section("二", ())


def test_a_heading_without_a_list_has_no_links_and_takes_none_of_the_next() -> None:
    page = section(
        f"<h2>甲新闻</h2><h2>乙新闻</h2><ul><li><a href='{LINK}'>一</a></li></ul><h2>丙新闻</h2><p>维护中</p>"
    )

    assert [(one.tag, len(one.links)) for one in mirror.home(page)] == [("甲新闻", 0), ("乙新闻", 1), ("丙新闻", 0)]


def test_a_heading_inside_a_list_begins_no_other() -> None:
    page = section(f"<h2>甲新闻</h2><ul><li><h2><a href='{LINK}'>一</a></h2></li></ul>")

    assert [(one.tag, len(one.links)) for one in mirror.home(page)] == [("甲新闻", 1)]
    assert len(mirror.category(page).links) == 1


def test_a_heading_keeps_an_ideographic_space() -> None:
    (one,) = mirror.home(section(f"<h2>\n 甲　乙 丙新闻 </h2><ul><li><a href='{LINK}'>一</a></li></ul>"))

    assert one.tag == "甲　乙 丙新闻"


def test_a_host_of_the_settings_is_the_mirror_too() -> None:
    page = section(f"<h2>a</h2><ul><li><a href='http://localhost:8000{LINK}'>一</a></li></ul>")

    assert mirror.home(page)[0].refused
    assert numbers(mirror.home(page, hosts=MIRROR_HOSTS | {"localhost"})[0]) == ["NW202203012340000100"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n ",
        b"\xef\xbb\xbf",
        b"\xff\xfe<",
        b"ok",
        b"{}",
        b"<html></html>",
        b"<!-- -->",
        section(""),
        section("<h2>a</h2><ul></ul>"),
        section("<ul><li>x</li></ul>"),
        f"<ul><section><a href='{LINK}'>x</a></section></ul>".encode(),
        f"<h2>a</h2><ul><li><a href='{LINK}'>outside the section</a></li></ul>".encode(),
        saved("2022-03-01-missing.html"),
        saved("2022-03-01-post-newspaper.html"),
        saved("2022-03-01-feed.xml"),
        saved("2026-08-19-share-maintenance.html"),
    ],
)
def test_a_page_without_tags_and_posts_is_no_home_page(content: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        mirror.home(content)


def test_what_was_not_understood_is_described() -> None:
    with pytest.raises(NotUnderstoodError, match="a page headed '系统维护'"):
        mirror.home(saved("2026-08-19-share-maintenance.html"))
    with pytest.raises(NotUnderstoodError, match="5018 characters beginning"):
        mirror.home(b"<title>&#" + b"1" * 5000 + b";</title>")


# -- category ------------------------------------------------------------------------------------------------------


def test_a_category_page_has_every_post_newest_first() -> None:
    listed = mirror.category(saved("2022-03-01-category.html"))

    assert listed.tag == "科技日报新闻"
    assert numbers(listed) == [f"NW20220301234000010{i}" for i in range(7)]


def test_a_blank_heading_changes_nothing_but_the_tag() -> None:
    blank = mirror.category(saved("2022-03-01-category-blank-heading.html"))

    assert blank.tag == ""
    assert blank.links == mirror.category(saved("2022-03-01-category.html")).links


def test_the_page_of_a_name_with_spaces_has_an_empty_list_which_is_no_error() -> None:
    listed = mirror.category(saved("2022-03-01-category-empty.html"))

    assert listed == Section("21世纪经济报道 21财经APP新闻", ())


def test_the_home_page_is_no_category_page() -> None:
    with pytest.raises(NotUnderstoodError, match="several lists"):
        mirror.category(saved("2022-03-01-home.html"))


@pytest.mark.parametrize(
    "name", ["2022-03-01-missing.html", "2022-03-01-post-newspaper.html", "2022-03-01-share-shell.html"]
)
def test_a_page_without_a_list_is_no_category_page(name: str) -> None:
    with pytest.raises(NotUnderstoodError, match="no list on the category page"):
        mirror.category(saved(name))


# -- rolling news --------------------------------------------------------------------------------------------------


def test_the_rolling_page_has_the_twenty_newest_without_a_heading() -> None:
    listed = mirror.rolling(saved("2022-03-01-rolling.html"))

    assert listed.tag == "东财滚动新闻"
    assert len(listed.links) == 20
    assert all(link.name.rolling for link in listed.links)


def test_rolling_news_that_went_silent_is_not_understood() -> None:
    with pytest.raises(NotUnderstoodError, match="empty"):
        mirror.rolling(section("<ul></ul>"))


# -- anything at all -----------------------------------------------------------------------------------------------

PAGES = ["home.html", "category.html", "category-blank-heading.html", "rolling.html", "feed.xml", "missing.html"]
FRAGMENTS = [
    "<section>",
    "</section>",
    "<ul>",
    "</ul>",
    "<a href='/'>",
    "<a href='http://[",
    "<h2>",
    "<!--",
    "]]>",
    "\0",
]


def mutated(page: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, piece in cuts:
        at = place % (len(page) + 1)
        page = page[:at] + piece + page[at + length :]
    return page


def understand(content: bytes) -> None:
    for parser in (mirror.home, mirror.category, mirror.rolling, mirror.feed):
        try:
            parser(content)
        except Refused as error:
            assert len(str(error)) < 400, parser  # noqa: PT017 - a refusal is an outcome here, not the expectation


@QUICK
@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_lists_or_not_understood(content: bytes) -> None:
    understand(content)


@QUICK
@given(
    page=st.sampled_from(PAGES),
    cuts=st.lists(
        st.tuples(
            st.integers(0, 20_000),
            st.integers(0, 400),
            st.one_of(st.binary(max_size=8), st.sampled_from([piece.encode() for piece in FRAGMENTS])),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_a_damaged_page_is_lists_or_not_understood(page: str, cuts: list[tuple[int, int, bytes]]) -> None:
    understand(mutated(saved(f"2022-03-01-{page}"), cuts))


@pytest.mark.parametrize("tag", [b"<ul>", b"<div>", b"<section>", b"<a href='x'>"])
def test_a_page_nested_without_end_is_read_or_refused(tag: bytes) -> None:
    understand(b"<section>" + tag * 5000)


@pytest.mark.sample
def test_every_list_of_the_sample_is_understood_and_together_they_hold_every_post(sample: Path) -> None:
    home = mirror.home((sample / "site" / "index.html").read_bytes())
    assert not any(one.refused for one in home)
    assert len(mirror.rolling((sample / "site" / "emnews" / "index.html").read_bytes()).links) == 20
    assert mirror.feed((sample / "site" / "feed.xml").read_bytes())[1] == ()
    shown = set()
    for page in (sample / "site" / "category").iterdir():
        listed = mirror.category(page.read_bytes())
        assert listed.links, page.name
        assert not listed.refused, page.name
        shown |= {str(link.name) for link in listed.links}

    assert shown == {path.stem[11:] for path in (sample / "_posts").glob("????-??-??-*.md")}
