"""``scrapy import``: posts of an existing clone, of any period."""  # noqa: N999 - the command's name

from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive.archive.importing import check_source, import_folder, numbers
from newsarchive.archive.keeper import STORAGE_ERRORS, Archive, BusyError, CannotStartError
from newsarchive.archive.pool import Pool, processors
from newsarchive.archive.runs import BUSY, CANNOT_START, Run
from newsarchive.bar import Bar
from newsarchive.maintenance import StoppedError, stoppable

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "'scrapy import ~/finews' takes in every post below _posts/ and old_post/ of a clone, flat or in folders; PATH can "
    "also be one such folder. Posts of every period are read, and their bytes are kept exactly as they are. What is "
    "archived already is recognised by its bytes; of two versions the more complete becomes the post and the other is "
    "kept under revisions/, but a post made from a capture is never replaced. What cannot be understood is listed with "
    "the reason, here (the first 20), in runs/*.json and with --json, and copied nowhere; docs/import.md says more. "
    "Stopped or killed at any moment, the same command goes on. '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "Exit codes: 0 all is imported, 1 could not start, or the disk is full, 2 usage, 3 something could not be "
    "understood, 75 a run holds the archive, 130 and 143 stopped by a signal (safely)."
)
_NAMED = 20


class Command(ScrapyCommand):
    """Imports posts."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "PATH [--json]"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Take in the posts of an existing clone or folder, of any period, byte for byte"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="say it for machines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Hold the archive, import, judge."""
        if len(args) != 1:
            raise UsageError("say one folder or clone: scrapy import PATH", print_help=False)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        folder = Path(args[0]).expanduser()
        processes = self.settings.getint("PROCESSES") or processors()
        try:
            check_source(Path(self.settings["ARCHIVE_DIR"] or "output"), folder)
            # The processes are there before the archive is held, so that they do not hold it too.
            with stoppable(), Pool(processes) as pool:
                archive = Archive.open(self.settings)
                try:
                    run = _import(archive, folder, pool, shown=not opts.json)
                finally:
                    archive.close()
                run.write(archive.root)
        except BusyError as error:
            self._stop(BUSY, str(error))
        except CannotStartError as error:
            self._stop(CANNOT_START, str(error))
        except (OSError, sqlite3.Error) as error:
            self._stop(CANNOT_START, f"stopped: {error}. Nothing is torn; the same command goes on")
        except StoppedError as error:
            self._stop(128 + error.number, "stopped; nothing is torn, the same command goes on")
        else:
            self.exitcode = run.exit_code
            _show(run, archive, as_json=opts.json)

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        sys.stderr.write(f"newsarchive: {message}\n")


def _import(archive: Archive, folder: Path, pool: Pool, *, shown: bool) -> Run:
    """Import, and put the run into the ledger, however it ended."""
    run = Run("import", {"path": str(folder)}, archive.now())
    ledger, began = archive.ledger, time.monotonic()
    for spider, then in ledger.killed_runs():
        run.notes.append(f"the run of {spider} that began at {then} was killed; what it had archived is there")
    number = ledger.run_began(run.spider, run.arguments, now=run.began)
    try:
        with Bar(shown=shown) as bar:
            import_folder(archive, folder, run, pool, progress=bar)
    except StoppedError as error:
        run.signal = error.number
    except STORAGE_ERRORS as error:
        run.halted = f"the archive could not be written: {error}"
    finally:
        run.ended = archive.now()
        run.counts["seconds"] = round(time.monotonic() - began)
        run.pending, run.nearest_deadline = ledger.waiting()
        ledger.run_ended(number, run.as_json(), run.path(archive.root).name)
    return run


def _show(run: Run, archive: Archive, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(run.as_json(), ensure_ascii=False, indent=1) + "\n")
        return
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for what, number in numbers(run):
        table.add_row(what, str(number))
    table.add_row("seconds", str(run.counts["seconds"]))
    console.print(Text(f"import: {run.verdict}"), table)
    for note in run.notes:
        console.print(Text(f"! {note}"))
    for failure in run.failures[:_NAMED]:
        console.print(Text(f"✗ {failure.what}: {failure.reason}"))
    if len(run.failures) > _NAMED:
        console.print(f"  and {len(run.failures) - _NAMED} more, named in {run.path(archive.root)}")
