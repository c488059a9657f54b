"""Make posts and ledger again from the captures, or the search index from the posts."""

from __future__ import annotations

import difflib
import os
import sys
from typing import TYPE_CHECKING, Any

from rich.text import Text
from scrapy.exceptions import UsageError

from newsarchive.archive.keeper import hold
from newsarchive.archive.rebuild import Rebuilt, rebuild
from newsarchive.archive.runs import BUSY, DAMAGED, INCOMPLETE, OK
from newsarchive.bar import Bar
from newsarchive.escaping import one_line
from newsarchive.maintenance import judged, options_of
from newsarchive.search.index import CaughtUp, catch_up
from newsarchive.terminal import Console, print_json

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings

    from newsarchive.archive.replaying import Done, Made

_PATIENCE = 10  # seconds for another process that writes the search index
_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Rebuild, judge."""
    if args:
        raise UsageError(f"rebuild takes no {args[0]!r}; -s ARCHIVE_DIR=… names the archive")
    if opts.search and opts.check:
        raise UsageError("--search makes the index anew; it has nothing to --check", print_help=False)
    if opts.search:
        return judged(
            lambda: _index(settings, as_json=opts.json), failed="; the next search goes on with what is there"
        )
    return judged(lambda: _rebuild(settings, opts), failed="; nothing is torn, the next rebuild goes on")


def _rebuild(settings: BaseSettings, opts: argparse.Namespace) -> int:
    """Hold the archive, rebuild it."""
    options = options_of(settings, write=not opts.check)
    lock = hold(options.root)
    try:
        shown = _Changes(as_json=opts.json)
        with Bar(shown=not opts.json) as bar:
            rebuilt = rebuild(options, changed=shown.note, progress=bar)
        shown.show(rebuilt, check=opts.check)
        return _verdict(rebuilt, check=opts.check)
    finally:
        os.close(lock)


def _index(settings: BaseSettings, *, as_json: bool) -> int:
    """Make the search index anew. It is no part of the record, so a crawl may go on beside it."""
    with Bar(shown=not as_json) as bar:
        options = options_of(settings, write=False)
        done = catch_up(options.root, anew=True, processes=options.processes, wait=_PATIENCE, progress=bar)
    _show_index(done, as_json=as_json)
    return BUSY if done.busy else INCOMPLETE if done.unread else OK


def _verdict(rebuilt: Rebuilt, *, check: bool) -> int:
    if rebuilt.damage or rebuilt.kept:
        return DAMAGED
    return INCOMPLETE if check and rebuilt.changes else OK


def _show_index(done: CaughtUp, *, as_json: bool) -> None:
    if as_json:
        unread = [{"name": name, "reason": reason} for name, reason in done.unread]
        report = {"indexed": done.indexed, "unread": unread, "busy": done.busy, "not_indexed": done.behind}
        print_json(report)
        return
    for name, reason in done.unread:
        sys.stdout.write(f"✗ {name}: {one_line(reason)}\n")
    busy = "; another process writes the index at the moment, and does the rest" if done.busy else ""
    sys.stdout.write(f"{done.indexed} posts indexed{busy}\n")


class _Changes:
    """Shows each post that changes when it is met, and the sum of it at the end."""

    def __init__(self, *, as_json: bool) -> None:
        self.console = None if as_json else Console(sys.stdout, soft_wrap=True)
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
                self.console.print(Text(one_line(line), style=style))

    def show(self, rebuilt: Rebuilt, *, check: bool) -> None:
        """Say what it came to."""
        if self.console is None:
            print_json(self._as_json(rebuilt))
            return
        say, would = self.console.print, "would be " if check else ""
        for fault in rebuilt.damage:
            say(one_line(f"✗ captures/{fault}"))
        for name, reason in rebuilt.kept:
            say(one_line(f"✗ {name}: the post was left as it is, for {reason}"))
        if rebuilt.ledger:
            say(f"ledger: {rebuilt.ledger}; it {would or 'was '}made anew")
        for one in rebuilt.differences:
            say(one_line(f"ledger: {one.name}: {one.column} {one.said or 'nothing'} {would}replaced by {one.should}"))
        if rebuilt.put_back:
            say(f"{rebuilt.put_back} earlier versions that were lost {would or 'were '}put back")
        say(f"{rebuilt.same} posts are as they were, {rebuilt.added} {would}added, {rebuilt.changed} {would}changed")

    def _as_json(self, rebuilt: Rebuilt) -> dict[str, Any]:
        return {
            "same": rebuilt.same,
            "new": rebuilt.added,
            "changed": rebuilt.changed,
            "earlier_versions_put_back": rebuilt.put_back,
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
