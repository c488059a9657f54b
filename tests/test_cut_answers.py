"""An answer that was cut off is kept, named, not read, and asked for again; crawl and rebuild judge it alike."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd
from warcio.archiveiterator import ArchiveIterator

from newsarchive.archive.captures import Captures, Exchange, iterate
from newsarchive.archive.content_encoding import decode_body
from newsarchive.archive.verify import Verification
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import named
from newsarchive.replica.server import Replica
from tests.archive.test_replay import options
from tests.conftest import ROOT, Crawl
from tests.serving import Answer, Spoil, coded, spoiled
from tests.spiders.test_images import hosts, illustrated
from tests.spiders.test_wayback import DAYS, LATER, NOWHERE_ELSE, expired

CrawlInto = Callable[[Replica], Any]
NewCrawl = Callable[[str, Path], Crawl]
PIECES = [piece for piece in compose() if not piece.oddity][-6:]
PAPER = next(piece for piece in PIECES if not piece.rolling)


def half(packed: bytes) -> bytes:
    return packed[: len(packed) // 2]


def flipped(packed: bytes) -> bytes:
    return packed[:-5] + bytes([packed[-5] ^ 1]) + packed[-4:]


CUTS: dict[str, Spoil] = {
    "gzip without its end": coded("gzip", lambda body: half(gzip.compress(body))),
    "gzip with a wrong sum": coded("gzip", lambda body: flipped(gzip.compress(body))),
    "gzip with bytes behind it": coded("gzip", lambda body: gzip.compress(body) + b"\0" * 9),
    "br without its end": coded("br", lambda body: half(brotli.compress(body))),
    "zstd without its end": coded("zstd", lambda body: half(zstd.compress(body))),
    "half a gzip stream in a whole br stream": coded(
        "gzip, br", lambda body: brotli.compress(half(gzip.compress(body)))
    ),
}


def truncated(archive: Path) -> list[str]:
    """Give WARC-Truncated of every record that has it."""
    found: list[str] = []
    for path in sorted((archive / "captures").glob("*.warc.gz")):
        with path.open("rb") as stream:
            found += filter(None, (one.rec_headers.get_header("WARC-Truncated") for one in ArchiveIterator(stream)))
    return found


@pytest.mark.parametrize(
    ("place", "cut"),
    [
        *[("^/$", cut) for cut in CUTS],
        (f"GetNewsText.*{PAPER.code}", "gzip with a wrong sum"),
        (f"GetNewsText.*{PAPER.code}", "half a gzip stream in a whole br stream"),
    ],
)
def test_a_content_coding_without_its_end_is_an_answer_that_was_cut_off(
    place: str, cut: str, new_crawl: NewCrawl, tmp_path: Path
) -> None:
    expected = {piece.relative_path: piece.archived() for piece in PIECES}
    with Replica(PIECES) as source:
        with spoiled(source.url, place, CUTS[cut]) as url:
            crawl = new_crawl(url, tmp_path / "archive")
            hurt = crawl("finews", RETRY_TIMES=1)
        assert hurt.code == 3, hurt
        assert "Traceback" not in hurt.err
        assert truncated(crawl.archive) == ["unspecified"] * 2, "both tries are kept, and there are no more"
        (failure,) = crawl.last_run()["failures"]
        assert failure["kind"] == "not fetched"
        assert "cut off" in failure["reason"]
        assert failure["capture"]
        posts = crawl.posts()
        assert posts == ({} if place == "^/$" else {path: expected[path] for path in posts})
        assert PAPER.relative_path not in posts
        (crawl.archive / "ledger.db").unlink()
        assert crawl.rebuild().code == 0
        assert crawl.posts() == posts, "a rebuild reads it no more than the crawl did"
        source.reset()
        crawl = new_crawl(source.url, tmp_path / "archive")
        assert crawl("finews").code == 0
        if place == "^/$":
            (home,) = [seen for seen in source.log if seen.path == "/"]
            assert "if-none-match" not in home.headers, "of half a page no validators are kept"
    assert crawl.posts() == expected


@pytest.mark.parametrize(
    ("coding", "pack", "reason"),
    [
        ("foo", bytes, "content coding 'foo' is unknown"),
        ("gzip", bytes, "no such stream"),
        ("gzip, gzip", lambda _: gzip.compress(gzip.compress(b" " * 99_000_000)), "refused: it unpacks to more than 8"),
    ],
)
def test_what_cannot_be_undone_is_kept_and_not_understood_and_asked_once(
    coding: str, pack: Callable[[bytes], bytes], reason: str, new_crawl: NewCrawl, tmp_path: Path
) -> None:
    with Replica(PIECES) as source:
        with spoiled(source.url, "^/$|GetNewsText", coded(coding, pack)) as url:
            crawl = new_crawl(url, tmp_path / "archive")
            home = crawl("finews")
            assert home.code == 4, home
            assert crawl("newsshare", f"code={PAPER.code}").code == 4
        assert truncated(crawl.archive) == []
        (failure,) = crawl.last_run()["failures"]
        assert failure["kind"] == "not understood"
        assert reason in failure["reason"]
        assert failure["capture"]
        assert len([seen for seen in source.log if seen.path == "/"]) == 1
        assert crawl.posts() == {}
        (crawl.archive / "ledger.db").unlink()
        assert crawl.rebuild().code == 0
        assert crawl.posts() == {}
        assert new_crawl(source.url, crawl.archive)("finews").code == 0
    assert len(crawl.posts()) == len(PIECES)


@pytest.mark.parametrize("name", ["deflate", "br, zstd"])
def test_what_is_whole_is_read_whatever_its_coding(name: str, new_crawl: NewCrawl, tmp_path: Path) -> None:
    packers = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}

    def pack(body: bytes) -> bytes:
        for one in name.split(", "):
            body = packers[one](body)
        return body

    with Replica(PIECES) as source, spoiled(source.url, ".", coded(name, pack)) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        assert crawl("finews").code == 0
        assert crawl.posts() == {piece.relative_path: piece.archived() for piece in PIECES}
        exchanges = [item[1] for item in iterate(crawl.archive / "captures") if isinstance(item, tuple)]
        asked = {dict(one.request_headers)[b"Accept-Encoding"] for one in exchanges}
        assert asked == {b"gzip, deflate, br, zstd"}
        assert all(decode_body(one) for one in exchanges)


@pytest.mark.parametrize("coding", ["gzip", "foo"])
def test_an_empty_redirect_or_404_may_name_any_coding(coding: str, new_crawl: NewCrawl, tmp_path: Path) -> None:
    def spoil(headers: dict[str, str], answer: Answer) -> Answer:
        del headers
        return 302, {"Location": "/index.html", "Content-Encoding": coding, "Content-Length": "0"}, b""

    with Replica(PIECES) as source, spoiled(source.url, "^/$", spoil) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        assert crawl("finews").code == 0
        assert len(crawl.posts()) == len(PIECES)


# -- every spider ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["cut-gzip", "cut-page", "unasked-304"])
def test_a_list_of_the_publisher_that_was_cut_off_is_read_again(
    fault: str, new_crawl: NewCrawl, tmp_path: Path
) -> None:
    with Replica(PIECES) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        source.faults([{"match": "comm/web", "do": fault, "times": -1}])
        assert crawl("eastmoney", RETRY_TIMES=0).code == 3
        assert crawl.posts() == {}
        (crawl.archive / "ledger.db").unlink()
        assert crawl.rebuild().code == 0
        assert crawl.posts() == {}
        source.faults([])
        assert crawl("eastmoney").code == 0
    assert len(crawl.posts()) == len(PIECES)


@pytest.mark.parametrize(("match", "fault"), [("/cdx/", "cut-page"), ("/cdx/", "unasked-304"), ("/web/", "cut-page")])
def test_an_index_or_copy_of_a_web_archive_that_was_cut_off_is_asked_for_again(
    match: str, fault: str, new_crawl: NewCrawl, tmp_path: Path
) -> None:
    with Replica(PIECES) as source:
        expired(source)
        crawl, clock = new_crawl(source.url, tmp_path / "archive"), LATER.isoformat()
        source.faults([NOWHERE_ELSE, {"match": f"^{match}", "do": fault, "times": -1}])
        hurt = crawl("wayback", *DAYS, NEWSARCHIVE_CLOCK=clock, RETRY_TIMES=0, GIVE_UP_AFTER=99)
        assert hurt.code == 3, hurt
        assert crawl.posts() == {}
        source.faults([NOWHERE_ELSE])
        assert crawl("wayback", *DAYS, NEWSARCHIVE_CLOCK=clock).code == 0
    assert len(crawl.posts()) == len(PIECES)


@pytest.mark.parametrize("fault", ["cut-gzip", "cut-page", "unasked-304"])
def test_a_picture_that_was_cut_off_stays_pending(fault: str, crawl_into: CrawlInto) -> None:
    with Replica(illustrated()) as source:
        crawl = crawl_into(source)
        assert crawl("finews").code == 0
        source.faults([{"match": "/pictures/", "do": fault, "times": -1}])
        hurt = crawl("images", IMAGE_HOSTS=hosts(source), RETRY_TIMES=0)
        assert hurt.code == 3, hurt
        source.faults([])
        assert crawl("images", IMAGE_HOSTS=hosts(source)).code == 0
        assert crawl.last_run()["counts"]["new"] > 0


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("NewsShare.html", "cut-page"),
        (r"/2022/03/\d\d/NW.*\.html$", "cut-page"),
        (r"/2022/03/\d\d/NW.*\.html$", "unasked-304"),
        ("^/a/", "cut-page"),
    ],
)
def test_a_page_of_an_article_that_was_cut_off_is_no_article(page: str, fault: str, crawl_into: CrawlInto) -> None:
    (unknown,) = named(compose(), "unknown-to-share-host")
    gone = {"match": r"^/\w+/2022/|old_post", "do": "404", "times": -1}
    with Replica([unknown]) as source:
        crawl = crawl_into(source)
        source.faults([{"match": page, "do": fault, "times": -1}, *([gone] if page == "^/a/" else [])])
        url = f"url={source.url.rstrip('/')}{source.site.url(unknown)}"
        hurt = crawl("newsshare", url, RETRY_TIMES=0)
        assert hurt.code == 3, hurt
        assert any(seen.fault == fault for seen in source.log)
        assert crawl.posts() == {}
        (crawl.archive / "ledger.db").unlink()
        assert crawl.rebuild().code == 0
        assert crawl.posts() == {}
        source.faults([])
        assert crawl("newsshare", url).code == 0
    assert len(crawl.posts()) == 1


# -- 304 ---------------------------------------------------------------------------------------------------------------


def homes(source: Replica) -> list[tuple[int, str]]:
    return [(seen.status, seen.headers.get("if-none-match", "")) for seen in source.log if seen.path == "/"]


@pytest.mark.parametrize("arguments", [(), ("full=1",)])
def test_a_304_to_a_request_that_named_no_version_is_no_answer(
    arguments: tuple[str, ...], crawl_into: CrawlInto
) -> None:
    with Replica(PIECES) as source:
        crawl = crawl_into(source)
        if arguments:
            assert crawl("finews").code == 0
        posts = crawl.posts()
        source.faults([{"match": "^/$", "do": "unasked-304", "times": -1}])
        hurt = crawl("finews", *arguments)
        assert hurt.code == 3, hurt
        (failure,) = crawl.last_run()["failures"]
        assert failure["reason"].startswith("HTTP 304")
        assert crawl.posts() == posts
        assert crawl.rebuild("--check").code == 0, "a rebuild judges it the same"
        source.reset()
        assert crawl("finews").code == 0
        assert homes(source) == [(200, "")], "the next run asks again"
        assert len(crawl.posts()) == len(PIECES)
        source.reset()
        assert crawl("finews").code == 0
        ((status, tag),) = homes(source)
        assert status == 304
        assert tag, "and the one after that as ever"
        (crawl.archive / "ledger.db").unlink()
        assert crawl.rebuild().code == 0
        source.reset()
        assert crawl("finews").code == 0
        assert homes(source) == [(304, tag)], "a rebuild knows the validators of the last page that was read"


@pytest.mark.parametrize(
    ("tag", "code"), [('"other"', 3), ('W/"other"', 3), ("same", 0), ("weak", 0), ("gzip", 0), ("", 0)]
)
def test_a_304_may_only_confirm_the_version_that_was_named(
    tag: str, code: int, new_crawl: NewCrawl, tmp_path: Path
) -> None:
    def spoil(headers: dict[str, str], answer: Answer) -> Answer:
        ours = headers.get("If-None-Match", "")
        names = {"same": ours, "weak": f"W/{ours}", "gzip": f'{ours[:-1]}-gzip"'}
        return 304, {"ETag": names.get(tag, tag)} if tag else {}, b""

    with Replica(PIECES) as source:
        archive = tmp_path / "archive"
        assert new_crawl(source.url, archive)("finews").code == 0
        with spoiled(source.url, "^/$", spoil) as url:
            ended = new_crawl(url, archive)("finews")
            assert ended.code == code, ended
        source.reset()
        crawl = new_crawl(source.url, archive)
        assert crawl("finews").code == 0
        ((status, _),) = homes(source)
        assert status == (200 if code else 304)


# -- archives that were written before, or by others -------------------------------------------------------------------


def rewritten(archive: Path, change: Callable[[Exchange], Exchange]) -> None:
    """Write an archive's captures anew, some of them changed, as a crawl that knew no better had kept them."""
    exchanges = [item[1] for item in iterate(archive / "captures") if isinstance(item, tuple)]
    shutil.rmtree(archive / "captures")
    with Captures(archive / "captures", now=lambda: datetime(2022, 3, 4, tzinfo=UTC)) as captures:
        for one in exchanges:
            captures.write(change(one))
    shutil.rmtree(archive / "_posts")
    (archive / "ledger.db").unlink()
    (archive / "search.db").unlink(missing_ok=True)


