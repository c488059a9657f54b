"""What a query means, and what is said where it means nothing."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search.folding import fold, grams
from newsarchive.search.query import LONGEST, QueryError, parse

TEXT = "贵州茅台(600519)公告：一季度净利润同比增长，A股 白酒板块 ETF 走强"


@pytest.mark.parametrize(
    "query",
    [
        "茅台",
        "貴州茅臺",
        "茅台 600519",
        "茅台 AND 600519",
        "茅台 OR 五粮液",
        "茅台 ｜ 五粮液",
        "五粮液 OR 茅台 600519",
        "(五粮液 OR 茅台) 净利润",
        "（五粮液 OR 茅台）净利润",
        "贵州茅台(600519)",
        "贵州茅台（600519）公告",
        "(茅台(600519) OR 五粮液) etf",
        '"A股 白酒"',
        "“白酒板块 etf”",
        "「白酒板块」",
        "茅台 -五粮液",
        "茅台 NOT 五粮液",
        "茅台 -(五粮液 OR 洋河)",
        "茅台 -(五粮液 白酒)",
        "６００５１９",
        "05",
        "酒",
        "a股",
    ],
)
def test_it_finds_the_text(query: str) -> None:
    assert parse(query).root.stands_in(fold(TEXT))


@pytest.mark.parametrize(
    "query", ["五粮液", "茅台 五粮液", "茅台 -白酒", '"股 板块"', "茅台酒", "茅台 -(五粮液 OR 白酒)", "60519", "or"]
)
def test_it_does_not_find_the_text(query: str) -> None:
    assert not parse(query).root.stands_in(fold(TEXT))


@pytest.mark.parametrize(
    ("query", "place", "says"),
    [
        ("", 0, "say what to look for"),
        ("   ", 0, "say what to look for"),
        ('茅台 "白酒', 3, "never closed"),
        ("茅台 “白酒", 3, "never closed"),
        ("(茅台", 0, "never closed"),
        ("茅台) 白酒", 2, "closes none"),
        ("-茅台", 0, "not only what not"),
        ("白酒 OR -茅台", 6, "not only what not"),
        ("茅台 OR", 4, "is missing"),
        ("OR 茅台", 0, "is missing"),
        ("茅台 AND", 3, "between two things"),
        ("AND 茅台", 0, "between two things"),
        ("茅台 ，。", 3, "no letter or digit"),
        ("茅台 --白酒", 3, "say what must not be there"),
        ("茅台 ()", 4, "is missing"),
        ("(" * 30 + "茅台" + ")" * 30, 20, "too deeply"),
        ("茅" * (LONGEST + 1), LONGEST - 1, "longer than"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_place(query: str, place: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        parse(query)
    assert caught.value.place == place


@given(st.text(st.sampled_from('茅台酒aA1 -|()（）"“”「」ORNTD\n\ud800，'), max_size=40))
def test_any_text_is_understood_or_refused_and_what_is_understood_can_be_asked(query: str) -> None:
    try:
        asked = parse(query)
    except QueryError as error:
        if not 0 <= error.place <= max(len(error.text) - 1, 0):
            pytest.fail(f"{error.place} is no place in {error.text!r}")
        return
    assert asked.wanted
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE terms USING fts5 (grams, content = '', detail = none, tokenize = 'ascii')")
        db.execute("INSERT INTO terms (rowid, grams) VALUES (1, ?)", (" ".join(grams("茅台酒")),))
        found = db.execute("SELECT 1 FROM terms WHERE terms MATCH ?", (asked.root.match(),)).fetchone() is not None
    db.close()
    if asked.root.stands_in("茅台酒"):
        assert found
    if asked.root.certain:
        assert found == asked.root.stands_in("茅台酒")


def test_the_longest_query_can_be_asked() -> None:
    query = parse("".join(chr(0x4E00 + index) for index in range(LONGEST)))
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE terms USING fts5 (grams, content = '', detail = none, tokenize = 'ascii')")
        assert db.execute("SELECT 1 FROM terms WHERE terms MATCH ?", (query.root.match(),)).fetchall() == []
    db.close()
