"""What the home page says: its links, the lists it makes due, and what of it cannot be right."""

from __future__ import annotations

import pytest

from newsarchive.article import Name
from newsarchive.source.homepage import Expected, HomePage, read_home
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.lists import ListPage
from newsarchive.source.mirror import Section

EMPTY = "the home page's list of {} is empty, though articles of it are within their three days"


def link(number: int) -> ArticleLink:
    return article_link(f"/kejiribao/2022/03/01/NW20220301123400{number:04}.html", "一")


def read(*sections: Section, expected: Expected | None = None, known: frozenset[Name] = frozenset()) -> HomePage:
    return read_home(sections, known.__contains__, expected or {})


KEJI = Section("科技日报新闻", (link(1), link(2)))
BARE = Section("新京报新闻", ())


def test_a_page_that_was_understood_is_clear() -> None:
    page = read(KEJI, expected={"科技日报新闻": ("kejiribao",)})

    assert page.is_clear
    assert list(page.found) == [str(link(1).name), str(link(2).name)]
    assert page.headings == {"科技日报新闻"}
    assert page.due == ()


def test_an_empty_list_is_an_alarm_where_articles_of_it_should_be_shown_and_its_own_page_is_due() -> None:
    page = read(KEJI, BARE, expected={"新京报新闻": ("xinjingbao",), "科技日报新闻": ("kejiribao",)})

    assert page.alarms == (EMPTY.format("新京报新闻"),)
    assert not page.is_clear
    assert page.due == (ListPage("/category/xinjingbao.html", "新京报新闻"),)


def test_an_empty_list_is_no_alarm_where_nothing_of_it_is_expected() -> None:
    page = read(KEJI, BARE, expected={"科技日报新闻": ("kejiribao",)})

    assert page.is_clear
    assert page.due == ()


def test_a_newspaper_that_is_gone_with_its_heading_is_no_alarm() -> None:
    assert read(KEJI, expected={"新京报新闻": ("xinjingbao",)}).is_clear, "its only article may have been withdrawn"


def test_a_list_is_not_empty_where_another_of_the_same_heading_has_links_or_a_link_was_refused() -> None:
    assert read(Section("科技日报新闻", ()), KEJI, expected={"科技日报新闻": ("kejiribao",)}).alarms == ()
    refused = read(Section("新京报新闻", (), ("no link",)), KEJI, expected={"新京报新闻": ("xinjingbao",)})
    assert (refused.alarms, refused.refused, refused.is_clear) == ((), ("no link",), False)


def test_a_split_name_has_no_page_to_look_it_up_on() -> None:
    page = read(KEJI, Section("21财经APP新闻", ()), expected={"21财经APP新闻": ("21shijijingjibaodao", "21caijingapp")})

    assert page.alarms == (EMPTY.format("21财经APP新闻"),)
    assert page.due == ()


@pytest.mark.parametrize(
    ("number", "named"), [(2, "甲0, 甲1"), (3, "甲0, 甲1, 甲2"), (19, "甲0, 甲1, 甲2 and 16 more")]
)
def test_many_empty_lists_are_one_alarm(number: int, named: str) -> None:
    names = [f"甲{count}" for count in range(number)]
    page = read(KEJI, *(Section(name, ()) for name in names), expected=dict.fromkeys(names, ("jia",)))

    assert page.alarms == (EMPTY.format(named),)
    assert page.due == (ListPage("/category/jia.html", "甲0"),), "each page once"


def test_only_so_many_pages_are_read_instead_and_none_where_most_newspapers_are_gone() -> None:
    names = [f"甲{count}新闻" for count in range(40)]
    others = [Section(f"乙{count}新闻", (link(count),)) for count in range(40)]
    bare = [Section(name, ()) for name in names]

    page = read(*others, *bare, expected={name: (f"jia{count}",) for count, name in enumerate(names)})
    assert len(page.due) == 20
    assert "and 37 more" in page.alarms[0]

    page = read(KEJI, *bare, expected={name: (f"jia{count}",) for count, name in enumerate(names)})
    assert page.due == ()
    assert len(page.alarms) == 2


def test_lists_without_a_heading_are_counted() -> None:
    page = read(Section("", (link(1),)), Section("", (link(2),)), KEJI)

    assert page.nameless == "2 of the home page's lists have no heading"
    assert not page.is_clear


@pytest.mark.parametrize(("shown", "expected", "alarms"), [(4, 20, 1), (5, 20, 0), (1, 19, 0)])
def test_a_page_that_lost_most_newspapers_is_an_alarm(shown: int, expected: int, alarms: int) -> None:
    page = read(
        *(Section(f"甲{count}新闻", (link(count),)) for count in range(shown)),
        expected={f"甲{count}新闻": ("jia",) for count in range(expected)},
    )

    said = f"the home page shows {shown} newspapers, though articles of {expected} are within their three days"
    assert page.alarms == (said,) * alarms
