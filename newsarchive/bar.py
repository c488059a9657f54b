"""A progress bar on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from newsarchive import terminal
from newsarchive.archive.runs import is_interactive
from newsarchive.terminal import Console

_EVERY = 0.1  # seconds between two looks


class Bar:
    """Shows how far several pieces of work are, one line each, on standard error; gone when it ends.

    Call it with what is done, how much, and how much there is in all. It draws when it is called and has no thread of
    its own: processes are forked beside it.
    """

    def __init__(self, *, shown: bool = True) -> None:
        columns = (TextColumn("{task.description:>10}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
        self._progress = Progress(
            *columns,
            TimeRemainingColumn(),
            console=Console(sys.stderr),
            redirect_stdout=False,
            auto_refresh=False,
            transient=True,
            disable=not (shown and is_interactive()),
        )
        self._tasks: dict[str, TaskID] = {}
        self._drawn = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Note how far it is."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        now = time.monotonic()
        if now - self._drawn >= _EVERY or done >= total:
            self._drawn = now
            self._progress.update(self._tasks[what], completed=done, total=total, refresh=True)

    def __enter__(self) -> Self:
        is_installed = isinstance(sys.stderr, terminal.Shown)
        self._progress.start()
        if is_installed:
            terminal.install()  # before what Rich has put there, which obeys colours
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
