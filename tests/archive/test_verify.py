"""Verify: a whole archive has no fault, and any one bit that changed is found."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.archive import seal
from newsarchive.archive.keeper import hold
from newsarchive.archive.options import Options
from newsarchive.archive.verify import Verification
from newsarchive.archive.verifyfiles import Finding

CODE = "NW202112310000000000"


def verification(root: Path) -> Verification:
    later = datetime(2022, 4, 1, tzinfo=UTC)
    return Verification(Options(root, 6, 6, 1, write=False, now=later), lambda *_: None)


def findings(root: Path) -> list[Finding]:
    return list(verification(root).findings())


def flipped(path: Path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def a_post(root: Path) -> Path:
    return min((root / "_posts").rglob("*-NW*.md"))


def change_ledger(root: Path, statement: str, *values: str) -> None:
    """Change the ledger as no program of ours would, without its seal."""
    (root / seal.SEAL).unlink()
    with sqlite3.connect(root / "ledger.db") as db:
        db.execute(statement, values)
    db.close()


def test_an_archive_after_runs_and_edits_has_no_fault(archive: Path) -> None:
    assert findings(archive) == []


def test_what_was_looked_at_is_counted(small: Path) -> None:
    looking = verification(small)
    assert list(looking.findings()) == []
    counted = looking.looked
    assert (counted.posts, counted.captures, counted.revisions, counted.runs) == (6, 1, 1, 2)
    assert counted.capture_bytes == next((small / "captures").iterdir()).stat().st_size


def files_of(root: Path) -> Iterator[tuple[Path, int]]:
    """Give every kept file, and how many of its bits to try. The search index is made of others and keeps nothing."""
    for path in sorted(path for path in root.rglob("*") if path.is_file() and path.name != "search.db"):
        yield path, {"captures": 32, "_posts": 2, "revisions": 6, "runs": 4}.get(path.relative_to(root).parts[0], 32)


def test_any_one_flipped_bit_in_any_kept_file_is_found(small: Path) -> None:
    dice = random.Random("one bit")
    unseen, kinds = [], set()
    for path, count in files_of(small):
        kinds.add(path.relative_to(small).parts[0])
        for bit in dice.sample(range(path.stat().st_size * 8), count):
            flipped(path, bit)
            if not findings(small):
                unseen.append(f"{path.relative_to(small)}: bit {bit % 8} of byte {bit // 8}")
            flipped(path, bit)
    assert unseen == []
    assert kinds == {"_posts", "captures", "ledger.db", "revisions", "runs"}
    assert findings(small) == []


def test_a_fault_is_one_sentence_with_the_file_and_what_to_do(small: Path) -> None:
    post = a_post(small)
    post.unlink()
    (found,) = findings(small)
    assert str(found) == (
        f"{post.relative_to(small)}: the post is missing; scrapy rebuild makes it again from its capture"
    )


def test_a_changed_post_is_named(small: Path) -> None:
    post = a_post(small)
    post.write_bytes(post.read_bytes() + b" ")
    (found,) = findings(small)
    assert (found.file, found.what) == (
        str(post.relative_to(small)),
        "the post is not what its digest in the ledger says",
    )


def test_a_post_whose_front_matter_cannot_be_read_is_named_so(small: Path) -> None:
    post = a_post(small)
    post.write_bytes(post.read_bytes().replace(b"---\n", b"", 1))
    (found,) = findings(small)
    assert "front matter is missing" in found.what


def test_a_post_that_matches_its_digest_but_not_its_capture_is_named(small: Path) -> None:
    post = a_post(small)
    post.write_bytes(post.read_bytes() + b" ")
    digest = hashlib.sha256(post.read_bytes()).hexdigest()
    change_ledger(small, "UPDATE articles SET post_sha256 = ? WHERE post = ?", digest, str(post.relative_to(small)))
    (found,) = findings(small)
    assert found.what == "the post is not what its capture gives today"


def test_a_post_without_a_row_is_named(small: Path) -> None:
    stray = a_post(small).with_name(f"{a_post(small).name[:11]}{CODE}.md")
    stray.write_bytes(a_post(small).read_bytes())
    (found,) = findings(small)
    assert (found.file, found.what) == (str(stray.relative_to(small)), "the ledger has no row for this post")


def test_a_file_among_the_posts_that_is_none_is_named(small: Path) -> None:
    (a_post(small).parent / "notes.txt").write_text("remember")
    (found,) = findings(small)
    assert "this is no post" in found.what


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("category = 'anderes'", "its category is 'anderes', by its capture"),
        ("origin = 'mirror-page'", "its origin is 'mirror-page', by its capture 'share-json'"),
        ("state = 'pending'", "is there, but its article is pending"),
        ("post_sha256 = 'abc'", "the digest of"),
        ("capture = '20220303-0009.warc.gz#0'", "does not hold what it was made of"),
        ("post = NULL", "is captured, but has no post"),
    ],
)
def test_a_row_that_says_otherwise_than_post_and_capture_is_named(small: Path, change: str, said: str) -> None:
    change_ledger(small, f"UPDATE articles SET {change} WHERE name = (SELECT max(name) FROM articles)")  # noqa: S608 - ours
    assert any(said in str(found) for found in findings(small)), findings(small)


def test_a_row_whose_post_and_captures_are_gone_is_named(small: Path) -> None:
    post = f"_posts/2021/12/2021-12-31-{CODE}.md"
    change_ledger(
        small,
        "INSERT INTO articles (name, state, first_seen, deadline, capture, post) "
        "VALUES (?, 'captured', '', '', '20211231-0001.warc.gz#7', ?)",
        CODE,
        post,
    )
    assert {found.file for found in findings(small)} == {post, "captures/20211231-0001.warc.gz"}


def test_a_lost_ledger_is_one_fault_and_the_posts_are_verified_by_their_captures(small: Path) -> None:
    (small / "ledger.db").unlink()
    assert [str(found) for found in findings(small)] == ["ledger.db: is missing; scrapy rebuild makes it anew"]


def test_a_lost_revision_and_an_unknown_one_are_named(small: Path) -> None:
    (revision,) = (small / "revisions").rglob("*.md")
    revision.rename(revision.with_name("2022-03-03-NW202203030000000000.20220303T120000Z.md"))
    assert sorted(found.what for found in findings(small)) == [
        "an earlier version of this post is not in revisions/, though it was archived",
        "this earlier version has no digest in SHA256SUMS",
        "this earlier version is missing",
    ]


def test_what_a_killed_run_left_is_named_and_is_no_damage(small: Path) -> None:
    (small / ".newsarchive-probe").write_bytes(b"half")
    (small / "_posts" / ".newsarchive-abcdefgh").write_bytes(b"half")
    looking = verification(small)
    assert list(looking.findings()) == []
    assert looking.leftovers == [
        ".newsarchive-probe: a killed run left this temp file; the next run removes it",
        "_posts/.newsarchive-abcdefgh: a killed run left this temp file; scrapy rebuild removes it",
    ]


def test_a_strangers_file_is_not_taken_for_a_killed_runs(small: Path) -> None:
    (small / "_posts" / ".newsarchive-notes").write_bytes(b"mine")
    looking = verification(small)
    (found,) = looking.findings()
    assert str(found) == (
        "_posts/.newsarchive-notes: this is no temp file of ours, though it is named like one; move it away"
    )
    assert looking.leftovers == []


def test_beside_a_run_only_what_was_there_when_it_began_is_looked_at(small: Path) -> None:
    lock = hold(small)
    try:
        with next((small / "captures").iterdir()).open("ab") as file:
            file.write(b"half a record")
        (a_post(small).parent / ".newsarchive-abcdefgh").write_bytes(b"half a post")
        post = a_post(small).with_name(f"{a_post(small).name[:11]}{CODE}.md")
        post.write_bytes(a_post(small).read_bytes())  # its row comes next
        looking = verification(small)
        assert list(looking.findings()) == []
        assert looking.looked.beside_a_run
    finally:
        os.close(lock)
    assert len(findings(small)) == 2


def test_nothing_is_written(small: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in small.rglob("*")}
    findings(small)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in small.rglob("*")} == before


def test_an_empty_folder_has_no_fault(tmp_path: Path) -> None:
    assert findings(tmp_path) == []