def test_a_rebuild_reads_no_half_answer_whose_record_does_not_say_so(crawl_into: CrawlInto) -> None:
    def change(one: Exchange) -> Exchange:
        cut = one.url.endswith("/category/emnews.html") or PAPER.code in one.url
        assert not cut or one.headers
        return replace(one, body=half(one.body)) if cut and one.status == 200 else one

    with Replica(PIECES) as source:
        crawl = crawl_into(source)
        assert crawl("finews").code == 0
        posts = crawl.posts()
        rewritten(crawl.archive, change)
        assert truncated(crawl.archive) == []
        assert crawl.rebuild().code == 0
        assert crawl.posts() == {path: post for path, post in posts.items() if path != PAPER.relative_path}
        assert crawl("finews").code == 0, "it is pending, and the next run has it"
        assert crawl.posts() == posts


def test_verify_names_a_post_that_was_made_of_half_an_answer(small: Path) -> None:
    ledger = (small / "ledger.db").read_bytes()
    posts = Path(shutil.copytree(small / "_posts", small.parent / "posts"))
    rewritten(small, lambda one: replace(one, body=half(one.body)) if "GetNewsText" in one.url else one)
    (small / "ledger.db").write_bytes(ledger)
    (small / "runs" / "ledger.sums").unlink()
    with sqlite3.connect(small / "ledger.db") as db:  # the records stand elsewhere now
        for capture, _ in (item for item in iterate(small / "captures") if isinstance(item, tuple)):
            name = capture.url.partition("GetNewsText.do?id=")[2]
            db.execute("UPDATE articles SET capture = ? WHERE name IN (?, ?)", (capture.place, name, name[2:]))
    db.close()
    shutil.copytree(posts, small / "_posts")
    found = list(Verification(options(small), lambda *_: None).findings())
    named = {one.file for one in found if "give no post today" in one.what and "cut off" in one.what}
    assert named
    assert named <= {path.relative_to(small).as_posix() for path in (small / "_posts").rglob("*.md")}


