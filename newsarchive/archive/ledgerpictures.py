"""The ledger's rows about pictures: what bodies show, and what of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from newsarchive.archive.ledgerfile import LedgerFile
from newsarchive.archive.ledgerrows import GIVEN_UP_AFTER, KEPT_FOR, moment, plain, stamp

_READ = "INSERT INTO meta VALUES ('pictures', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_SEEN = "INSERT INTO pictures (url, state, first_seen, error) VALUES (?, ?, ?, ?) ON CONFLICT (url) DO NOTHING"
_KEPT = """
UPDATE pictures SET state = 'kept', error = NULL, last_try = :now, capture = :capture, sha256 = :sha256, type = :type,
    size = :size, width = :width, height = :height
WHERE url = :url
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPicture:
    """A picture that is kept: the capture's place, the digest and size in bytes of its content, and what it shows."""

    url: str
    capture: str
    sha256: str
    type: str
    size: int
    width: int
    height: int


class PictureRows(LedgerFile):
    """What the ledger knows of pictures."""

    def posts_to_read(self) -> Iterator[tuple[int, str]]:
        """Give change and path of every post whose pictures were not looked for yet, oldest change first."""
        rows = self._db.execute(
            "SELECT change, post FROM articles WHERE change > "
            "coalesce((SELECT value FROM meta WHERE key = 'pictures'), 0) ORDER BY change"
        )
        yield from [(int(row["change"]), str(row["post"])) for row in rows]

    def pictures_seen(self, pictures: Iterable[tuple[str, str]], *, change: int, now: datetime) -> int:
        """Record the pictures of posts up to a change, all or nothing; gives the number of new addresses.

        Args:
            pictures: address, and why it will not be fetched (empty: it will).
            change: of the last post that was read.
            now: the moment.
        """
        count = 0
        with self._transaction():
            for url, refused in pictures:
                state = "refused" if refused else "pending"
                count += self._db.execute(_SEEN, (url, state, stamp(now), refused or None)).rowcount
            self._db.execute(_READ, (change,))
        return count

    def pending_pictures(self) -> list[str]:
        """Return the address of every picture that is still to be had: those never tried first, longest waiting first.

        Pictures that never can be had would use up the limit of every run.
        """
        rows = self._db.execute("SELECT url FROM pictures WHERE state = 'pending' ORDER BY tries > 0, first_seen, url")
        return [row["url"] for row in rows]

    def picture_kept(self, kept: KeptPicture, *, now: datetime) -> None:
        """Record that a picture is in the captures."""
        values = {name: getattr(kept, name) for name in ("url", "capture", "sha256", "type", "size", "width", "height")}
        with self._transaction():
            self._db.execute(_KEPT, {**values, "now": stamp(now)})

    def picture_failed(  # noqa: PLR0913 - one column each
        self, url: str, error: str, *, now: datetime, nowhere: bool = False, refused: bool = False, tried: bool = True
    ) -> str:
        """Record that a picture could not be had; gives its state from now on.

        It is given up like an article: no earlier than three days after it was first seen, as ``gone`` where its host
        says it has none, as ``failed`` after ten tries that ended in errors. What is refused is never asked again. What
        was not `tried`, because the run leaves the host alone, is pending as before.
        """
        row = self._db.execute("SELECT first_seen, tries FROM pictures WHERE url = ?", (url,)).fetchone()
        over = moment(row["first_seen"]) + KEPT_FOR <= now and row["tries"] > 0
        state = "refused" if refused else "gone" if over and nowhere else "pending"
        if over and not nowhere and not refused and tried and row["tries"] >= GIVEN_UP_AFTER:
            state = "failed"
        with self._in_passing():
            self._db.execute(
                "UPDATE pictures SET state = ?, tries = tries + ?, last_try = coalesce(?, last_try), error = ?"
                " WHERE url = ?",
                (state, tried, stamp(now) if tried else None, plain(error), url),
            )
        return state

    def waiting_pictures(self) -> int:
        """Give how many pictures are pending."""
        return int(self._db.execute("SELECT count(*) FROM pictures WHERE state = 'pending'").fetchone()[0])
