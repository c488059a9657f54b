"""Make a lean database of the archive for analysts."""

from __future__ import annotations

import dataclasses
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from scrapy.exceptions import UsageError

from newsarchive.archive.keeper import CannotStartError
from newsarchive.archive.runs import OK
from newsarchive.archive.seal import LEDGER
from newsarchive.bar import Bar
from newsarchive.datasette.snapshot import ANALYSIS, Snapshot, take
from newsarchive.maintenance import judged, options_of, say, say_not_indexed
from newsarchive.search.index import catch_up
from newsarchive.search.store import SEARCH
from newsarchive.statusview import readers_may_leave
from newsarchive.terminal import Console, print_json

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings

    from newsarchive.archive.options import Options


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Bring the search index up to date where that can be, make the database."""
    if len(args) > 1:
        raise UsageError("say one file at most: scrapy datasette FILE", print_help=False)
    return judged(lambda: _make(settings, args, as_json=opts.json), failed="; an earlier database is as it was")


def _make(settings: BaseSettings, args: list[str], *, as_json: bool) -> int:
    with Bar(shown=not as_json) as bar:
        options = options_of(settings, write=False)
        target = _target(options.root, args)
        _catch_up(options, bar)
        try:
            snapshot = take(options.root, target, options.now, bar)
        except FileNotFoundError as error:
            why = f"{error.filename} is not there; without a ledger, scrapy rebuild makes it anew"
            raise CannotStartError(why) from error
    with readers_may_leave():
        _show(target, snapshot, options.root, as_json=as_json)
    return OK


def _catch_up(options: Options, bar: Bar) -> None:
    """Bring the index up to date; where it cannot be, what is there is used, and what is missing is told."""
    try:
        done = catch_up(options.root, processes=options.processes, progress=bar)
    except (OSError, sqlite3.Error) as error:
        say(f"the search index cannot be written ({error}); what is there is used")
        return
    say_not_indexed(done)


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
        print_json(report)
        return
    console = Console(sys.stdout, soft_wrap=True)
    console.print(
        Text(
            f"{target}: {snapshot.articles} articles, {snapshot.newspapers} newspapers, {snapshot.days} days, "
            f"{snapshot.runs} runs; {snapshot.listed} can be searched"
        )
    )
    if target.absolute().parent != root.absolute():
        console.print(Text(f"the search wants {root / SEARCH} beside it, as a copy or a link"))
