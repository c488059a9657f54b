"""Where the words stand in the text as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search.folding import fold
from newsarchive.search.marking import mark, snippet
from newsarchive.search.query import parse


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("貴州茅臺６００５１９", "茅台 600519", ["茅臺６００５１９"]),
        ("茅台与五粮液", "茅台 OR 五粮液", ["茅台", "五粮液"]),
        ("茅台与五粮液", "茅台 -洋河", ["茅台"]),
        ("茅台台", "茅台 台台", ["茅台台"]),
        ("ETF、etf、Ｅtf", "ETF", ["ETF", "etf", "Ｅtf"]),
        ("没有", "茅台", []),
    ],
)
def test_the_words_are_marked_as_they_are_written(text: str, query: str, marked: list[str]) -> None:
    found = mark(text, parse(query))
    assert [text[begin:end] for begin, end in found.spans] == marked
    assert "".join(part for part, _ in found.parts()) == text


def test_the_piece_begins_with_its_sentence_and_shows_the_word() -> None:
    text = "第一句说的是别的事情。" * 20 + "第二句说到茅台酒的价格。" + "后面还有。" * 30
    piece = snippet(text, parse("茅台酒"))
    assert piece.text.startswith("…第二句说到茅台酒的价格。")
    assert [piece.text[begin:end] for begin, end in piece.spans] == ["茅台酒"]


def test_the_piece_is_taken_where_the_most_words_are_together() -> None:
    text = "茅台。" + "别的。" * 100 + "五粮液与茅台与洋河。" + "别的。" * 100
    piece = snippet(text, parse("茅台 五粮液 洋河"))
    assert "五粮液与茅台与洋河" in piece.text


def test_no_number_is_cut_at_the_end() -> None:
    assert snippet("茅台" * 38 + "涨600519点" + "后" * 50, parse("茅台")).text.endswith("涨…")


def test_without_a_query_the_text_begins_at_its_beginning() -> None:
    assert snippet("一行\n二行", None).text == "一行 二行"


@given(
    st.text(st.sampled_from("茅臺台酒aA1Ａ，。 \n"), max_size=300),
    st.lists(st.text(st.sampled_from("茅台酒a1"), min_size=1, max_size=3), min_size=1, max_size=3),
)
def test_every_mark_is_what_was_asked_for_and_no_occurrence_is_missed(text: str, words: list[str]) -> None:
    query = parse(" ".join(words))
    found, folded = mark(text, query), fold(text)
    places = {at for begin, end in found.spans for at in range(begin, end)}
    assert all(before[1] < after[0] for before, after in zip(found.spans, found.spans[1:], strict=False))
    for word in query.wanted:
        at = folded.find(word)
        while at >= 0:
            assert places >= set(range(at, at + len(word)))
            at = folded.find(word, at + len(word))
    piece = snippet(text, query)
    assert len(piece.text) <= 82
    assert (not found.spans) or piece.spans
    assert all(0 <= begin < end <= len(piece.text) for begin, end in piece.spans)
