"""What a killed run left is made good by the next, and what was kept once is not kept twice."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from newsarchive.archive import files
from newsarchive.archive.captures import Exchange, Fault, iterate
from newsarchive.archive.keeper import Archive, CannotStartError, run_of
from newsarchive.archive.ledger import Kept, State
from newsarchive.archive.runs import Run
from newsarchive.article import Name, Origin
from newsarchive.clock import Clock
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

ROOT = Path(__file__).resolve().parents[2]
CLOCK = Clock("2022-03-02 12:00")
URL = "http://share.example/NewsData/GetNewsText.do?id=NW202203012340764246"
NAME = Name("202203012340764246")
POST = f"_posts/2022/03/2022-03-01-{NAME}.md"


def exchange(body: bytes = b"{}", *, status: int = 200, url: str = URL) -> Exchange:
    return Exchange(url=url, fetched_at=datetime(2022, 3, 2, 4, 0, tzinfo=UTC), status=status, body=body)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def opened(root: Path) -> Iterator[Callable[..., Archive]]:
    """Open the archive; whatever the test leaves open is closed."""
    held: list[Archive] = []

    def open_it(**options: Any) -> Archive:
        held.append(Archive(root, CLOCK, **options))
        return held[-1]

    yield open_it
    for archive in held:
        archive.close()


# -- what a killed run left ------------------------------------------------------------------------------------------


def test_temp_files_of_a_killed_run_are_swept_and_nothing_else(opened: Callable[..., Archive], root: Path) -> None:
    (root / "_posts").mkdir(parents=True)
    for name in (".newsarchive-abcd1234", ".newsarchive-notes", "notes.md"):
        (root / "_posts" / name).write_text(name)
    opened()
    assert sorted(path.name for path in (root / "_posts").iterdir()) == [".newsarchive-notes", "notes.md"]


def test_temp_files_are_looked_for_only_where_something_was_killed(opened: Callable[..., Archive], root: Path) -> None:
    opened().close()
    stray = root / "_posts" / ".newsarchive-abcd1234"
    stray.parent.mkdir()
    stray.touch()
    opened().close()
    assert stray.exists(), "looking at every folder costs each run more as the archive grows"
    (root / files.UNFINISHED).touch()  # as a killed rebuild leaves it
    opened().close()
    assert not list(root.rglob(".newsarchive-*"))


def test_a_run_killed_while_it_wrote_its_record_leaves_no_temp_file(opened: Callable[..., Archive], root: Path) -> None:
    archive = opened()
    ended = Run("finews", {}, archive.now(), ended=archive.now())
    number = archive.ledger.run_began("finews", {}, now=archive.now())
    archive.ledger.run_ended(number, ended.as_json(), ended.path(root).name)
    archive.close()
    (root / "runs" / ".newsarchive-abcd1234").touch()
    opened().close()
    assert not list(root.rglob(".newsarchive-*"))


def test_a_lost_ledger_is_given_the_posts_that_are_there(opened: Callable[..., Archive], root: Path) -> None:
    (root / POST).parent.mkdir(parents=True)
    (root / POST).write_bytes(b"a post")
    archive = opened()
    found = archive.ledger.find(NAME)
    assert found is not None
    assert (found.state, found.post) == (State.CAPTURED, POST)
    assert found.post_sha256 == hashlib.sha256(b"a post").hexdigest()
    assert archive.ledger.pending() == []


def test_a_run_killed_between_making_the_ledger_and_filling_it_loses_no_post(
    opened: Callable[..., Archive], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / POST).parent.mkdir(parents=True)
    (root / POST).write_bytes(b"a post")
    with monkeypatch.context() as dying:
        dying.setattr(Archive, "_adopt", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            opened()
    assert opened().ledger.known(NAME), "the article would be fetched a second time, or never if it has expired"


def test_a_ledger_that_knows_articles_is_not_given_posts_again(opened: Callable[..., Archive], root: Path) -> None:
    archive = opened()
    archive.ledger.see(Sighting(ArticleLink(NAME), ()), now=archive.now())
    archive.close()
    (root / POST).parent.mkdir(parents=True)
    (root / POST).write_bytes(b"a post")
    found = opened().ledger.find(NAME)
    assert found is not None
    assert found.state is State.PENDING


def test_a_torn_capture_is_cut_off_and_said(
    opened: Callable[..., Archive], root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive = opened()
    kept = archive.keep(exchange(b"whole"))
    archive.close()
    file = root / "captures" / kept.file
    whole = file.read_bytes()
    file.write_bytes(whole + b"\x1f\x8b\x08 half a record")
    archive = opened()
    assert file.read_bytes() == whole
    assert "17 bytes of a record that was not written whole cut off" in caplog.text
    archive.keep(exchange(b"and on", url=f"{URL}0"))
    archive.close()
    assert [found[1].body for found in iterate(root / "captures") if not isinstance(found, Fault)] == [
        b"whole",
        b"and on",
    ]


# -- captures --------------------------------------------------------------------------------------------------------


def test_a_body_that_was_kept_before_is_referred_to_in_this_run_and_the_next(opened: Callable[..., Archive]) -> None:
    archive = opened()
    first = archive.keep(exchange(b"the same"))
    assert archive.keep(exchange(b"the same")).revisit
    archive.close()
    archive = opened()
    again = archive.keep(exchange(b"the same"))
    assert again.revisit
    assert archive.captures.find(again.place)[1].body == b"the same"
    conditional = replace(exchange(b"", status=304), request_headers=((b"If-None-Match", b'"1"'),))
    assert archive.keep(replace(conditional, headers=((b"ETag", b'"1"'),))).revisit
    other = archive.keep(exchange(b"another"))
    assert not other.revisit
    assert archive.ledger.served(URL) == other.place != first.place


def test_an_error_page_is_nothing_a_later_answer_can_refer_to(opened: Callable[..., Archive]) -> None:
    archive = opened()
    archive.keep(exchange(b"503", status=503))
    assert archive.ledger.served(URL) is None
    assert not archive.keep(exchange(b"503", status=503)).revisit


def test_an_earlier_capture_that_is_damaged_or_gone_is_not_referred_to(
    opened: Callable[..., Archive], root: Path
) -> None:
    archive = opened()
    first = archive.keep(exchange(b"the same"))
    archive.close()
    file = root / "captures" / first.file
    content = bytearray(file.read_bytes())
    content[first.offset + first.length // 2] ^= 1
    file.write_bytes(content)
    archive = opened()
    assert not archive.keep(exchange(b"the same")).revisit
    archive.close()
    for warc in (root / "captures").iterdir():
        warc.unlink()
    archive = opened()
    kept = archive.keep(exchange(b"the same"))
    assert not kept.revisit
    assert archive.captures.find(kept.place)[1].body == b"the same"


def test_an_earlier_capture_that_cannot_be_read_is_not_referred_to(
    opened: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opened()
    archive.keep(exchange(b"the same"))

    def broken(_: str) -> None:
        raise OSError(errno.EIO, "a bad sector")

    monkeypatch.setattr(archive.captures, "find", broken)
    assert not archive.keep(exchange(b"the same")).revisit


def test_what_was_kept_is_committed_when_the_archive_is_closed(opened: Callable[..., Archive], root: Path) -> None:
    archive = opened()
    kept = archive.keep(exchange())
    archive.close()
    size = (root / "captures" / kept.file).stat().st_size
    archive = opened()
    assert archive.ledger.committed() == (kept.file, size)
    assert archive.ledger.served(URL) == kept.place


def test_a_disk_that_does_not_take_the_last_captures_is_reported_and_the_archive_let_go(
    opened: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opened()
    archive.keep(exchange())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            archive.close()
    opened()


def test_a_capture_is_durable_before_the_ledger_says_captured(opened: Callable[..., Archive], root: Path) -> None:
    archive = opened()
    kept = archive.keep(exchange())
    archive.ledger.captured(
        Sighting(ArticleLink(NAME), ()),
        Kept(
            category="kejiribao",
            origin=Origin.SHARE_JSON,
            capture=kept.place,
            capture_sha256=kept.sha256,
            post=POST,
            post_sha256="ab",
            published=None,
        ),
        now=archive.now(),
    )
    assert archive.ledger.committed() == (kept.file, (root / "captures" / kept.file).stat().st_size)


# -- through Scrapy --------------------------------------------------------------------------------------------------


def test_every_component_of_a_crawl_shares_one_archive_and_one_run(root: Path) -> None:
    crawler = get_crawler(settings_dict={"ARCHIVE_DIR": str(root), "NEWSARCHIVE_CLOCK": "2022-03-02 12:00"})
    archive = Archive.of(crawler)
    try:
        assert Archive.of(crawler) is archive
        assert run_of(crawler) is run_of(crawler)
        assert run_of(crawler).began == datetime(2022, 3, 2, 4, 0, tzinfo=UTC) == archive.now()
    finally:
        archive.close()


def test_a_clock_that_is_no_moment_cannot_start(root: Path) -> None:
    with pytest.raises(CannotStartError, match="NEWSARCHIVE_CLOCK"):
        Archive.open(Settings({"ARCHIVE_DIR": str(root), "NEWSARCHIVE_CLOCK": "noonish"}))


def test_the_setting_free_space_is_in_mebibytes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=64 * 1024 * 1024 - 1))
    with pytest.raises(CannotStartError, match="only 63 MiB are free"):
        Archive.open(Settings({"ARCHIVE_DIR": str(root), "FREE_SPACE_MIB": "64"}))
