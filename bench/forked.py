"""Scrapy commands in processes forked from this one, which has loaded everything once: a run begins in milliseconds.

Such a process can be told to die, by SIGKILL, at the n-th time it touches the disk. For a process without threads.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOUCHING = ("open", "write", "fsync", "link", "replace", "unlink", "mkdir", "ftruncate", "fchmod")
"""What touches the disk; SQLite's own calls are not among them."""

_LOADED_FIRST = (
    "scrapy.cmdline",
    "scrapy.core.engine",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.spiderloader",
)


@dataclass(frozen=True, slots=True)
class Death:
    """When a process is to die: at the n-th touch, before it, after it, or (a write) with half of it written."""

    touch: int
    how: str


def load() -> None:
    """Load Scrapy and everything of ours, but no reactor: that is each process's own."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for name in _LOADED_FIRST:
        importlib.import_module(name)
    for house in ("newsarchive", "spiders", "pipelines"):
        package = importlib.import_module(house)
        for module in pkgutil.walk_packages(package.__path__, f"{house}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor was loaded; forked processes cannot share it")


def start(words: Sequence[str], said: Path, *, death: Death | None = None, touches: Path | None = None) -> int:
    """Begin ``scrapy WORDS`` in a process of its own; gives its number.

    Args:
        words: of the command line.
        said: where its output goes.
        death: when it is to die by itself.
        touches: where it writes, at its end, how often it touched the disk.
    """
    sys.stdout.flush()
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        out = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
        for standard in (1, 2):
            os.dup2(out, standard)
        counted = _count_touches(death)
        code = _scrapy(words)
        if touches is not None:
            touches.write_text(str(next(counted)), encoding="ascii")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(number: int) -> int:
    """Wait for a process's end; gives its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def _scrapy(words: Sequence[str]) -> int:
    from scrapy.cmdline import execute  # noqa: PLC0415 - loaded by `load`

    try:
        execute(["scrapy", *words])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return 0


def _count_touches(death: Death | None) -> count[int]:
    """Count every touch of the disk from now on, and die where it is said."""
    counted = count()
    for name in TOUCHING:
        setattr(os, name, _touching(getattr(os, name), counted, death))
    return counted


def _touching(real: Callable[..., Any], counted: count[int], death: Death | None) -> Callable[..., Any]:
    def touch(*args: Any, **kwargs: Any) -> Any:
        if death is None or next(counted) != death.touch:
            if death is None:
                next(counted)
            return real(*args, **kwargs)
        if death.how == "torn" and real.__name__ == "write":
            real(args[0], args[1][: len(args[1]) // 2])
        elif death.how == "after":
            real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        raise SystemExit(1)

    return touch
