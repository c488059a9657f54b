"""Make a folder that builds into the site the posts came from, and build it if asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from rich.text import Text
from scrapy.exceptions import UsageError

from newsarchive import dates
from newsarchive.archive.keeper import CannotStartError, root_of
from newsarchive.archive.runs import INCOMPLETE, OK
from newsarchive.bar import Bar
from newsarchive.clock import Clock
from newsarchive.escaping import one_line
from newsarchive.maintenance import judged
from newsarchive.site import Site, SiteError, check_no_link, missing_pages, write_site
from newsarchive.statusview import readers_may_leave
from newsarchive.terminal import Console, print_json
from spiders.arguments import ArgumentError, Selection

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings

_BUILDERS = {
    "jekyll": (
        ["jekyll", "build", "--quiet", "--safe", "--strict_front_matter", "-s", "{0}", "-d", "{0}/_site"],
        "_site",
    ),
    "hugo": (["hugo", "--quiet", "-s", "{0}"], "public"),
}
_NAMED = 20
_SAID = 1000  # characters of a generator's complaint, from its beginning and from its end
_NAME = re.compile(r"(?:NW)?\d{14,24}", re.ASCII)


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Make the folder, build it, judge."""
    if len(args) != 1:
        raise UsageError("say one folder: scrapy site DEST", print_help=False)
    root, dest = root_of(settings), Path(args[0])
    selection = _selection(opts, Clock(settings["NEWSARCHIVE_CLOCK"] or ""))
    return judged(lambda: _make(root, dest, selection, opts), failed="; scrapy site makes the folder anew")


def _make(root: Path, dest: Path, selection: Selection, opts: argparse.Namespace) -> int:
    try:
        with Bar(shown=not opts.json) as bar:
            site = write_site(root, dest, selection, progress=lambda done, total: bar("posts", done, total))
        lacking = _build(opts.build, dest.resolve(), site) if opts.build else []
    except SiteError as error:
        raise CannotStartError(str(error)) from error
    with readers_may_leave():
        _show(site, dest, lacking, opts)
    return INCOMPLETE if site.refused or lacking else OK


def _selection(opts: argparse.Namespace, clock: Clock) -> Selection:
    given = {name: getattr(opts, name) for name in ("category", "since", "until")}
    try:
        today = clock.now().astimezone(dates.SHANGHAI).date()
        return Selection.parse({name: value for name, value in given.items() if value is not None}, today)
    except ArgumentError as error:
        raise UsageError(str(error), print_help=False) from error


def _build(builder: str, dest: Path, site: Site) -> list[str]:
    command, built = _BUILDERS[builder]
    if shutil.which(command[0]) is None:
        raise SiteError(f"{builder} is not installed; on Debian: apt install {builder}. The folder {dest} is made")
    check_no_link(dest / built)
    if (dest / built).exists():
        shutil.rmtree(dest / built)
    words = [word.format(dest) for word in command]
    # Ruby reads and writes names in the encoding of the locale, and cron has none.
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace", env=env, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise SiteError(_failure(builder, done.returncode, done.stderr or done.stdout, site))
    return missing_pages(dest, dest / built)


def _failure(builder: str, code: int, said: str, site: Site) -> str:
    """Say why a build failed, first of all which posts it names: a backtrace hides them."""
    named = set(_NAME.findall(said))
    posts = [path for path, page in site.pages.items() if PurePosixPath(page).stem in named]
    at = f" at {', '.join(posts[:_NAMED])}" if posts else ""
    said = said if len(said) <= 2 * _SAID else f"{said[:_SAID]}\n…\n{said[-_SAID:]}"
    return f"{builder} failed with exit code {code}{at}: {said}"


def _show(site: Site, dest: Path, lacking: list[str], opts: argparse.Namespace) -> None:
    if opts.json:
        report = {
            "dest": str(dest),
            "posts": len(site.pages),
            "categories": len(site.tags),
            "pages": len(site.expected()),
            "refused": [{"post": path, "reason": reason} for path, reason in site.refused],
            "missing_pages": lacking,
        }
        print_json(report)
        return
    console = Console(sys.stdout, soft_wrap=True)
    faults = [f"{path}: left out: {reason}" for path, reason in site.refused]
    faults += [f"{page}: the build lacks this page" for page in lacking]
    for fault in faults[:_NAMED]:
        console.print(Text(f"✗ {one_line(fault)}"))
    if len(faults) > _NAMED:
        console.print(f"  and {len(faults) - _NAMED} more; --json names all")
    console.print(Text(f"{dest}: {len(site.pages)} posts in {len(site.tags)} categories, {len(site.expected())} pages"))
    if opts.build:
        folder = dest / _BUILDERS[opts.build][1]
        console.print(Text(f"built with {opts.build}: {folder}" + ("" if lacking else ", every page is there")))
    else:
        console.print(Text(f"build it with  jekyll build -s {dest} -d {dest}/_site  or  hugo -s {dest}"))
