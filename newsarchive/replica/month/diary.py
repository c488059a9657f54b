"""What an archive could have had: noted at every run by one who sees both the source and our requests.

The diary knows nothing of the archive. It knows what the source showed at the moment of a run, whether anything kept
the run from seeing it, and which answers the source really gave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import unquote

from newsarchive.replica.month.fates import Fate
from newsarchive.replica.month.weather import HOUR, Planned
from newsarchive.replica.piece import CHINA, KEPT
from newsarchive.replica.server import Seen
from newsarchive.replica.site import HOME_SHOWS, Site

FEED_SHOWS = 10
_ANSWERED = 200
_JSON = "/NewsData/GetNewsText.do?id="


@dataclass(frozen=True, slots=True)
class Rules:
    """What we promise about lesser roads and second looks; the settings of the same names."""

    settle_hours: float
    settle_tries: int
    last_look_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that was due and took place.

    Attributes:
        plan: what was planned.
        code: its exit code.
        asked: the paths of its requests, robots.txt aside.
        idle: whether there was nothing to do for it but to ask for the home page.
    """

    plan: Planned
    code: int
    asked: tuple[str, ...]
    idle: bool = False

    @property
    def ended(self) -> bool:
        """Whether it came to its end by itself."""
        return self.code < 128  # noqa: PLR2004 - from there on signals


@dataclass(slots=True)
class Entry:
    """What the diary knows of one article.

    Attributes:
        fate: its life at the source.
        glimpsed: the first run, disturbed or not, while a list showed it.
        seen: the first run that came to its end undisturbed while a list showed it; from then on it is known.
        reached: the first run that must have archived it, its exact text being there.
        settled: the first run that must have archived it at least from the mirror's page.
        newest: the newest version that such a run, or a second look, must have brought.
        looked: when its newest version was last looked for.
        tries: runs, since it was seen, that could not have its exact text; perhaps more.
        hindered: whether anything disturbed a run that could have archived it.
        given: every answer with its text: the run, the version, and whether the run came to its end after it.
    """

    fate: Fate
    glimpsed: datetime | None = None
    seen: datetime | None = None
    reached: datetime | None = None
    settled: datetime | None = None
    newest: int = 0
    looked: datetime | None = None
    tries: int = 0
    hindered: bool = False
    given: list[tuple[datetime, int, bool]] = field(default_factory=list)

    @property
    def deadline(self) -> datetime:
        """Until when the lists promise it: they tell the day alone, so three days from the day's start."""
        day = self.fate.published.astimezone(CHINA)
        return day.replace(hour=0, minute=0, second=0) + KEPT

    @property
    def must_be_there(self) -> datetime | None:
        """The run that must have archived it, if one must."""
        moments = [moment for moment in (self.reached, self.settled) if moment is not None]
        return min(moments, default=None)

    def last_look_is_due(self, moment: datetime, hours: float) -> bool:
        """Say whether a run looks for an edit once more, because the source will soon drop the article."""
        ends = self.fate.published + KEPT  # the post says when it was published
        begins = ends - hours * HOUR
        return self.reached is not None and begins <= moment < ends and (self.looked is None or self.looked < begins)


class Diary:
    """Notes every run.

    Args:
        lives: every piece's fate, by name.
        rules: what we promise.
    """

    def __init__(self, lives: Mapping[str, Fate], rules: Rules) -> None:
        self.entries = {name: Entry(fate) for name, fate in lives.items()}
        self.rules = rules
        self.runs: list[Ran] = []

    def note(self, plan: Planned, code: int, site: Site, log: Iterable[Seen]) -> Ran:
        """Note a run that has ended, or was ended.

        Args:
            plan: the run.
            code: its exit code.
            site: the mirror as it was.
            log: the run's requests, with what became of them.
        """
        asked = [seen for seen in log if seen.path != "/robots.txt"]
        ran = Ran(plan, code, tuple(seen.path for seen in asked))
        self._note_given(ran, asked)
        if plan.source_up:
            listed = _listed(site, feed=plan.full)
            disturbed = plan.fault is not None or not ran.ended
            for name in listed:
                entry = self.entries[name]
                entry.glimpsed = entry.glimpsed or plan.at
                entry.hindered |= (disturbed or not plan.share_up) and entry.reached is None
            if not disturbed:
                before = self.runs[-1] if self.runs else None
                news = self._note_undisturbed(plan, listed)
                clear = before is not None and before.plan.quiet and before.code == 0
                ran = replace(ran, idle=clear and plan.quiet and not plan.full and not news)
        self.runs.append(ran)
        return ran

    def _note_given(self, ran: Ran, asked: Sequence[Seen]) -> None:
        """Note which versions the source gave. A number's two forms share one JSON: who of them got it may be open."""
        texts = Counter(seen.path.removeprefix(_JSON) for seen in asked if _gave_text(seen))
        pages = {_page_of(seen) for seen in asked if seen.status == _ANSWERED}
        for code, times in texts.items():
            number = code.removeprefix("NW")
            forms = [self.entries[name] for name in (code, number) if name in self.entries]
            for entry in forms:
                if not entry.fate.shown(ran.plan.at):
                    continue  # withdrawn: an answer without a text
                rolling = entry.fate.name == number
                sure = len(forms) == 1 or times > 1 or (rolling and number in pages)
                version = entry.fate.version_at(ran.plan.at)
                entry.given.append((ran.plan.at, version, sure and ran.ended))

    def _note_undisturbed(self, plan: Planned, listed: set[str]) -> bool:
        """Note what an undisturbed run could have; tells whether it had anything to do."""
        for name in listed:
            entry = self.entries[name]
            entry.seen = entry.seen or plan.at
        known = [entry for entry in self.entries.values() if entry.seen is not None]
        asked_for = [self._note_known(plan, entry, listed=entry.fate.name in listed) for entry in known]
        return any(asked_for)

    def _note_known(self, plan: Planned, entry: Entry, *, listed: bool) -> bool:
        """Note what becomes of an article that is known; tells whether the run had to ask for it."""
        near = entry.deadline - plan.at <= self.rules.settle_hours * HOUR
        last = entry.last_look_is_due(plan.at, self.rules.last_look_hours)
        there = entry.fate.shown(plan.at)
        wanted = last or (there and (entry.reached is None or (plan.full and listed)))
        if there and not plan.share_up:
            if entry.must_be_there is None and (near or entry.tries >= self.rules.settle_tries):
                entry.settled = plan.at
            entry.tries += 1
        elif wanted:
            entry.looked = plan.at
            if there:
                entry.reached = entry.reached or plan.at
                entry.newest = entry.fate.version_at(plan.at)
        return wanted


def _gave_text(seen: Seen) -> bool:
    return seen.path.startswith(_JSON) and seen.status == _ANSWERED


def _page_of(seen: Seen) -> str:
    """Give the name of the article whose page was asked for."""
    return unquote(seen.path).rpartition("/")[2].removesuffix(".html")


def _listed(site: Site, *, feed: bool) -> set[str]:
    """Give the articles that stand on any list of the mirror; the feed is read by full runs alone."""
    lists = [pieces[:HOME_SHOWS] for pieces in site.tags.values()]
    lists += [site.categories.get(category, ()) for category in site.headings]
    if feed:
        lists.append(site.newest[:FEED_SHOWS])
    return {piece.name for pieces in lists for piece in pieces}
