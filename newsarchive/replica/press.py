"""How a story becomes a piece: its number, its two forms, its links."""

from __future__ import annotations

from datetime import date, datetime

from newsarchive.replica.bodies import Body
from newsarchive.replica.dice import Dice
from newsarchive.replica.piece import SHARE_LINK, Piece
from newsarchive.replica.prose import Story

_COLUMNS = ("1345", "1353", "1353", "1353", "1354", "1355")


def number_at(moment: datetime) -> str:
    """Give the number of an article published at a moment: the day and ten digits that grow with time."""
    day = (moment.date() - date(2022, 1, 1)).days
    return (
        f"{moment:%Y%m%d}{2240000000 + day * 1700000 + (moment.hour * 3600 + moment.minute * 60 + moment.second) * 19}"
    )


def newspaper_piece(number: str, newspaper: str, published: datetime, told: Story, made: Body) -> Piece:
    """Make the newspaper form of an article."""
    return Piece(
        number=number,
        rolling=False,
        newspaper=newspaper,
        title=told.title,
        published=published,
        text=made.text,
        content=made.content,
        link=f"{SHARE_LINK}NW{number}",
    )


def rolling_piece(number: str, newspaper: str, published: datetime, told: Story, made: Body) -> Piece:
    """Make the rolling form of an article; the column in its link is thrown from its number."""
    return Piece(
        number=number,
        rolling=True,
        newspaper=newspaper,
        title=told.title,
        published=published,
        text=made.text,
        content=made.content,
        digest=f"{told.lead}（{newspaper}）",
        link=f"http://finance.eastmoney.com/news/{Dice(number).pick(_COLUMNS)},{number}.html",
    )
