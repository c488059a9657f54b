"""Rebuilding an archive from its captures, and verifying it: as users start them, beside what else could be done.

The captures are those of newspaper articles by the share host's JSON, one answer each.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from bench import synthetic
from bench.crawling import BUILD
from bench.measure import Effort, Row, in_turn
from bench.processes import Took, run, scrapy
from newsarchive.archive.files import make_directory

ARTICLES = 10_000
POSTS_A_SECOND = 1_500
_PEERS = [sys.executable, "-m", "bench.peers"]


@contextmanager
def _archive(effort: Effort) -> Iterator[tuple[Path, int]]:
    make_directory(BUILD)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        number = effort.of(ARTICLES, 10)
        effort.say(f"making an archive of {number} articles")
        synthetic.make(Path(folder) / "archive", number)
        yield Path(folder) / "archive", number


def rebuild(effort: Effort) -> Iterator[Row]:
    """Make every post and the ledger from captures alone; the peer makes posts, and does not wait for the disk."""
    numbers = count()
    with _archive(effort) as (archive, articles):

        def ours() -> Took:
            root = archive.with_name(f"rebuilt-{next(numbers)}")
            (root / "captures").mkdir(parents=True)
            for path in (archive / "captures").iterdir():
                os.link(path, root / "captures" / path.name)
            return run(scrapy("rebuild", ARCHIVE_DIR=root))

        def theirs() -> Took:
            folder = archive.with_name(f"posts-{next(numbers)}")
            return run([*_PEERS, "posts", str(archive / "captures"), str(folder)])

        what = "rebuild, beside a loop of fastwarc, json and frontmatter.dumps in one process"
        pairs = in_turn(effort, what, ours, theirs)
    speeds = [articles / pair[0].wall for pair in pairs]
    peers = [articles / pair[1].wall for pair in pairs]
    yield Row(
        f"rebuild, posts a second over {POSTS_A_SECOND}",
        f"{statistics.median(speeds):.0f} posts/s",
        f"{POSTS_A_SECOND} posts/s",
        tuple(speed / POSTS_A_SECOND for speed in speeds),
        "rebuild",
        at_least=1,
        note=f"{articles} articles, {os.cpu_count()} processors",
    )
    yield Row(
        what,
        f"{statistics.median(speeds):.0f} posts/s",
        f"{statistics.median(peers):.0f} posts/s",
        tuple(ours / theirs for ours, theirs in zip(speeds, peers, strict=True)),
        "rebuild",
        note="the peer checks, cleans and syncs nothing, and makes no ledger",
    )


def verify(effort: Effort) -> Iterator[Row]:
    """Verify everything; the peers read the same bytes."""
    with _archive(effort) as (archive, articles):
        files = [str(path) for path in archive.rglob("*") if path.is_file()]
        listing = archive.with_name("files")
        listing.write_bytes("\0".join(files).encode())
        size = sum(Path(path).stat().st_size for path in files) / 2**20
        sums = ["sh", "-c", f"xargs -0 sha256sum <'{listing}'"]
        peers = {
            "sha256sum of every file": sums,
            "fastwarc comparing the captures' digests": [*_PEERS, "check", str(archive / "captures")],
        }
        for name, command in peers.items():
            what = f"verify, beside {name}"
            pairs = in_turn(effort, what, lambda: run(scrapy("verify", ARCHIVE_DIR=archive)), partial(run, command))
            ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
            cpu = statistics.median(peer.cpu / own.cpu for own, peer in pairs)
            yield Row(
                what,
                f"{statistics.median(one.wall for one in ours):.2f} s",
                f"{statistics.median(one.wall for one in theirs):.2f} s",
                tuple(peer.wall / own.wall for own, peer in pairs),
                "verify",
                note=f"{articles} articles, {size:.0f} MiB; by processor time {cpu:.2f}",
            )
