"""The ledger's rows about posts that were imported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from newsarchive.archive.ledgerarticles import ArticleRows
from newsarchive.archive.ledgerrows import Adopted

# Origin and capture stay empty: which road the mirror's own text took is not known, and no answer of ours gave it.
# What the archive made from a capture is not touched.
_IMPORT = """
INSERT INTO articles (name, state, title, tags, first_seen, deadline, category, post, post_sha256, published, change)
VALUES (:name, 'captured', :title, :tags, :now, :deadline, :category, :post, :post_sha256, :published, :change)
ON CONFLICT (name) DO UPDATE SET state = 'captured', category = excluded.category, post = excluded.post,
    post_sha256 = excluded.post_sha256, published = excluded.published, change = excluded.change,
    title = coalesce(nullif(title, ''), excluded.title), tags = coalesce(nullif(tags, '[]'), excluded.tags),
    error = NULL, error_kind = NULL, nowhere_since = NULL
WHERE origin IS NULL
"""


class ImportRows(ArticleRows):
    """What the ledger knows of imported posts."""

    def imported(self, posts: Iterable[Adopted], *, now: datetime) -> None:
        """Record posts that were imported, all or none; call after they are safe on the disk."""
        with self._transaction():
            for one in posts:
                self._db.execute(_IMPORT, self._as_columns(one, now))
