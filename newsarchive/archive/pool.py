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

_GRACE = 10.0  # seconds for a process to leave its job when it is told to; then it is killed
_AHEAD = 4  # jobs waiting for each process: enough to keep it busy, and no more in memory


class StoppedError(BaseException):
    """A signal asked to stop; ``number`` says which.

    Like KeyboardInterrupt no `Exception`: what is caught and named as a fault of a file must not be the end of a run.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"stopped by signal {self.number}"


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
        self._children: set[multiprocessing.process.BaseProcess] = set()

    def __enter__(self) -> Self:
        if self.processes > 1:
            context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
            before = set(multiprocessing.active_children())
            self._executor = ProcessPoolExecutor(self.processes, mp_context=context, initializer=_begin)
            self._executor.submit(_do, _nothing, None).result()  # now they are there
            self._children = set(multiprocessing.active_children()) - before
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is None:
            return
        if kind is None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            return
        # Nobody wants what they are at. They leave it at the next bytecode, and what they write is whole or not there.
        for child in self._children:
            child.terminate()
        killing = threading.Timer(_GRACE, self._kill)
        killing.start()
        try:
            self._executor.shutdown(wait=True, cancel_futures=True)
        finally:
            killing.cancel()

    def _kill(self) -> None:
        for child in self._children:
            child.kill()

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
            waiting.append(self._executor.submit(_do, work, job))
            if len(waiting) >= _AHEAD * self.processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Stop:
    """What a process of a pool does about SIGTERM: it leaves the job it is at, and begins no other.

    Only within a job: a result that is half sent would have the process that waits for it wait for ever.
    """

    asked = False
    working = False

    @classmethod
    def take(cls, number: int, _: object) -> None:
        """Take the signal."""
        cls.asked = True
        if cls.working:
            cls.working = False
            raise StoppedError(number)


def _do(work: Callable[[Job], Result], job: Job) -> Result:
    if _Stop.asked:
        raise StoppedError(signal.SIGTERM)
    try:
        _Stop.working = True
        return work(job)
    finally:
        _Stop.working = False


def _begin() -> None:
    """Leave signals to the process that began us (Ctrl-C reaches every process of a terminal), and end with it.

    Forked, we hold its lock on the archive too; outliving it would keep every later run out.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _Stop.take)
    gc.set_threshold(50_000)  # next to nothing of what is made here is circular
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _nothing(_: None) -> None:
    pass
