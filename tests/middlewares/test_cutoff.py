"""What came of an answer that was cut off is kept and named, and read by nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from newsarchive.replica.server import Replica

CrawlInto = Callable[[Replica], Any]
PLACES = {"the home page": "^/$", "an article": "GetNewsText.*{code}"}


def cut_off(archive: Path) -> list[bytes]:
    """Give the body of every record that says it is not all."""
    found: list[bytes] = []
    for path in sorted((archive / "captures").glob("*.warc.gz")):
        with path.open("rb") as stream:
            records = ((record, record.raw_stream.read()) for record in ArchiveIterator(stream))
            found += [body for one, body in records if one.rec_headers.get_header("WARC-Truncated") == "disconnect"]
    return found


@pytest.mark.parametrize("place", PLACES)
def test_what_there_was_is_kept_for_every_try_and_the_next_run_completes(
    place: str, small_replica: Replica, crawl_into: CrawlInto
) -> None:
    crawl = crawl_into(small_replica)
    codes = [piece.code for piece in small_replica.site.posts if not piece.oddity]
    code = next(code for code in codes if codes.count(code) == 1)  # some number is two articles
    small_replica.faults([{"match": PLACES[place].format(code=code), "do": "truncate", "times": -1}])
    broken = crawl("finews", RETRY_TIMES=1, RETRY_BACKOFF=0.01)
    assert broken.code == 3, broken
    named = [one for one in crawl.last_run()["failures"] if one["reason"].endswith("the answer was cut off")]
    assert len(named) == 1
    assert named[0]["capture"] in broken.err
    kept = cut_off(crawl.archive)
    assert len(kept) == 2
    assert all(kept)
    small_replica.faults([])
    assert crawl("finews").code == 0


def test_a_rebuild_does_not_read_it_either(small_replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(small_replica)
    small_replica.faults([{"match": ".", "do": "truncate", "times": 1}, {"match": "GetNewsText", "do": "truncate"}])
    crawl("finews", RETRY_TIMES=0)
    assert crawl("finews", RETRY_TIMES=0).code in {0, 3}
    assert crawl("finews").code == 0
    before = crawl.posts()
    assert cut_off(crawl.archive)
    checked = crawl.rebuild("--check", "--json")
    assert (checked.code, json.loads(checked.out)["changed"]) == (0, 0), checked
    (crawl.archive / "ledger.db").unlink()
    assert crawl.rebuild().code == 0
    assert crawl.posts() == before
    small_replica.reset()
    assert crawl("finews").code == 0
    assert [seen.path for seen in small_replica.log if seen.path != "/robots.txt"] == ["/"], "nothing is missing"
