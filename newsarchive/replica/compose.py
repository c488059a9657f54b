"""A window of news, composed from a seed: the same bytes on every machine, as many as asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from newsarchive.replica.bodies import Shape, body
from newsarchive.replica.dice import Dice
from newsarchive.replica.newspapers import NEWSPAPERS, Newspaper
from newsarchive.replica.oddities import oddities
from newsarchive.replica.piece import CHINA, Piece
from newsarchive.replica.press import newspaper_piece, number_at, rolling_piece
from newsarchive.replica.prose import story

SEED = 20220303
START = date(2022, 3, 1)
NOW = datetime(2022, 3, 3, 20, 0, tzinfo=CHINA)
"""The moment at which everything of the default composition is on the mirror."""

DAYS = 3
PER_DAY = 40
"""With `DAYS`, exactly one deck: every newspaper brings its share."""

_OPENS = 6 * 3600
_CLOSES = 20 * 3600 - 1
_SATURDAY = 5
_WEEKEND_PART = 6
_SHAPES = (*(Shape.PLAIN,) * 6, *(Shape.JOINED,) * 3, *(Shape.CHART,) * 3, *Shape)
_LENGTHS = (0, 1, 2, 3, 3, 4, 4, 5, 6, 8, 12, 28)


class Form(StrEnum):
    """How the mirror shows an article."""

    PAPER = "paper"
    ROLLING = "rolling"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class _Card:
    newspaper: Newspaper
    form: Form


def compose(
    seed: int = SEED, start: date = START, days: int = DAYS, per_day: int = PER_DAY, *, odd: bool = True
) -> list[Piece]:
    """Compose a window of news.

    The oddities are on the first three days, so that all of them are on the mirror at 20:00 of the third.

    Args:
        seed: another seed, other news.
        start: first day, Asia/Shanghai.
        days: how many days.
        per_day: articles of a working day; a Saturday or Sunday has a sixth. About a tenth more pieces come of
            them, as some articles are in a newspaper and in the rolling news.
        odd: whether the oddities are in it.

    Returns:
        The pieces, oldest first; an article in both forms gives two pieces with one number.
    """
    deck = _deal(seed)
    pieces: list[Piece] = []
    for offset in range(days):
        day = start + timedelta(days=offset)
        dice = Dice(f"{seed}/{day}")
        count = per_day if day.weekday() < _SATURDAY else per_day // _WEEKEND_PART
        for second in sorted(_seconds(dice, count)):
            moment = datetime.combine(day, time(), CHINA) + timedelta(seconds=second)
            pieces += _pieces(next(deck), moment, seed)
    if odd:
        pieces += oddities(seed, start, min(days, DAYS))
    return sorted(pieces, key=lambda piece: (piece.published, piece.name))


def _pieces(card: _Card, moment: datetime, seed: int) -> Iterator[Piece]:
    number = number_at(moment)
    dice = Dice(f"{seed}/{number}")
    told = story(dice, moment, length=dice.pick(_LENGTHS))
    made = body(told, dice.pick(_SHAPES), card.newspaper.name)
    if card.form is not Form.ROLLING:
        yield newspaper_piece(number, card.newspaper.name, moment, told, made)
    if card.form is not Form.PAPER:
        yield rolling_piece(number, card.newspaper.name, moment, told, made)


def _deal(seed: int) -> Iterator[_Card]:
    """Deal decks for ever: in each, every newspaper has its share."""
    deck = [card for newspaper in NEWSPAPERS for card in _cards(newspaper)]
    dice = Dice(f"{seed}/deck")
    while True:
        yield from dice.shuffled(deck)


def _cards(newspaper: Newspaper) -> Iterator[_Card]:
    for index in range(newspaper.share):
        yield _Card(newspaper, Form.BOTH if index < newspaper.both else Form.PAPER)
    for _ in range(newspaper.rolling):
        yield _Card(newspaper, Form.ROLLING)


def _seconds(dice: Dice, count: int) -> set[int]:
    """Throw that many different even seconds of the day; the odd ones are the oddities'."""
    seconds: set[int] = set()
    while len(seconds) < count:
        seconds.add(dice.number(_OPENS // 2, _CLOSES // 2) * 2)
    return seconds
