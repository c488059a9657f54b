"""The one place that tells the time."""

from __future__ import annotations

from datetime import UTC, datetime

from newsarchive import dates
from newsarchive.article import Refused


class Clock:
    """A clock that runs, or one that was set.

    Args:
        setting: empty for the machine's clock; else a moment at which the clock stands still, in any form
            `newsarchive.dates.parse` reads (Asia/Shanghai where it names no zone). For demos and simulations.

    Raises:
        Refused: the setting is no moment.
    """

    def __init__(self, setting: str = "") -> None:
        self._fixed = dates.parse(setting) if setting.strip() else None

    def now(self) -> datetime:
        """Give the moment, aware, in UTC."""
        return self._fixed.astimezone(UTC) if self._fixed else datetime.now(UTC)

    @classmethod
    def checked(cls, setting: str) -> Clock:
        """Make a clock of the setting NEWSARCHIVE_CLOCK; the error names it."""
        try:
            return cls(setting)
        except Refused as error:
            raise Refused(f"NEWSARCHIVE_CLOCK: {error}") from error
