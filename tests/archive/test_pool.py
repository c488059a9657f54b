"""Processes that work for one: they leave their job when nobody wants it any more, and none outlives its pool."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import time
from pathlib import Path

import pytest

from newsarchive.archive import pool as pool_module
from newsarchive.archive.pool import Pool, StoppedError


def square(number: int) -> int:
    return number * number


def for_ever(begun: str) -> None:
    Path(begun).touch()
    while True:
        time.sleep(0.01)


def deaf(begun: str) -> None:
    """As a job in one long call of a library: no signal that can be handled reaches it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    for_ever(begun)


def large(_: int) -> bytes:
    return os.urandom(2**20)


def children() -> list[object]:
    return list(multiprocessing.active_children())


def test_results_come_in_the_order_of_the_jobs() -> None:
    with Pool(2) as pool:
        assert list(pool.spread(square, range(100))) == [number * number for number in range(100)]
    assert children() == []


@pytest.mark.parametrize("job", [for_ever, deaf])
def test_a_stop_does_not_wait_for_the_jobs(job: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_GRACE", 0.5)
    begun = [str(tmp_path / name) for name in "ab"]

    def work() -> None:
        with Pool(2) as pool:
            jobs = pool.spread(job, begun)  # type: ignore[arg-type]
            signal.setitimer(signal.ITIMER_REAL, 1)
            next(jobs)

    def stop(*_: object) -> None:
        raise StoppedError(signal.SIGTERM)

    before = signal.signal(signal.SIGALRM, stop)
    try:
        with pytest.raises(StoppedError):
            work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert children() == []


def test_a_stop_while_large_results_are_sent_hangs_nowhere() -> None:
    def work() -> None:
        with Pool(2) as pool:
            for count, _ in enumerate(pool.spread(large, range(1000))):
                if count == 3:
                    raise StoppedError(signal.SIGTERM)

    for _ in range(5):
        with pytest.raises(StoppedError):
            work()
        assert children() == []


def test_what_is_left_in_the_middle_leaves_no_process() -> None:
    with Pool(2) as pool:
        results = pool.spread(square, range(1000))
        assert next(results) == 0
    assert children() == []


def test_a_stop_is_no_ordinary_error_and_travels_between_processes() -> None:
    error = pickle.loads(pickle.dumps(StoppedError(15)))  # noqa: S301 - our own
    assert (error.number, str(error)) == (15, "stopped by signal 15")
    assert not isinstance(error, Exception)
