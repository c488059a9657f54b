"""``scrapy datasette``: a lean database of the archive for analysts, and how to serve it."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive.archive.keeper import CannotStartError
from newsarchive.archive.runs import CANNOT_START, OK
from newsarchive.archive.seal import LEDGER
from newsarchive.article import Refused
from newsarchive.bar import Bar
from newsarchive.datasette.snapshot import ANALYSIS, Snapshot, take
from newsarchive.maintenance import StoppedError, options_of, stoppable
from newsarchive.search.index import catch_up
from newsarchive.search.store import SEARCH

if TYPE_CHECKING:
    import argparse

    from newsarchive.archive.replaying import Options

EXAMPLES = (
    "'scrapy datasette' writes analysis.db into the archive: articles without their texts, newspapers, days and runs, "
    "as they are now; whole or not at all, beside a running crawl too. 'make datasette' does that and serves it. "
    "'scrapy datasette /home/me/news.db' writes it elsewhere; the search then wants the archive's search.db beside it, "
    "as a copy or a link. '-s ARCHIVE_DIR=/srv/news' names another archive. docs/datasette.md shows what can be asked. "
    "Exit codes: 0 done, 1 could not start, 2 usage, 130 and 143 stopped by a signal."
)


class Command(ScrapyCommand):
    """Makes the database."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "[FILE] [--json]"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Make a lean database of the archive, for Datasette and whoever speaks SQL"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="say it for machines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Bring the search index up to date where that can be, make the database."""
        if len(args) > 1:
            raise UsageError("say one file at most: scrapy datasette FILE", print_help=False)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        try:
            with stoppable(), Bar(shown=not opts.json) as bar:
                options = options_of(self.settings, write=False)
                target = _target(options.root, args)
                self._catch_up(options, bar)
                snapshot = take(options.root, target, options.now, bar)
        except (CannotStartError, Refused) as error:
            self._stop(CANNOT_START, str(error))
        except FileNotFoundError as error:
            self._stop(CANNOT_START, f"{error.filename} is not there; without a ledger, scrapy rebuild makes it anew")
        except (OSError, sqlite3.Error) as error:
            self._stop(CANNOT_START, f"stopped: {error}; an earlier database is as it was")
        except StoppedError as error:
            self._stop(128 + error.number, "stopped; an earlier database is as it was")
        else:
            self.exitcode = OK
            _show(target, snapshot, options.root, as_json=opts.json)

    def _catch_up(self, options: Options, bar: Bar) -> None:
        """Bring the index up to date; where it cannot be, what is there is used, and what is missing is told."""
        try:
            done = catch_up(options.root, processes=options.processes, progress=bar)
        except (OSError, sqlite3.Error) as error:
            self._say(f"the search index cannot be written ({error}); what is there is used")
            return
        for name, reason in done.unread:
            self._say(f"{name} cannot be found by its text: {reason}")
        if done.behind:
            self._say(f"{done.behind} posts are not indexed yet; another process is at it")

    def _say(self, message: str) -> None:
        sys.stderr.write(f"newsarchive: {message}\n")

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        self._say(message)


def _target(root: Path, args: list[str]) -> Path:
    """Give where the database goes.

    Raises:
        UsageError: something else stands there.
    """
    target = Path(args[0]) if args else root / ANALYSIS
    if target.is_dir() or target.name in {LEDGER, SEARCH}:
        raise UsageError(f"{target} is not for this; name a file of its own", print_help=False)
    return target


def _show(target: Path, snapshot: Snapshot, root: Path, *, as_json: bool) -> None:
    if as_json:
        report = {"database": str(target), **dataclasses.asdict(snapshot)}
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        return
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    console.print(
        Text(
            f"{target}: {snapshot.articles} articles, {snapshot.newspapers} newspapers, {snapshot.days} days, "
            f"{snapshot.runs} runs; {snapshot.listed} can be searched"
        )
    )
    if target.absolute().parent != root.absolute():
        console.print(Text(f"the search wants {root / SEARCH} beside it, as a copy or a link"))
