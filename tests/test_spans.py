"""Spans of time are read as people write them, and said so that people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsarchive import spans
from newsarchive.article import Refused


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1h 30m", timedelta(hours=1, minutes=30)),
        ("90S", timedelta(seconds=90)),
    ],
)
def test_a_span_is_read(text: str, span: timedelta) -> None:
    assert spans.parse(text) == span


@pytest.mark.parametrize(
    "text", ["", "30", "m", "0m", "-5m", "5m2h", "1.5h", "３０m", "9999999999d", "999999999d", "1w"]
)
def test_what_is_no_span_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refused, match=r"like 30m, 2h|longer than anything"):
        spans.parse(text)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(seconds=605), "10 min 5 s"),
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
        (timedelta(days=2, minutes=59), "2 d"),
        (timedelta(hours=-3), "3 h"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(span: timedelta, said: str) -> None:
    assert spans.say(span) == said
