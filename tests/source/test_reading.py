"""How a list of the publisher's is read back, whatever moves on it meanwhile: nothing slips by unsaid."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from newsarchive.article import Name
from newsarchive.source.eastmoney import Column, Item, Page, Question
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting
from newsarchive.source.reading import End, Reading
from newsarchive.source.understanding import NotUnderstoodError

NOW = datetime(2022, 3, 3, 12, tzinfo=UTC)
PAPERS, ROLLING = Column("350"), Column("102", rolling=True)


@dataclass
class Source:
    """A list at its publisher: articles, newest first; its server gives no larger pages than `cap`."""

    column: Column
    length: int = 300
    cap: int = 200
    number: int = 10_000
    articles: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.articles = [self.number - age for age in range(self.length)]

    def publish(self, count: int) -> None:
        for _ in range(count):
            self.number += 1
            self.articles.insert(0, self.number)

    def withdraw(self, *places: int) -> None:
        for place in sorted(places, reverse=True):
            if place < len(self.articles):
                del self.articles[place]

    def item(self, number: int) -> Item:
        shown = NOW - timedelta(minutes=(10_000 - number) * 20)
        link = ArticleLink(Name(f"202203030000{number:06}", rolling=self.column.rolling), day=date(2022, 3, 3))
        return Item(Sighting(link, ()), shown)

    def answer(self, question: Question) -> Page:
        size = min(question.size, self.cap)
        if self.column.rolling:
            older = [one for one in self.articles if not question.after or one < int(question.after)][:size]
            return Page(tuple(map(self.item, older)), after=str(older[-1]) if older else "")
        return Page(tuple(map(self.item, self.articles[(question.index - 1) * size : question.index * size])))


def names(source: Source, numbers: range | list[int]) -> set[str]:
    return {source.item(number).name for number in numbers}


def reading(source: Source, earlier: set[str] | None = None, **how: object) -> Reading:
    known = earlier or set()
    before = None if earlier is None else NOW - timedelta(hours=1)
    return Reading(source.column, NOW, before, lambda name: str(name) in known, **how)  # type: ignore[arg-type]


def read(source: Source, it: Reading, between: Callable[[], None] = lambda: None) -> list[Question]:
    """Read to the end; something may happen between two questions."""
    asked = []
    while it.question is not None:
        question = it.question
        asked.append(question)
        it.take(source.answer(question), question)
        between()
    return asked


@pytest.mark.parametrize("column", [PAPERS, ROLLING])
def test_the_first_reading_goes_back_three_days(column: Column) -> None:
    source = Source(column)
    it = reading(source)
    read(source, it)
    assert it.end is End.COMPLETE
    assert names(source, [number for number in source.articles if (10_000 - number) * 20 <= 3 * 1440]) <= set(it.found)


@pytest.mark.parametrize("column", [PAPERS, ROLLING])
@pytest.mark.parametrize("length", [1, 3, 10, 49, 50, 51, 60])
def test_a_short_list_is_read_to_its_end(column: Column, length: int) -> None:
    source = Source(column, length)
    it = reading(source)
    asked = read(source, it)
    assert (it.end, set(it.found)) == (End.COMPLETE, names(source, source.articles))
    assert len(asked) <= 4


@pytest.mark.parametrize("column", [PAPERS, ROLLING])
def test_nothing_new_costs_one_question(column: Column) -> None:
    source = Source(column)
    it = reading(source, names(source, source.articles))
    assert len(read(source, it)) == 1
    assert it.end is End.COMPLETE


@pytest.mark.parametrize("column", [PAPERS, ROLLING])
@pytest.mark.parametrize("news", [1, 49, 50, 51, 237])
def test_what_is_new_is_read_back_to_what_was_read_before(column: Column, news: int) -> None:
    source = Source(column)
    earlier = names(source, source.articles)
    source.publish(news)
    it = reading(source, earlier)
    read(source, it)
    assert it.end is End.COMPLETE
    assert names(source, source.articles) - earlier <= set(it.found)


def test_an_old_article_pinned_to_the_top_proves_nothing() -> None:
    source = Source(PAPERS)
    earlier = names(source, source.articles)
    source.publish(120)
    source.articles.insert(0, source.articles.pop(200))
    it = reading(source, earlier)
    read(source, it)
    assert it.end is End.COMPLETE
    assert names(source, range(10_001, 10_121)) <= set(it.found)


@pytest.mark.parametrize("column", [PAPERS, ROLLING])
def test_a_list_that_ends_before_the_earlier_reading_is_not_proven(column: Column) -> None:
    source = Source(column)
    earlier = names(source, source.articles)
    source.publish(200)
    del source.articles[80:]  # it holds no more than its newest
    it = reading(source, earlier)
    read(source, it)
    assert it.end is End.UNPROVEN
    assert set(it.found) == names(source, source.articles)


@pytest.mark.parametrize("column", [PAPERS, ROLLING])
def test_patience_that_ends_before_the_earlier_reading_is_not_proven(column: Column) -> None:
    source = Source(column)
    earlier = names(source, source.articles)
    source.publish(900)
    it = reading(source, earlier, max_pages=2)
    assert len(read(source, it)) == 2
    assert it.end is End.UNPROVEN


def test_a_day_asked_for_is_read_to_beyond_what_is_known() -> None:
    source = Source(PAPERS)
    it = reading(source, names(source, source.articles), since=date(2022, 3, 2))
    read(source, it)
    assert it.end is End.COMPLETE
    assert it.oldest is not None
    assert it.oldest < datetime(2022, 3, 2, tzinfo=UTC) - timedelta(hours=8)


def seeds() -> Iterator[int]:
    yield from range(60)


@pytest.mark.parametrize("column", [PAPERS, ROLLING])
@pytest.mark.parametrize("cap", [200, 20])
def test_nothing_slips_by_on_a_list_that_moves_while_it_is_read(column: Column, cap: int) -> None:
    for seed in seeds():
        dice = random.Random(seed)
        source = Source(column, cap=cap)
        earlier = names(source, source.articles)
        source.publish(dice.randrange(20, 200))
        it = reading(source, earlier, max_pages=400)

        def moves(source: Source = source, dice: random.Random = dice) -> None:
            if dice.random() < 0.7:
                source.publish(dice.choice([0, 0, 1, 3, 15]))
            if dice.random() < 0.7:
                source.withdraw(*(dice.randrange(150) for _ in range(dice.choice([1, 2, 8, 30]))))

        there = names(source, source.articles) - earlier  # when the reading began
        read(source, it, moves)
        still = names(source, source.articles)
        assert it.end is End.COMPLETE, seed
        assert there & still <= set(it.found), f"seed {seed}: {sorted(there & still - set(it.found))[:5]} slipped by"


def test_more_published_between_two_pages_than_a_page_holds_is_met_as_well() -> None:
    source = Source(PAPERS)
    earlier = names(source, source.articles)
    source.publish(120)
    it, floods = reading(source, earlier, max_pages=400), iter([300])
    there = names(source, source.articles) - earlier
    read(source, it, lambda: source.publish(next(floods, 0)))
    assert it.end is End.COMPLETE
    assert there <= set(it.found)


def test_a_list_that_gives_the_same_page_again_is_not_understood() -> None:
    source = Source(ROLLING)
    it = reading(source)
    first = it.question
    assert first is not None
    page = source.answer(first)
    it.take(page, first)
    following = it.question
    assert following is not None
    with pytest.raises(NotUnderstoodError, match="the same articles again"):
        it.take(page, following)


def test_a_list_that_gives_small_pages_is_read_by_small_pages() -> None:
    source = Source(PAPERS, cap=20)
    it = reading(source)
    asked = read(source, it)
    assert it.end is End.COMPLETE
    assert max(question.size for question in asked[1:]) <= 20
