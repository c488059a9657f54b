"""Before an article leaves the source it is looked at once more, so that an edit is not lost with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import KEPT, Piece
from newsarchive.replica.server import Replica

NOTHING = timedelta(0)


@dataclass
class Leaving:
    """An archive of three articles, and its source three hours before the first of them leaves it.

    Attributes:
        posts: as they are archived.
        soon: that moment.
    """

    replica: Replica
    crawl: Any
    first: Piece
    posts: dict[str, bytes]
    soon: datetime

    def run(self, later: timedelta = NOTHING, **settings: Any) -> Any:
        """Crawl at that moment or a little later."""
        self.replica.now = self.soon
        return self.crawl("finews", NEWSARCHIVE_CLOCK=(self.soon + later).isoformat(), **settings)

    def asked(self) -> list[str]:
        """Give the articles that were asked for, and forget them."""
        asked = [seen.path for seen in self.replica.log if "GetNewsText" in seen.path]
        self.replica.reset()
        return asked


def three() -> list[Piece]:
    """Three newspaper articles with one day between the first and the last."""
    papers = [piece for piece in compose() if not piece.oddity and not piece.rolling and piece.published <= NOW]
    papers.sort(key=lambda piece: piece.published)
    return [*papers[-2:], next(piece for piece in papers if NOW - piece.published > timedelta(hours=20))]


@pytest.fixture
def leaving(crawl_into: Callable[[Replica], Any]) -> Iterator[Leaving]:
    pieces = three()
    first = min(pieces, key=lambda piece: piece.published)
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        replica.reset()
        yield Leaving(replica, crawl, first, crawl.posts(), first.published + KEPT - timedelta(hours=3))


def test_an_edit_is_seen_by_the_last_look_and_the_earlier_version_is_kept(leaving: Leaving) -> None:
    first = leaving.first
    leaving.replica.edit(first.number, title="更正：标题已改")

    looked = leaving.run()
    assert looked.code == 0, looked
    assert leaving.asked() == [f"/NewsData/GetNewsText.do?id={first.code}"], "one look at the one that leaves"
    assert leaving.crawl.last_run()["counts"]["edited"] == 1
    assert "更正：标题已改" in leaving.crawl.posts()[first.relative_path].decode()
    revisions = [path.read_bytes() for path in (leaving.crawl.archive / "revisions").rglob("*.md")]
    assert revisions == [leaving.posts[first.relative_path]]

    assert leaving.run(timedelta(hours=1)).code == 0
    assert leaving.asked() == [], "a last look is the last"


def test_a_last_look_that_fails_is_repeated_and_makes_the_run_incomplete(leaving: Leaving) -> None:
    leaving.replica.faults([{"match": "GetNewsText", "do": "500", "times": -1}])
    failed = leaving.run(RETRY_TIMES=0)
    assert failed.code == 3, failed
    assert "it is archived; the next run looks again" in failed.err
    assert leaving.crawl.posts() == leaving.posts

    leaving.replica.faults([])
    leaving.replica.reset()
    assert leaving.run(timedelta(minutes=10)).code == 0
    assert leaving.asked() == [f"/NewsData/GetNewsText.do?id={leaving.first.code}"]


def test_an_article_that_was_withdrawn_stays_archived_and_is_no_failure(leaving: Leaving) -> None:
    leaving.replica.delete(leaving.first.number)
    ended = leaving.run()
    assert ended.code == 0, ended
    assert leaving.crawl.posts() == leaving.posts
    assert leaving.crawl.last_run()["counts"]["withdrawn"] == 1

    leaving.replica.reset()
    assert leaving.run(timedelta(minutes=10)).code == 0
    assert leaving.asked() == []


def test_no_last_look_where_the_setting_says_so(leaving: Leaving) -> None:
    assert leaving.run(LAST_LOOK_HOURS=0).code == 0
    assert leaving.asked() == []
