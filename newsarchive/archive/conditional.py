"""Conditional requests (RFC 9110 section 13): what a list is asked with, and whether a 304 answers what was asked."""

from __future__ import annotations

import re

from newsarchive.archive.ledgerrows import Validators
from newsarchive.archive.warcrecord import Headers

_CODED = re.compile(r"(?:--?|;)(?:gzip|br|zstd|deflate)(?=\"?$)")  # Apache names the coding in one answer, not in both


def validators_of(headers: Headers) -> Validators:
    """Return what an answer can be asked for with next time; of repeated headers the first counts."""
    return Validators(_first(headers, b"etag"), _first(headers, b"last-modified"))


def conditions(known: Validators) -> dict[str, str]:
    """Return the headers of a request for what is not as we know it."""
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def unasked(sent: Headers, received: Headers) -> str:
    """Return why a 304 is no answer to a request; empty where it is one.

    Without a condition there is nothing that it could say of. With one, it may only confirm the version that was named:
    its ETag is that version's (RFC 9110 section 15.4.5), or where it has none, its date.

    Args:
        sent: the request's headers.
        received: the answer's.
    """
    asked = Validators(_first(sent, b"if-none-match"), _first(sent, b"if-modified-since"))
    said = validators_of(received)
    if not asked.etag and not asked.last_modified:
        return "HTTP 304 (not modified) to a request that named no version"
    by_tag = bool(asked.etag and said.etag)
    ours, theirs = (asked.etag, said.etag) if by_tag else (asked.last_modified, said.last_modified)
    if ours and theirs and _plain(ours) != _plain(theirs):
        return f"HTTP 304 (not modified) for another version ({theirs[:60]}) than the one that was named ({ours[:60]})"
    return ""


def _plain(validator: str) -> str:
    return _CODED.sub("", validator.strip().removeprefix("W/"))


def _first(headers: Headers, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), None)
