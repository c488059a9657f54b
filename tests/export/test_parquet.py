"""Parquet: every field with its type, in row groups whose size is bounded."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsarchive.dates import SHANGHAI
from newsarchive.export import parquet
from newsarchive.export.formats import About
from newsarchive.export.record import FIELDS, Record
from tests.export.test_reading import read

ABOUT = About("category=emnews", datetime(2022, 3, 4, tzinfo=SHANGHAI))


def written(records: list[Record]) -> pq.ParquetFile:
    out = BytesIO()
    parquet.write(iter(records), out, ABOUT)
    return pq.ParquetFile(out)


def test_what_is_written_is_read_back_in_groups_of_bounded_size(stock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", 25)
    records, _ = read(stock)
    file = written(records)
    assert [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] == [25, 25, 10]
    assert [Record(**row) for row in file.read().to_pylist()] == records


def test_a_moment_is_a_moment_and_what_the_ledger_may_not_know_may_be_null() -> None:
    schema = written([]).schema_arrow
    assert tuple(schema.names) == FIELDS
    assert schema.field("date").type == pa.timestamp("ms", tz="Asia/Shanghai")
    assert {field.name for field in schema if field.nullable} == {"origin", "capture", "capture_sha256"}
    assert schema.metadata[b"title"] == b"newsarchive: category=emnews"


def test_nothing_found_is_a_file_without_rows() -> None:
    assert written([]).metadata.num_rows == 0
