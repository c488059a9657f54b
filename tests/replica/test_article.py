"""The publisher's pages of the replica: the same article in every template, as newsarchive reads them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from newsarchive.article import Name
from newsarchive.replica.article import TEMPLATES, page, template_of
from newsarchive.replica.compose import NOW, compose
from newsarchive.source.article_page import article_page

if TYPE_CHECKING:
    from newsarchive.replica.server import Replica
    from tests.replica.conftest import Client

ORDINARY = [piece for piece in compose() if not piece.oddity]


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_read_as_the_article_it_was_made_of(template: str) -> None:
    for piece in ORDINARY[:60]:
        read = article_page(page(piece, template), Name(piece.number))

        assert (read.title, read.newspaper) == (piece.title, piece.newspaper)
        assert read.date == f"{piece.published:%Y年%m月%d日 %H:%M}"
        assert read.content == piece.content


@pytest.mark.parametrize(
    ("day", "template"),
    [(date(2015, 1, 1), "2016"), (date(2016, 5, 31), "2016"), (date(2018, 1, 1), "2017"), (date(2026, 1, 1), "2020")],
)
def test_an_article_is_shown_in_the_template_of_its_day(day: date, template: str) -> None:
    assert template_of(day) == template


def test_the_publisher_serves_what_is_published_in_the_template_that_is_set(replica: Replica, client: Client) -> None:
    piece = ORDINARY[0]
    today = client.get(f"/a/{piece.number}.html")
    replica.template = "2016"

    assert (today.status, today.body) == (200, page(piece, "2020"))
    assert client.get(f"/a/{piece.number}.html").body == page(piece, "2016")


def test_what_was_never_published_is_a_404_with_a_page(replica: Replica, client: Client) -> None:
    last = max(ORDINARY, key=lambda piece: piece.published)
    replica.now = last.published.replace(hour=0)

    for number in ("202201011111111111", "x", last.number):
        missing = client.get(f"/a/{number}.html")
        assert missing.status == 404
        assert "不存在" in missing.body.decode()
    replica.now = NOW
