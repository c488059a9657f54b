"""``scrapy status``: what is archived, what is missing and why, and whether anyone should worry."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive import gapsview, spans, statusjson, statusview
from newsarchive.archive.gaps import gaps
from newsarchive.archive.posts import Posts
from newsarchive.archive.runs import CANNOT_START, OK
from newsarchive.archive.status import Scope, status
from newsarchive.archive.versions import edits
from newsarchive.article import Refused
from newsarchive.clock import Clock
from newsarchive.dates import SHANGHAI
from spiders.arguments import ArgumentError, Selection

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from rich.console import RenderableType

EXAMPLES = (
    "Says how many articles are archived, pending and lost, by day and category, when the last good run was (one that "
    "read the source's lists), what is nearest its deadline, and why each missing article is missing. "
    "'scrapy status --max-age 30m' is for a second cron job or a monitor: it exits with 3 when the last good run is "
    "older, or an article would be lost before the next one, and says so in a sentence; without --max-age deadlines "
    "are judged by the usual interval of the last runs. 'scrapy status --edits' lists the articles that were edited "
    "('scrapy diff CODE' shows how), 'scrapy status --gaps' what lists showed and what of it is not archived, when "
    "nobody looked, and a calendar. '--days 7' and '--category kejiribao,zhengquan*' narrow the tables, not the "
    "verdict. It writes nothing and works beside a crawl; '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "Exit codes: 0 all is well, 1 there is no archive or no ledger, 2 usage, 3 something should be done (never with "
    "--edits or --gaps)."
)


class Command(ScrapyCommand):
    """Says how an archive stands."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "[--max-age SPAN | --edits | --gaps] [--days N] [--category NAMES] [--json]"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Say what is archived, pending and lost, and whether anyone should worry"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--max-age", metavar="SPAN", help="how old the last good run may be, like 30m or 2h")
        what.add_argument("--edits", action="store_true", help="list the articles that have earlier versions")
        what.add_argument("--gaps", action="store_true", help="show what is unaccounted for, with a calendar")
        parser.add_argument("--days", metavar="N", help="only the last N days, today included")
        parser.add_argument("--category", metavar="NAMES", help="only these: names or globs, with commas")
        parser.add_argument("--json", action="store_true", help="say it for machines")
        parser.add_argument("--color", action="store_true", help="colours in a pipe too")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look, show, judge."""
        if args:
            raise UsageError(f"status takes no {args[0]!r}; -s ARCHIVE_DIR=… names the archive")
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        root = Path(self.settings["ARCHIVE_DIR"] or "output")
        if not root.is_dir():
            self._stop(f"there is no archive {root}; choose another with -s ARCHIVE_DIR=…")
            return
        try:
            now = Clock.checked(self.settings["NEWSARCHIVE_CLOCK"] or "").now()
            code, report, shown = self._look(opts, root, scope_of(opts, now), now)
        except FileNotFoundError:
            self._stop(_without_ledger(root))
        except Refused as error:
            self._stop(str(error))
        except (OSError, sqlite3.Error) as error:
            self._stop(f"the archive {root} cannot be read: {error}")
        else:
            self.exitcode = code
            with statusview.readers_may_leave():
                if opts.json:
                    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
                else:
                    statusview.show(statusview.console_for(sys.stdout, color=opts.color), shown())

    def _look(
        self, opts: argparse.Namespace, root: Path, scope: Scope, now: datetime
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

    def _stop(self, message: str) -> None:
        self.exitcode = CANNOT_START
        sys.stderr.write(f"newsarchive: {message}\n")


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
