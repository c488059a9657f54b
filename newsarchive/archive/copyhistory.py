"""What a web archive's captured index says, put into a ledger as `wayback` puts it there."""

from __future__ import annotations

from newsarchive.archive.content_encoding import decode_body, is_framed
from newsarchive.archive.ledgeranew import NewLedger
from newsarchive.archive.listhistory import body_of
from newsarchive.archive.warcrecord import Exchange
from newsarchive.source import wayback
from newsarchive.source.wayback import Captured


def follow_index(ledger: NewLedger, captured: Captured, exchange: Exchange) -> None:
    """Follow an answer to the question which copies of a host's pages were taken on a day."""
    try:
        none = wayback.says_none(exchange.status, decode_body(exchange))
        body = b"" if none else body_of(exchange)
        found = wayback.sightings(body, captured.host, framed=is_framed(exchange.headers))
    except ValueError as error:  # refused, an error, or not coded as it says
        ledger.list_failed(captured.key, str(error))
    else:
        ledger.list_read(captured.key, found, now=exchange.fetched_at)
