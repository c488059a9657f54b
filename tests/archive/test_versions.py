"""The versions of a post are found, in their order, and compared as readers would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from newsarchive.archive.posts import Posts
from newsarchive.archive.status import Scope
from newsarchive.archive.versions import CURRENT, Version, compare, edits, revisions, versions_of
from newsarchive.article import Article, Name
from newsarchive.post import relative_path, render
from newsarchive.sentences import Kind
from tests.ledgers import DAY, NOW, keep, name_of, new_ledger, sighting

NAME = name_of(1)
AFTER = "<p>新建产线已进入调试。</p><p>产能为3.8万吨。</p>"


def article(name: Name = NAME, **changes: str) -> Article:
    values = {
        "title": "穹石新材：产线调试",
        "date": "2022-03-03 18:12:37 +0800",
        "category": "kejiribao",
        "tag": "科技日报新闻",
        "body": "<p>新建产线已进入调试。</p><p>产能为3.5万吨。</p>",
        "link": "",
    }
    return Article(name=name, **(values | changes))


def put(root: Path, one: Article, *, hours: int = 0) -> PurePosixPath:
    return Posts(root).put(relative_path(one), render(one), now=NOW + timedelta(hours=hours)).path


def stamps(some: tuple[Version, ...]) -> list[str]:
    return [version.stamp for version in some]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive with one article of three versions."""
    for hours, title in enumerate(("甲", "乙", "丙")):
        put(tmp_path, article(title=title), hours=hours)
    return tmp_path


def test_versions_come_oldest_first_and_the_one_that_stands_last(root: Path) -> None:
    versions, _, _ = versions_of(root, NAME)
    assert stamps(versions) == ["20220303T130000Z", "20220303T140000Z", CURRENT]
    assert versions[0].until == datetime(2022, 3, 3, 13, tzinfo=UTC)
    assert versions[-1].until is None
    assert versions[-1].path == PurePosixPath("_posts/2022/03/2022-03-03-" + f"{NAME}.md")


def test_two_versions_of_one_second_keep_their_order(tmp_path: Path) -> None:
    for number in range(12):
        put(tmp_path, article(title=f"第{number}版"))
    versions, _, _ = versions_of(tmp_path, NAME)
    assert stamps(versions)[-3:] == ["20220303T120000Z-9", "20220303T120000Z-10", CURRENT]


def test_versions_of_an_article_whose_day_was_edited_are_found_in_both_places(tmp_path: Path) -> None:
    first = put(tmp_path, article())
    put(tmp_path, article(date="2022-04-01 08:00:00 +0800"), hours=1)
    Posts(tmp_path).retire(first, now=NOW + timedelta(hours=1))
    versions, _, _ = versions_of(tmp_path, NAME)
    assert [version.path.parts[2] for version in versions] == ["03", "04"]


def test_the_rolling_form_of_a_number_is_another_article(root: Path) -> None:
    put(root, article(Name(NAME.number, rolling=True)))
    assert list(revisions(root)) == [NAME]


def test_what_was_edited_last_is_listed_first_with_its_title_of_today(root: Path) -> None:
    ledger = new_ledger(root)
    keep(ledger, sighting(NAME))
    for number, hours in ((2, 9), (3, 3)):
        put(root, article(name_of(number)))
        put(root, article(name_of(number), title=f"更正{number}"), hours=hours)
        keep(ledger, sighting(name_of(number)))
    ledger.close()
    found = edits(root, Scope())
    assert [(one.name, one.title) for one in found] == [
        (name_of(2), "更正2"),
        (name_of(3), "更正3"),
        (NAME, "丙"),
    ]
    assert found[0].category == "kejiribao"
    assert [len(one.versions) for one in found] == [2, 2, 3]
    assert edits(root, Scope(wants=lambda category, _: category == "emnews")) == []
    assert len(edits(root, Scope(DAY + timedelta(days=1)))) == 1, "of the day on which it was edited, in Shanghai"


def test_title_and_sentences_that_changed_are_told_from_what_is_the_same(tmp_path: Path) -> None:
    put(tmp_path, article())
    put(
        tmp_path, article(title="穹石新材：产线投产", body="<p>新建产线已进入调试。</p><p>产能为3.8万吨。</p>"), hours=1
    )
    versions, _, _ = versions_of(tmp_path, NAME)
    step = compare(tmp_path, NAME, versions[0], versions[1])
    assert [field.name for field in step.fields] == ["title"]
    assert [change.kind for change in step.text] == [Kind.SAME, Kind.CHANGED]
    assert [piece.text for piece in step.text[1].after if piece.marked] == ["3.8"]
    assert not step.markup


def test_a_change_of_markup_alone_is_shown_as_what_it_is(tmp_path: Path) -> None:
    put(tmp_path, article())
    put(tmp_path, article(body="<p><strong>新建产线已进入调试。</strong></p><p>产能为3.5万吨。</p>"), hours=1)
    versions, _, _ = versions_of(tmp_path, NAME)
    step = compare(tmp_path, NAME, versions[0], versions[1])
    assert step.markup
    assert step.fields == ()
    assert any("<strong>" in piece.text for change in step.text for piece in change.after if piece.marked)


def test_a_version_that_is_no_post_is_compared_as_it_stands(root: Path) -> None:
    versions, _, _ = versions_of(root, NAME)
    (root / versions[0].path).write_bytes("没有开头的文件。".encode() + b"\xff")
    step = compare(root, NAME, versions[0], versions[-1])
    assert step.text[0].before[0].text == "没有开头的文件。"
