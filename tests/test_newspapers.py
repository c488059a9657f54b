"""Names of newspapers, and what the mirror makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.article import Refused
from newsarchive.newspapers import category_of, check_category, check_tag, newspaper_of, segments_of, tag_of, words_of

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
    assert check_category(category) == category


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
    [
        *("", " ", "..", "a..b", ".hidden", "-rf", " a", "a ", "a/b", "a\\b", "a?b", "a#b", "a%2fb", "a*", "[a]"),
        *("a<b", 'a"b', "a`b", "a:b", "a\nb", "a\x00b", "a\u2028b", "a\ufeffb", "a\ufffdb", "a\ud800b", "a" * 121),
    ],
)
def test_what_means_something_in_a_path_or_url_is_no_category(category: str) -> None:
    with pytest.raises(Refused, match="cannot be a category"):
        check_category(category)


@pytest.mark.parametrize("tag", ["", "  ", "a\nb", "a[b", "a]b", "a<b", "a\x85b", "a\ud83d", "报" * 121])
def test_what_would_break_its_line_or_link_is_no_tag(tag: str) -> None:
    with pytest.raises(Refused, match="cannot be a tag"):
        check_tag(tag)


@QUICK
@given(st.text())
def test_any_name_has_a_category_which_may_be_refused(name: str) -> None:
    category = category_of(name)
    try:
        check_category(category)
    except Refused:
        return
    assert all(0 < len(segment) <= len(category) and "/" not in segment for segment in segments_of(category))
