"""What share of the new articles has which field, beside the runs before: a field that rots silently is noticed.

Every article may lack a digest, a source line, stock links; it is complete without. When nearly all had one and then
nearly none has, the source has changed, and the posts are poorer than they could be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from statistics import median_low

from newsarchive.article import Article, Name, Origin

ALL, ROLLING, LENGTH = "fill articles", "fill rolling", "text length"
"""Counts of a run: new articles, rolling news among them, and the median of their texts' lengths in characters."""

REMEMBERED = timedelta(days=14)
"""How far back runs are the measure. An alarmed run is none, so an alarm holds so long; then the new state is usual."""
RUNS = 20  # with news, that are the measure
_AT_MOST = 80  # runs looked at, with those that are put together with this one
_SHORTER, _LONG_ENOUGH = 4, 100


@dataclass(frozen=True, slots=True)
class _Field:
    """A field: which articles could have it, and whether one has."""

    among: str
    there: Callable[[Article], bool]


FIELDS = {
    "digest": _Field(ROLLING, lambda article: bool(article.digest.strip())),
    "source line": _Field(ALL, lambda article: 'class="em_media"' in article.body),
    "stock links": _Field(ROLLING, lambda article: 'id="stock_' in article.body),
    "share host's text": _Field(ALL, lambda article: article.origin is Origin.SHARE_JSON),
}


# What was rescued from elsewhere after the mirror had dropped it says nothing of what the source serves.
_SERVED = frozenset({Origin.SHARE_JSON, Origin.SHARE_PAGE, Origin.MIRROR_PAGE})


@dataclass(frozen=True, slots=True)
class _Rule:
    """When a field's share is unusual: it was this high in so many articles, and is at most this in so many now."""

    was: float
    before: int
    now: int
    at_most: float


# The second is for what every fourth article has: the chance that sixty in a row lack it is one in ten million.
_RULES = (_Rule(0.8, 50, 10, 0.2), _Rule(0.25, 200, 60, 0.0))


@dataclass(frozen=True, slots=True)
class Unusual:
    """What is unusual, and an article of this run that shows it."""

    sentence: str
    name: str
    capture: str


@dataclass(slots=True)
class Fill:
    """Counts the fields of a run's new articles, and remembers one that lacks each.

    Attributes:
        counts, lengths: of the articles so far.
        lacking: for each field, an article that lacks it.
        shortest: the article with the shortest text.
        hindered: articles that a failing road left to a lesser one. A fault of a host is no change of what it serves,
            and they are not counted.
    """

    counts: Counter[str] = field(default_factory=Counter)
    lengths: list[int] = field(default_factory=list)
    lacking: dict[str, Article] = field(default_factory=dict)
    shortest: Article | None = None
    hindered: set[Name] = field(default_factory=set)

    def note(self, article: Article) -> None:
        """Count a new article, as it went into its post."""
        if article.origin not in _SERVED or article.name in self.hindered:
            return
        among = {ALL, ROLLING} if article.name.rolling else {ALL}
        self.counts.update(among)
        for name, one in FIELDS.items():
            if one.among in among:
                there = one.there(article)
                self.counts[f"fill {name}"] += there
                if not there:
                    self.lacking.setdefault(name, article)
        self.lengths.append(len(article.body))
        if self.shortest is None or len(article.body) < len(self.shortest.body):
            self.shortest = article

    def totals(self) -> dict[str, int]:
        """Give the counts as a run's record keeps them; nothing where nothing was new."""
        return {**self.counts, LENGTH: median_low(self.lengths)} if self.lengths else {}


def unusual(now: Fill, earlier: Iterable[Mapping[str, int]]) -> list[Unusual]:
    """Tell what is unusual about a run's new articles.

    A run with few is put together with those before it, until there are enough.

    Args:
        now: of this run.
        earlier: counts of earlier runs, newest first; narrowed ones and those that raised this alarm are none.
    """
    mine = now.totals()
    with_news = list(islice((run for run in earlier if run.get(ALL)), _AT_MOST)) if mine else []
    found = []
    for name, example in now.lacking.items():
        sentence = next((said for rule in _RULES if (said := _emptied(name, rule, mine, with_news))), "")
        if sentence:
            found.append(Unusual(sentence, str(example.name), example.capture))
    if now.shortest is not None and (sentence := _shortened(mine, with_news)):
        found.append(Unusual(sentence, str(now.shortest.name), now.shortest.capture))
    return found


def _emptied(name: str, rule: _Rule, mine: Mapping[str, int], earlier: list[Mapping[str, int]]) -> str:
    among, key = FIELDS[name].among, f"fill {name}"
    recent, before = _parted(among, rule.now, [mine, *earlier])
    (new, there), (old, was) = (
        (sum(run.get(among, 0) for run in runs), sum(run.get(key, 0) for run in runs)) for runs in (recent, before)
    )
    if new < rule.now or old < rule.before or was < rule.was * old:
        return ""
    if there > rule.at_most * new or mine.get(key, 0) > rule.at_most * mine.get(among, 0):
        return ""
    kind = "rolling news" if among == ROLLING else "articles"
    return f"the {name}: in {there} of {new} new {kind} ({there / new:.0%}), in {was} of {old} before ({was / old:.0%})"


def _shortened(mine: Mapping[str, int], earlier: list[Mapping[str, int]]) -> str:
    rule = _RULES[0]
    recent, before = _parted(ALL, rule.now, [mine, *earlier])
    if sum(run[ALL] for run in recent) < rule.now or sum(run[ALL] for run in before) < rule.before:
        return ""
    is_now, was = _middle(recent), _middle(before)
    if was < _LONG_ENOUGH or max(is_now, mine[LENGTH]) * _SHORTER >= was:
        return ""
    return f"the text: new articles have {is_now} characters in the middle, those before had {was}"


def _parted(
    among: str, enough: int, runs: list[Mapping[str, int]]
) -> tuple[list[Mapping[str, int]], list[Mapping[str, int]]]:
    """Part runs, newest first, into the recent that have enough articles together and those that are the measure."""
    counted: Iterator[Mapping[str, int]] = (run for run in runs if run.get(among))
    recent, number = [], 0
    for run in counted:
        recent.append(run)
        number += run[among]
        if number >= enough:
            break
    return recent, list(islice(counted, RUNS))


def _middle(runs: list[Mapping[str, int]]) -> int:
    """Give the middle of the runs' median lengths, each as often as the run has articles."""
    half, number = sum(run[ALL] for run in runs) / 2, 0
    for run in sorted(runs, key=lambda run: run.get(LENGTH, 0)):
        number += run[ALL]
        if number >= half:
            return run.get(LENGTH, 0)
    return 0
