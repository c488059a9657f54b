"""Which lists of the mirror have to be read, and what they say about an article."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsarchive.article import Name
from newsarchive.source import mirror
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.lists import ListPage, Sighting, due_lists, headings, is_split, list_of, sightings
from newsarchive.source.mirror import Section

FIXTURES = Path(__file__).parents[1] / "fixtures"


def link(number: int, category: str = "kejiribao") -> ArticleLink:
    code = f"{'' if category == 'emnews' else 'NW'}20220301234{number:07d}"
    return article_link(f"/{category}/2022/03/01/{code}.html")


def listed(tag: str, count: int, category: str = "kejiribao", *, first: int = 0, refused: int = 0) -> Section:
    links = tuple(link(first + i, category) for i in range(count))
    return Section(tag, links, ("the link 'x' is no article's",) * refused)


def knowing(*numbers: int) -> Callable[[Name], bool]:
    codes = {f"20220301234{number:07d}" for number in numbers}
    return lambda name: name.number in codes


NOTHING = knowing()
KEJI = ListPage("/category/kejiribao.html", "科技日报新闻")

# -- what a page says of an article ------------------------------------------------------------------------------------


def test_an_article_under_several_headings_is_one_article_with_all_of_them() -> None:
    path = "21shijijingjibaodao/21caijingapp"
    found = sightings([listed("21世纪经济报道", 1, path), listed("21财经APP新闻", 1, path)])

    assert found == {"NW202203012340000000": Sighting(link(0, path), ("21世纪经济报道", "21财经APP新闻"))}


def test_a_heading_is_noted_once_even_if_it_lists_an_article_twice() -> None:
    (sighting,) = sightings([listed("科技日报新闻", 1), listed("科技日报新闻", 1)]).values()

    assert sighting.tags == ("科技日报新闻",)


def test_a_blank_heading_is_filled_by_the_tag_the_page_was_read_for() -> None:
    section = mirror.category((FIXTURES / "2022-03-01-category-blank-heading.html").read_bytes())

    assert {one.tags for one in sightings([section]).values()} == {()}
    assert {one.tags for one in sightings([section], tag="科技日报新闻").values()} == {("科技日报新闻",)}


def test_the_tag_a_page_was_read_for_is_not_believed_of_links_whose_path_it_does_not_explain() -> None:
    section = Section("", (link(0, "21shijijingjibaodao"), link(1, "21shijijingjibaodao/21caijingapp")))

    tags = [one.tags for one in sightings([section], tag="21世纪经济报道新闻").values()]

    assert tags == [("21世纪经济报道新闻",), ()]


def test_rolling_news_is_believed_to_be_rolling_news() -> None:
    (sighting,) = sightings([listed("", 1, "emnews")], tag="东财滚动新闻").values()

    assert sighting.tags == ("东财滚动新闻",)


def test_both_forms_of_one_number_are_two_articles() -> None:
    assert set(sightings([listed("a", 1, "emnews"), listed("b", 1)])) == {"202203012340000000", "NW202203012340000000"}


# -- which lists are due ---------------------------------------------------------------------------------------------


def test_five_unseen_posts_may_hide_a_sixth_so_the_category_page_is_due() -> None:
    assert due_lists([listed("科技日报新闻", 5)], NOTHING) == [KEJI]


def test_fewer_than_five_posts_are_all_there_are() -> None:
    assert due_lists([listed("科技日报新闻", 4), listed("证券时报新闻", 0)], NOTHING) == []


@pytest.mark.parametrize("known", [(4,), (1, 2, 3, 4), (3, 4), (0, 1, 2, 3, 4)])
def test_nothing_is_hidden_behind_an_oldest_post_that_is_known(known: tuple[int, ...]) -> None:
    assert due_lists([listed("科技日报新闻", 5)], knowing(*known)) == []


@pytest.mark.parametrize("known", [(0,), (2,), (0, 1, 2, 3)])
def test_an_article_asked_for_by_its_code_hides_nothing_behind_it(known: tuple[int, ...]) -> None:
    assert due_lists([listed("科技日报新闻", 5)], knowing(*known)) == [KEJI]


def test_a_link_that_was_refused_counts_as_shown() -> None:
    assert due_lists([listed("科技日报新闻", 4, refused=1)], NOTHING) == [KEJI]
    assert due_lists([listed("科技日报新闻", 0, refused=5)], NOTHING) == []


def test_a_full_run_reads_every_list() -> None:
    home = [listed("科技日报新闻", 1), listed("东财滚动新闻", 2, "emnews"), listed("证券时报新闻", 0)]

    assert due_lists(home, NOTHING, shown=1) == [KEJI, ListPage("/category/emnews.html", "东财滚动新闻")]


def test_a_full_run_does_not_ask_for_the_list_of_a_split_name_unless_it_may_hide_something() -> None:
    path = "21shijijingjibaodao/21caijingapp"

    assert due_lists([listed("21财经APP新闻", 4, path)], NOTHING, shown=1) == []
    assert due_lists([listed("21财经APP新闻", 5, path)], NOTHING) == [
        ListPage("/category/21caijingAPP.html", "21财经APP新闻")
    ]


def test_a_list_is_asked_for_once() -> None:
    home = [listed("科技日报新闻", 5), listed("科技日报新闻", 5, first=10)]

    assert due_lists(home, NOTHING) == [KEJI]


def test_of_the_saved_home_page_the_two_full_tags_are_due() -> None:
    home = mirror.home((FIXTURES / "2022-03-01-home.html").read_bytes())

    assert due_lists(home, NOTHING) == [KEJI, ListPage("/category/emnews.html", "东财滚动新闻")]


# -- where a list is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "segments", "path"),
    [
        ("科技日报新闻", ("kejiribao",), "/category/kejiribao.html"),
        ("TechWeb新闻", ("techweb",), "/category/TechWeb.html"),
        ("Techweb新闻", ("techweb",), "/category/Techweb.html"),
        ("CFC大宗商品研究新闻", ("cfcdazongshangpinyanjiu",), "/category/CFCdazongshangpinyanjiu.html"),
        (
            "安信国际证券(香港)新闻",
            ("anxinguojizhengquan(xianggang)",),
            "/category/anxinguojizhengquan(xianggang).html",
        ),
        ("东财滚动新闻", ("emnews",), "/category/emnews.html"),
        ("21世纪经济报道", ("21shijijingjibaodao", "21caijingapp"), "/category/21shijijingjibaodao.html"),
        ("重庆日报新闻", ("zhongqingribao",), "/category/zhongqingribao.html"),
        ("", ("kejiribao",), "/category/kejiribao.html"),
    ],
)
def test_a_heading_spells_its_page_and_the_path_corrects_its_reading(
    tag: str, segments: tuple[str, ...], path: str
) -> None:
    assert list_of(tag, segments) == ListPage(path, tag)


@pytest.mark.parametrize(
    ("tag", "path"),
    [
        ("甲/乙新闻", "/category/jia/yi.html"),
        ("甲?乙新闻", "/category/jia?yi.html"),
        ("../../etc新闻", "/category/%2E%2E%2F.%2E%2Fetc.html"),
    ],
)
def test_a_heading_has_its_page_where_the_mirror_has_it_and_never_elsewhere(tag: str, path: str) -> None:
    assert list_of(tag, ()) == ListPage(path, tag)
    assert list_of(tag, ("a", "b")) == ListPage(path, tag)


def test_a_list_is_split_where_its_tag_has_articles_of_several_segments() -> None:
    seen = [Sighting(link(0, "a/b"), ("甲", "乙新闻")), Sighting(link(1), ("科技日报新闻",))]

    assert is_split(ListPage("/category/jia.html", "甲"), seen)
    assert not is_split(KEJI, seen)


def test_a_page_has_the_headings_it_has_links_under() -> None:
    shown = sightings(
        (listed("科技日报新闻", 2), Section("新京报新闻", ()), listed("东财滚动新闻", 1, "emnews", first=7))
    )

    assert headings(shown.values()) == {"科技日报新闻", "东财滚动新闻"}
