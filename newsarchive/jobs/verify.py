"""Verify an archive: name each fault."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from typing import TYPE_CHECKING

from rich.text import Text
from scrapy.exceptions import UsageError

from newsarchive.archive.runs import DAMAGED, OK
from newsarchive.archive.verify import Verification
from newsarchive.bar import Bar
from newsarchive.escaping import one_line
from newsarchive.maintenance import judged, options_of
from newsarchive.terminal import Console, print_json

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings

    from newsarchive.archive.verify import Verified
    from newsarchive.archive.verifyfiles import Finding


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Look at everything; name what is not as it was."""
    if args:
        raise UsageError(f"verify takes no {args[0]!r}; -s ARCHIVE_DIR=… names the archive")
    return judged(lambda: _verify(settings, as_json=opts.json))


def _verify(settings: BaseSettings, *, as_json: bool) -> int:
    console = None if as_json else Console(sys.stdout, soft_wrap=True)
    found: list[Finding] = []
    with Bar(shown=not as_json) as bar:
        verification = Verification(options_of(settings, write=False), bar)
        with contextlib.closing(verification.findings()) as findings:
            for finding in findings:
                found.append(finding)
                if console is not None:
                    console.print(Text(f"✗ {one_line(str(finding))}"))
    _sum_up(console, verification.looked, found, verification.leftovers)
    return DAMAGED if found else OK


def _sum_up(console: Console | None, looked: Verified, found: list[Finding], leftovers: list[str]) -> None:
    if console is None:
        faults = [dataclasses.asdict(finding) for finding in found]
        print_json({"looked_at": dataclasses.asdict(looked), "faults": faults, "leftovers": leftovers})
        return
    for sentence in leftovers:
        console.print(Text(f"! {one_line(sentence)}"))
    console.print(
        f"{looked.posts} posts, {looked.captures} capture files ({looked.capture_bytes / 2**20:.1f} MiB), "
        f"{looked.revisions} earlier versions, {looked.runs} run records: "
        + (f"{len(found)} fault{'s' if len(found) > 1 else ''}" if found else "all as they were written")
    )
    if looked.beside_a_run:
        console.print("A run is at work; what it writes at the moment was left out.")
