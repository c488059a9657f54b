"""``scrapy rebuild``: all posts again from the captures, and the ledger with them."""

from __future__ import annotations

import difflib
import json
import os
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive.archive.keeper import BusyError, CannotStartError, hold
from newsarchive.archive.rebuild import Rebuilt, rebuild
from newsarchive.archive.runs import BUSY, CANNOT_START, DAMAGED, INCOMPLETE, OK
from newsarchive.article import Refused
from newsarchive.bar import Bar
from newsarchive.maintenance import StoppedError, options_of, stoppable
from newsarchive.search.index import CaughtUp, catch_up

if TYPE_CHECKING:
    import argparse

    from newsarchive.archive.replaying import Done, Made

EXAMPLES = (
    "The captures are what the source said; posts and ledger are made of them. So a parser that reads better today "
    "reaches every post ever archived, and a lost post or ledger comes back. "
    "'scrapy rebuild --check' shows what would change, with diffs, and writes nothing; 'scrapy rebuild' does it, and "
    "keeps every earlier version under revisions/; '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "'--search' makes search.db anew and nothing else; a crawl may go on beside it. "
    "What captures cannot give (imported posts) stays as it is. While it works no crawl can begin. "
    "Exit codes: 0 done, or nothing would change, 1 could not start, 2 usage, 3 with --check: something would change, "
    "with --search: some posts cannot be read, "
    "5 captures are damaged (what can be read was rebuilt, other posts were left as they are), 75 a run holds the "
    "archive, 130 and 143 stopped by a signal (safely: the next rebuild goes on)."
)
_PATIENCE = 10  # seconds for another process that writes the search index
_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


class Command(ScrapyCommand):
    """Makes posts and ledger again from the captures."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "[--check | --search] [--json]"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Make all posts and the ledger again from the captures, or show with --check what would change"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--check", action="store_true", help="show what would change, and write nothing")
        parser.add_argument("--search", action="store_true", help="make the search index anew, and nothing else")
        parser.add_argument("--json", action="store_true", help="say it for machines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Hold the archive, rebuild it, judge."""
        if args:
            raise UsageError(f"rebuild takes no {args[0]!r}; -s ARCHIVE_DIR=… names the archive")
        if opts.search and opts.check:
            raise UsageError("--search makes the index anew; it has nothing to --check", print_help=False)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        if opts.search:
            self._run_search(as_json=opts.json)
            return
        lock = -1
        try:
            with stoppable():
                options = options_of(self.settings, write=not opts.check)
                lock = hold(options.root)
                shown = _Changes(as_json=opts.json)
                with Bar(shown=not opts.json) as bar:
                    rebuilt = rebuild(options, changed=shown.note, progress=bar)
                shown.show(rebuilt, check=opts.check)
                self.exitcode = _verdict(rebuilt, check=opts.check)
        except BusyError as error:
            self._stop(BUSY, str(error))
        except CannotStartError as error:
            self._stop(CANNOT_START, str(error))
        except (OSError, sqlite3.Error) as error:
            self._stop(CANNOT_START, f"stopped: {error}. Nothing is torn; the next rebuild goes on")
        except StoppedError as error:
            self._stop(128 + error.number, "stopped; nothing is torn, the next rebuild goes on")
        finally:
            if lock >= 0:
                os.close(lock)

    def _run_search(self, *, as_json: bool) -> None:
        """Make the search index anew. It is no part of the record, so a crawl may go on beside it."""
        assert self.settings is not None  # noqa: S101
        try:
            with stoppable(), Bar(shown=not as_json) as bar:
                options = options_of(self.settings, write=False)
                done = catch_up(options.root, anew=True, processes=options.processes, wait=_PATIENCE, progress=bar)
        except (CannotStartError, Refused) as error:
            self._stop(CANNOT_START, str(error))
        except (OSError, sqlite3.Error) as error:
            self._stop(CANNOT_START, f"stopped: {error}. The next search goes on with what is there")
        except StoppedError as error:
            self._stop(128 + error.number, "stopped; the next search goes on with it")
        else:
            self.exitcode = BUSY if done.busy else INCOMPLETE if done.unread else OK
            _show_index(done, as_json=as_json)

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        sys.stderr.write(f"newsarchive: {message}\n")


