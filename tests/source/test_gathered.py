"""What the roads gave for one article: what it lacks, and which fields the share host should have told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsarchive.source.gathered import Gathered, is_readable
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.share import ShareAnswer

PAPER = article_link("/kejiribao/2022/03/01/NW202203011234000100.html", "一")
ROLLING = article_link("/emnews/2022/03/01/202203011234000100.html", "一")
WHOLE = ShareAnswer("一", "2022-03-01 12:34:00", ("科技日报",), "<p>　　甲乙丙丁</p>", "<p>　　甲乙丙丁</p>")


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({}, ""),
        ({"title": " "}, "title"),
        ({"date": "昨天"}, "date"),
        ({"newspapers": ()}, "newspaper"),
        ({"title": "", "date": "", "newspapers": ()}, "title and date and newspaper"),
    ],
)
def test_an_answer_with_the_text_must_have_the_other_fields(change: dict[str, object], lacking: str) -> None:
    answer = replace(WHOLE, **change)  # type: ignore[arg-type]

    said = f"the share host's JSON: a text without {lacking}" if lacking else ""
    assert Gathered(PAPER, answer=answer).answer_lacks == said
    assert Gathered(PAPER, answer=replace(answer, text="", content="")).answer_lacks == "", "it knows no more of it"


@pytest.mark.parametrize(("link", "rotten"), [(PAPER, True), (ROLLING, False)])
def test_rolling_news_needs_no_newspaper(link: ArticleLink, rotten: object) -> None:
    assert bool(Gathered(link, answer=replace(WHOLE, newspapers=())).answer_lacks) is rotten


def test_what_no_road_gave_is_lacking() -> None:
    assert Gathered(PAPER).lacking() == {"text", "title", "date", "place"}
    assert Gathered(ROLLING).lacking() == {"text", "title", "date", "digest"}
    assert Gathered(PAPER, answer=WHOLE).lacking() == set()
    assert Gathered(PAPER, answer=replace(WHOLE, newspapers=())).lacking() == {"place"}
    assert Gathered(PAPER, ("科技日报新闻",), answer=replace(WHOLE, newspapers=())).lacking() == set()


@pytest.mark.parametrize(("date", "readable"), [("2022-03-01 12:34:00", True), ("", False), ("昨天", False)])
def test_a_date_is_readable_or_not(date: str, readable: object) -> None:
    assert is_readable(date) is readable
