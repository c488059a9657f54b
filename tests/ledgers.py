"""Ledgers made by hand, by the ledger's own methods: articles seen, kept and lost, and runs that looked or did not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from newsarchive.archive.ledger import Kept, Ledger, State
from newsarchive.article import Name, Origin
from newsarchive.dates import SHANGHAI
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

NOW = datetime(2022, 3, 3, 12, 0, tzinfo=UTC)
"""20:00 in Asia/Shanghai, a Thursday."""

DAY = date(2022, 3, 3)


def name_of(number: int, day: date = DAY) -> Name:
    return Name(f"{day:%Y%m%d}2340{number:06}")


def link_of(name: Name, *segments: str, day: date = DAY) -> ArticleLink:
    path = f"/{'/'.join(segments)}/{day:%Y/%m/%d}/{name}.html"
    return ArticleLink(name, path, segments, day, "标题")


def sighting(name: Name, category: str = "kejiribao", tag: str = "科技日报新闻", day: date = DAY) -> Sighting:
    return Sighting(link_of(name, *category.lower().split(), day=day), (tag,))


def keep(ledger: Ledger, sighted: Sighting, category: str = "kejiribao", *, now: datetime = NOW) -> None:
    """Record that an article is archived; no file is written."""
    name, day = sighted.link.name, sighted.link.day or DAY
    published = datetime(day.year, day.month, day.day, 18, 12, 37, tzinfo=SHANGHAI)
    kept = Kept(
        category=category,
        origin=Origin.SHARE_JSON,
        capture="20220303-0001.warc.gz#5120",
        capture_sha256="cd" * 32,
        post=f"_posts/{day:%Y/%m/%Y-%m-%d}-{name}.md",
        post_sha256="ab" * 32,
        published=published,
    )
    ledger.captured(sighted, kept, now=now)


def lose(ledger: Ledger, name: Name, state: State = State.PENDING, error: str = "HTTP 503", **more: Any) -> None:
    ledger.failed(name, "not fetched", error, now=more.pop("now", NOW), state=state, **more)


def ran(  # noqa: PLR0913 - one for each column
    ledger: Ledger,
    began: datetime,
    *,
    spider: str = "finews",
    code: int | None = 0,
    seconds: int = 30,
    counts: dict[str, int] | None = None,
) -> None:
    """Record a run; one without an exit code has no end."""
    number = ledger.run_began(spider, {}, now=began)
    if code is None:
        return
    record = {
        "ended": (began + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "exit_code": code,
        "verdict": {0: "complete", 3: "incomplete"}.get(code, "another verdict"),
        "counts": {"lists": 1, "lists unchanged": 1} if counts is None else counts,
    }
    ledger.run_ended(number, record, f"{began:%Y%m%dT%H%M%SZ}-{spider}.json")


def new_ledger(root: Path) -> Ledger:
    root.mkdir(parents=True, exist_ok=True)
    return Ledger(root / "ledger.db")
