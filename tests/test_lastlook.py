"""Before an article leaves the source it is looked at once more, so that an edit is not lost with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import KEPT, Piece
from newsarchive.replica.server import Replica

CrawlInto = Callable[[Replica], object]


def three() -> list[Piece]:
    """Three newspaper articles with one day between the first and the last."""
    papers = [piece for piece in compose() if not piece.oddity and not piece.rolling and piece.published <= NOW]
    papers.sort(key=lambda piece: piece.published)
    return [*papers[-2:], next(piece for piece in papers if NOW - piece.published > timedelta(hours=20))]


def asked(replica: Replica) -> list[str]:
    return [seen.path for seen in replica.log if "GetNewsText" in seen.path]


@pytest.fixture
def pieces() -> list[Piece]:
    return three()


def test_an_edit_is_seen_by_the_last_look_and_the_earlier_version_is_kept(
    pieces: list[Piece], crawl_into: CrawlInto
) -> None:
    first = min(pieces, key=lambda piece: piece.published)
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        before = crawl.posts()
        replica.edit(first.number, title="更正：标题已改")
        soon = first.published + KEPT - timedelta(hours=3)
        replica.now = soon
        replica.reset()
        looked = crawl("finews", NEWSARCHIVE_CLOCK=soon.isoformat())
        assert looked.code == 0, looked
        assert asked(replica) == [f"/NewsData/GetNewsText.do?id={first.code}"], "one look at the one that leaves"
        assert crawl.last_run()["counts"]["edited"] == 1
        posts = crawl.posts()
        assert "更正：标题已改" in posts[first.relative_path].decode()
        revisions = [path.read_bytes() for path in (crawl.archive / "revisions").rglob("*.md")]
        assert revisions == [before[first.relative_path]]

        replica.reset()
        assert crawl("finews", NEWSARCHIVE_CLOCK=(soon + timedelta(hours=1)).isoformat()).code == 0
        assert asked(replica) == [], "a last look is the last"


def test_a_last_look_that_fails_is_repeated_and_makes_the_run_incomplete(
    pieces: list[Piece], crawl_into: CrawlInto
) -> None:
    first = min(pieces, key=lambda piece: piece.published)
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        before = crawl.posts()
        soon = first.published + KEPT - timedelta(hours=3)
        replica.now = soon
        replica.faults([{"match": "GetNewsText", "do": "500", "times": -1}])
        failed = crawl("finews", NEWSARCHIVE_CLOCK=soon.isoformat(), RETRY_TIMES=0)
        assert failed.code == 3, failed
        assert "it is archived; the next run looks again" in failed.err
        assert crawl.posts() == before
        replica.faults([])
        replica.reset()
        assert crawl("finews", NEWSARCHIVE_CLOCK=(soon + timedelta(minutes=10)).isoformat()).code == 0
        assert asked(replica) == [f"/NewsData/GetNewsText.do?id={first.code}"]


def test_an_article_that_was_withdrawn_stays_archived_and_is_no_failure(
    pieces: list[Piece], crawl_into: CrawlInto
) -> None:
    first = min(pieces, key=lambda piece: piece.published)
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        before = crawl.posts()
        replica.delete(first.number)
        soon = first.published + KEPT - timedelta(hours=3)
        replica.now = soon
        ended = crawl("finews", NEWSARCHIVE_CLOCK=soon.isoformat())
        assert ended.code == 0, ended
        assert crawl.posts() == before
        assert crawl.last_run()["counts"]["withdrawn"] == 1
        replica.reset()
        assert crawl("finews", NEWSARCHIVE_CLOCK=(soon + timedelta(minutes=10)).isoformat()).code == 0
        assert asked(replica) == []


def test_no_last_look_where_the_setting_says_so(pieces: list[Piece], crawl_into: CrawlInto) -> None:
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        soon = min(piece.published for piece in pieces) + KEPT - timedelta(hours=3)
        replica.now = soon
        replica.reset()
        assert crawl("finews", NEWSARCHIVE_CLOCK=soon.isoformat(), LAST_LOOK_HOURS=0).code == 0
        assert asked(replica) == []
