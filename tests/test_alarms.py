"""Pages that are understood, and yet not what the source used to show: exit code 4, the reason, and the capture."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from newsarchive.archive.captures import Captures
from newsarchive.archive.ledger import Ledger
from newsarchive.archive.runs import Run
from newsarchive.newspapers import category_of
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import Piece
from newsarchive.replica.server import Replica
from tests.serving import pages

CrawlInto = Callable[[Replica], Any]
HOUR = timedelta(hours=1)
USUAL = {
    "fill articles": 20, "fill rolling": 10, "fill digest": 10, "fill source line": 20, "fill stock links": 5,
    "fill share host's text": 20, "text length": 900,
}  # fmt: skip


@pytest.fixture(scope="session")
def four_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that knows nothing but four weeks of runs, hourly, each with twenty new articles."""
    file = tmp_path_factory.mktemp("weeks") / "ledger.db"
    ledger = Ledger(file)
    dice = random.Random(1)
    for number in range(4 * 7 * 24 + 60, 0, -1):
        run = Run("finews", {}, NOW - number * HOUR + timedelta(seconds=dice.uniform(-9, 9)))
        run.counts.update({"seen new": 20, **USUAL})
        run.ended = run.began
        ledger.run_ended(ledger.run_began("finews", {}, now=run.began), run.as_json(), "")
    ledger.close()
    return file


@pytest.fixture
def crawl_with_past(four_weeks: Path, crawl_into: CrawlInto) -> CrawlInto:
    """Give a crawl of a replica into an archive that remembers four weeks of runs."""

    def given(source: Replica) -> Any:
        crawl = crawl_into(source)
        crawl.archive.mkdir()
        shutil.copy(four_weeks, crawl.archive)
        return crawl

    return given


def at(hours: float) -> dict[str, str]:
    return {"NEWSARCHIVE_CLOCK": (NOW + hours * HOUR).isoformat()}


def kept(crawl: Any, place: str) -> bytes:
    body = Captures(crawl.archive / "captures", now=lambda: NOW).find(place)[1].body
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def alarms(crawl: Any) -> list[dict[str, str]]:
    return [failure for failure in crawl.last_run()["failures"] if failure["kind"] == "alarm"]


def test_a_feed_that_stands_still_is_named_without_a_request_more_until_it_moves(
    small_replica: Replica, crawl_with_past: CrawlInto
) -> None:
    crawl = crawl_with_past(small_replica)
    assert crawl("finews").code == 0
    assert crawl("finews", "limit=1", **at(3.1)).code == 0, "a narrowed run is compared with nothing"
    small_replica.reset()
    still = crawl("finews", **at(3.2))
    assert still.code == 4, still
    assert [seen.path for seen in small_replica.log if seen.path != "/robots.txt"] == ["/"]
    (alarm,) = alarms(crawl)
    assert alarm["what"] == small_replica.url
    assert alarm["reason"].startswith("no new article in the last 3 hours; 4 earlier weeks had 60")
    assert b"<h2" in kept(crawl, alarm["capture"]), "the home page as it was last sent whole"
    assert "what it shows is far from what earlier runs saw" in still.out
    assert crawl("finews", VOLUME_ALARM=0, **at(3.4)).code == 0
    fresh = [piece for piece in compose(per_day=80) if not piece.oddity and piece.published > NOW - 3 * HOUR]
    small_replica.add(*fresh)
    moved = crawl("finews", **at(3.5))
    assert moved.code == 0, moved
    assert crawl.last_run()["counts"]["seen new"] >= 15


@pytest.fixture(scope="module")
def rolling() -> list[Piece]:
    return [piece for piece in compose(per_day=150) if not piece.oddity and piece.rolling][-14:]


def without_source_line(piece: Piece) -> Piece:
    return replace(piece, content=piece.content.replace('class="em_media"', 'class="media"'))


@pytest.mark.parametrize("state", ["as ever", "rotten"])
def test_a_field_that_rots_is_named_and_every_article_archived_all_the_same(
    state: str, rolling: list[Piece], crawl_with_past: CrawlInto
) -> None:
    rots = state == "rotten"
    with Replica([without_source_line(piece) for piece in rolling] if rots else rolling) as source:
        crawl = crawl_with_past(source)
        ended = crawl("finews", VOLUME_ALARM=0)
    assert len(crawl.posts()) == len(rolling)
    assert ended.code == (4 if rots else 0), ended
    found = alarms(crawl)
    assert [alarm["reason"].partition(":")[0] for alarm in found] == (["the source line"] if rots else [])
    for alarm in found:
        assert alarm["what"] in {piece.name for piece in rolling}
        assert b"GetNewsText" not in kept(crawl, alarm["capture"])
        assert alarm["capture"] in ended.err


