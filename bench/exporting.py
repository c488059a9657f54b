"""What `scrapy export` costs, and that its memory does not grow with the archive: ``python -m bench.exporting``.

Each format is written from an archive of 1,000 posts and from one of 20,000, by the command itself in a process of its
own; the figure is the process's peak resident memory, large over small.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from newsarchive import body, dates, post
from newsarchive.archive.captures import Capture, Captures, Exchange
from newsarchive.archive.ledgeranew import NewLedger
from newsarchive.archive.ledgerrows import Kept
from newsarchive.article import Article, Name, Origin
from newsarchive.export.formats import Format
from newsarchive.replica.compose import compose
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

SMALL, LARGE = 1_000, 20_000
FIRST = datetime(2022, 1, 3, tzinfo=UTC)
APART = timedelta(seconds=108)  # 800 a day
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Flatness:
    """Peak memory of one format's export, in MiB, and the large one's speed."""

    format: Format
    small: float
    large: float
    posts_a_second: float

    @property
    def ratio(self) -> float:
        """Large over small."""
        return self.large / self.small


def articles(count: int, apart: timedelta) -> Iterator[Article]:
    """Give composed articles, as many as are wanted, each with a number and a moment of its own."""
    pieces = [piece for piece in compose() if not piece.oddity and piece.text]
    for serial, piece in enumerate(islice(cycle(pieces), count)):
        moment = FIRST + serial * apart
        yield Article(
            name=Name(f"{moment:%Y%m%d%H%M}{serial:06d}", rolling=piece.rolling),
            title=piece.title,
            date=dates.normalise(f"{moment:%Y-%m-%d %H:%M:%S}"),
            category=piece.category,
            tag=piece.tag,
            body=body.normalise(piece.content if piece.rolling else piece.text),
            link=piece.link,
            digest=piece.digest,
        )


def make_archive(root: Path, count: int, apart: timedelta = APART) -> None:
    """Make an archive of so many posts, with captures and a ledger; nothing is synced."""
    root.mkdir()
    ledger = NewLedger(root / "ledger.db")
    with Captures(root / "captures", now=lambda: FIRST) as captures:
        for article in articles(count, apart):
            path, content = post.relative_path(article), post.render(article)
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
            kept = captures.write(
                Exchange(
                    url=f"http://share.example/NewsData/GetNewsText.do?id={article.name.code}",
                    fetched_at=FIRST,
                    status=200,
                    reason=b"OK",
                    headers=((b"Content-Type", b"application/json"),),
                    body=json.dumps({"text": article.body}, ensure_ascii=False).encode(),
                )
            )
            record_in(ledger, article, kept, str(path), content)
        ledger.finish(captures.sync())


def record_in(ledger: NewLedger, article: Article, capture: Capture, path: str, content: bytes) -> None:
    """Give an article its row."""
    kept = Kept(
        category=article.category,
        origin=Origin.SHARE_JSON,
        capture=capture.place,
        capture_sha256=capture.sha256,
        post=path,
        post_sha256=hashlib.sha256(content).hexdigest(),
        published=dates.parse(article.date),
    )
    ledger.captured(Sighting(ArticleLink(article.name), (article.tag,)), kept, now=FIRST)


def export(archive: Path, form: Format, dest: Path, *options: str) -> tuple[float, float]:
    """Run the command; gives peak resident memory in MiB, and seconds."""
    command = [sys.executable, "-m", "scrapy", "export", str(dest), "--force", "--format", str(form), *options]
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "-s", f"ARCHIVE_DIR={archive}"], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_maxrss / 1024, time.perf_counter() - began


def measure() -> list[Flatness]:
    """Export both archives in every format; feeds with all their posts."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        for archive, count in ((small, SMALL), (large, LARGE)):
            make_archive(archive, count)
        for form in Format:
            options = ("--limit", str(LARGE)) if form.is_feed else ()
            low, _ = export(small, form, Path(folder, "dest"), *options)
            high, took = export(large, form, Path(folder, "dest"), *options)
            found.append(Flatness(form, low, high, LARGE / took))
    return found


def main() -> int:
    """Measure and show."""
    table = Table(title=f"scrapy export: peak memory, {SMALL:,} and {LARGE:,} posts", title_justify="left")
    for column in ("format", "small, MiB", "large, MiB", "ratio", "posts a second"):
        table.add_column(column, justify="left" if column == "format" else "right")
    for one in measure():
        row = (f"{one.small:.0f}", f"{one.large:.0f}", f"{one.ratio:.2f}", f"{one.posts_a_second:,.0f}")
        table.add_row(str(one.format), *row)
    Console(highlight=False).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
