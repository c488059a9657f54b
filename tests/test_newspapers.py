"""Names of newspapers, and what the mirror makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.article import one_line
from newsarchive.newspapers import (
    category_named,
    category_of,
    newspaper_of,
    plain_category,
    segments_of,
    tag_of,
    words_of,
)

QUICK = settings(max_examples=150, derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("newspaper", "category"),
    [
        ("科技日报", "kejiribao"),
        ("21世纪经济报道 21财经APP", "21shijijingjibaodao 21caijingAPP"),
        ("21世纪经济报道  南财理财通", "21shijijingjibaodao  nancailicaitong"),
        ("安信国际证券(香港)", "anxinguojizhengquan(xianggang)"),
        ("Career In 投行PEVC", "Career In touxingPEVC"),
        ("CFC大宗商品研究", "CFCdazongshangpinyanjiu"),
        ("TechWeb", "TechWeb"),
        ("Techweb", "Techweb"),
        ("东财滚动", "emnews"),
    ],
)
def test_a_category_is_the_name_in_pinyin_with_its_spaces_case_and_parentheses(newspaper: str, category: str) -> None:
    assert category_of(newspaper) == category
    assert category_named(category) == category


@pytest.mark.parametrize("newspaper", ["科技日报", "每日经济新闻", "Career In 投行PEVC", "东财滚动"])
def test_a_tag_is_the_name_and_gives_it_back(newspaper: str) -> None:
    assert tag_of(newspaper) == f"{newspaper}新闻"
    assert newspaper_of(tag_of(newspaper)) == newspaper


@pytest.mark.parametrize(
    ("category", "segments"),
    [
        ("kejiribao", ("kejiribao",)),
        ("TechWeb", ("techweb",)),
        ("Techweb", ("techweb",)),
        ("21shijijingjibaodao 21caijingAPP", ("21shijijingjibaodao", "21caijingapp")),
        ("21shijijingjibaodao  nancailicaitong", ("21shijijingjibaodao", "nancailicaitong")),
        ("a b a", ("a", "b")),
        ("caixin/pengbo", ("caixin", "pengbo")),
        ("U.S. News", ("u.snews",)),
        ("Inc.", ("inc",)),
        ("a..b", ("a", "b")),
        ("../../etc", ("etc",)),
        (". / ..", ()),
        ("", ()),
    ],
)
def test_a_path_has_lower_case_segments_split_at_spaces_each_once(category: str, segments: tuple[str, ...]) -> None:
    assert segments_of(category) == segments


@pytest.mark.parametrize("space", ["　", "\xa0", "\u2003"])
def test_only_the_white_space_of_ascii_splits_a_name_as_in_ruby(space: str) -> None:
    assert segments_of(f"jia{space}yi") == (f"jia{space}yi",)
    assert words_of(f"甲{space}乙\n 丙") == [f"甲{space}乙", "丙"]


@pytest.mark.parametrize(
    "category",
    ["a.b", "21.com", "A&H", "O'Reilly", "a+b=c,d", "a!", "a-b-", "_a_b", "a~b~", "a(b)c", "Conn", "😀"],
)
def test_what_can_stand_in_a_category_is_written_as_it_is(category: str) -> None:
    assert category_named(category) == category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("caixin/pengbo", "caixin%2Fpengbo"),
        ("guandian: caijing", "guandian%3A caijing"),
        ("50%zeng", "50%25zeng"),
        ("C#zhoukan", "C%23zhoukan"),
        ("[dujia]a?b*c", "%5Bdujia%5Da%3Fb%2Ac"),
        ('a\\b|c<d>"e"', "a%5Cb%7Cc%3Cd%3E%22e%22"),
        ("{{ x }}`", "%7B%7B x %7D%7D%60"),
        ("..", "%2E%2E"),
        ("../../etc", "%2E%2E%2F.%2E%2Fetc"),
        (".NET U.S. A . B", "%2ENET U.S%2E A %2E B"),
        ("-rf ~x", "%2Drf ~x"),
        ("~x", "%7Ex"),
        ("　a　b　", "%E3%80%80a　b%E3%80%80"),
        ("CON aux.x Lpt1", "%43%4F%4E %61%75%78.x %4C%70%74%31"),
        ("index.html", "index%2Ehtml"),
        ("a\nb\x00", "a%0Ab%00"),
        ("a\ufffd\ufeff", "a%EF%BF%BD%EF%BB%BF"),
    ],
)
def test_what_cannot_stand_in_a_category_is_percent_encoded_and_nothing_else(text: str, category: str) -> None:
    assert category_named(text) == category
    assert plain_category(category) == text


def test_a_name_is_one_line_in_its_tag_and_category() -> None:
    assert tag_of("甲\n乙\x07丙\u2028丁") == "甲 乙 丙 丁新闻"
    assert category_of("甲\n乙\x07丙\u2028丁") == "jia yi bing ding"


def test_a_category_too_long_for_a_name_is_cut_and_stays_the_newspapers_own() -> None:
    names = ["报" * 130, "报" * 131, "😀" * 130, "财新/" * 130, "İ" * 130]
    categories = [category_of(name) for name in names]
    assert len(set(categories)) == len(names)
    assert all(100 < len(category.encode()) <= 200 for category in categories), categories
    assert all(len(category.lower().encode()) <= 200 for category in categories)
    assert categories[0].startswith("baobaobao")
    assert [newspaper_of(tag_of(name)) for name in names] == names


NAMES = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("/\\.:%#~-[]?*|<>\"'& ;　报财a\x00\n\x85"),
    ),
    max_size=60,
)
DEVICES = st.sampled_from(["CON", "nul", "com1.txt", "..", ".", "-", "a.html", "%2F", "%", " "])
HARD = st.one_of(NAMES, st.lists(st.one_of(NAMES, DEVICES), max_size=5).map(" ".join))


@QUICK
@given(HARD)
def test_every_category_is_a_safe_name_and_tells_what_the_mirror_writes(name: str) -> None:
    category = category_named(name)
    assert not set(category) & set('/\\<>:"|?*#`{}[]\x00\n\r\t\x7f\x85\u2028')
    assert ".." not in category
    assert len(f"{category}.html".encode()) <= 255
    for word in (category, *words_of(category)):
        assert not word.startswith((".", " "))
        assert not word.endswith((".", " ", ".html"))
        assert word.partition(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert segments_of(category) == tuple(dict.fromkeys(words_of(category.lower())))
    if "~" not in category[-17:]:
        assert plain_category(category) == name


@QUICK
@given(st.lists(HARD, min_size=2, max_size=6, unique=True))
def test_two_names_never_share_a_category_by_its_writing(names: list[str]) -> None:
    assert len({category_named(name) for name in names}) == len(names)


@QUICK
@given(st.text(st.characters(), min_size=1))
def test_any_name_has_a_category_and_a_tag_of_one_line(name: str) -> None:
    line = tag_of(name) + category_of(name)
    assert line.splitlines() == [line]
    category_of(name).encode()  # no half of a character is in it
    assert bool(category_of(name)) == bool(one_line(name)), "controls alone are no name"
