"""JSON Lines: one object a line, UTF-8 (jsonlines.org)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from newsarchive.export.formats import About
from newsarchive.export.record import Record


def write(records: Iterator[Record], out: BinaryIO, about: About) -> None:  # noqa: ARG001 - every writer is told
    """Write a line for each record."""
    out.writelines(json.dumps(record.as_json(), ensure_ascii=False).encode() + b"\n" for record in records)
