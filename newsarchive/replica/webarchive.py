"""A web archive of the replica's mirror: copies of its pages, an index of them in the Internet Archive's form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

HOST = "finews.withounder.com"
_FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")


class WebArchive:
    """Copies by timestamp and decoded path."""

    def __init__(self) -> None:
        self._copies: dict[tuple[str, str], bytes] = {}

    def keep(self, moment: datetime, pages: Mapping[str, bytes]) -> None:
        """Copy pages, by their paths as they stand in links."""
        timestamp = f"{moment.astimezone(UTC):%Y%m%d%H%M%S}"
        self._copies |= {(timestamp, path): body for path, body in pages.items()}

    def index(self, query: Mapping[str, str]) -> bytes:
        """Answer a CDX question for all of a host's pages between two days; an empty array where there is nothing."""
        if query.get("url") != f"{HOST}/*":
            return b"[]"
        since, until = query.get("from", ""), query.get("to", "") + "9"
        rows = [
            [f"com,withounder,finews){path}", timestamp, f"https://{HOST}{path}", "text/html", "200", "X" * 32, "4000"]
            for timestamp, path in sorted(self._copies)
            if since <= timestamp <= until
        ]
        return json.dumps([_FIELDS, *rows] if rows else []).encode()

    def copy(self, place: str) -> bytes | None:
        """Give a copy as it came, by ``<timestamp>id_/<URL>``; None where there is none."""
        timestamp, _, original = place.partition("id_/")
        paths = {unquote(path): body for (when, path), body in self._copies.items() if when == timestamp}
        return paths.get(unquote(urlsplit(original).path))
