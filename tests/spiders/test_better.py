"""Which archived articles are asked for again at better roads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.keeper import Archive
from newsarchive.archive.ledger import Adopted, Kept
from newsarchive.article import Name, Origin
from newsarchive.clock import Clock
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.lists import Sighting
from spiders.better import AT_ONCE, improvable, is_improvable

NOW = datetime(2022, 3, 3, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=12)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    held = Archive(tmp_path, Clock("2022-03-03 20:00"))
    yield held
    held.close()


def put(archive: Archive, name: str, origin: Origin, *, day: str = "2022/03/01", at: datetime = LONG_AGO) -> None:
    folder = "kejiribao" if name.startswith("NW") else "emnews"
    archive.ledger.captured(
        Sighting(article_link(f"/{folder}/{day}/{name}.html"), ()),
        Kept(
            category=folder,
            origin=origin,
            capture=None,
            capture_sha256=None,
            post=f"_posts/{name}.md",
            post_sha256="0",
            published=datetime.strptime(f"{day} +0800", "%Y/%m/%d %z"),
        ),
        now=at,
    )


def names(archive: Archive, hours: float = 12) -> list[str]:
    return [str(row.link.name) for row in improvable(archive, hours)]


@pytest.mark.parametrize("origin", Origin)
def test_everything_but_the_share_hosts_own_text_may_be_had_better(archive: Archive, origin: Origin) -> None:
    put(archive, "NW202203012340000100", origin)
    put(archive, "202203012340000200", origin)

    lesser = origin is not Origin.SHARE_JSON
    assert names(archive) == (["202203012340000200", "NW202203012340000100"] if lesser else [])
    row = archive.ledger.find(Name("202203012340000100"))
    assert row is not None
    assert is_improvable(row) is lesser


def test_none_is_asked_for_again_before_its_hours_are_over_nor_after_a_vain_try(archive: Archive) -> None:
    put(archive, "NW202203012340000100", Origin.MIRROR_PAGE, at=LONG_AGO + timedelta(seconds=1))
    put(archive, "NW202203012340000101", Origin.MIRROR_PAGE)
    put(archive, "NW202203012340000102", Origin.MIRROR_PAGE)
    archive.ledger.tried(Name("202203012340000102"), now=NOW)

    assert names(archive) == ["NW202203012340000101"]
    assert len(names(archive, hours=0)) == 3


def test_three_days_after_its_deadline_an_article_is_left_as_it_is(archive: Archive) -> None:
    put(archive, "NW202202252340000100", Origin.MIRROR_PAGE, day="2022/02/26")
    put(archive, "NW202202242340000100", Origin.MIRROR_PAGE, day="2022/02/25")

    assert names(archive) == ["NW202202252340000100"]


def test_those_longest_not_asked_for_come_first_and_only_so_many_at_once(archive: Archive) -> None:
    for index in range(AT_ONCE + 5):
        put(archive, f"NW2022030123400001{index:02}", Origin.OLD_POST, at=LONG_AGO - timedelta(minutes=index))

    found = names(archive)
    assert len(found) == AT_ONCE
    assert found[0] == f"NW2022030123400001{AT_ONCE + 4}"


def test_a_post_that_was_adopted_may_have_come_by_any_road(archive: Archive) -> None:
    archive.ledger.adopt([Adopted(Name("202203012340000100"), "_posts/x.md", "0")], now=LONG_AGO)
    row = archive.ledger.find(Name("202203012340000100"))

    assert names(archive) == []
    assert row is not None
    assert row.link == ArticleLink(Name("202203012340000100"))
    assert not is_improvable(row)
