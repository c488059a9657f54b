"""Whatever the source does wrong: the right exit code, no wrong post, no empty post, and the next run makes it good."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsarchive.replica.compose import compose
from newsarchive.replica.piece import Piece
from newsarchive.replica.server import Replica
from newsarchive.source.lists import ROLLING_SHOWS
from tests.conftest import PATIENCE, Crawl

OK, INCOMPLETE, SOURCE_CHANGED = 0, 3, 4

FAULTS = {
    "500": INCOMPLETE,
    "503": INCOMPLETE,
    "429": INCOMPLETE,
    "404": INCOMPLETE,
    "403": INCOMPLETE,
    "truncate": INCOMPLETE,
    "cut-gzip": INCOMPLETE,
    "cut-page": INCOMPLETE,
    "unasked-304": INCOMPLETE,
    "hang": INCOMPLETE,
    "reset": INCOMPLETE,
    "redirect-loop": INCOMPLETE,
    "empty": SOURCE_CHANGED,
    "garbage": SOURCE_CHANGED,
    "badjson": SOURCE_CHANGED,
    "html": SOURCE_CHANGED,
    "slow": OK,
}

PLACES = {"home": "^/$", "category": "^/category/", "article": "GetNewsText"}


def pieces() -> list[Piece]:
    """One newspaper with seven articles, so that its category page is due, and one with a single article."""
    ordinary = [piece for piece in compose(per_day=60) if not piece.oddity and not piece.rolling]
    by_newspaper: dict[str, list[Piece]] = {}
    for piece in ordinary:
        by_newspaper.setdefault(piece.newspaper, []).append(piece)
    many = next(found for found in by_newspaper.values() if len(found) > 6)
    one = next(found for found in by_newspaper.values() if found[0].newspaper != many[0].newspaper)
    return [*many[-7:], *one[-1:]]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_its_exit_code_and_the_next_run_makes_it_good(
    fault: str, place: str, crawl_into: Callable[[Replica], object]
) -> None:
    published = pieces()
    expected = {piece.relative_path: piece.archived() for piece in published}
    with Replica(published) as replica:
        replica.hang_seconds = 3
        replica.slow_seconds = 0.2
        crawl = crawl_into(replica)
        replica.faults([{"match": PLACES[place], "do": fault, "times": -1}])
        hurt = crawl(
            "finews", DOWNLOAD_TIMEOUT=0.5 if fault == "hang" else PATIENCE, RETRY_TIMES=1, RETRY_AFTER_LONGEST=0
        )
        posts = crawl.posts()
        assert hurt.code == FAULTS[fault], f"{fault} on {place}: {hurt}"
        wrong = [path for path, content in posts.items() if content != expected.get(path)]
        assert not wrong, f"{fault} on {place} left wrong posts: {wrong}"
        assert "Traceback" not in hurt.err, hurt.err
        if fault != "slow":
            failures = crawl.last_run()["failures"]
            assert failures, "a run that failed must name what failed"
            assert all(failure["capture"] for failure in failures if failure["kind"] == "not understood"), failures

        replica.faults([])
        healed = crawl("finews")
    assert healed.code == OK, f"after {fault} on {place}: {healed}"
    assert crawl.posts() == expected
    assert crawl.strays() == []


def test_a_list_may_be_empty_once_the_home_page_shows_nothing_of_it(crawl_into: Callable[[Replica], object]) -> None:
    published = pieces()
    with Replica(published) as replica:
        crawl = crawl_into(replica)
        replica.faults([{"match": PLACES["category"], "do": "404", "times": -1}])
        assert crawl("finews").code == INCOMPLETE, "the list stays due"
        replica.faults([])
        for piece in published[:-1]:
            replica.delete(piece.number)
        replica.reset()
        after = crawl("finews")
        asked = [seen.path for seen in replica.log if "/category/" in seen.path]
    assert after.code == OK, f"what was withdrawn is no alarm: {after}"
    assert len(asked) == 1, "the list was asked for, and is due no longer"


def rolling_pieces() -> list[Piece]:
    """More rolling news than ``/emnews/`` shows."""
    return [piece for piece in compose(per_day=60) if not piece.oddity and piece.rolling][-ROLLING_SHOWS - 4 :]


def test_a_404_of_the_list_of_rolling_news_hides_nothing_that_its_newest_do_not_show(
    crawl_into: Callable[[Replica], Crawl],
) -> None:
    published = rolling_pieces()
    expected = {piece.relative_path: piece.archived() for piece in published}
    with Replica(published) as replica:
        crawl = crawl_into(replica)
        replica.faults([{"match": PLACES["category"], "do": "404", "times": -1}])
        hurt = crawl("finews")
        assert (hurt.code, len(crawl.posts())) == (INCOMPLETE, ROLLING_SHOWS), hurt
        assert "all that /emnews/ shows are new" in crawl.last_run()["failures"][0]["reason"]
        assert crawl.rebuild("--check").code == OK
        replica.faults([])
        healed = crawl("finews")
    assert (healed.code, crawl.posts()) == (OK, expected), healed
    assert crawl.rebuild("--check").code == OK


def test_the_list_of_rolling_news_stays_due_until_it_or_its_newest_were_read(
    crawl_into: Callable[[Replica], Crawl],
) -> None:
    published = rolling_pieces()
    with Replica(published[:10]) as replica:
        crawl = crawl_into(replica)
        no_page = {"match": PLACES["category"], "do": "404", "times": -1}
        replica.faults([no_page, {"match": "^/emnews/$", "do": "500", "times": -1}])
        assert crawl("finews", RETRY_TIMES=0).code == INCOMPLETE
        replica.faults([no_page])
        healed = crawl("finews")
        assert (healed.code, len(crawl.posts())) == (OK, 10), "fewer than it shows are all"
        replica.reset()
        replica.faults([no_page])
        replica.add(*published[10:20])
        assert crawl("finews").code == OK, "what it shows reaches back to what is known"
        assert len(crawl.posts()) == 20
        replica.reset()
        assert crawl("finews").code == OK
        assert [seen.path for seen in replica.log if "robots" not in seen.path] == ["/"], "no list is due any more"
