"""What the golden net sees of an archive: its files, read without the product."""

from __future__ import annotations

import hashlib
import io
import shutil
import sqlite3
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from tests.golden.running import Bulk, Plain

_SHOWN = {
    "Newsarchive-About": "about ",
    "WARC-JSON-Metadata": "",
    "WARC-Truncated": "truncated: ",
    "WARC-Protocol": "protocol ",
}
"""Fields of a record that a line shows, with the word before each."""
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Record:
    """A WARC record as it stands in its file; `block` is everything behind its own header."""

    file: str
    number: int
    offset: int
    end: int
    fields: dict[str, str]
    block: bytes

    @property
    def head(self) -> list[str]:
        """Start line and header lines of the HTTP message."""
        return self.block.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")

    @property
    def wire_body(self) -> bytes:
        """The body as it came."""
        return self.block.partition(b"\r\n\r\n")[2]


def records(folder: Path) -> Iterator[Record]:
    """Yield the records of the captures, a gzip member each."""
    for path in sorted(folder.glob("*.warc.gz")):
        content, offset, number = path.read_bytes(), 0, 0
        while offset < len(content):
            member = zlib.decompressobj(31)
            raw = member.decompress(memoryview(content)[offset:])
            if not member.eof:
                break  # a torn end; what commands say of it is pinned with them
            end = len(content) - len(member.unused_data)
            head, _, rest = raw.partition(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            fields = dict(line.split(": ", 1) for line in lines[1:])
            yield Record(path.name, number, offset, end, fields, rest[: int(fields["Content-Length"])])
            offset, number = end, number + 1


def decoded(record: Record) -> bytes:
    """Return a body with its content coding undone, of one that was cut off what can be read."""
    body = record.wire_body
    if not any(line.lower() == "content-encoding: gzip" for line in record.head):
        return body
    stream = zlib.decompressobj(31)
    return stream.decompress(body) + stream.flush()


def said(body: bytes) -> bytes:
    """Return what a body says, however a zlib packed it: of a PNG its points."""
    if body.startswith(_PNG):
        with Image.open(io.BytesIO(body)) as image:
            return f"{image.size} ".encode() + image.convert("RGB").tobytes()
    return body


def plain_of(archive: Path, words: dict[str, str]) -> Plain:
    """Return what takes an archive's own random names out of a text."""
    plain = Plain(dict(words))
    for record in records(archive / "captures"):
        plain.places[record.file, record.offset] = record.number
        plain.places[record.file, record.end] = record.number + 1
        if record.fields["WARC-Type"] == "response":
            digest = hashlib.sha256(record.wire_body).hexdigest()
            plain.bodies[digest] = hashlib.sha256(said(decoded(record))).hexdigest()
    with ledger_of(archive) as db:
        (own,) = db.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
    return Plain(plain.words | {own: "<id>", f"{own[:8]}-": "<id>-"}, plain.places, plain.bodies)


def captures(archive: Path, plain: Plain, bulk: Bulk) -> str:
    """Return what servers answered, in order: place, status, media type, address, digest of the decoded body."""
    lines, asked, types, found = [], Counter[str](), Counter[str](), list(records(archive / "captures"))
    number_of = {record.fields["WARC-Record-ID"]: f"@{record.number}" for record in found}
    conditions = {
        record.fields["WARC-Concurrent-To"]: [line for line in record.head if line.lower().startswith("if-")]
        for record in found
        if record.fields["WARC-Type"] == "request"
    }
    file = date = ""
    for record in found:
        kind = record.fields["WARC-Type"]
        if kind == "request":
            asked.update(line for line in record.head[1:] if not line.lower().startswith("if-"))
            continue
        if record.file != file:
            file = record.file
            lines.append(f"\n# {file}")
        if record.fields["WARC-Date"] != date:
            date = record.fields["WARC-Date"]
            lines.append(f"# {date}")
        if kind == "warcinfo":
            lines += [f"@{record.number} {kind}", *(f"  {line}" for line in record.block.decode().split())]
            continue
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in record.head[1:])}
        types[headers.get("content-type", "none")] += 1
        parts = [
            f"@{record.number} {record.head[0].split(' ', 1)[1]}",
            record.fields["WARC-Target-URI"],
            headers.get("content-type", "-").partition(";")[0].rpartition("/")[2],
            *([headers["content-encoding"]] if "content-encoding" in headers else []),
            bulk(said(decoded(record))) if record.wire_body else "-",
        ]
        if kind == "revisit":
            profile = record.fields["WARC-Profile"].rpartition("/")[2]
            parts.append(f"{profile} {number_of.get(record.fields.get('WARC-Refers-To', ''), '?')}")
        parts += [f"{word}{record.fields[name]}" for name, word in _SHOWN.items() if name in record.fields]
        parts += conditions.get(record.fields["WARC-Record-ID"], [])
        lines.append(" | ".join(parts))
    lines += ["\n# media types, how often", *(f"{line} × {types[line]}" for line in sorted(types))]
    fields = Counter(f"{record.fields['WARC-Type']}: {name}" for record in found for name in record.fields)
    lines += ["\n# headers of requests, how often", *(f"{line} × {asked[line]}" for line in sorted(asked))]
    lines += ["\n# fields of records, how often", *(f"{line} × {fields[line]}" for line in sorted(fields))]
    return plain("\n".join(lines).lstrip() + "\n")