def test_a_home_page_that_lost_most_newspapers_is_named_until_they_are_there_again(crawl_into: CrawlInto) -> None:
    ordinary = (piece for piece in compose() if not piece.oddity and not piece.rolling)
    papers = {piece.newspaper: piece for piece in ordinary if " " not in piece.newspaper}  # each is one heading
    pieces, names = [*papers.values()][:24], [*papers][:24]
    with Replica(pieces) as source:
        crawl = crawl_into(source)
        assert crawl("finews").code == 0
        lost = [piece for piece in pieces if piece.newspaper not in names[:4]]
        for number in {piece.number for piece in lost}:
            source.delete(number)
        assert crawl("finews").code == 4
        (alarm,) = alarms(crawl)
        assert alarm["reason"] == "the home page shows 4 newspapers, though articles of 24 are within their three days"
        assert names[0].encode() in kept(crawl, alarm["capture"])
        source.reset()
        assert crawl("finews").code == 4
        assert "if-none-match" not in source.log[-1].headers, "a 304 would hide it"
        source.add(*lost)
        assert crawl("finews").code == 0


LINKS = "".join(f'<li><a href="/kejiribao/2022/03/03/NW20220303123000000{n}.html">题{n}</a></li>' for n in range(5))
HOME = f'<section><h2 id="科技日报新闻">科技日报新闻</h2><ul>{LINKS}</ul></section>'
ROLLING = HOME.replace("科技日报新闻", "东财滚动新闻").replace("/kejiribao/", "/emnews/").replace("NW2022", "2022")
NOTHING = "<section><h2>科技日报新闻</h2><ul></ul></section>"
FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>'
LISTS = {
    "an empty category page, an empty rolling page and an empty feed": (
        {"/": HOME + ROLLING, "/category/kejiribao.html": NOTHING, "/emnews/": NOTHING, "/feed.xml": FEED},
        [*["the list is empty, though articles of it are within their three days"] * 2, "the feed is empty"],
    ),
    "a home page without headings": (
        {"/": HOME.replace("h2", "h3")},
        ["1 of the home page's lists have no heading"],
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_cannot_be_right_is_named_with_its_capture(name: str, new_crawl: Any, tmp_path: Path) -> None:
    served, reasons = LISTS[name]
    with pages(served) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        ended = crawl("finews", "full=1", GIVE_UP_AFTER=0, RETRY_TIMES=0)
    assert ended.code == 4, ended
    found = [failure for failure in crawl.last_run()["failures"] if failure["kind"] == "not understood"]
    assert sorted(failure["reason"] for failure in found) == sorted(reasons)
    assert all(kept(crawl, failure["capture"]) for failure in found)


def test_a_list_due_from_an_earlier_run_may_be_empty_when_its_articles_have_expired(
    new_crawl: Any, tmp_path: Path
) -> None:
    served = {"/": HOME}
    with pages(served) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        assert crawl("finews", RETRY_TIMES=0).code == 3, "neither the category page nor the articles are there"
        other = HOME.replace("科技日报", "证券日报").replace("kejiribao", "zhengquanribao")
        other = other.replace("0303", "0306").replace("03/03", "03/06")
        served |= {"/": other, "/category/zhengquanribao.html": other, "/category/kejiribao.html": NOTHING}
        crawl("finews", RETRY_TIMES=0, **at(70))
    reasons = [failure["reason"] for failure in crawl.last_run()["failures"]]
    assert not [reason for reason in reasons if "list" in reason], reasons


def without_its_list(home: str, tag: str) -> str:
    """Take the links under a heading, and leave it and its list."""
    before, heading, after = home.partition(f'<h2 id="{tag}">')
    title, _, rest = after.partition("<ul>")
    assert heading, f"no list of {tag}"
    return f"{before}{heading}{title}<ul>\n</ul>{rest.partition('</ul>')[2]}"


@pytest.fixture(scope="module")
def paper() -> list[Piece]:
    """A newspaper's newest articles, more than the home page shows, and one other newspaper's."""
    ordinary = [piece for piece in compose(per_day=400) if not piece.oddity and not piece.rolling]
    papers = {piece.newspaper: [one for one in ordinary if one.newspaper == piece.newspaper] for piece in ordinary}
    (most, articles), *others = sorted(papers.items(), key=lambda item: -len(item[1]))
    assert " " not in most
    return [*articles[-7:], *others[0][1][-2:]]


def fetched(url: str) -> str:
    return httpx.get(url).raise_for_status().text


def test_a_list_of_the_home_page_that_lost_its_links_is_named_and_looked_up_on_its_own_page(
    paper: list[Piece], crawl_into: CrawlInto
) -> None:
    *known, fresh = paper[:7]
    tag, category = f"{fresh.newspaper}新闻", f"/category/{category_of(fresh.newspaper)}.html"
    with Replica([*known, *paper[7:]]) as source:
        crawl = crawl_into(source)
        assert crawl("finews").code == 0
        source.add(fresh)
        served = {path: fetched(source.url + path[1:]) for path in ("/", quote(category))}
        whole, asked = served["/"], list[tuple[str, str]]()
        served["/"] = without_its_list(whole, tag)
        with pages(served, asked) as url:
            assert crawl("finews", FINEWS_URL=url, VOLUME_ALARM=0).code == 4
            (alarm,) = alarms(crawl)
            reason = f"the home page's list of {tag} is empty, though articles of it are within their three days"
            assert (alarm["what"], alarm["reason"]) == (url, reason)
            assert tag.encode() in kept(crawl, alarm["capture"])
            assert any(fresh.name in post for post in crawl.posts()), "its own page had it"
            del asked[:]
            assert crawl("finews", FINEWS_URL=url, VOLUME_ALARM=0).code == 4, "until it is there again"
            assert asked == [("/", ""), (quote(category), "")], "a 304 would hide it"
            (crawl.archive / "ledger.db").unlink()
            crawl.rebuild()
            del asked[:]
            assert crawl("finews", FINEWS_URL=url, VOLUME_ALARM=0).code == 4
            assert asked == [("/", ""), (quote(category), "")], "nor does one after a rebuild"
            del asked[:]
            served["/"] = whole
            assert crawl("finews", FINEWS_URL=url, VOLUME_ALARM=0).code == 0
            assert asked == [("/", "")]
            crawl("finews", FINEWS_URL=url, VOLUME_ALARM=0)
            assert asked[1:] == [("/", '"1"')]


def test_a_list_of_the_home_page_may_be_empty_when_its_articles_have_expired(
    paper: list[Piece], crawl_into: CrawlInto
) -> None:
    with Replica(paper) as source:
        crawl = crawl_into(source)
        assert crawl("finews").code == 0
        served = {"/": without_its_list(fetched(source.url), f"{paper[0].newspaper}新闻")}
        with pages(served) as url:
            assert crawl("finews", FINEWS_URL=url, VOLUME_ALARM=0, LAST_LOOK_HOURS=0, **at(80)).code == 0


REQUIRED = [
    (("Title",), "title"),
    (("Date",), "date"),
    (("From", "medianame"), "newspaper"),
    (("Title", "Date"), "title and date"),
]


@pytest.mark.parametrize(("fields", "named"), REQUIRED)
@pytest.mark.parametrize("missing", ["absent", "empty"])
def test_a_required_field_the_share_host_lacks_is_named_and_the_article_made_with_what_other_roads_say(
    fields: tuple[str, ...], named: str, missing: str, paper: list[Piece], crawl_into: CrawlInto
) -> None:
    article = paper[0]
    with Replica([article]) as source:
        road = f"/NewsData/GetNewsText.do?id={article.name}"
        said = json.loads(fetched(source.url + road[1:]))
        whole = json.dumps(said)
        for field in fields:
            said[field] = ""
            if missing == "absent":
                del said[field]
        crawl = crawl_into(source)
        served = {road: json.dumps(said)}
        with pages(served) as url:
            assert crawl("finews", NEWSSHARE_URL=url).code == 4
            (failure,) = crawl.last_run()["failures"]
            assert (failure["kind"], failure["what"]) == ("not understood", article.name)
            assert failure["reason"] == f"the share host's JSON: a text without {named}"
            assert json.loads(kept(crawl, failure["capture"])) == said
            (post,) = crawl.posts().values()
            served[road] = whole
            assert crawl("finews", "full=1", NEWSSHARE_URL=url).code == 0
            assert list(crawl.posts().values()) == [post], "nothing of it was wrong"


def test_rolling_news_needs_no_newspaper_and_an_answer_without_a_text_no_field(
    rolling: list[Piece], crawl_into: CrawlInto
) -> None:
    first, second = rolling[:2]
    with Replica([first, second]) as source:
        roads = [f"/NewsData/GetNewsText.do?id={piece.code}" for piece in (first, second)]
        said = [json.loads(fetched(source.url + road[1:])) for road in roads]
        del said[0]["From"], said[0]["medianame"]
        said[1] = {"Id": said[1]["Id"]}
        served = dict(zip(roads, map(json.dumps, said), strict=True))
        with pages(served) as url:
            crawl = crawl_into(source)
            assert crawl("finews", NEWSSHARE_URL=url).code != 4


@pytest.mark.parametrize("field", ["Date", "Title"])
def test_a_required_field_that_no_road_gives_is_named_beside_what_the_roads_said(
    field: str, paper: list[Piece], crawl_into: CrawlInto
) -> None:
    article = paper[0]
    with Replica([article]) as source:
        road = f"/NewsData/GetNewsText.do?id={article.name}"
        said = json.loads(fetched(source.url + road[1:]))
        del said[field]
        crawl = crawl_into(source)
        with pages({"/": fetched(source.url), road: json.dumps(said)}) as url:
            nowhere = {"FINEWS_URL": url, "NEWSSHARE_URL": url, "OLD_POST_URL": "http://127.0.0.1:9/", "RETRY_TIMES": 0}
            assert crawl("finews", **nowhere, ARTICLE_URL=url).code == 4
        reasons = {failure["kind"]: failure for failure in crawl.last_run()["failures"]}
        assert reasons["not understood"]["reason"].endswith(f"a text without {field.lower()}")
        assert json.loads(kept(crawl, reasons["not understood"]["capture"])) == said
        assert "the connection was refused" in reasons["not fetched"]["reason"]
        assert crawl("finews").code == 0


def test_a_bare_code_without_any_newspaper_is_named(paper: list[Piece], crawl_into: CrawlInto) -> None:
    article = paper[0]
    with Replica([article]) as source:
        road = f"/NewsData/GetNewsText.do?id={article.name}"
        said = json.loads(fetched(source.url + road[1:]))
        del said["From"], said["medianame"]
        with pages({road: json.dumps(said)}) as url:
            crawl = crawl_into(source)
            elsewhere = dict.fromkeys(("FINEWS_URL", "NEWSSHARE_URL", "OLD_POST_URL", "ARTICLE_URL"), url)
            assert crawl("newsshare", f"code={article.name}", **elsewhere).code == 4
    reasons = [failure["reason"] for failure in crawl.last_run()["failures"]]
    assert "the share host's JSON: a text without newspaper" in reasons


def test_near_its_end_a_rebuild_judges_a_home_page_as_the_crawl_did(crawl_into: CrawlInto) -> None:
    """An article's hour is known when it is archived; a rebuild reads every list before that."""
    late = max((piece for piece in compose() if not piece.oddity and not piece.rolling), key=lambda one: one.published)
    with Replica([late]) as source:
        crawl = crawl_into(source)
        assert crawl("finews").code == 0
        bare, asked = without_its_list(fetched(source.url), f"{late.newspaper}新闻"), list[tuple[str, str]]()
        other = HOME.replace("0303", "0306").replace("03/03", "03/06")
        settings = {"VOLUME_ALARM": 0, "LAST_LOOK_HOURS": 0, "RETRY_TIMES": 0}
        with pages({"/": bare.replace("</section>", f"{other}</section>", 1)}, asked) as url:
            hours = (late.published - NOW).total_seconds() / 3600 + 71
            crawl("finews", FINEWS_URL=url, **settings, **at(hours))
            crawl("finews", FINEWS_URL=url, **settings, **at(hours + 0.1))
            (crawl.archive / "ledger.db").unlink()
            crawl.rebuild()
            crawl("finews", FINEWS_URL=url, **settings, **at(hours + 0.2))
    _, second, third = [etag for path, etag in asked if path == "/"]
    assert second == third, "with the rebuilt ledger it asks as with the lost one"
