"""How two ways of doing the same are compared, and the row of the table that says so."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

Result = TypeVar("Result")
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Effort:
    """How thoroughly to measure.

    Attributes:
        size: how much of the usual amount; 1 for figures that mean something, less to see that it works.
        rounds: how often each of the two is run, in turn.
        say: told what is being done.
    """

    size: float = 1
    rounds: int = 5
    say: Callable[[str], object] = field(default=lambda _: None)

    def of(self, usual: int, least: int = 1) -> int:
        """Give how many of something to take, where so many are usual."""
        return max(least, round(usual * self.size))

    def turns(self, what: str) -> Iterator[int]:
        """Count the rounds, saying so."""
        for number in range(1, self.rounds + 1):
            self.say(f"{what}, round {number} of {self.rounds}")
            yield number


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        what: the two ways, in words.
        ours, peer: what each took or reached, with its unit.
        ratios: round by round.
        repeat: what is given to ``make bench ARGS=…`` to measure this again.
        at_least, at_most: what the median should reach; None where nothing was promised.
        note: what a reader should know.
    """

    what: str
    ours: str
    peer: str
    ratios: tuple[float, ...]
    repeat: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios)

    @property
    def target(self) -> str:
        """What should be reached, in words."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def reached(self) -> bool | None:
        """Whether it was; None where nothing was promised."""
        if self.at_least is not None:
            return self.ratio >= self.at_least
        return self.ratio <= self.at_most if self.at_most is not None else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing two functions.

    Attributes:
        what: the two ways, in words.
        ours, theirs: median CPU seconds of a round.
        ratios: theirs over ours, round by round: how many times as fast we are.
        items: how many things a round does.
    """

    what: str
    ours: float
    theirs: float
    ratios: tuple[float, ...]
    items: int

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios)

    def row(self, repeat: str, at_least: float | None = None) -> Row:
        """Give the line of the table: CPU time for each thing, and how many times as fast we are."""
        ours, theirs = (f"{seconds / self.items * 1e6:.0f} µs" for seconds in (self.ours, self.theirs))
        return Row(self.what, ours, theirs, self.ratios, repeat, at_least=at_least)


def compare(what: str, ours: Callable[[], int], theirs: Callable[[], int], rounds: int = ROUNDS) -> Comparison:
    """Run two functions in turn, after one warm-up each; each gives the number of things it did."""
    items = ours()
    theirs()
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    return Comparison(
        what,
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        tuple(theirs_took / ours_took for ours_took, theirs_took in pairs),
        items,
    )


def _seconds(function: Callable[[], int]) -> float:
    gc.collect()
    began = time.process_time()
    function()
    return time.process_time() - began


def in_turn(effort: Effort, what: str, *sides: Callable[[], Result]) -> list[tuple[Result, ...]]:
    """Run some things in turn, so that what else the machine does falls on all; who is first changes every round."""
    rounds = []
    for number in effort.turns(what):
        found: dict[int, Result] = {}
        for step in range(len(sides)):
            side = (number - 1 + step) % len(sides)
            found[side] = sides[side]()
        rounds.append(tuple(found[side] for side in range(len(sides))))
    return rounds