class _Copy(closing[sqlite3.Connection]):
    """A database of an archive, copied before it is opened: a reader of SQLite may leave files beside it."""

    def __init__(self, path: Path) -> None:
        self._folder = tempfile.TemporaryDirectory()
        for one in path.parent.glob(f"{path.name}*"):
            shutil.copy(one, self._folder.name)
        super().__init__(sqlite3.connect(Path(self._folder.name) / path.name))

    def __exit__(self, *raised: object) -> None:
        super().__exit__(*raised)
        self._folder.cleanup()


def ledger_of(archive: Path) -> closing[sqlite3.Connection]:
    """Open an archive's ledger for reading."""
    return _Copy(archive / "ledger.db")


def tables_of(db: sqlite3.Connection) -> list[str]:
    """Return the tables with rows of their own: not those SQLite's full-text search keeps for itself."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    own = ("sqlite_", *(f"{name}_" for name, sql in rows if sql and sql.upper().startswith("CREATE VIRTUAL")))
    return [name for name, _ in rows if not name.startswith(own)]


def rows_of(db: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """Yield a table's rows, by column."""
    found = db.execute(f"SELECT * FROM {table}")  # noqa: S608 - its own name of it
    names = [column[0] for column in found.description]
    return (dict(zip(names, row, strict=True)) for row in found)


def schema(db: sqlite3.Connection) -> str:
    """Return a database's tables, indexes and views."""
    rows = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name").fetchall()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return "".join(f"{sql};\n" for (sql,) in rows) + f"PRAGMA user_version = {version};\n"


Rows = dict[str, dict[str, str]]
"""A table's rows by their key, as ``column=value | …``; what is NULL is left out."""


def rows(archive: Path, plain: Plain) -> dict[str, Rows]:
    """Return every row of the ledger, by table."""
    found: dict[str, Rows] = {}
    with ledger_of(archive) as db:
        for table in tables_of(db):
            keys = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]]
            read = [_cells(table, row, plain) for row in rows_of(db, table)]
            found[table] = {cells.get("file") or " | ".join(cells[key] for key in keys): cells for cells in read}
    return found


def _cells(table: str, row: dict[str, Any], plain: Plain) -> dict[str, str]:
    if table == "committed":  # where the captures end, in bytes
        row["size"] = f"@{plain.place(row['file'], row['size'])}"
    if table == "pictures" and row["size"] is not None:
        row["size"] = "…"  # as packed
    return {name: plain(f"{name}={value}") for name, value in row.items() if value is not None}


_FEW = 4  # columns whose names stand above the rows and not in them


def ledger(found: dict[str, Rows]) -> str:
    """Return the rows of a ledger as a text, sorted."""
    lines = []
    for table, read in found.items():
        columns = list(dict.fromkeys(name for cells in read.values() for name in cells))
        if len(columns) > _FEW:
            lines += [f"\n# {table}", *sorted(" | ".join(cells.values()) for cells in read.values())]
            continue
        lines.append(f"\n# {table}: {' | '.join(columns)}")
        given = ([cells.get(name, "").partition("=")[2] for name in columns] for cells in read.values())
        lines += sorted(" | ".join(cells) for cells in given)
    return "\n".join(lines).lstrip() + "\n"


_COUNTED = {"change", "id"}  # columns that number rows in the order they were written


def difference(before: dict[str, Rows], after: dict[str, Rows], bulk: Bulk) -> list[str]:
    """Return how two ledgers differ: each difference once, with how many rows have it and a digest of their keys."""
    found: dict[str, list[str]] = {}
    for table in dict.fromkeys([*before, *after]):
        old, new = before.get(table, {}), after.get(table, {})
        for key in dict.fromkeys([*old, *new]):
            if what := _changed(old.get(key), new.get(key)):
                found.setdefault(f"{table}: {what}", []).append(key)
    return [f"{what} × {len(keys)} {bulk(chr(10).join(keys))}" for what, keys in sorted(found.items())]


def _changed(old: dict[str, str] | None, new: dict[str, str] | None) -> str:
    """Return which cells of a row changed; empty for none."""
    if old is None or new is None:
        return "is new" if old is None else "is gone"
    names = [name for name in dict.fromkeys([*old, *new]) if name not in _COUNTED and old.get(name) != new.get(name)]
    changes = ((old.get(name, f"{name} NULL"), new.get(name, "NULL").removeprefix(f"{name}=")) for name in names)
    return ", ".join(f"{was} → {becomes}" for was, becomes in changes)


def posts(archive: Path, bulk: Bulk) -> str:
    """Return every post and earlier version with its digest."""
    found = [path for folder in ("_posts", "revisions") for path in (archive / folder).rglob("*") if path.is_file()]
    return "".join(f"{bulk(path.read_bytes())} {path.relative_to(archive)}\n" for path in sorted(found))


def other_files(archive: Path) -> str:
    """Return the names of the files that are neither posts nor earlier versions."""
    found = [path.relative_to(archive) for path in archive.rglob("*") if path.is_file()]
    return "".join(f"{path}\n" for path in sorted(found) if path.parts[0] not in {"_posts", "revisions"})


def run_records(archive: Path, plain: Plain) -> str:
    """Return the records of the runs as they stand."""
    found = sorted((archive / "runs").glob("*.json"))
    return "\n".join(f"# runs/{path.name}\n{plain(path.read_text(encoding='utf-8'))}" for path in found)
