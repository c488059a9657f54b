"""The whole crawl beside a bare Scrapy spider that fetches the same pages and keeps nothing.

Both ask a server that has every answer ready. The bare spider (``bench/bare``) is a project as Scrapy's template makes
it, robots.txt obeyed, with as many requests at once as ours. Both are whole processes, by the wall's clock. Ours
fetches, keeps captures, normalises, writes posts and ledger. A second row has it put the posts into the search index as
well, as users start it: a run does that at its end, as far as SEARCH_SECONDS allows. A third gives the peer our one
setting that matters more than the rest, CONCURRENT_ITEMS = 1.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

from bench.measure import Effort, Row, in_turn
from bench.processes import ROOT, Took, of_source, run, scrapy
from bench.source import answers, serving
from newsarchive.archive.captures import Fault, iterate
from newsarchive.archive.files import make_directory
from newsarchive.replica.compose import NOW, compose

PER_DAY = 1400
TARGET = 0.85
BUILD = ROOT / "build" / "bench"
_STRICT = {"CONCURRENT_ITEMS": 1}
_NO_INDEX = {"SEARCH_SECONDS": 0}


def measure(effort: Effort) -> Iterator[Row]:
    """Measure with one request at a time, which is the default, and with eight."""
    effort.say("making the source's answers")
    ready = answers(compose(per_day=effort.of(PER_DAY, 4), odd=False), NOW)
    make_directory(BUILD)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder, serving(ready) as url:
        sides = _Sides(url, Path(folder))
        for at_once in (1, 8):
            yield from sides.rows(effort, at_once)


class _Sides:
    """The two that are compared: archives are new each time, and removed at the end alone.

    A file system that has just removed many files makes new ones slowly, which would be measured too.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.numbers = count()
        self.urls = folder / "urls.txt"
        self.ours(1, _NO_INDEX)  # once to warm up, and to learn which pages there are
        asked = [item[1].url for item in iterate(folder / "0" / "captures") if not isinstance(item, Fault)]
        asked = [one for one in asked if not one.endswith("/robots.txt")]
        self.urls.write_text("\n".join(asked), encoding="utf-8")
        self.pages = len(asked)

    def ours(self, at_once: int, settings: dict[str, int]) -> Took:
        archive = self.folder / str(next(self.numbers))
        said = of_source(self.url, archive, NOW.isoformat(), **_concurrency(at_once), **settings)
        return run(scrapy("crawl", "finews", **said))

    def bare(self, at_once: int, settings: dict[str, int]) -> Took:
        command = scrapy("crawl", "pages", "-a", f"urls={self.urls}", **_concurrency(at_once), **settings)
        return run(command, cwd=ROOT / "bench" / "bare")

    def rows(self, effort: Effort, at_once: int) -> Iterator[Row]:
        what = f"the whole crawl, beside a bare spider; {at_once} at once"
        rounds = in_turn(
            effort,
            what,
            partial(self.ours, at_once, _NO_INDEX),
            partial(self.bare, at_once, {}),
            partial(self.ours, at_once, {}),
            partial(self.bare, at_once, _STRICT),
        )
        yield self._row(what, [(ours, bare) for ours, bare, _, _ in rounds], TARGET)
        yield self._row(f"{what}; with the search index", [(ours, bare) for _, bare, ours, _ in rounds], None)
        yield self._row(
            f"{what}, it too with CONCURRENT_ITEMS = 1", [(ours, bare) for ours, _, _, bare in rounds], None
        )

    def _row(self, what: str, pairs: list[tuple[Took, Took]], target: float | None) -> Row:
        ours, bare = (statistics.median(self.pages / pair[side].wall for pair in pairs) for side in (0, 1))
        cpu = statistics.median(theirs.cpu / mine.cpu for mine, theirs in pairs)
        return Row(
            what,
            f"{ours:.0f} pages/s",
            f"{bare:.0f} pages/s",
            tuple(theirs.wall / mine.wall for mine, theirs in pairs),
            "crawl",
            at_least=target,
            note=f"{self.pages} pages; by processor time {cpu:.2f}",
        )


def _concurrency(at_once: int) -> dict[str, int]:
    return {"CONCURRENT_REQUESTS": at_once, "CONCURRENT_REQUESTS_PER_DOMAIN": at_once}
