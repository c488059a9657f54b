"""``scrapy verify``: is everything that was kept still what was written?"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive.archive.keeper import CannotStartError
from newsarchive.archive.runs import CANNOT_START, DAMAGED, OK
from newsarchive.archive.verify import Verification
from newsarchive.bar import Bar
from newsarchive.maintenance import StoppedError, options_of, stoppable

if TYPE_CHECKING:
    import argparse

    from newsarchive.archive.verify import Verified
    from newsarchive.archive.verifyfiles import Finding

EXAMPLES = (
    "Reads every capture, post, earlier version and run record, and compares them with their digests and with the "
    "ledger, and the posts with what their captures give today. A flipped bit is found; docs/how-it-works.md "
    "says where the ledger's seal ends. "
    "'scrapy verify' names each fault in a sentence, and what to do about it; 'scrapy verify --json' says it for "
    "machines; '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "It writes nothing and keeps no crawl from working; beside one it looks at what was there when it began. "
    "Exit codes: 0 everything is as it was written, 1 could not start, 2 usage, 5 something is not, 130 and 143 "
    "stopped by a signal."
)


class Command(ScrapyCommand):
    """Verifies an archive."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "[--json]"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Compare every post, capture and ledger row with its digest and with each other"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="say it for machines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look at everything; name what is not as it was."""
        if args:
            raise UsageError(f"verify takes no {args[0]!r}; -s ARCHIVE_DIR=… names the archive")
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        console = None if opts.json else Console(file=sys.stdout, highlight=False, soft_wrap=True)
        found: list[Finding] = []
        try:
            with stoppable(), Bar(shown=not opts.json) as bar:
                verification = Verification(options_of(self.settings, write=False), bar)
                for finding in verification.findings():
                    found.append(finding)
                    if console is not None:
                        console.print(Text(f"✗ {finding}"))
        except CannotStartError as error:
            self._stop(CANNOT_START, str(error))
        except (OSError, sqlite3.Error) as error:
            self._stop(CANNOT_START, f"stopped: {error}")
        except StoppedError as error:
            self._stop(128 + error.number, "stopped")
        else:
            self.exitcode = DAMAGED if found else OK
            _sum_up(console, verification.looked, found)

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        sys.stderr.write(f"newsarchive: {message}\n")


def _sum_up(console: Console | None, looked: Verified, found: list[Finding]) -> None:
    if console is None:
        faults = [dataclasses.asdict(finding) for finding in found]
        report = {"looked_at": dataclasses.asdict(looked), "faults": faults}
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        return
    console.print(
        f"{looked.posts} posts, {looked.captures} capture files ({looked.capture_bytes / 2**20:.1f} MiB), "
        f"{looked.revisions} earlier versions, {looked.runs} run records: "
        + (f"{len(found)} faults" if found else "all as they were written")
    )
    if looked.beside_a_run:
        console.print("A run is at work; what it writes at the moment was left out.")
