"""What costs a wait for the disk each time, done for several at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Together(Generic[Thing]):
    """Gathers things that arrive one by one and does them in groups, one group after the other.

    A group is begun when it is full, or a moment after its first thing came; what comes meanwhile is in the next.
    Whoever adds a thing waits until its group is done, and is told what went wrong with it.

    Args:
        do: does a group, in the order of arrival; all of it or, raising, nothing that could not be repeated.
        most: a group is full with so many.
        within: seconds after which a group is begun that is not full.
    """

    def __init__(self, do: Callable[[list[Thing]], Awaitable[None]], *, most: int, within: float) -> None:
        self._do = do
        self._most = most
        self._within = within
        self._things: list[Thing] = []
        self._full: asyncio.Event | None = None
        self._group: asyncio.Task[None] | None = None  # the one that gathers

    async def add(self, thing: Thing) -> None:
        """Return when the thing is done.

        Raises:
            Exception: what doing its group raised.
        """
        self._things.append(thing)
        if self._full is None:  # the first of a group
            self._full = asyncio.Event()
            self._group = asyncio.create_task(self._begin(self._full, self._group))
        group, full = self._group, self._full
        if len(self._things) >= self._most:
            full.set()
        if group is not None:
            await asyncio.shield(group)

    async def _begin(self, full: asyncio.Event, before: asyncio.Task[None] | None) -> None:
        """Wait for the group to fill and for the one before it, then do it."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(full.wait(), self._within)
        if before is not None and not before.done():
            await asyncio.wait([before])
        things, self._things, self._full = self._things, [], None
        await self._do(things)
