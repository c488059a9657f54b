"""Every record of the captures, checked and read, in the order written; the checking in several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from newsarchive.archive import gzipmember
from newsarchive.archive.capturereader import look, read_at
from newsarchive.archive.captures import Capture, Exchange, Fault, capture_files
from newsarchive.archive.pool import Pool
from newsarchive.archive.warcrecord import STATUS_NOT_MODIFIED

_BATCH = 512  # records


class Seen(NamedTuple):
    """An answer as it was met: a tuple, since many thousands of them travel between processes.

    Attributes:
        file, offset: where it is kept.
        status: its three digits.
        url: as the record names it.
        when: the moment it was there; aware, UTC.
        revisit: its body is that of an earlier record.
        about: what the question was for: the name an article had in the queue; empty where none was kept.
        exchange: all of it where it was wanted, else None.
    """

    file: str
    offset: int
    status: int
    url: str
    when: datetime
    revisit: bool
    about: str
    exchange: Exchange | None


@dataclass(frozen=True, slots=True)
class _Stretches:
    folder: Path
    file: str
    size: int
    stretches: list[gzipmember.Stretch]
    wanted: Callable[[str, int], bool]


def scan(
    folder: Path, pool: Pool, *, wanted: Callable[[str, int], bool], progress: Callable[[int, int], None]
) -> Iterator[Seen | Fault]:
    """Read every answer that was not cut off, as `newsarchive.archive.captures.iterate` does.

    The question comes with a 304 alone, which says nothing without it.

    Args:
        folder: the captures.
        pool: who checks.
        wanted: a function of a module that tells of an answer's URL and status whether all of it is wanted.
        progress: told bytes read, and bytes in all.
    """
    total = sum((folder / name).stat().st_size for name in capture_files(folder))
    done = 0
    for items, length in pool.spread(_read, _jobs(folder, wanted)):
        yield from items
        done += length
        progress(done, total)


def _jobs(folder: Path, wanted: Callable[[str, int], bool]) -> Iterator[_Stretches]:
    for name in capture_files(folder):
        with (folder / name).open("rb") as stream:
            size = stream.seek(0, 2)
            stretches = gzipmember.walk(stream, size)
            while batch := list(islice(stretches, _BATCH)):
                yield _Stretches(folder, name, size, batch, wanted)
        if size == 0:
            yield _Stretches(folder, name, 0, [gzipmember.Stretch(0, 0, "the file is empty")], wanted)


def _read(job: _Stretches) -> tuple[list[Seen | Fault], int]:
    items: list[Seen | Fault] = []
    with (job.folder / job.file).open("rb") as stream:
        for stretch in job.stretches:
            found = look(job.folder, stream, job.file, stretch, job.size)
            if isinstance(found, Fault):
                items.append(found)
            elif isinstance(found, tuple) and not found[1].truncated:
                items.append(_seen(job, *found))
    return items, sum(stretch.length for stretch in job.stretches)


def _seen(job: _Stretches, capture: Capture, exchange: Exchange) -> Seen:
    whole = exchange if job.wanted(exchange.url, exchange.status) else None
    if whole and whole.status == STATUS_NOT_MODIFIED:  # what it says depends on what was asked
        _, whole = read_at(job.folder, job.file, capture.offset)
    return Seen(
        capture.file,
        capture.offset,
        exchange.status,
        exchange.url,
        exchange.fetched_at,
        capture.revisit,
        exchange.about,
        whole,
    )
