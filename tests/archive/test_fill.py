"""A field that nearly every article had and nearly none has now is named, with both shares and an example."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from newsarchive.archive.fill import Fill, Unusual, unusual
from newsarchive.article import Article, Name, Origin

SOURCE = '<p class="em_media">（文章来源：科技日报）</p>'
STOCK = '<span id="stock_1.600160">巨化股份</span>'


def article(number: int, *, rolling: bool = True, **fields: Any) -> Article:
    plain = Article(
        name=Name(f"2022030123{number:08d}", rolling),
        title="标题",
        date="2022-03-01 18:12:37 +0800",
        category="emnews",
        tag="东财滚动新闻",
        body=f"<p>{STOCK if rolling and number % 2 else ''}{'正文' * 300}</p>{SOURCE}",
        link="http://finance.eastmoney.com/news/1353,202203012300000000.html",
        digest="摘要" if rolling else "",
        capture=f"20220301-0001.warc.gz#{number}",
    )
    return replace(plain, **fields)


def run(number: int, **fields: Any) -> Fill:
    made = Fill()
    for one in range(number):
        made.note(article(one, **fields))
    return made


USUAL = [run(12).totals()] * 30
ROTS: dict[str, dict[str, Any]] = {
    "the digest: in 0 of 12 new rolling news (0%), in 240 of 240 before (100%)": {"digest": ""},
    "the source line: in 0 of 12 new articles (0%), in 240 of 240 before (100%)": {"body": f"<p>{'正文' * 300}</p>"},
    "the share host's text: in 0 of 12 new articles (0%), in 240 of 240 before (100%)": {"origin": Origin.MIRROR_PAGE},
    "the text: new articles have 50 characters in the middle, those before had 642": {
        "body": f"<p>正文见原文{'。' * (50 - 12 - len(SOURCE))}</p>{SOURCE}"
    },
}


def test_the_record_counts_what_new_articles_have() -> None:
    made = run(3)
    made.note(article(3, rolling=False, body="<p>短</p>"))
    assert made.totals() == {
        "fill articles": 4,
        "fill rolling": 3,
        "fill digest": 3,
        "fill source line": 3,
        "fill stock links": 1,
        "fill share host's text": 4,
        "text length": len(article(0).body),
    }
    assert Fill().totals() == {}, "a run without news says nothing of fields"


def test_articles_as_usual_are_no_alarm() -> None:
    assert unusual(run(12), USUAL) == []
    assert unusual(Fill(), USUAL) == []


@pytest.mark.parametrize(("sentence", "rot"), ROTS.items())
def test_a_rot_is_named_with_both_shares_and_an_article_that_shows_it(sentence: str, rot: dict[str, Any]) -> None:
    found = unusual(run(12, **rot), USUAL)
    assert found == [Unusual(sentence, "202203012300000000", "20220301-0001.warc.gz#0")]


def test_few_articles_are_put_together_with_those_of_the_runs_before() -> None:
    assert unusual(run(5, digest=""), USUAL) == [], "half of these twelve and more had one"
    found = unusual(run(5, digest=""), [run(5, digest="").totals(), *USUAL])
    assert [one.sentence for one in found] == [
        "the digest: in 0 of 10 new rolling news (0%), in 240 of 240 before (100%)"
    ]
    assert unusual(run(1), [run(12, digest="").totals(), *USUAL]) == [], "it is there again"


@pytest.mark.parametrize("earlier", [[], [run(12).totals()] * 4, [Fill().totals()] * 200])
def test_fifty_articles_before_are_the_least_to_judge_by(earlier: list[dict[str, int]]) -> None:
    assert unusual(run(40, digest=""), earlier) == []


def test_what_only_some_articles_had_takes_more_to_be_missed() -> None:
    bare = {"body": f"<p>{'正文' * 300}</p>{SOURCE}"}
    usual = [run(20).totals()] * 30
    assert unusual(run(40, **bare), usual) == []
    (found,) = unusual(run(60, **bare), usual)
    assert found.sentence == "the stock links: in 0 of 60 new rolling news (0%), in 200 of 400 before (50%)"


def test_a_field_that_was_never_there_is_not_missed() -> None:
    without = [run(12, digest="", origin=Origin.MIRROR_PAGE).totals()] * 30
    assert unusual(run(12, digest="", origin=Origin.MIRROR_PAGE), without) == []


def test_newspapers_have_no_digest_and_lack_none() -> None:
    assert unusual(run(40, rolling=False), USUAL) == []


def test_what_a_failing_host_left_to_a_lesser_road_is_no_rot() -> None:
    made = Fill()
    for one in range(12):
        lesser = article(one, origin=Origin.MIRROR_PAGE)
        made.hindered.add(lesser.name)
        made.note(lesser)
    assert made.totals() == {}
    assert unusual(made, USUAL) == []
