"""A replica as files, laid out like a saved copy of the source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from newsarchive.replica import pages, share
from newsarchive.replica.piece import Piece
from newsarchive.replica.site import Site


def write_copy(folder: Path, pieces: Iterable[Piece], now: datetime) -> None:
    """Write ``site/`` (the mirror's pages), ``api/`` (the share host's JSON) and ``_posts/`` (the mirror's posts).

    Args:
        folder: made where it is missing; files of the same names are overwritten.
        pieces: what there is.
        now: aware; the moment of the mirror's build.

    Raises:
        OSError: the folder cannot be written.
    """
    pieces = tuple(piece for piece in pieces if piece.published <= now)
    site = Site(pieces, now)
    for path in pages.paths(site):
        content = pages.page(site, unquote(path))
        if content is not None:
            _write(folder / "site" / unquote(path).lstrip("/"), content)
    known: dict[str, Piece] = {}
    for piece in pieces:
        _write(folder / "_posts" / piece.file_name, piece.post())
        if piece.code not in known or not piece.rolling:
            known[piece.code] = piece
    for code, piece in known.items():
        _write(folder / "api" / f"{code}.json", share.answer(piece))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