def _verdict(rebuilt: Rebuilt, *, check: bool) -> int:
    if rebuilt.damage or rebuilt.kept:
        return DAMAGED
    return INCOMPLETE if check and rebuilt.changes else OK


def _show_index(done: CaughtUp, *, as_json: bool) -> None:
    if as_json:
        unread = [{"name": name, "reason": reason} for name, reason in done.unread]
        report = {"indexed": done.indexed, "unread": unread, "busy": done.busy, "not_indexed": done.behind}
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        return
    for name, reason in done.unread:
        sys.stdout.write(f"✗ {name}: {reason}\n")
    busy = "; another process writes the index at the moment, and does the rest" if done.busy else ""
    sys.stdout.write(f"{done.indexed} posts indexed{busy}\n")


class _Changes:
    """Shows each post that changes when it is met, and the sum of it at the end."""

    def __init__(self, *, as_json: bool) -> None:
        self.console = None if as_json else Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self.posts: list[dict[str, Any]] = []

    def note(self, done: Done, made: Made) -> None:
        """Show a post that is not as it was."""
        change = "new" if made.before is None else "changed"
        if self.console is None:
            diff = "\n".join(_diff(made)) if made.texts and made.before else ""
            self.posts.append({"name": str(done.name), "path": made.path, "change": change, "diff": diff})
            return
        self.console.print(Text(f"{change:<7} {made.path}", style="bold"))
        if made.texts and made.before:
            for line in _diff(made):
                style = next((style for mark, style in _STYLES.items() if line.startswith(mark)), "")
                self.console.print(Text(line, style=style))

    def show(self, rebuilt: Rebuilt, *, check: bool) -> None:
        """Say what it came to."""
        if self.console is None:
            sys.stdout.write(json.dumps(self._as_json(rebuilt), ensure_ascii=False, indent=1) + "\n")
            return
        say, would = self.console.print, "would be " if check else ""
        for fault in rebuilt.damage:
            say(f"✗ captures/{fault}")
        for name, reason in rebuilt.kept:
            say(f"✗ {name}: the post was left as it is, for {reason}")
        if rebuilt.ledger:
            say(f"ledger: {rebuilt.ledger}; it {would or 'was '}made anew")
        for one in rebuilt.differences:
            say(f"ledger: {one.name}: {one.column} {one.said or 'nothing'} {would}replaced by {one.should}")
        say(f"{rebuilt.same} posts are as they were, {rebuilt.added} {would}added, {rebuilt.changed} {would}changed")

    def _as_json(self, rebuilt: Rebuilt) -> dict[str, Any]:
        return {
            "same": rebuilt.same,
            "new": rebuilt.added,
            "changed": rebuilt.changed,
            "without_post": rebuilt.without,
            "posts": self.posts,
            "kept": [{"name": name, "reason": reason} for name, reason in rebuilt.kept],
            "damaged_captures": [
                {"file": f"captures/{fault.file}", "offset": fault.offset, "length": fault.length, "what": fault.reason}
                for fault in rebuilt.damage
            ],
            "ledger": {
                "made_anew_because": rebuilt.ledger,
                "differences": [
                    {"name": one.name, "column": one.column, "said": one.said, "should": one.should}
                    for one in rebuilt.differences
                ],
                "written": rebuilt.written,
            },
        }


def _diff(made: Made) -> list[str]:
    before, after = (text.decode(errors="replace").split("\n") for text in made.texts or (b"", b""))
    return list(difflib.unified_diff(before, after, f"a/{made.path}", f"b/{made.path}", lineterm="", n=2))
