"""Posts that are there before a ledger knows them: what their own front matter says of them."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from newsarchive.archive.importsource import Unfit, understand
from newsarchive.archive.ledgerrows import Adopted
from newsarchive.article import Name


def adopted(root: Path, name: Name, path: PurePosixPath) -> Adopted:
    """Give what a ledger records of a post that is there; of one whose front matter cannot be read, that it is there.

    Args:
        root: the archive.
        name: of the post, by its file name.
        path: relative to the archive.

    Raises:
        OSError: it cannot be read.
    """
    content = (root / path).read_bytes()
    found = understand(content, str(path))
    if isinstance(found, Unfit):
        return Adopted(name, str(path), hashlib.sha256(content).hexdigest())
    return Adopted(name, str(path), found.sha256, found.published, found.title, found.category, found.tag)
