"""The pages: how long one takes from asking to its last byte, at 1,000, 10,000 and 100,000 articles.

`scrapy serve` runs in a process of its own and is asked over one connection that stays open, as a browser does. Not
beside a peer, so in milliseconds of this machine.
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from rich.console import Console
from rich.table import Table

from bench.searching import SIZES, fill

ROUNDS = 40
ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    ("home", "/"),
    ("article", "/article/{name}"),
    ("day", "/day/{day}"),
    ("newspaper", "/category/kejiribao"),
    ("newspaper, an old page", "/category/kejiribao?before={cursor}"),
    ("search, four characters", f"/search?q={quote('穹石新材')}"),
    ("search, common word", f"/search?q={quote('公司')}"),
    ("search as typed", f"/search?q={quote('穹石')}&part=results"),
    ("calendar", "/calendar"),
    ("newspapers", "/papers"),
    ("Atom feed", "/feed.xml"),
    ("JSON search", f"/api/search?q={quote('穹石新材')}"),
)


def show(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure and print."""
    console = Console(highlight=False)
    table = Table(title="scrapy serve, ms a page: median (95 %)", title_justify="left")
    table.add_column("page")
    found: dict[str, list[str]] = {what: [] for what, _ in PAGES}
    for size in sizes:
        table.add_column(f"{size:,} articles", justify="right")
        with tempfile.TemporaryDirectory() as folder, console.status(f"composing {size:,} articles …") as status:
            root = Path(folder)
            fill(root, size)
            status.update(f"indexing {size:,} articles …")
            with _serving(root) as connection:
                known = _known(connection)
                for what, path in PAGES:
                    status.update(f"{size:,} articles: {what} …")
                    found[what].append(_latency(connection, path.format_map(known)))
    for what, _ in PAGES:
        table.add_row(what, *found[what])
    console.print(table)


@contextmanager
def _serving(root: Path) -> Iterator[http.client.HTTPConnection]:
    command = [sys.executable, "-m", "scrapy", "serve", "--port", "0", "-s", f"ARCHIVE_DIR={root}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for; for the type checker
        line = process.stdout.readline()
        port = urlsplit(next(word for word in line.split() if word.startswith("http://"))).port
        connection = http.client.HTTPConnection("127.0.0.1", port or 0, timeout=60)
        try:
            yield connection
        finally:
            connection.close()
            process.terminate()


def _ask(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status not in {http.client.OK, http.client.FOUND}:
        raise RuntimeError(f"{path}: {answer.status}")
    return content


def _known(connection: http.client.HTTPConnection) -> dict[str, str]:
    page = json.loads(_ask(connection, "/api/articles?limit=100"))
    older = json.loads(_ask(connection, f"/api/articles?limit=100&before={quote(page['next'])}"))
    some = page["articles"][0]
    return {"name": some["name"], "day": older["articles"][0]["day"], "cursor": quote(older["next"])}


def _latency(connection: http.client.HTTPConnection, path: str) -> str:
    _ask(connection, path)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        _ask(connection, path)
        times.append((time.perf_counter() - began) * 1000)
    return f"{statistics.median(times):.1f} ({statistics.quantiles(times, n=20)[-1]:.1f})"


if __name__ == "__main__":
    show()
