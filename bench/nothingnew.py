"""A run that finds nothing new, in an archive of 100,000 articles beside one of 1,000."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import synthetic
from bench.crawling import BUILD
from bench.measure import Effort, Row, in_turn
from bench.processes import Took, of_source, run, scrapy
from bench.source import answers, serving
from newsarchive.archive.files import make_directory
from newsarchive.replica.compose import NOW, compose

SMALL, LARGE = 1_000, 100_000
TARGET = 1.1


def measure(effort: Effort) -> Iterator[Row]:
    """Measure time and peak memory of whole processes."""
    make_directory(BUILD)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder, serving(answers(compose(per_day=4, odd=False), NOW)) as url:
        sizes = [effort.of(size, 10) for size in (SMALL, LARGE)]

        def look(size: int) -> Took:
            return run(scrapy("crawl", "finews", **of_source(url, Path(folder) / str(size), NOW.isoformat())))

        for size in sizes:
            effort.say(f"making an archive of {size} articles")
            synthetic.make(Path(folder) / str(size), size)
            look(size)  # archives what the source shows; from then on it has nothing new
            run(scrapy("search", "银行", ARCHIVE_DIR=Path(folder) / str(size)))  # indexes all, which a run puts off
            look(size)
        small, large = sizes
        what = f"a run without news, {large:,} articles over {small:,}"
        pairs = in_turn(effort, what, lambda: look(large), lambda: look(small))
    times = [[pair[side].wall for pair in pairs] for side in (0, 1)]
    memory = [[pair[side].memory for pair in pairs] for side in (0, 1)]
    yield _row(f"{what}: time", times, "{:.2f} s")
    yield _row(f"{what}: peak memory", memory, "{:.0f} MiB")


def _row(what: str, sides: list[list[float]], form: str) -> Row:
    large, small = (form.format(statistics.median(side)) for side in sides)
    ratios = tuple(ours / theirs for ours, theirs in zip(*sides, strict=True))
    return Row(what, large, small, ratios, "nothing-new", at_most=TARGET)
