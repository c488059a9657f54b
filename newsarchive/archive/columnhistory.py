"""What the captured lists of the publisher say, put into a ledger as `eastmoney` puts it there.

The decisions are those of `newsarchive.source.reading`. A reading is over when another list is read, when articles are
asked for, or when the run ends; what it says of a list is recorded then, if nothing of it is missing.
"""

from __future__ import annotations

from datetime import datetime

from newsarchive.archive.ledgeranew import NewLedger
from newsarchive.archive.listhistory import body_of
from newsarchive.archive.warcrecord import Exchange
from newsarchive.source import eastmoney
from newsarchive.source.eastmoney import Column, Question
from newsarchive.source.reading import MAX_PAGES, Reading


class ColumnHistory:
    """Follows the pages of the publisher's lists.

    Args:
        ledger: where their articles go.
        max_pages: setting EASTMONEY_MAX_PAGES.
    """

    def __init__(self, ledger: NewLedger, *, max_pages: int = MAX_PAGES) -> None:
        self.ledger = ledger
        self._max_pages = max(1, max_pages)
        self._reading: Reading | None = None
        self._last: datetime | None = None

    def page(self, question: Question, exchange: Exchange, capture: str) -> None:
        """Follow an answer to the question for a page; `capture` is where it is kept."""
        now, reading = exchange.fetched_at, self._reading
        if reading is None or reading.column != question.column or (reading.end and question.is_first):
            self.end()
            reading = self._begin(question.column, now)
        self._last = now
        try:
            found = eastmoney.page(body_of(exchange), question, capture)
            self.ledger.see_all(reading.take(found, question), now=now)
        except ValueError as error:  # refused as well, or not coded as it says
            self.ledger.list_failed(question.column.key, str(error))

    def end(self) -> None:
        """No further page of the list came: record it, if it was read to its end."""
        if self._reading is not None and self._reading.end is not None and self._last is not None:
            self.ledger.list_read(self._reading.column.key, self._reading.sightings, now=self._last)
        self._reading = None

    def _begin(self, column: Column, now: datetime) -> Reading:
        self._reading = Reading(
            column,
            now=now,
            before=self.ledger.was_read(column.key),
            showed=lambda name: self.ledger.showed(column.key, name),
            max_pages=self._max_pages,
        )
        return self._reading
