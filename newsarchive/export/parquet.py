"""Parquet: a column for each field, in row groups of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from newsarchive.export.formats import About
from newsarchive.export.record import FIELDS, Record

ROWS = 1024
"""Of a row group; at some 6 kB a post 6 MB, which is what stays in memory."""

NEVER_NULL = frozenset(FIELDS) - {"origin", "capture", "capture_sha256"}
REPEATED = ("category", "tag", "newspaper", "origin")
SCHEMA = pa.schema(
    [
        pa.field(
            name,
            pa.timestamp("ms", tz="Asia/Shanghai") if name == "date" else pa.string(),
            nullable=name not in NEVER_NULL,
        )
        for name in FIELDS
    ]
)


def write(records: Iterator[Record], out: BinaryIO, about: About) -> None:
    """Write the records; where there are none, a file of no rows that has the columns all the same."""
    schema = SCHEMA.with_metadata({"title": about.title, "software": "newsarchive"})
    with pq.ParquetWriter(out, schema, compression="zstd", use_dictionary=list(REPEATED)) as writer:
        while group := list(islice(records, ROWS)):
            columns = [pa.array([getattr(record, field.name) for record in group], field.type) for field in schema]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            del group, columns  # before the next group is read
