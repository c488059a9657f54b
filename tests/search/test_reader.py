"""What the index answers, beside a look through all texts."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.article import Refused
from newsarchive.replica.compose import compose
from newsarchive.search.folding import fold
from newsarchive.search.index import catch_up
from newsarchive.search.query import QueryError, parse
from newsarchive.search.reader import Filters, Reader
from newsarchive.search.store import IndexNewError

PAPERS = (("kejiribao", "科技日报新闻"), ("zhengquanshibao", "证券时报新闻"), ("emnews", "东财滚动新闻"))


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, new_library: Callable[[Path], Any]) -> Iterator[Reader]:
    """Some three hundred composed articles, in simplified and traditional, several in one second."""
    library = new_library(tmp_path_factory.mktemp("shelf") / "archive")
    articles = []
    for number, piece in enumerate(compose(days=6, odd=False)):
        category, tag = PAPERS[number % 3]
        text = piece.text or piece.content
        if number % 5 == 0:
            text = text.replace("储能变流器", "儲能變流器").replace("光伏", "光ＦＵ")
        moment = f"{piece.published:%Y-%m-%d %H:%M}:{number % 2:02}"
        articles.append((number, piece.title, text.replace("\r\n", ""), moment, category, tag))
    articles += [(1000 + n, f"同一秒 {n}", "一秒之内的新闻", "2022-03-02 00:00:00", *PAPERS[0]) for n in range(40)]
    library.put_all(articles)
    catch_up(library.root)
    reader = Reader(library.root)
    yield reader
    reader.close()


@pytest.fixture(scope="session")
def texts(shelf: Reader) -> dict[str, str]:
    """Title and text of every article, folded, newest first: what brute force looks through."""
    page = shelf.recent(limit=10_000)
    return {hit.document.name: fold(f"{hit.document.title}\0{shelf.text(hit.document.name)}") for hit in page.hits}


def names(reader: Reader, query: str, filters: Filters | None = None, step: int = 1000) -> list[str]:
    """Every hit, page by page."""
    found, after = list[str](), None
    while True:
        page = reader.search(query, filters, before=after, limit=step)
        found += [hit.document.name for hit in page.hits]
        after = page.next
        if after is None:
            return found
        assert len(page.hits) == step


def pieces(texts: dict[str, str]) -> st.SearchStrategy[str]:
    """Texts that stand somewhere, as words of a query."""
    everything = "\0".join(texts.values())
    starts = st.integers(0, len(everything) - 10)
    return st.builds(lambda start, length: everything[start : start + length], starts, st.integers(1, 9)).map(
        lambda piece: piece.translate(dict.fromkeys(map(ord, '\0"“”「」『』()（）-| '), "新"))
    )


def test_it_finds_what_brute_force_finds_no_more_and_no_less(shelf: Reader, texts: dict[str, str]) -> None:
    @settings(max_examples=150, deadline=None, database=None)
    @given(pieces(texts), pieces(texts), st.sampled_from(["{0}", '"{0}"', "{0} {1}", "{0} OR {1}", "{0} -{1}"]))
    def check(first: str, second: str, form: str) -> None:
        try:
            query = parse(form.format(first, second))
        except QueryError:  # punctuation alone
            return
        one, two = fold(first), fold(second)
        wanted: Callable[[str], bool] = {
            "{0}": lambda text: one in text,
            '"{0}"': lambda text: one in text,
            "{0} {1}": lambda text: one in text and two in text,
            "{0} OR {1}": lambda text: one in text or two in text,
            "{0} -{1}": lambda text: one in text and two not in text,
        }[form]
        assert names(shelf, query.text) == [name for name, text in texts.items() if wanted(text)]

    check()


@pytest.mark.parametrize(
    "query", ["储能", "儲能變流器", "穹石", "699", "公司", "公司 -储能", "年", "一秒之内", "同一秒 39"]
)
@pytest.mark.parametrize("step", [3, 7, 1000])
def test_pages_join_without_gap_or_repetition(shelf: Reader, texts: dict[str, str], query: str, step: int) -> None:
    wanted = [name for name, text in texts.items() if parse(query).root.stands_in(text)]
    assert wanted
    assert names(shelf, query, step=step) == wanted


def test_newest_is_first_and_a_second_holds_any_number(shelf: Reader) -> None:
    stamps = [hit.document.published for hit in shelf.recent(limit=10_000).hits]
    assert stamps == sorted(stamps, reverse=True)
    assert len(names(shelf, "一秒之内的新闻")) == 40


def test_words_are_marked_in_the_text_as_written(shelf: Reader) -> None:
    hits = shelf.search("储能变流器", limit=200).hits
    marked = {hit.snippet.text[begin:end] for hit in hits for begin, end in hit.snippet.spans}
    assert marked == {"储能变流器", "儲能變流器"}


@pytest.mark.parametrize("query", [None, "公司"])
def test_filters_confine(shelf: Reader, query: str | None) -> None:
    def days(filters: Filters) -> list[tuple[str, str, str]]:
        page = shelf.search(query, filters, limit=999) if query else shelf.recent(filters, limit=999)
        return [(hit.document.day, hit.document.category, hit.document.newspaper) for hit in page.hits]

    everything = days(Filters())
    second = date(2022, 3, 2)
    assert days(Filters(since=second, until=second)) == [row for row in everything if row[0] == "2022-03-02"]
    assert days(Filters(since=second)) == [row for row in everything if row[0] >= "2022-03-02"]
    assert days(Filters(until=second)) == [row for row in everything if row[0] <= "2022-03-02"]
    assert days(Filters(categories=("emnews",))) == [row for row in everything if row[1] == "emnews"]
    two = ("科技日报", "证券时报")
    assert days(Filters(newspapers=two, until=second)) == [
        row for row in everything if row[2] in two and row[0] <= "2022-03-02"
    ]
    assert len({row[0] for row in everything}) == 6
    assert days(Filters(categories=("nowhere",))) == []


def test_counts_are_those_of_the_articles(shelf: Reader, texts: dict[str, str]) -> None:
    days = shelf.days(2022, 3)
    assert sum(days.values()) == len(texts) == shelf.count()
    assert days["2022-03-02"] == len(
        shelf.recent(Filters(since=date(2022, 3, 2), until=date(2022, 3, 2)), limit=999).hits
    )
    assert shelf.days(2021, 12) == {}
    rolling = shelf.count_by_day(date(2022, 3, 1), date(2022, 3, 31), "emnews")
    counts = {count.category: count for count in shelf.categories()}
    assert sum(rolling.values()) == counts["emnews"].count
    assert counts["emnews"].newest == max(rolling)
    assert sum(count.count for count in counts.values()) == len(texts)


def test_categories_and_newspapers_are_found_by_glob_tag_and_either_script(shelf: Reader) -> None:
    assert shelf.categories_like(["zheng*", "nowhere"]) == ("zhengquanshibao",)
    assert shelf.newspapers_like(["證券*"]) == ("证券时报",)
    assert shelf.newspapers_like(["科技日报新闻"]) == ("科技日报",)


def test_a_document_is_given_whole(shelf: Reader) -> None:
    hit = shelf.recent(limit=1).hits[0]
    assert shelf.document(hit.document.name) == hit.document
    assert (shelf.root / hit.document.post).is_file()
    text = shelf.text(hit.document.name)
    assert text is not None
    assert len(text) == hit.document.length
    assert (shelf.document("NW0"), shelf.text("NW0")) == (None, None)


def test_a_cursor_of_an_article_that_is_gone_still_tells_the_place(shelf: Reader, texts: dict[str, str]) -> None:
    after = shelf.recent(before="2022-03-02T16:00:00Z,NW20220302000000000000", limit=999)
    assert {hit.document.day for hit in after.hits} == {"2022-03-01", "2022-03-02"}


@pytest.mark.parametrize(
    "cursor", ["", "x", "2022-03-02T16:00:00Z", "2022-03-02,zero", "9999-99-99T00:00:00Z,NW20220302000000000000"]
)
def test_what_is_no_cursor_is_refused(shelf: Reader, cursor: str) -> None:
    with pytest.raises(Refused, match="is no cursor"):
        shelf.recent(before=cursor)


def test_threads_ask_side_by_side(shelf: Reader) -> None:
    found, words = dict[str, list[str]](), ["储能", "光伏", "公司"]
    threads = [threading.Thread(target=lambda word=word: found.update({word: names(shelf, word)})) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {word: names(shelf, word) for word in words}


def test_an_index_that_takes_the_place_of_another_is_met(library: Any) -> None:
    library.put(1, "甲")
    catch_up(library.root)
    reader = Reader(library.root)
    assert reader.count() == 1
    (library.root / "search.db").unlink()
    library.put(2, "乙")
    catch_up(library.root)
    assert reader.count() == 2
    reader.close()


def test_without_an_index_it_says_so(library: Any) -> None:
    with pytest.raises(IndexNewError):
        Reader(library.root)


def test_order_does_not_depend_on_the_order_of_indexing(library: Any) -> None:
    numbers = list(range(30))
    random.Random(7).shuffle(numbers)
    for some in (numbers[:11], numbers[11:]):
        library.put_all(
            [(n, f"标题{n}", "正文", f"2022-03-02 10:{n:02}:00", "kejiribao", "科技日报新闻") for n in some]
        )
        catch_up(library.root)
    reader = Reader(library.root)
    assert [hit.document.title for hit in reader.search("正文", limit=99).hits] == [
        f"标题{n}" for n in range(29, -1, -1)
    ]
    reader.close()
