"""Which archived articles are asked for again because a better road may have them by now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from newsarchive.archive.ledger import KEPT_FOR
from newsarchive.article import Origin

if TYPE_CHECKING:
    from newsarchive.archive.keeper import Archive
    from newsarchive.archive.ledger import Row

AT_ONCE = 50
"""Articles a run asks for again; after an outage of the share host thousands may be due."""


def is_improvable(row: Row) -> bool:
    """Tell whether an archived article may be had better: it came by a lesser road, or bytes of it could not be read.

    Of an adopted or imported one nobody knows.
    """
    return row.origin is not None and (row.origin is not Origin.SHARE_JSON or row.looked is None)


def improvable(archive: Archive, hours: float) -> list[Row]:
    """Give the articles that came by a lesser road and may be had by a better one, those longest not asked for first.

    Until three days after the deadline, when the store has what left the mirror; by then everything was said.

    Args:
        archive: the run's.
        hours: since an article was asked for last; 0 for all.
    """
    now = archive.now()
    return archive.ledger.improvable(before=now - timedelta(hours=hours), since=now - KEPT_FOR, limit=AT_ONCE)
