"""What the archive has, against what it could have had: every article that is not there is named with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from newsarchive.archive import runs
from newsarchive.archive.keeper import Archive
from newsarchive.archive.ledger import KEPT_FOR, Row, State
from newsarchive.archive.posts import POSTS, REVISIONS
from newsarchive.article import Name, Origin
from newsarchive.clock import Clock
from newsarchive.replica.month.diary import Entry, Ran
from newsarchive.replica.month.simulation import Month
from newsarchive.replica.month.weather import Down, Planned

_SIGNALLED = 128


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not as it was promised, in a sentence that names the article or the run."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True, slots=True)
class Lost:
    """An article that is not archived, and could not be.

    Attributes:
        entry: what the diary knows of it.
        reason: why it could not be had; from the simulation, which knows.
        ledger: what the ledger says of it; empty where it cannot know of it.
    """

    entry: Entry
    reason: str
    ledger: str


@dataclass(slots=True)
class Judgement:
    """What was found.

    Attributes:
        archived: the archived articles, by name, with the version that is there; `None` for the mirror's page.
        lost: the others.
        revised: how many earlier versions are kept.
        replaced: versions that were edited before a look of ours met them.
        late: versions that came after the last look.
        gaps: what nothing explains; empty is what is wanted.
        states: how many articles the ledger has in each state.
    """

    archived: dict[str, int | None] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    revised: int = 0
    replaced: int = 0
    late: int = 0
    gaps: list[Gap] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)


def judge(month: Month) -> Judgement:
    """Compare an archive with the diary of its month."""
    found = Judgement()
    held = _Held.read(month)
    found.states = held.states
    for entry in month.diary.entries.values():
        found.gaps += _judge_article(month, entry, held, found)
    strangers = held.posts.keys() - {entry.fate.path for entry in month.diary.entries.values()}
    found.gaps += [Gap(path, "a post of an article that never was") for path in sorted(strangers)]
    known = sum(row is not None for row in held.rows.values())
    if sum(held.states.values()) != known:
        found.gaps.append(Gap("the ledger", f"it has {sum(held.states.values())} articles, {known} of them exist"))
    for ran in month.diary.runs:
        found.gaps += _judge_run(month, ran)
    return found


@dataclass(frozen=True, slots=True)
class _Held:
    """What the archive has: posts by path, earlier versions by the path of their post, rows by name."""

    posts: Mapping[str, bytes]
    revisions: Mapping[str, list[bytes]]
    rows: Mapping[str, Row | None]
    states: dict[str, int]

    @classmethod
    def read(cls, month: Month) -> _Held:
        root = month.place.archive
        posts = {str(path.relative_to(root)): path.read_bytes() for path in (root / POSTS).rglob("*.md")}
        revisions: dict[str, list[bytes]] = {}
        for path in sorted((root / REVISIONS).rglob("*.md")):
            day, stem = path.relative_to(root / REVISIONS).parent, path.name.partition(".")[0]
            revisions.setdefault(str(Path(POSTS) / day / f"{stem}.md"), []).append(path.read_bytes())
        archive = Archive(root, Clock(month.weather.runs[-1].at.isoformat()))
        try:
            rows = {name: archive.ledger.find(Name.parse(name)) for name in month.lives}
            return cls(posts, revisions, rows, archive.ledger.counts())
        finally:
            archive.close()


# -- articles --------------------------------------------------------------------------------------------------------


def _judge_article(month: Month, entry: Entry, held: _Held, found: Judgement) -> Iterator[Gap]:
    fate, row = entry.fate, held.rows[entry.fate.name]
    post = held.posts.get(fate.path)
    if (post is not None) != (row is not None and row.state is State.CAPTURED):
        yield Gap(fate.name, f"its post is {'' if post else 'not '}there, the ledger says {_said(row)}")
    if post is None:
        yield from _judge_lost(month, entry, row, found)
        return
    if entry.glimpsed is None:
        yield Gap(fate.name, "it is archived, though no list showed it while we looked")
    versions = [version.piece.archived() for version in fate.versions]
    earlier = held.revisions.get(fate.path, [])
    number = versions.index(post) if post in versions else None
    found.archived[fate.name] = number
    found.revised += len(earlier)
    kept = {post, *earlier}
    missed = [index for index, version in enumerate(versions) if version not in kept]
    found.late += sum(number is not None and index > number for index in missed)
    found.replaced += sum(number is not None and index < number for index in missed)
    lesser = row is not None and row.origin is Origin.MIRROR_PAGE
    if lesser and entry.reached is None:
        pass  # kramdown has been over it, and its exact text was never to be had
    elif number is None:
        yield Gap(fate.name, f"its post is no version that its source ever had (by {row.origin if row else 'nobody'})")
    else:
        yield from _judge_version(entry, number)
    for at, version, sure in entry.given:
        if sure and versions[version] not in kept:
            yield Gap(fate.name, f"version {version + 1} was served at {at:%m-%d %H:%M} and is not kept")
    if not entry.hindered and not set(earlier) <= set(versions):
        yield Gap(fate.name, "an earlier version is kept that its source never had")


def _judge_version(entry: Entry, number: int) -> Iterator[Gap]:
    """The post is the newest version that a look brought, and the looks that were due took place."""
    sure = max((at for at, _, sure in entry.given if sure), default=entry.fate.published)
    possible = {version for at, version, _ in entry.given if at >= sure}
    if number < entry.newest:
        yield Gap(entry.fate.name, f"its post is version {number + 1}; a look that was due shows {entry.newest + 1}")
    elif number not in possible:
        yield Gap(entry.fate.name, f"its post is version {number + 1}; served last was {max(possible, default=-1) + 1}")


def _judge_lost(month: Month, entry: Entry, row: Row | None, found: Judgement) -> Iterator[Gap]:
    name, now = entry.fate.name, month.weather.runs[-1].at
    if entry.must_be_there is not None:
        yield Gap(name, f"it was there at {entry.must_be_there:%m-%d %H:%M}; it is not archived ({_said(row)})")
        return
    if entry.seen is not None and row is None:
        yield Gap(name, f"a list showed it at {entry.seen:%m-%d %H:%M}, and the ledger does not know it")
    if entry.glimpsed is None and row is not None:
        yield Gap(name, f"no list showed it while we looked, but the ledger says {_said(row)}")
    if row is not None and row.state is State.PENDING and entry.deadline + 2 * KEPT_FOR < now:
        yield Gap(name, f"it is still pending, {_long(now - entry.deadline)} after its deadline")
    if row is not None and row.state is not State.CAPTURED and not row.error:
        yield Gap(name, f"it is {row.state} and the ledger does not say why")
    found.lost.append(Lost(entry, _reason(month, entry), _said(row) if row is not None else ""))


def _said(row: Row | None) -> str:
    if row is None:
        return "nothing"
    return f"{row.state}: {row.error}" if row.error else str(row.state)


def _reason(month: Month, entry: Entry) -> str:
    """Say why an article could not be had."""
    fate = entry.fate
    how = "withdrawn" if fate.withdrawn is not None and fate.withdrawn == fate.ends else "expired"
    lived = f"{how} {_long(fate.ends - fate.published)} after it came out"
    causes = [str(one) for who in Down for one in month.weather.down(who, fate.published, fate.ends)]
    shown = [ran for ran in month.diary.runs if fate.shown(ran.plan.at)]
    causes += sorted({_disturbance(ran) for ran in shown} - {""})
    if not shown and not causes:
        causes = ["between two runs"]
    seen = "never shown while we looked" if entry.glimpsed is None else f"seen at {entry.glimpsed:%m-%d %H:%M}"
    return f"{seen}; {lived} ({', '.join(causes) or 'nothing hindered us'})"


def _disturbance(ran: Ran) -> str:
    if not ran.ended:
        return f"a run was ended by signal {ran.code - _SIGNALLED}"
    return f"{ran.plan.fault[1]} on {ran.plan.fault[0]}" if ran.plan.fault else ""


def _long(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"  # noqa: PLR2004 - two hours


# -- runs ------------------------------------------------------------------------------------------------------------


def _judge_run(month: Month, ran: Ran) -> Iterator[Gap]:
    """A run's exit code is the one its weather deserves; what it says is missing really could not be had."""
    plan, what = ran.plan, f"the run of {ran.plan.at:%m-%d %H:%M}"
    if not ran.ended:
        if ran.code != _SIGNALLED + plan.signal:
            yield Gap(what, f"it was ended by signal {ran.code - _SIGNALLED}, which nobody sent")
        return
    if ran.idle and ran.asked != ("/",):
        yield Gap(what, f"nothing was new, and it asked for {', '.join(ran.asked)}")
    allowed = _codes(plan)
    if ran.code not in allowed:
        yield Gap(what, f"exit code {ran.code}, {' or '.join(map(str, sorted(allowed)))} was to be expected")
    record = _record(month.place.archive, plan.at)
    if record is None:
        yield Gap(what, "it left no record")
    elif plan.quiet:
        for failure in record["failures"]:
            entry = month.diary.entries.get(failure["what"])
            if entry is None or entry.fate.shown(plan.at) or (entry.reached is not None and entry.reached < plan.at):
                yield Gap(what, f"without need it says: {failure['what']}: {failure['reason']}")
    if record is not None and record["exit_code"] != ran.code:
        yield Gap(what, f"exit code {ran.code}, but its record says {record['exit_code']}")


def _codes(plan: Planned) -> set[int]:
    """Give the exit codes a run of this weather may have."""
    if not plan.source_up:
        return {runs.INCOMPLETE}
    return {runs.OK, runs.INCOMPLETE}


def _record(archive: Path, at: datetime) -> dict[str, Any] | None:
    try:
        return runs.read(archive / runs.RUNS / f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-finews.json")
    except FileNotFoundError:
        return None
