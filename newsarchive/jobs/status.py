"""Say how an archive stands."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from newsarchive import gapsview, spans, statusjson, statusview
from newsarchive.archive.gaps import gaps
from newsarchive.archive.keeper import CannotStartError, archive_of
from newsarchive.archive.posts import Posts
from newsarchive.archive.runs import OK
from newsarchive.archive.status import Scope, status
from newsarchive.archive.versions import edits
from newsarchive.article import Refused
from newsarchive.clock import Clock
from newsarchive.dates import SHANGHAI
from newsarchive.maintenance import judged, readable
from newsarchive.terminal import print_json
from spiders.arguments import ArgumentError, Selection

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from rich.console import RenderableType
    from scrapy.settings import BaseSettings


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Look, show, judge."""
    if args:
        raise UsageError(f"status takes no {args[0]!r}; -s ARCHIVE_DIR=… names the archive")
    return judged(lambda: _tell(settings, opts))


def _tell(settings: BaseSettings, opts: argparse.Namespace) -> int:
    root = archive_of(settings)
    with readable(root):
        now = Clock.checked(settings["NEWSARCHIVE_CLOCK"] or "").now()
        try:
            code, report, shown = _look(opts, root, scope_of(opts, now), now)
        except FileNotFoundError as error:
            raise CannotStartError(_without_ledger(root)) from error
    with statusview.readers_may_leave():
        if opts.json:
            print_json(report)
        else:
            statusview.show(statusview.console_for(sys.stdout, color=opts.color), shown())
    return code


def _look(
    opts: argparse.Namespace, root: Path, scope: Scope, now: datetime
) -> tuple[int, Any, Callable[[], RenderableType]]:
    """Give the exit code, the report for machines, and how to show it to people."""
    if opts.edits:
        found = edits(root, scope)
        return OK, {"edited": [statusjson.edited(one) for one in found]}, lambda: statusview.edits_view(found)
    if opts.gaps:
        report = gaps(root, scope, now=now)
        return OK, gapsview.as_json(report), lambda: gapsview.view(report)
    stands = status(root, scope, now=now, max_age=_max_age(opts.max_age))
    return stands.judgement.exit_code, statusjson.as_json(stands), lambda: statusview.view(stands)


def scope_of(opts: argparse.Namespace, now: datetime) -> Scope:
    """Understand ``--days`` and ``--category``; raises `UsageError`."""
    since = None
    today = now.astimezone(SHANGHAI).date()
    if opts.days is not None:
        if not (opts.days.isascii() and opts.days.isdecimal() and 0 < int(opts.days) <= today.toordinal()):
            raise UsageError(f"--days {opts.days!r} is no number of days; give 1 or more")
        since = today - timedelta(days=int(opts.days) - 1)
    if opts.category is None:
        return Scope(since)
    try:
        selection = Selection.parse({"category": opts.category}, today)
    except ArgumentError as error:
        raise UsageError(f"--{error}") from error
    return Scope(
        since,
        lambda category, tag: selection.wants_section((tag,) if tag else (), tuple(category.lower().split())),
    )


def _max_age(text: str | None) -> timedelta | None:
    if text is None:
        return None
    try:
        return spans.parse(text)
    except Refused as error:
        raise UsageError(f"--max-age: {error}") from error


def _without_ledger(root: Path) -> str:
    count = sum(1 for _ in Posts(root).names())
    return (
        f"the archive {root} has no ledger, which alone knows what is pending; {count} posts are there. "
        "scrapy rebuild makes it anew from the captures, and the next crawl from the posts"
    )
