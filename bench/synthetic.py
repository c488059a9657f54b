"""Archives of any size, made without a crawl: posts, captures and ledger as a crawl of the share host leaves them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from newsarchive.archive.captures import Captures, Exchange
from newsarchive.archive.keeper import CAPTURES, LEDGER
from newsarchive.archive.ledger import Kept
from newsarchive.archive.ledgeranew import NewLedger
from newsarchive.article import Name, Origin
from newsarchive.replica import share
from newsarchive.replica.compose import compose
from newsarchive.replica.piece import CHINA, Piece
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

FIRST = datetime(2021, 1, 4, 6, tzinfo=CHINA)
APART = timedelta(seconds=108)  # 800 a day
SHARE = "http://127.0.0.1:1/"
A_RUN = 500
"""So many articles a run."""

_HEADERS = ((b"Server", b"GitHub.com"), (b"Content-Type", b"application/json;charset=UTF-8"))


def pieces(count: int) -> Iterator[Piece]:
    """Give newspaper articles, as many as are wanted; texts repeat, numbers and moments do not."""
    told = [piece for piece in compose() if not piece.oddity and not piece.rolling and piece.text]
    for serial, piece in enumerate(islice(cycle(told), count)):
        moment = FIRST + serial * APART
        number = f"{moment:%Y%m%d}{2240000000 + serial}"
        yield replace(piece, number=number, published=moment, link=piece.link.replace(piece.number, number))


def make(root: Path, count: int) -> int:
    """Make an archive of so many articles; gives the bytes of its captures. Nothing is synced."""
    root.mkdir(parents=True)
    now = [FIRST]
    ledger = NewLedger(root / LEDGER)
    with Captures(root / CAPTURES, now=lambda: FIRST) as captures:
        for serial, piece in enumerate(pieces(count)):
            now[0] = piece.published.astimezone(UTC) + timedelta(minutes=5)
            if serial % A_RUN == 0:
                captures.write(Exchange(url=f"{SHARE}robots.txt", fetched_at=now[0], status=404, reason=b"Not Found"))
            _archive(piece, root, ledger, captures, now[0])
        ledger.finish(captures.sync())
    return sum(path.stat().st_size for path in (root / CAPTURES).iterdir())


def _archive(piece: Piece, root: Path, ledger: NewLedger, captures: Captures, now: datetime) -> None:
    url = f"{SHARE}NewsData/GetNewsText.do?id={piece.code}"
    body = share.answer(piece)
    exchange = Exchange(url=url, fetched_at=now, status=200, reason=b"OK", headers=_HEADERS, body=body)
    capture = captures.write(exchange)
    content, path = piece.archived(), root / piece.relative_path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    kept = Kept(
        category=piece.category,
        origin=Origin.SHARE_JSON,
        capture=capture.place,
        capture_sha256=capture.sha256,
        post=piece.relative_path,
        post_sha256=hashlib.sha256(content).hexdigest(),
        published=piece.published,
    )
    ledger.note_served(url, capture.place)
    ledger.captured(Sighting(ArticleLink(Name.parse(piece.name)), ()), kept, now=now)
