"""What is the same to a searcher, and what an index holds of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search.folding import fold, grams, is_gram, needed

TEXTS = st.text(st.sampled_from("茅台酒貴贵州a1Ｂｂ２，。 \nＡ5g股\U00020000é"), max_size=30)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("貴州茅臺", "贵州茅台"),
        ("６００５１９", "600519"),
        ("ＥＴＦ", "etf"),
        ("ETF", "etf"),
        ("裏面裡面", "里面里面"),
        ("一　二\n三", "一 二 三"),
        ("，", ","),
        ("ﾆﾕｰｽ", "ニユース"),
    ],
)
def test_forms_of_a_character_are_one(written: str, meant: str) -> None:
    assert fold(written) == fold(meant) == meant


@pytest.mark.parametrize("character", ["㎡", "ﬁ", "ß", "…", "㈱"])
def test_what_stands_for_several_characters_stays_one(character: str) -> None:
    assert fold(character) == character


def test_every_character_folds_to_one_that_folds_to_itself() -> None:
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    folded = fold("".join(characters))
    assert len(folded) == len(characters)
    assert fold(folded) == folded


def test_an_index_holds_characters_neighbours_and_threes_of_a_word() -> None:
    assert grams("茅台A股600。酒") - {" "} >= {"茅", "台", "茅台", "台a", "a股", "股6", "60", "00", "600", "酒"}
    assert not any("。" in gram or "0酒" in gram for gram in grams("茅台A股600。酒"))


@pytest.mark.parametrize(
    ("asked", "grams_needed"),
    [
        ("茅", ["茅"]),
        ("茅台", ["茅台"]),
        ("贵州茅台", ["贵州", "州茅", "茅台"]),
        ("600519", ["600", "005", "051", "519"]),
        ("a股", ["a股"]),
        ("5g手机", ["5g", "g手", "手机"]),
        ("12.5%", ["12", "5"]),
        ("，。", []),
    ],
)
def test_a_query_needs_these(asked: str, grams_needed: list[str]) -> None:
    assert needed(fold(asked)) == grams_needed


@given(TEXTS, st.integers(0, 30), st.integers(1, 8))
def test_what_stands_in_a_text_needs_nothing_that_the_text_lacks(text: str, start: int, length: int) -> None:
    piece = fold(text)[start : start + length]
    assert set(needed(piece)) <= grams(text)


@given(TEXTS, TEXTS)
def test_a_gram_is_held_only_for_texts_it_stands_in(text: str, piece: str) -> None:
    if is_gram(fold(piece)):
        assert (fold(piece) in grams(text)) == (fold(piece) in fold(text))
