"""Work spread over processes, its results in order."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_AHEAD = 4  # jobs waiting for each process: enough to keep it busy, and no more in memory


def processors() -> int:
    """Give the number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """Some processes, as a context manager. They end with it, and with the process that began them however that ends.

    Begin it before any thread: the processes are forked, which costs nothing, where the system is known to bear it.

    Args:
        processes: with one, everything happens in this process.
    """

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.processes > 1:
            context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
            self._executor = ProcessPoolExecutor(self.processes, mp_context=context, initializer=_begin)
            self._executor.submit(_nothing).result()  # now they are there
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def spread(self, work: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Result]:
        """Do every job, and give the results in the order of the jobs.

        Args:
            work: a function of a module; its jobs and results travel between processes.
            jobs: taken as they are needed, not all at once.

        Raises:
            Exception: what a job raised.
        """
        if self._executor is None:
            yield from map(work, jobs)
            return
        waiting: deque[Future[Result]] = deque()
        for job in jobs:
            waiting.append(self._executor.submit(work, job))
            if len(waiting) >= _AHEAD * self.processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin() -> None:
    """Leave signals to the process that began us (Ctrl-C reaches every process of a terminal), and end with it.

    Forked, we hold its lock on the archive too; outliving it would keep every later run out.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.set_threshold(50_000)  # next to nothing of what is made here is circular
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _nothing() -> None:
    pass
