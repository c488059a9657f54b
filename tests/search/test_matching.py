"""Everything that matches, by name: the same as a look through all texts, and as the pages give it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsarchive.search import matching, store
from newsarchive.search.folding import fold
from newsarchive.search.index import catch_up
from newsarchive.search.matching import OverError
from newsarchive.search.query import parse
from newsarchive.search.reader import Reader
from tests.search.conftest import Library

TEXTS = (
    ("贵州茅台", "白酒龙头净利润增长"),
    ("茅台酒价", "台风茅草贵州"),
    ("ETF 周报", "科创50ETF(588000)获资金净流入"),
    ("证券", "證券公司净利润"),
    ("无关", "量子计算"),
    ("茅 台", "贵 州"),
)
QUERIES = (
    "茅台",
    "贵州茅台",
    "净利润",
    "净利润 -茅台",
    "茅台 OR etf",
    "588000",
    "证券公司",
    "茅",
    "没有的词",
    '"茅 台"',
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, new_library: Callable[[Path], Library]) -> Iterator[Path]:
    library = new_library(tmp_path_factory.mktemp("matching") / "archive")
    for number, (title, text) in enumerate(TEXTS):
        library.put(number, title, text, date=f"2022-03-02 18:12:{number:02}")
    catch_up(library.root)
    return library.root


@pytest.mark.parametrize("words", QUERIES)
def test_the_names_are_those_of_all_hits_newest_first(root: Path, words: str) -> None:
    query = parse(words)
    with closing(store.open_to_read(root)) as db, closing(Reader(root)) as reader:
        found = list(matching.names_of(db, query))
        paged = [hit.document.name for hit in reader.search(query, limit=100).hits]
    brute = [
        f"NW2022030{number:013}"
        for number, texts in enumerate(TEXTS)
        if query.root.stands_in("\0".join(map(fold, texts)))
    ]
    assert found == paged == brute[::-1]


def test_every_article_is_listed_by_name_with_its_length_and_its_text_is_given(root: Path) -> None:
    with closing(store.open_to_read(root)) as db:
        listed = list(matching.every(db))
        assert [one.name for one in listed] == sorted(one.name for one in listed)
        assert [(one.title, one.length) for one in listed] == [(title, len(text)) for title, text in TEXTS]
        assert {one.newspaper for one in listed} == {"科技日报"}
        assert matching.text_of(db, listed[0].name) == TEXTS[0][1]
        assert matching.text_of(db, "NW20220302000000000000") is None


def test_who_takes_too_long_gives_up(root: Path) -> None:
    asked = itertools.count()
    with closing(store.open_to_read(root)) as db, pytest.raises(OverError):
        list(matching.names_of(db, parse("净利润"), lambda: next(asked) > 0))
