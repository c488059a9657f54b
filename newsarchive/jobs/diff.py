"""Show how an article was edited."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from newsarchive import diffview, statusview
from newsarchive.archive.keeper import archive_of
from newsarchive.archive.ledgerrows import State
from newsarchive.archive.runs import INCOMPLETE, OK
from newsarchive.archive.versions import Edited, Step, Version, compare, edited_article, versions_of
from newsarchive.article import Name, Refused
from newsarchive.maintenance import judged, readable, say
from newsarchive.source.links import asked_link
from newsarchive.terminal import print_json

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Find the versions, compare, show."""
    if len(args) != 1:
        raise UsageError("diff takes one article: a code, or a URL that carries one")
    if opts.all and (opts.begin or opts.end):
        raise UsageError("--all compares every version with the next; leave --from and --to out")
    return judged(lambda: _compare(archive_of(settings), args[0], opts))


def _compare(root: Path, code: str, opts: argparse.Namespace) -> int:
    with readable(root):
        name, versions, state, error = _found(root, code)
        if not versions and state is not None:
            say(_not_there(name, state, error))
            return INCOMPLETE
        steps = _steps(root, name, versions, opts)
        edited = edited_article(root, name, versions)
    with statusview.readers_may_leave():
        _show(edited, steps, opts)
    return OK


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
        print_json(diffview.as_json(edited, steps))
        return
    console = statusview.console_for(sys.stdout, color=opts.color)
    statusview.show(console, diffview.view(edited, steps, marks=console.color_system is None), soft_wrap=True)
