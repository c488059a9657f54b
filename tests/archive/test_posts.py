"""A post is replaced only after its earlier version was put aside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath

import pytest

from newsarchive.archive import posts as posts_module
from newsarchive.archive.posts import Posts, Stored
from newsarchive.article import Name

PATH = PurePosixPath("_posts/2022/03/2022-03-01-NW202203012340764246.md")
NOON = datetime(2022, 3, 1, 12, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = b"first version", b"second version", b"third version"


@pytest.fixture
def posts(tmp_path: Path) -> Posts:
    return Posts(tmp_path)


def revisions(posts: Posts) -> dict[str, bytes]:
    folder = posts.root / "revisions"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.md")}


def dies_at(target: Path) -> Callable[[Path, bytes], None]:
    """Write as ever, but die where one file is to be written."""
    write_whole = posts_module.write_whole

    def dying(path: Path, content: bytes) -> None:
        if path == target:
            raise KeyboardInterrupt
        write_whole(path, content)

    return dying


def test_a_new_post_is_written_and_nothing_is_put_aside(posts: Posts) -> None:
    stored = posts.put(PATH, FIRST, now=NOON)
    assert stored == Stored(PATH, hashlib.sha256(FIRST).hexdigest(), revision=None, changed=True)
    assert (posts.root / PATH).read_bytes() == FIRST
    assert revisions(posts) == {}


def test_the_same_bytes_again_touch_nothing(posts: Posts) -> None:
    posts.put(PATH, FIRST, now=NOON)
    before = (posts.root / PATH).stat()
    stored = posts.put(PATH, FIRST, now=NOON + timedelta(hours=1))
    after = (posts.root / PATH).stat()
    assert not stored.changed
    assert stored.revision is None
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert revisions(posts) == {}


def test_an_edit_keeps_the_earlier_version_under_the_utc_moment_it_was_replaced(posts: Posts) -> None:
    posts.put(PATH, FIRST, now=NOON)
    shanghai = datetime(2022, 3, 2, 9, 30, 5, tzinfo=timezone(timedelta(hours=8)))
    stored = posts.put(PATH, SECOND, now=shanghai)
    assert stored.changed
    assert stored.revision == PurePosixPath("revisions/2022/03/2022-03-01-NW202203012340764246.20220302T013005Z.md")
    assert (posts.root / stored.revision).read_bytes() == FIRST
    assert (posts.root / PATH).read_bytes() == SECOND


def test_every_version_is_kept_even_where_the_clock_stands_still(posts: Posts) -> None:
    versions = [b"version %d" % number for number in range(12)]
    for version in versions:
        posts.put(PATH, version, now=NOON)
    assert sorted(revisions(posts).values()) == sorted(versions[:-1])
    assert (posts.root / PATH).read_bytes() == versions[-1]


def test_a_text_that_goes_to_and_fro_is_kept_at_every_turn(posts: Posts) -> None:
    for hour, version in enumerate([FIRST, SECOND, FIRST, SECOND]):
        posts.put(PATH, version, now=NOON + timedelta(hours=hour))
    assert [revisions(posts)[name] for name in sorted(revisions(posts))] == [FIRST, SECOND, FIRST]


@pytest.mark.parametrize("versions", [2, 12])
def test_the_newest_of_many_revisions_of_one_moment_is_known(
    versions: int, posts: Posts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(versions + 1):
        posts.put(PATH, b"version %d" % number, now=NOON)
    with monkeypatch.context() as dying:
        dying.setattr(posts_module, "write_whole", dies_at(posts.root / PATH))
        with pytest.raises(KeyboardInterrupt):
            posts.put(PATH, SECOND, now=NOON)
    posts.put(PATH, SECOND, now=NOON)
    assert sorted(revisions(posts).values()) == sorted(b"version %d" % number for number in range(versions + 1))


@pytest.mark.parametrize("later", [timedelta(0), timedelta(minutes=5), timedelta(days=2)])
def test_a_crash_between_putting_aside_and_replacing_costs_nothing_and_is_not_kept_twice(
    later: timedelta, posts: Posts, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts.put(PATH, FIRST, now=NOON)
    with monkeypatch.context() as dying:
        dying.setattr(posts_module, "write_whole", dies_at(posts.root / PATH))
        with pytest.raises(KeyboardInterrupt):
            posts.put(PATH, SECOND, now=NOON)
    assert (posts.root / PATH).read_bytes() == FIRST
    stored = posts.put(PATH, SECOND, now=NOON + later)
    assert stored.changed
    assert list(revisions(posts).values()) == [FIRST]
    assert stored.revision is not None
    assert (posts.root / stored.revision).read_bytes() == FIRST


def test_where_the_earlier_version_cannot_be_kept_the_post_is_not_replaced(posts: Posts) -> None:
    posts.put(PATH, FIRST, now=NOON)
    (posts.root / "revisions").write_bytes(b"a file in the way")
    with pytest.raises(OSError, match="revisions"):
        posts.put(PATH, SECOND, now=NOON)
    assert (posts.root / PATH).read_bytes() == FIRST


def test_a_post_whose_day_was_edited_is_put_aside_and_not_lost(posts: Posts) -> None:
    posts.put(PATH, FIRST, now=NOON)
    revision = posts.retire(PATH, now=NOON)
    assert not (posts.root / PATH).exists()
    assert revision is not None
    assert (posts.root / revision).read_bytes() == FIRST
    assert posts.retire(PATH, now=NOON) is None, "nothing is there to be put aside any more"


def test_posts_are_found_by_their_file_names_and_nothing_else_is_taken_for_one(posts: Posts) -> None:
    rolling = PurePosixPath("_posts/2022/03/2022-03-01-202203012340764246.md")
    flat = PurePosixPath("_posts/2021-12-08-NW202112082340764246.md")  # as an imported clone has them
    for path in (PATH, rolling, flat):
        posts.put(path, FIRST, now=NOON)
    for stray in ("notes.md", "-202205262391921712.md", "2022-03-01-NW2022.md", "2022-03-01-NW202203012340764246.md~"):
        (posts.root / "_posts" / stray).write_bytes(b"")
    assert set(posts.names()) == {
        (Name("202203012340764246"), PATH),
        (Name("202203012340764246", rolling=True), rolling),
        (Name("202112082340764246"), flat),
    }


def test_an_archive_without_posts_has_none(posts: Posts) -> None:
    assert list(posts.names()) == []
