"""JSON Lines: one object a line, UTF-8 (jsonlines.org)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from newsarchive.escaping import json_text
from newsarchive.export.formats import About
from newsarchive.export.record import Record


def write(records: Iterator[Record], out: BinaryIO, about: About) -> None:  # noqa: ARG001 - every writer is told
    """Write a line for each record."""
    out.writelines(json_text(record.as_json(), indent=None).encode() + b"\n" for record in records)
