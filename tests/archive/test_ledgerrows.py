"""What becomes of an article that cannot be had, and when its last look is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.archive.ledger import KEPT_FOR, Row, State, fate, is_last_look
from newsarchive.archive.ledgerrows import GIVEN_UP_AFTER
from newsarchive.article import Name
from newsarchive.source.links import ArticleLink

SEEN = datetime(2022, 3, 1, 12, tzinfo=UTC)
DEADLINE = datetime(2022, 3, 3, 16, tzinfo=UTC)
END = DEADLINE + KEPT_FOR
ROW = Row(
    link=ArticleLink(Name("20220301234076424")),
    tags=(),
    state=State.PENDING,
    first_seen=SEEN,
    deadline=DEADLINE,
    tries=GIVEN_UP_AFTER,
)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("nowhere", [True, False])
def test_nothing_is_given_up_before_three_days_after_its_deadline(*, nowhere: bool) -> None:
    assert fate(ROW, now=END - SECOND, nowhere=nowhere) is State.PENDING
    assert fate(ROW, now=END, nowhere=nowhere) is not State.PENDING


def test_an_old_article_is_given_up_no_earlier_than_three_days_after_it_was_first_seen() -> None:
    late = replace(ROW, first_seen=END + timedelta(days=1000))
    assert fate(late, now=late.first_seen + KEPT_FOR - SECOND, nowhere=True) is State.PENDING
    assert fate(late, now=late.first_seen + KEPT_FOR, nowhere=True) is State.EXPIRED


def test_what_no_road_has_is_expired_and_what_was_withdrawn_before_its_deadline_is_gone() -> None:
    assert fate(ROW, now=END, nowhere=True) is State.EXPIRED
    assert fate(replace(ROW, nowhere_since=DEADLINE), now=END, nowhere=True) is State.EXPIRED
    assert fate(replace(ROW, nowhere_since=DEADLINE - SECOND), now=END, nowhere=True) is State.GONE


def test_errors_are_given_up_after_many_tries_only() -> None:
    assert fate(ROW, now=END, nowhere=False) is State.FAILED
    assert fate(replace(ROW, tries=GIVEN_UP_AFTER - 1), now=END, nowhere=False) is State.PENDING


def test_a_first_try_never_gives_up() -> None:
    assert fate(replace(ROW, tries=0), now=END + timedelta(days=1000), nowhere=True) is State.PENDING
    assert fate(None, now=END, nowhere=True) is State.PENDING


def test_a_last_look_is_due_in_the_hours_before_the_deadline_once() -> None:
    begins = DEADLINE - timedelta(hours=6)
    held = replace(ROW, state=State.CAPTURED, looked=begins - SECOND)
    assert not is_last_look(held, now=begins - SECOND, hours=6)
    assert is_last_look(held, now=begins, hours=6)
    assert is_last_look(held, now=DEADLINE - SECOND, hours=6)
    assert not is_last_look(held, now=DEADLINE, hours=6)
    assert not is_last_look(replace(held, looked=begins), now=DEADLINE - SECOND, hours=6)
    assert not is_last_look(held, now=DEADLINE - SECOND, hours=0)
