"""``scrapy search``: find what is archived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand
from newsarchive.search import LIMIT

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "Words beside each other must all be there: 'scrapy search 茅台 600519'. Put the query in quotation marks of your "
    "shell where it has others, or a minus: scrapy search '\"研发 投入\" (光伏 OR 储能) -预增'. Traditional and "
    "simplified, full-width and half-width, capitals and small letters find each other. Without words, --since, "
    "--category or --newspaper list the newest. On a terminal a table, elsewhere a line for each hit: date, newspaper, "
    "title, piece of the text and path of the post, with tabs between. docs/search.md says more. "
    "Exit codes: 0 done, no hits too, 1 could not start, 2 usage, 130 and 143 stopped by a signal."
)


class Command(ArchiveCommand):
    """Searches an archive."""

    job = "search"
    arguments = "[options] WORDS"
    summary = "Find archived articles by what is in their title or text, newest first"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        add = parser.add_argument
        add("--since", metavar="DAY", help="published on this day or later: 2022-01-25, today, yesterday")
        add("--until", metavar="DAY", help="published on this day or earlier")
        add("--category", metavar="NAMES", default="", help="of these categories: names or globs, commas between")
        add("--newspaper", metavar="NAMES", default="", help="of these newspapers or tags, likewise: 科技日报,证券*")
        add("--limit", metavar="N", type=int, default=LIMIT, help=f"so many hits at most (default {LIMIT})")
        add("--after", metavar="CURSOR", help="the next page: what the last one said is next")
        add("--json", action="store_true", help="say it for machines")
