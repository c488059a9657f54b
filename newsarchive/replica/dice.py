"""Chance that falls the same way on every machine and every Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Deterministic chance from a seed.

    Only ``random()`` is used: it alone is promised to give the same sequence in every version of Python.
    """

    def __init__(self, seed: str) -> None:
        self._next = random.Random(seed).random  # noqa: S311 - chance for prose, not for secrets

    def number(self, low: int, high: int) -> int:
        """Give a whole number from low to high, both included."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, values: Sequence[T]) -> T:
        """Give one of the values."""
        return values[int(self._next() * len(values))]

    def chance(self, part: float) -> bool:
        """Say yes in `part` of the cases (0 to 1)."""
        return self._next() < part

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """Give the values in another order."""
        mixed = list(values)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.number(0, last)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
