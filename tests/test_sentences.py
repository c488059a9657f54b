"""Texts are cut where a reader would, and two versions differ where a reader sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.sentences import Kind, Piece, compare, marked, paragraphs, sentences


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("今天开市。明天休市！后天呢？", ["今天开市。", "明天休市！", "后天呢？"]),
        ("收入增长；利润下降……原因不明", ["收入增长；", "利润下降……", "原因不明"]),
        ("他说：“走吧。”然后走了。", ["他说：“走吧。”", "然后走了。"]),
        ("（文章来源：科技日报。）完", ["（文章来源：科技日报。）", "完"]),
        ("增长3.5%，至12.40亿元。", ["增长3.5%，至12.40亿元。"]),
        ("It rose 3.5 percent. Then it fell.", ["It rose 3.5 percent. ", "Then it fell."]),
        ("Apple Inc. said so. 苹果称", ["Apple Inc. said so. ", "苹果称"]),
        ("没有句号", ["没有句号"]),
        ("", []),
    ],
)
def test_a_paragraph_is_cut_into_sentences(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


@given(st.text(alphabet="天。！？；…”. A3;\n", max_size=60))
def test_sentences_put_together_are_the_paragraph(text: str) -> None:
    assert "".join(sentences(text)) == text


def test_a_body_is_read_as_people_do() -> None:
    body = (
        "<p>第一段，<strong>重点</strong>：收入 &lt;5亿&nbsp;元。</p><!-- EM_StockImg_Start -->"
        "<p style='display:none'></p>"
        "<center><img src='https://x/y.png?a=1&b=2' /></center>\n<p>第二段<br />另一行</p>"
    )
    assert paragraphs(body) == ["第一段，重点：收入 <5亿 元。", "第二段", "另一行"]


def test_what_is_the_same_is_said_once_and_what_was_changed_with_what_it_became() -> None:
    changes = compare(["今天开市。涨3.5%的有12家。", "完。"], ["今天开市。涨3.8%的有12家。", "完。"])
    assert [change.kind for change in changes] == [Kind.SAME, Kind.CHANGED, Kind.SAME]
    assert changes[1].before == (
        Piece("涨", marked=False),
        Piece("3.5%", marked=True),
        Piece("的有12家。", marked=False),
    )
    assert changes[1].after == (
        Piece("涨", marked=False),
        Piece("3.8%", marked=True),
        Piece("的有12家。", marked=False),
    )


def test_a_sentence_that_has_no_counterpart_was_added_or_removed() -> None:
    changes = compare(["今天开市。", "旧的一句话在这里。"], ["今天开市。"])
    assert [(change.kind, change.after) for change in changes[1:]] == [(Kind.REMOVED, ())]
    changes = compare(["今天开市。"], ["更正说明：上文有误！", "今天开市。"])
    assert [(change.kind, change.before) for change in changes[:1]] == [(Kind.ADDED, ())]


def test_sentences_that_share_little_are_not_taken_for_one_another() -> None:
    kinds = [change.kind for change in compare(["今天开市，指数上涨。"], ["公司否认收购传闻！"])]
    assert kinds == [Kind.REMOVED, Kind.ADDED]


def test_a_single_character_between_two_changes_is_part_of_them() -> None:
    assert marked("甲乙丙", "丁乙戊").before == (Piece("甲乙丙", marked=True),)


@given(st.text(alphabet="天地。！12.5 ab", max_size=40), st.text(alphabet="天地。！12.5 ab", max_size=40))
def test_the_pieces_of_both_sides_are_the_two_sentences(before: str, after: str) -> None:
    change = marked(before, after)
    assert "".join(piece.text for piece in change.before) == before
    assert "".join(piece.text for piece in change.after) == after
    same = ["".join(piece.text for piece in side if not piece.marked) for side in (change.before, change.after)]
    assert same[0] == same[1], "what is not marked stands in both"


def test_two_texts_that_have_nothing_in_common_take_no_quarter_of_an_hour() -> None:
    old = [f"旧文第{number}句说了一些事情。" for number in range(200)]
    new = [f"新稿之{number}另有一番道理！" for number in range(200)]
    assert {change.kind for change in compare(old, new)} == {Kind.REMOVED, Kind.ADDED}
