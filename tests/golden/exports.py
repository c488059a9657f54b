"""What the golden net sees of what leaves an archive: exports read back, the site's folder, the analysts' database."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet

from tests.golden.archive import rows_of, schema, tables_of
from tests.golden.running import Bulk, Plain

_PACKED = {"offset", "length", "recordDigest"}  # of an index's fields, those about bytes as they are packed
_OWN_HOST = re.compile(r"\b(?:1,0,0,127|127\.0\.0\.1):\d+")
_HASHES = re.compile(r'("hash": ")sha256:[0-9a-f]{64}(")')


def lines(path: Path, plain: Plain, bulk: Bulk) -> str:
    """Return a digest for each line of JSON, and the names of its fields."""
    found, fields = [], dict[str, None]()
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        fields |= dict.fromkeys(record)
        found.append(f"{bulk(plain(json.dumps(record, ensure_ascii=False, indent=1)))} {record['name']}")
    return "\n".join([f"fields: {', '.join(fields)}", *found]) + "\n"


def table(path: Path, plain: Plain, bulk: Bulk) -> str:
    """Return a Parquet file's columns, and a digest of its rows."""
    read = pyarrow.parquet.read_table(path)
    found = [f"{field.name}: {field.type}{'' if field.nullable else ' not null'}" for field in read.schema]
    metadata = sorted((read.schema.metadata or {}).items())
    found += [f"{key.decode()} = {plain(value.decode())}" for key, value in metadata]
    rows = plain(json.dumps(read.to_pylist(), ensure_ascii=False, indent=1, default=str))
    return "".join(f"{line}\n" for line in [*found, f"{read.num_rows} rows {bulk(rows)}"])


def package(path: Path, plain: Plain, bulk: Bulk) -> str:
    """Return what a WACZ holds: names, index, pages, and its package without the digests of what is packed."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".cdx.gz"):
                index = gzip.decompress(content).decode()
                rows = index.splitlines()
                order = "in order" if rows == sorted(rows) else "not in order"
                found.append(f"{name}: {bulk(plain(_index(rows, plain)))}, {len(rows)} lines {order}")
            elif name.endswith("datapackage.json"):
                found.append(f"{name}:\n" + plain(_HASHES.sub(r"\1…\2", content.decode())))
            elif name.endswith(".jsonl"):
                pages = plain(content.decode())
                found.append(f"{name}: {bulk(pages)}, {pages.count(chr(10))} lines")
            else:
                found.append(name)
    return "\n".join(found) + "\n"


def _index(lines: list[str], plain: Plain) -> str:
    """Return a CDXJ index with records in the place of bytes, which its order depends on too."""
    rows = []
    for line in lines:
        key, moment, fields = line.split(" ", 2)
        if fields.startswith("{"):
            read: dict[str, Any] = json.loads(fields)
            place = plain.place(read["filename"], int(read["offset"]))
            kept = {name: value for name, value in read.items() if name not in _PACKED}
            fields = f"@{place} {json.dumps(kept)}"
        rows.append(f"{_OWN_HOST.sub('source', key)} {moment} {fields}\n")
    return "".join(sorted(rows))


def folder(path: Path, plain: Plain, bulk: Bulk) -> str:
    """Return every file of a folder with its digest."""
    found = sorted(one for one in path.rglob("*") if one.is_file())
    return "".join(f"{bulk(plain(one.read_bytes().decode()))} {one.relative_to(path)}\n" for one in found)


def database(path: Path, plain: Plain, bulk: Bulk) -> str:
    """Return a database's schema, and for each table how many rows it has and their digest."""
    with closing(sqlite3.connect(path)) as db:
        parts = [schema(db)]
        for name in tables_of(db):
            rows = sorted(plain(json.dumps(row, ensure_ascii=False, default=str)) for row in rows_of(db, name))
            parts.append(f"{name}: {len(rows)} rows {bulk(chr(10).join(rows))}\n")
    return "".join(parts)
