"""``make bench``: prints each figure as a ratio measured in one run, median of interleaved rounds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench import crawling, importing, nothingnew, parts, replaying, searching, web
from bench.measure import Effort, Row

MEASUREMENTS: dict[str, Callable[[Effort], Iterable[Row]]] = {
    "writer": parts.writer,
    "checker": parts.checker,
    "captures": parts.capturing,
    "crawl": crawling.measure,
    "nothing-new": nothingnew.measure,
    "rebuild": replaying.rebuild,
    "verify": replaying.verify,
}
REPORTS: dict[str, Callable[[], object]] = {"import": importing.main, "search": searching.show, "web": web.show}
"""What takes long and prints a table of its own: only where it is asked for."""

_WIDTH = 150  # in a file too


def main(words: list[str] | None = None) -> int:
    """Measure what was asked for, all by default."""
    known = [*MEASUREMENTS, *REPORTS]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(known)}; default all but {', '.join(REPORTS)}")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs (%(default)s)")
    parser.add_argument("--size", type=float, default=1, help="how much of the usual amount (%(default)s)")
    given = parser.parse_args(words)
    if unknown := set(given.names).difference(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    shown = Console(stderr=True, highlight=False)
    console = Console(highlight=False, width=max(Console().width, _WIDTH))
    rows: list[Row] = []
    with shown.status("measuring …") as status:
        effort = Effort(given.size, given.rounds, lambda text: status.update(Text(f"{text} …")))
        for name in [one for one in given.names or MEASUREMENTS if one in MEASUREMENTS]:
            rows += MEASUREMENTS[name](effort)
    if rows:
        console.print(table(rows))
    for row in rows:
        if row.note:
            console.print(Text(f"{row.what}: {row.note}", style="dim"))
    for name in [one for one in given.names if one in REPORTS]:
        REPORTS[name]()
    return 0


def table(rows: Iterable[Row]) -> Table:
    """Show rows: the two sides, their ratio, what was promised, and how to measure it again."""
    shown = Table(title="Ratios of one run, medians of rounds in turn", title_justify="left")
    for column in ("what", "ours", "peer", "ratio", "min to max", "target", "", "repeat: make bench"):
        shown.add_column(column, justify="right" if column in {"ours", "peer", "ratio"} else "left")
    for row in rows:
        reached = {None: "", True: "reached", False: "not reached"}[row.reached]
        between = f"{min(row.ratios):.2f} to {max(row.ratios):.2f}"
        shown.add_row(
            row.what, row.ours, row.peer, f"{row.ratio:.2f}", between, row.target, reached, f"ARGS={row.repeat}"
        )
    return shown


if __name__ == "__main__":
    sys.exit(main())
