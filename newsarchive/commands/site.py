"""``scrapy site``: a folder that builds into the site the posts came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "'scrapy site build/march --since 2022-03-01 --until 2022-03-31' makes a folder of March's posts, unchanged, and "
    "what a site of them is made of: pages that show their text as the HTML it is, category pages, home and rolling "
    "page as on the mirror. Build it with 'jekyll build --strict_front_matter -s build/march -d build/march/_site', "
    "with 'hugo -s build/march', or right away with '--build jekyll' or '--build hugo', which also counts the pages. "
    "Site generators are for months, not for years. "
    "Exit codes: 0 done, 1 could not start, 2 usage, 3 a post cannot be read or has no safe address (named, left out), "
    "or a build lacks pages (named), 130 and 143 stopped by a signal."
)


class Command(ArchiveCommand):
    """Makes the folder, and builds it if asked."""

    job = "site"
    arguments = "DEST [--since DAY] [--until DAY] [--category NAMES] [--build jekyll|hugo] [--json]"
    summary = "Make a folder that Jekyll or Hugo builds into the site the posts came from"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--since", metavar="DAY", help="first day, in Asia/Shanghai; today and yesterday too")
        parser.add_argument("--until", metavar="DAY", help="last day")
        parser.add_argument(
            "--category", metavar="NAMES", help="names or globs of categories, tags or newspapers, with commas"
        )
        parser.add_argument("--build", choices=("hugo", "jekyll"), help="build it, and count the pages")
        parser.add_argument("--json", action="store_true", help="say it for machines")