def peak(command: str, archive: Path) -> tuple[int, int]:
    """Run a command on an archive; give its exit code and the most memory it held, in KiB."""
    words = [sys.executable, "-m", "scrapy", command, "-s", f"ARCHIVE_DIR={archive}", "-s", "PROCESSES=1"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    return running.returncode, used.ru_maxrss


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br, zstd"])
def test_verify_and_rebuild_hold_no_more_memory_for_a_bomb_than_for_any_answer(
    coding: str, small: Path, tmp_path: Path
) -> None:
    blanks = b" " * 300_000_000
    bomb = gzip.compress(blanks) if coding.startswith("gzip") else brotli.compress(blanks, quality=3)
    del blanks
    bomb = gzip.compress(bomb) if coding == "gzip, gzip" else zstd.compress(bomb) if coding == "br, zstd" else bomb
    harmless = Path(shutil.copytree(small, tmp_path / "harmless"))
    at, number = NOW + timedelta(hours=2), 202203010000000001
    with Captures(small / "captures", now=lambda: at) as captures:
        for place in ("", "category/emnews.html", f"NewsData/GetNewsText.do?id=NW{number}", f"a/{number}.html"):
            headers = ((b"Content-Encoding", coding.encode()), (b"Content-Length", str(len(bomb)).encode()))
            captures.write(
                Exchange(url=f"http://127.0.0.1/{place}", fetched_at=at, status=200, headers=headers, body=bomb)
            )
    for command in ("verify", "rebuild"):
        code, most = peak(command, small)
        _, usual = peak(command, harmless)
        assert code in {0, 5}, command
        assert most < usual * 1.5, f"{command}: {most} KiB, without the bomb {usual}"


def test_status_and_json_name_a_cut_answer(new_crawl: NewCrawl, tmp_path: Path) -> None:
    with Replica(PIECES) as source, spoiled(source.url, f"id={PAPER.code}", CUTS["br without its end"]) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        assert crawl("finews", RETRY_TIMES=0).code == 3
    command = [sys.executable, "-m", "scrapy", "status", "--json", "-s", f"ARCHIVE_DIR={crawl.archive}"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert "its br stream has no end" in json.dumps(json.loads(said.stdout))
