"""What the roads gave for one article: what it lacks, and which fields the share host should have told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsarchive.article import Origin, Refused
from newsarchive.source.gathered import Gathered, is_readable
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.lists import Listed
from newsarchive.source.page import PostPage
from newsarchive.source.road import Road
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


# -- the digest alone --------------------------------------------------------------------------------------------------

SHOWN = PostPage(
    "一", "2022-03-01 12:34:00", ("东财滚动新闻",), "emnews", "今年第9号台风登陆。", "", "http://example.org/1"
)
SAID = Listed(digest="今年第9号台风登陆。", date="2022-03-01 12:34:00", capture="a#1")


@pytest.mark.parametrize(
    ("known", "capture"), [({"page": SHOWN, "captures": {Road.MIRROR_PAGE: "b#2"}}, "b#2"), ({"listed": SAID}, "a#1")]
)
def test_at_the_last_chance_the_digest_alone_is_the_article(known: dict[str, object], capture: str) -> None:
    gathered = Gathered(ROLLING, **known, settle=True)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="no road has a text"):
        gathered.article()
    gathered.last_chance = True
    article = gathered.article()

    assert (article.digest, article.body, article.origin) == ("今年第9号台风登陆。", "", Origin.DIGEST)
    assert (article.capture, article.category) == (capture, "emnews")
    gathered.held = Origin.DIGEST
    with pytest.raises(Refused, match="no better road has a text"):
        gathered.article()
    gathered.answer = replace(WHOLE, content="<p>今年第9号台风登陆。</p>")
    assert gathered.article().origin is Origin.SHARE_JSON, "any text is better"


def test_no_digest_is_enough_for_a_newspapers_article_and_a_blank_one_for_none() -> None:
    blank = Listed(digest="\x00", date="2022-03-01 12:34:00")
    for gathered in (Gathered(PAPER, listed=SAID, last_chance=True), Gathered(ROLLING, listed=blank, last_chance=True)):
        with pytest.raises(Refused, match="no road has a text"):
            gathered.article()


def test_every_text_is_better_than_the_digest_alone() -> None:
    assert all(origin.is_better_than(Origin.DIGEST) for origin in Origin if origin is not Origin.DIGEST)
