"""Whose an article is: each spider fetches what its own lists showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.archive.ledger import KEPT_FOR

if TYPE_CHECKING:
    from datetime import datetime

    from newsarchive.archive.ledger import Row


def is_publishers(row: Row) -> bool:
    """Tell whether only the publisher's lists showed an article: no page of the mirror is known."""
    return row.listed is not None and not row.link.path


def is_copied(row: Row) -> bool:
    """Tell whether a web archive has copies of an article's page."""
    return row.listed is not None and bool(row.listed.copies)


def is_the_mirrors(row: Row, now: datetime) -> bool:
    """Tell whether an article is the mirror's to give: no other list alone showed it, and it may be there yet."""
    return not is_publishers(row) and not (is_copied(row) and row.deadline + KEPT_FOR < now)
