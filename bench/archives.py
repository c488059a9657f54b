"""What two archives of the same news must have alike, however their runs were disturbed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from newsarchive.archive.captures import Fault, iterate
from newsarchive.archive.posts import SUMS

# What a run that was killed and repeated may have otherwise: places of captures, tries, when a list was last read.
_ALIKE = {
    "articles": (
        "name, state, path, segments, day, title, tags, first_seen, deadline, error_kind, error, nowhere_since, "
        "category, origin, capture_sha256, post, post_sha256, published, looked"
    ),
    "sightings": "list, name, first_seen, last_seen",
    "lists": "path, tag, pending, etag, last_modified, error",
    "served": "url",
}
_FILES = ("_posts", "revisions")
_KNOWN = {*_FILES, "captures", "runs", "ledger.db", "search.db"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An archive: the bytes of each post and revision, and the rows of the ledger."""

    files: dict[str, bytes]
    rows: dict[str, list[tuple[object, ...]]]


def snapshot(archive: Path) -> Snapshot:
    """Read an archive while no run is at work."""
    files = {
        str(path.relative_to(archive)): _content(path)
        for folder in _FILES
        for path in (archive / folder).rglob("*")
        if path.is_file()
    }
    with closing(sqlite3.connect(f"file:{archive}/ledger.db?immutable=1", uri=True)) as db:
        rows = {
            table: db.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608 - ours
            if "," in columns
            else db.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()  # noqa: S608
            for table, columns in _ALIKE.items()
        }
    return Snapshot(files, rows)


def _content(path: Path) -> bytes:
    """Give a file's bytes; of a list of digests the lines sorted, for their order is that of the answers."""
    content = path.read_bytes()
    return b"".join(sorted(content.splitlines(keepends=True))) if path.name == SUMS else content


def differences(expected: Snapshot, archive: Path) -> Iterator[str]:
    """Say how an archive is not as it should be: what is lost, torn, doubled or stray."""
    found = snapshot(archive)
    for path in sorted(expected.files.keys() | found.files.keys()):
        if path not in found.files:
            yield f"{path} is lost"
        elif path not in expected.files:
            yield f"{path} is too many"
        elif found.files[path] != expected.files[path]:
            yield f"{path} has other bytes"
    for table, rows in expected.rows.items():
        yield from (f"{table}: {row} is missing" for row in rows if row not in found.rows[table])
        yield from (f"{table}: {row} is too many" for row in found.rows[table] if row not in rows)
        if len(rows) != len(found.rows[table]):
            yield f"{table} has {len(found.rows[table])} rows, not {len(rows)}"
    yield from (f"captures: {item}" for item in iterate(archive / "captures") if isinstance(item, Fault))
    yield from strays(archive)


def strays(archive: Path) -> Iterator[str]:
    """Name every file that has no place in an archive between two runs."""
    for path in archive.rglob("*"):
        parts = path.relative_to(archive).parts
        if path.is_file() and (parts[0] not in _KNOWN or path.name.startswith(".")):
            yield f"{'/'.join(parts)} is a stray file"
