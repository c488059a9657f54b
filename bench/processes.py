"""Commands as users start them, with what they took: time, processor, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Took:
    """What a process and its children took: seconds of the clock and of processors, and its peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


class FailedError(Exception):
    """A measured command did not do what it should; the message has its last words."""


def run(command: Sequence[str], *, cwd: Path = ROOT) -> Took:
    """Run a command to its end; raises `FailedError` where that is not exit code 0."""
    began = time.monotonic()
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SCRAPY_")}  # not the peer's
    with subprocess.Popen(  # noqa: S603 - our own commands
        command, cwd=cwd, env=ours, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None  # noqa: S101 - for the type checker
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise FailedError(f"{' '.join(command)} ended with {process.returncode}:\n{said[-2000:]}")
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def scrapy(command: str, *words: str, **settings: object) -> list[str]:
    """Give a Scrapy command line with its settings."""
    said = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", "scrapy", command, *words, *said]


def of_source(url: str, archive: Path, now: str, **more: object) -> Mapping[str, object]:
    """Give the settings of a crawl of a source on loopback into an archive."""
    return {"FINEWS_URL": url, "NEWSSHARE_URL": url, "ARCHIVE_DIR": archive, "NEWSARCHIVE_CLOCK": now, **more}
