"""What arrives within a moment is done as one, in order, and everyone hears how it went."""

from __future__ import annotations

import asyncio

import pytest

from newsarchive.archive.together import Together


class Doing:
    """Does groups and remembers them; takes as long as it is told."""

    def __init__(self, *, most: int = 3, within: float = 0.01, takes: float = 0) -> None:
        self.groups: list[list[int]] = []
        self.takes = takes
        self.at_work = 0
        self.together = Together(self.do, most=most, within=within)

    async def do(self, numbers: list[int]) -> None:
        self.at_work += 1
        assert self.at_work == 1, "two groups at once"
        await asyncio.sleep(self.takes)
        self.at_work -= 1
        if 13 in numbers:
            raise OSError("the disk is full")
        self.groups.append(numbers)

    async def add(self, *numbers: int) -> list[BaseException | None]:
        return await asyncio.gather(*map(self.together.add, numbers), return_exceptions=True)


def test_a_full_group_is_done_at_once() -> None:
    doing = Doing(most=3, within=60)
    assert asyncio.run(doing.add(1, 2, 3)) == [None] * 3
    assert doing.groups == [[1, 2, 3]]


def test_a_group_that_does_not_fill_is_done_after_a_moment() -> None:
    doing = Doing(most=3)
    asyncio.run(doing.add(1, 2))
    assert doing.groups == [[1, 2]]


@pytest.mark.parametrize("takes", [0, 0.02])
def test_nothing_is_lost_doubled_or_out_of_order_while_a_group_is_done(takes: float) -> None:
    doing = Doing(most=4, within=0.25, takes=takes)

    async def trickle() -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(100, 140):
                tasks.create_task(doing.together.add(number))
                await asyncio.sleep(0.001 * (number % 3))

    asyncio.run(trickle())
    assert [number for group in doing.groups for number in group] == list(range(100, 140))
    assert len(doing.groups) < 40


def test_a_failure_reaches_those_of_its_group_alone() -> None:
    doing = Doing(most=2, within=60)

    async def two_groups() -> list[BaseException | None]:
        first = asyncio.create_task(doing.add(12, 13))
        await asyncio.sleep(0)
        return [*await first, *await doing.add(14, 15)]

    ended = asyncio.run(two_groups())
    assert [type(one) for one in ended] == [OSError, OSError, type(None), type(None)]
    assert doing.groups == [[14, 15]]
