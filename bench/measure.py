"""How two ways of doing the same are compared."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it.

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


def compare(what: str, ours: Callable[[], int], theirs: Callable[[], int]) -> Comparison:
    """Run two functions in turn, after one warm-up each; each gives the number of things it did."""
    items = ours()
    theirs()
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(ROUNDS)]
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
