"""How an archive is replayed; apart from the replaying, so that it is there without loading all of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsarchive.source.reading import MAX_PAGES


@dataclass(frozen=True, slots=True)
class Options:
    """How to replay.

    Attributes:
        root: the archive.
        settle_hours, settle_tries, eastmoney_max_pages: the settings of those names, which the crawls had.
        processes: how many may work.
        write: put every post into the archive; else nothing is written.
        now: names revisions.
        broken_off: from when to when runs were at work that did not come to their end: what they captured need not have
            become a post.
        until: name and size of the last capture file as far as it counts; None for all there is.
    """

    root: Path
    settle_hours: float
    settle_tries: int
    processes: int
    write: bool
    now: datetime
    until: tuple[str, int] | None = None
    broken_off: tuple[tuple[datetime, datetime], ...] = ()
    eastmoney_max_pages: int = MAX_PAGES
