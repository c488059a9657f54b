"""Importing: which of two versions becomes the post, and that none is lost."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive import post
from newsarchive.archive.importing import import_folder
from newsarchive.archive.importsource import Candidate, Unfit, understand
from newsarchive.archive.keeper import Archive
from newsarchive.archive.ledger import Kept
from newsarchive.archive.pool import Pool
from newsarchive.archive.runs import Run
from newsarchive.article import Name, Origin
from newsarchive.clock import Clock
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting
from tests.post_cases import NEWSPAPER, NEWSPAPER_POST

FILE = "2022-03-04-NW202203041300000001.md"
POST = f"_posts/2022/03/{FILE}"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BARE = NEWSPAPER_POST.replace(" +0800\n", "\n")  # less complete
OTHER = NEWSPAPER_POST.replace("第二段", "另一段")  # as complete


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    held = Archive(tmp_path / "archive", Clock("2026-01-01 08:00"))
    yield held
    held.close()


def take(archive: Archive, folder: Path, files: dict[str, str]) -> Counter[str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    run = Run("import", {}, NOW)
    with Pool(1) as pool:
        import_folder(archive, folder, run, pool, progress=lambda *_: None)
    assert not run.failures
    return +run.counts


def kept(archive: Archive) -> list[str]:
    return sorted(path.read_text(encoding="utf-8") for path in (archive.root / "revisions").rglob("*.md"))


def test_the_same_bytes_twice_are_one_post(archive: Archive, tmp_path: Path) -> None:
    counts = take(archive, tmp_path / "c", {f"_posts/{FILE}": NEWSPAPER_POST, f"old_post/{FILE}": NEWSPAPER_POST})
    assert counts == {"seen": 2, "new": 1, "archived before": 1}
    assert kept(archive) == []


def test_the_row_says_what_the_front_matter_does(archive: Archive, tmp_path: Path) -> None:
    take(archive, tmp_path / "c", {f"_posts/{FILE}": NEWSPAPER_POST})
    row = archive.ledger.find(NEWSPAPER.name)
    assert row is not None
    assert (row.post, row.post_sha256) == (POST, hashlib.sha256(NEWSPAPER_POST.encode()).hexdigest())
    assert (row.link.title, row.tags, row.origin) == (NEWSPAPER.title, (NEWSPAPER.tag,), None)
    assert row.published == datetime(2022, 3, 4, 1, 10, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second", "stays", "beside", "count"),
    [
        (BARE, NEWSPAPER_POST, NEWSPAPER_POST, BARE, "better"),
        (NEWSPAPER_POST, BARE, NEWSPAPER_POST, BARE, "versions"),
        (NEWSPAPER_POST, OTHER, NEWSPAPER_POST, OTHER, "versions"),
    ],
)
def test_the_more_complete_version_is_the_post_and_the_other_is_kept(  # noqa: PLR0913, PLR0917
    archive: Archive, tmp_path: Path, first: str, second: str, stays: str, beside: str, count: str
) -> None:
    files = {f"_posts/{FILE}": first, f"old_post/{FILE}": second}
    assert take(archive, tmp_path / "c", files) == {"seen": 2, "new": 1, count: 1}
    assert (archive.root / POST).read_text(encoding="utf-8") == stays
    assert kept(archive) == [beside]
    again = take(archive, tmp_path / "c", files)
    assert (again["new"], again["better"], again["versions"]) == (0, 0, 0)
    assert kept(archive) == [beside], "a second import keeps nothing twice"


def test_a_post_made_from_a_capture_is_never_replaced(archive: Archive, tmp_path: Path) -> None:
    poor = post.render(replace(NEWSPAPER, body="<p>甲</p>"))
    stored = archive.posts.put(post.relative_path(NEWSPAPER), poor, now=NOW)
    archive.ledger.captured(
        Sighting(ArticleLink(NEWSPAPER.name), ()),
        Kept(
            category=NEWSPAPER.category,
            origin=Origin.MIRROR_PAGE,
            capture="a.warc.gz#0",
            capture_sha256=None,
            post=str(stored.path),
            post_sha256=stored.sha256,
            published=None,
        ),
        now=NOW,
    )
    assert take(archive, tmp_path / "c", {f"_posts/{FILE}": NEWSPAPER_POST}) == {"seen": 1, "versions": 1}
    assert (archive.root / POST).read_bytes() == poor
    assert kept(archive) == [NEWSPAPER_POST]


def test_a_pending_article_is_captured_by_its_import(archive: Archive, tmp_path: Path) -> None:
    archive.ledger.see(Sighting(ArticleLink(NEWSPAPER.name), ()), now=NOW)
    take(archive, tmp_path / "c", {f"_posts/{FILE}": NEWSPAPER_POST})
    assert archive.ledger.pending() == []


def test_a_file_the_ledger_does_not_know_is_kept_when_another_takes_its_place(archive: Archive, tmp_path: Path) -> None:
    (archive.root / POST).parent.mkdir(parents=True)
    (archive.root / POST).write_text("somebody's", encoding="utf-8")
    take(archive, tmp_path / "c", {f"_posts/{FILE}": NEWSPAPER_POST})
    assert (archive.root / POST).read_text(encoding="utf-8") == NEWSPAPER_POST
    assert kept(archive) == ["somebody's"]


def test_a_lost_post_comes_back_from_a_clone(archive: Archive, tmp_path: Path) -> None:
    take(archive, tmp_path / "c", {f"_posts/{FILE}": NEWSPAPER_POST})
    (archive.root / POST).unlink()
    take(archive, tmp_path / "c", {})
    assert (archive.root / POST).read_text(encoding="utf-8") == NEWSPAPER_POST


def test_a_version_whose_digest_alone_was_written_is_completed(archive: Archive, tmp_path: Path) -> None:
    files = {f"_posts/{FILE}": NEWSPAPER_POST, f"old_post/{FILE}": OTHER}
    take(archive, tmp_path / "c", files)
    (version,) = (archive.root / "revisions").rglob("*.md")
    sums = (version.parent / "SHA256SUMS").read_bytes()
    version.unlink()
    take(archive, tmp_path / "c", files)
    assert version.read_text(encoding="utf-8") == OTHER
    assert (version.parent / "SHA256SUMS").read_bytes() == sums


def test_a_name_without_its_day_takes_the_day_of_the_front_matter() -> None:
    found = understand(NEWSPAPER_POST.encode(), "x/-NW202203041300000001.md")
    assert isinstance(found, Candidate), found
    assert (found.day, found.name) == ("2022-03-04", Name("202203041300000001"))


def test_a_title_the_mirror_did_not_escape_is_read_as_it_stands() -> None:
    content = NEWSPAPER_POST.replace("城北新桥", '城北"新桥"\\').encode()
    found = understand(content, FILE)
    assert isinstance(found, Candidate), found
    assert (found.title, found.content) == ('城北"新桥"\\今日通车', content)


@pytest.mark.parametrize("content", [b"", b"---\n", b"\xff", b'---\nlayout: [\ntitle: "a"\n---\n'])
def test_what_is_no_post_is_refused(content: bytes) -> None:
    assert isinstance(understand(content, FILE), Unfit)
