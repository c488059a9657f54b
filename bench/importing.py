"""How fast `scrapy import` is, and that its memory does not grow with the clone: ``python -m bench.importing``.

Two clones of composed posts of every period, 10,000 and 200,000 files, flat as the mirror has them, are imported by the
command itself, in a process of its own. Memory is the peak of its largest process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from newsarchive import post
from newsarchive.article import Article, Name
from newsarchive.replica.compose import compose

SMALL, LARGE = 10_000, 200_000
APART = timedelta(seconds=108)  # 800 a day
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import took."""

    posts: int
    seconds: float
    again: float
    mebibytes: float


def variants(article: Article) -> Iterator[str]:
    """Give a post as each period wrote it."""
    text = post.render(article).decode()
    yield text
    yield text.replace("(//finews.withounder.com/", "(../")  # relative back links
    yield "\n" + text.replace(" +0800\n", "\n", 1) + "\n"  # December 2021: no zone, blank lines
    yield text.replace('title: "', 'title: "他说"好"，', 1)  # broken YAML


def make_clone(folder: Path, count: int) -> None:
    """Write so many posts, nine of ten in ``old_post``; nothing is synced."""
    for name in ("_posts", "old_post"):
        (folder / name).mkdir(parents=True)
    pieces = [piece for piece in compose() if not piece.oddity and piece.text]
    first = min(piece.published for piece in pieces)
    texts = [
        (piece.published, piece, text)
        for piece in pieces
        for text in variants(
            Article(
                name=Name(piece.number, rolling=piece.rolling),
                title=piece.title,
                date=f"{piece.published:%Y-%m-%d %H:%M:%S} +0800",
                category=piece.category,
                tag=piece.tag,
                body=piece.text,
                link=piece.link,
                digest=piece.digest,
            )
        )
    ]
    for serial, (published, piece, text) in enumerate(islice(cycle(texts), count)):
        moment = first + serial * APART
        name = f"{'' if piece.rolling else 'NW'}{moment:%Y%m%d%H%M}{serial:06d}"
        written = text.replace(f"date: {published:%Y-%m-%d %H:%M:%S}", f"date: {moment:%Y-%m-%d %H:%M:%S}", 1)
        place = folder / ("old_post" if serial % 10 else "_posts")
        (place / f"{moment:%Y-%m-%d}-{name}.md").write_bytes(written.encode())


def run_import(archive: Path, clone: Path) -> tuple[float, float]:
    """Run the command; gives seconds, and peak resident memory in MiB."""
    command = [sys.executable, "-m", "scrapy", "import", str(clone), "-s", f"ARCHIVE_DIR={archive}"]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def measure(small: int = SMALL, large: int = LARGE) -> list[Imported]:
    """Import both clones, each twice: the second time everything is there already."""
    found = []
    (ROOT / "build").mkdir(exist_ok=True)  # on a disk, where /tmp may be memory
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        for count in (small, large):
            clone, archive = Path(folder, f"clone-{count}"), Path(folder, f"archive-{count}")
            make_clone(clone, count)
            os.sync()
            took, memory = run_import(archive, clone)
            again, _ = run_import(archive, clone)
            found.append(Imported(count, took, again, memory))
    return found


def main() -> int:
    """Measure and show; numbers as arguments take the place of 10,000 and 200,000."""
    counts = [int(word) for word in sys.argv[1:3] if word.isdecimal()] or [SMALL, LARGE]
    table = Table(title="scrapy import", title_justify="left")
    for column in ("posts", "posts a second", "once more", "peak, MiB", "ratio"):
        table.add_column(column, justify="right")
    found = measure(*counts)
    for one in found:
        speeds = (f"{one.posts / seconds:,.0f}" for seconds in (one.seconds, one.again))
        ratio = f"{one.mebibytes / found[0].mebibytes:.2f}"
        table.add_row(f"{one.posts:,}", *speeds, f"{one.mebibytes:.0f}", ratio)
    Console(highlight=False).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
