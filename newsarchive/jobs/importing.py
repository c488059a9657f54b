"""Take in the posts of an existing clone or folder."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text
from scrapy.exceptions import UsageError

from newsarchive.archive.importing import check_source, import_folder, numbers
from newsarchive.archive.keeper import STORAGE_ERRORS, Archive, root_of
from newsarchive.archive.pool import Pool, StoppedError, processors
from newsarchive.archive.runs import Run
from newsarchive.bar import Bar
from newsarchive.escaping import one_line
from newsarchive.maintenance import judged
from newsarchive.statusview import readers_may_leave
from newsarchive.terminal import Console, print_json

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings

_NAMED = 20


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Hold the archive, import, judge."""
    if len(args) != 1:
        raise UsageError("say one folder or clone: scrapy import PATH", print_help=False)
    folder = Path(args[0]).expanduser()
    return judged(
        lambda: _hold_and_import(settings, folder, as_json=opts.json),
        failed="; nothing is torn, the same command goes on",
    )


def _hold_and_import(settings: BaseSettings, folder: Path, *, as_json: bool) -> int:
    check_source(root_of(settings), folder)
    # The processes are there before the archive is held, so that they do not hold it too.
    with Pool(settings.getint("PROCESSES") or processors()) as pool:
        archive = Archive.open(settings)
        try:
            run = _import(archive, folder, pool, shown=not as_json)
        finally:
            archive.close()
        run.write(archive.root)
    with readers_may_leave():
        _show(run, archive, as_json=as_json)
    return run.exit_code


def _import(archive: Archive, folder: Path, pool: Pool, *, shown: bool) -> Run:
    """Import, and put the run into the ledger, however it ended."""
    run = Run("import", {"path": str(folder)}, archive.now())
    ledger, began = archive.ledger, time.monotonic()
    for spider, then in ledger.killed_runs():
        run.notes.append(f"the run of {spider} that began at {then} was killed; what it had archived is there")
    number = ledger.run_began(run.spider, run.public_arguments, now=run.began)
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
        print_json(run.as_json())
        return
    console = Console(sys.stdout, soft_wrap=True)
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for what, number in numbers(run):
        table.add_row(what, str(number))
    table.add_row("seconds", str(run.counts["seconds"]))
    console.print(Text(f"import: {run.verdict}"), table)
    for note in run.notes:
        console.print(Text(f"! {one_line(note)}"))
    for failure in run.failures[:_NAMED]:
        console.print(Text(f"✗ {one_line(f'{failure.what}: {failure.reason}')}"))
    if len(run.failures) > _NAMED:
        console.print(f"  and {len(run.failures) - _NAMED} more, named in {run.path(archive.root)}")
