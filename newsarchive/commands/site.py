"""``scrapy site``: a folder that builds into the site the posts came from."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive import dates
from newsarchive.archive.runs import CANNOT_START, INCOMPLETE, OK
from newsarchive.article import Refused
from newsarchive.bar import Bar
from newsarchive.clock import Clock
from newsarchive.maintenance import StoppedError, stoppable
from newsarchive.site import Choice, Site, SiteError, missing_pages, write_site

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "'scrapy site build/march --since 2022-03-01 --until 2022-03-31' makes a folder of March's posts, unchanged, with "
    "category pages, home and rolling page as on the mirror. Build it with 'jekyll build --strict_front_matter -s "
    "build/march -d build/march/_site', with 'hugo -s build/march', or right away with '--build jekyll' or '--build "
    "hugo', which also counts the pages. Site generators are for months, not for years. "
    "Exit codes: 0 done, 1 could not start, 2 usage, 3 a post cannot be read by a generator (named, left out), or a "
    "build lacks pages (named), 130 and 143 stopped by a signal."
)
_BUILDERS = {
    "jekyll": (["jekyll", "build", "--quiet", "--strict_front_matter", "-s", "{0}", "-d", "{0}/_site"], "_site"),
    "hugo": (["hugo", "--quiet", "-s", "{0}"], "public"),
}
_NAMED = 20


class Command(ScrapyCommand):
    """Makes the folder, and builds it if asked."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "DEST [--since DAY] [--until DAY] [--category NAMES] [--build jekyll|hugo] [--json]"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Make a folder that Jekyll or Hugo builds into the site the posts came from"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--since", metavar="DAY", help="first day, in Asia/Shanghai; today and yesterday too")
        parser.add_argument("--until", metavar="DAY", help="last day")
        parser.add_argument("--category", metavar="NAMES", default="", help="names or globs, with commas")
        parser.add_argument("--build", choices=sorted(_BUILDERS), help="build it, and count the pages")
        parser.add_argument("--json", action="store_true", help="say it for machines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Make the folder, build it, judge."""
        if len(args) != 1:
            raise UsageError("say one folder: scrapy site DEST", print_help=False)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        root, dest = Path(self.settings["ARCHIVE_DIR"] or "output"), Path(args[0])
        choice = _choice(opts, Clock(self.settings["NEWSARCHIVE_CLOCK"] or ""))
        try:
            with stoppable():
                with Bar(shown=not opts.json) as bar:
                    site = write_site(root, dest, choice, progress=lambda done, total: bar("posts", done, total))
                lacking = _build(opts.build, dest) if opts.build else []
        except SiteError as error:
            self._stop(CANNOT_START, str(error))
        except OSError as error:
            self._stop(CANNOT_START, f"stopped: {error}")
        except StoppedError as error:
            self._stop(128 + error.number, "stopped; scrapy site makes the folder anew")
        else:
            self.exitcode = INCOMPLETE if site.refused or lacking else OK
            _show(site, dest, lacking, opts)

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        sys.stderr.write(f"newsarchive: {message}\n")


def _choice(opts: argparse.Namespace, clock: Clock) -> Choice:
    today = clock.now().astimezone(dates.SHANGHAI).date()
    since, until = (_day(name, getattr(opts, name), today) for name in ("since", "until"))
    if since and until and since > until:
        raise UsageError(f"--since {since} is after --until {until}; no day lies between", print_help=False)
    return Choice(since, until, tuple(word.strip().lower() for word in opts.category.split(",") if word.strip()))


def _day(name: str, text: str | None, today: date) -> date | None:
    try:
        return dates.parse_day(text, today) if text else None
    except Refused as error:
        raise UsageError(f"--{name}: {error}", print_help=False) from error


def _build(builder: str, dest: Path) -> list[str]:
    command, built = _BUILDERS[builder]
    if shutil.which(command[0]) is None:
        raise SiteError(f"{builder} is not installed; on Debian: apt install {builder}. The folder {dest} is made")
    shutil.rmtree(dest / built, ignore_errors=True)
    words = [word.format(dest) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise SiteError(f"{builder} failed with exit code {done.returncode}: {(done.stderr or done.stdout)[-2000:]}")
    return missing_pages(dest, dest / built)


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
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        return
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    faults = [f"{path}: left out, no generator can read it: {reason}" for path, reason in site.refused]
    faults += [f"{page}: the build lacks this page" for page in lacking]
    for fault in faults[:_NAMED]:
        console.print(Text(f"✗ {fault}"))
    if len(faults) > _NAMED:
        console.print(f"  and {len(faults) - _NAMED} more; --json names all")
    console.print(Text(f"{dest}: {len(site.pages)} posts in {len(site.tags)} categories, {len(site.expected())} pages"))
    if opts.build:
        folder = dest / _BUILDERS[opts.build][1]
        console.print(Text(f"built with {opts.build}: {folder}" + ("" if lacking else ", every page is there")))
    else:
        console.print(Text(f"build it with  jekyll build -s {dest} -d {dest}/_site  or  hugo -s {dest}"))
