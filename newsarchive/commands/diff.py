"""``scrapy diff CODE``: how an article was edited, by sentence."""

from __future__ import annotations

import json
import sqlite3
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive import diffview, statusview
from newsarchive.archive.ledgerrows import State
from newsarchive.archive.runs import CANNOT_START, INCOMPLETE, OK
from newsarchive.archive.versions import Edited, Step, Version, compare, edited_article, versions_of
from newsarchive.article import Name, Refused
from newsarchive.source.links import asked_link

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "CODE is NW202201252261275824, the bare number of rolling news, or any URL that carries one. "
    "'scrapy diff CODE' shows the last edit: title and other lines that changed, and the text sentence by sentence, "
    "with what is different marked (in colour on a terminal, as [-old-] and {+new+} elsewhere). '--all' shows every "
    "edit since it was archived; '--from 20220303T120000Z --to current' compares any two versions by their stamps, of "
    "which the beginning will do ('scrapy status --edits' lists them); '--color | less -R' pages in colour. "
    "Exit codes: 0 shown, or there are no edits, 1 there is no archive, 2 usage or a code the archive does not know, "
    "3 the article is known and not archived."
)


class Command(ScrapyCommand):
    """Shows how an article was edited."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "CODE [--all | --from STAMP] [--to STAMP] [--json] [--color]"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Show what changed in an article since it was archived, by sentence"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--all", action="store_true", help="every edit, not only the last")
        parser.add_argument("--from", dest="begin", metavar="STAMP", help="the version that stood until then")
        parser.add_argument("--to", dest="end", metavar="STAMP", help="the other; 'current' is the one that stands")
        parser.add_argument("--json", action="store_true", help="say it for machines")
        parser.add_argument("--color", action="store_true", help="colours in a pipe too")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Find the versions, compare, show."""
        if len(args) != 1:
            raise UsageError("diff takes one article: a code, or a URL that carries one")
        if opts.all and (opts.begin or opts.end):
            raise UsageError("--all compares every version with the next; leave --from and --to out")
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        root = Path(self.settings["ARCHIVE_DIR"] or "output")
        if not root.is_dir():
            self._stop(CANNOT_START, f"there is no archive {root}; choose another with -s ARCHIVE_DIR=…")
            return
        try:
            name, versions, state, error = _found(root, args[0])
            if not versions and state is not None:
                self._stop(INCOMPLETE, _not_there(name, state, error))
                return
            steps = _steps(root, name, versions, opts)
            edited = edited_article(root, name, versions)
        except Refused as refusal:
            self._stop(CANNOT_START, str(refusal))
        except (OSError, sqlite3.Error) as trouble:
            self._stop(CANNOT_START, f"the archive {root} cannot be read: {trouble}")
        else:
            self.exitcode = OK
            with statusview.readers_may_leave():
                _show(edited, steps, opts)

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        sys.stderr.write(f"newsarchive: {message}\n")


def _found(root: Path, text: str) -> tuple[Name, tuple[Version, ...], State | None, str]:
    """Find the article that is meant: under the form that was asked for, else under the other.

    Raises:
        UsageError: it is no code, or the archive does not know it.
        Refused: the ledger cannot be used.
    """
    try:
        link = asked_link(text)
    except Refused as error:
        raise UsageError(str(error)) from error
    bare = text.strip() == link.name.number
    asked = Name(link.name.number, rolling=link.name.rolling or bare)
    for name in (asked, Name(asked.number, rolling=not asked.rolling)):
        versions, state, why = versions_of(root, name)
        if versions or state is not None:
            return name, versions, state, why
    raise UsageError(
        f"the archive {root} does not know {asked}; scrapy crawl newsshare -a code={asked.code} asks for it"
    )


def _not_there(name: Name, state: State, error: str) -> str:
    if state is State.CAPTURED:
        return f"the post of {name} is missing, though it was archived; scrapy rebuild makes it again"
    return f"{name} is not archived: it is {state}{f' ({error})' if error else ''}"


def _steps(root: Path, name: Name, versions: tuple[Version, ...], opts: argparse.Namespace) -> list[Step]:
    if opts.begin or opts.end:
        begin = _version(versions, opts.begin) if opts.begin else None
        end = _version(versions, opts.end) if opts.end else versions[-1]
        if begin is None:
            begin = versions[max(0, versions.index(end) - 1)]
        return [compare(root, name, begin, end)]
    pairs = list(pairwise(versions))
    return [compare(root, name, *pair) for pair in (pairs if opts.all else pairs[-1:])]


def _version(versions: tuple[Version, ...], text: str) -> Version:
    """Find a version by its stamp or the beginning of it; raises `UsageError`."""
    exact = [version for version in versions if version.stamp == text]
    meant = exact or [version for version in versions if version.stamp.startswith(text)]
    if len(meant) != 1:
        stamps = ", ".join(version.stamp for version in versions)
        raise UsageError(f"{text!r} is {'several versions' if meant else 'no version'}; there are {stamps}")
    return meant[0]


def _show(edited: Edited, steps: list[Step], opts: argparse.Namespace) -> None:
    if opts.json:
        sys.stdout.write(json.dumps(diffview.as_json(edited, steps), ensure_ascii=False, indent=1) + "\n")
        return
    console = statusview.console_for(sys.stdout, color=opts.color)
    statusview.show(console, diffview.view(edited, steps, marks=console.color_system is None), soft_wrap=True)
