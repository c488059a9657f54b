"""The ledger's seal: its digest, written when it is closed and taken away before it is opened for writing.

SQLite's own check sees a broken page, not a changed letter. While a seal is there, any flipped bit of the ledger shows;
between a killed run and the next one there is none. The form is that of ``sha256sum``: ``sha256sum -c
runs/ledger.sha256`` in the archive's folder checks it.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from newsarchive.archive.files import sync_directory, write_whole

LEDGER = "ledger.db"
SEAL = "runs/ledger.sha256"
LARGEST = 128 * 2**20
"""A larger ledger, in bytes, is not sealed: reading it whole would make every run dearer as the archive grows."""


def seal(root: Path) -> None:
    """Seal a ledger that is closed. Where it cannot be, it stays without; that is no error.

    Not sealed is one that a reader keeps open with a log beside it, for that reader's end will still change it.
    """
    with contextlib.suppress(OSError):
        log = root / f"{LEDGER}-wal"
        if (root / LEDGER).stat().st_size <= LARGEST and not (log.exists() and log.stat().st_size):
            write_whole(root / SEAL, _line(root))


def open_seal(root: Path) -> None:
    """Take the seal away before the ledger is written to.

    Raises:
        OSError: it cannot be removed.
    """
    if (root / SEAL).exists():
        (root / SEAL).unlink()
        sync_directory((root / SEAL).parent)


def is_broken(root: Path) -> bool:
    """Tell whether there is a seal and the ledger is not what it says; raises OSError where they cannot be read."""
    if not (root / SEAL).exists():
        return False
    return (root / SEAL).read_bytes() != _line(root)


def _line(root: Path) -> bytes:
    with (root / LEDGER).open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {LEDGER}\n".encode()
