"""``scrapy rebuild``: all posts again from the captures, and the ledger with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "The captures are what the source said; posts and ledger are made of them. So a parser that reads better today "
    "reaches every post ever archived, and a lost post or ledger comes back. "
    "'scrapy rebuild --check' shows what would change, with diffs, and writes nothing; 'scrapy rebuild' does it, and "
    "keeps every earlier version under revisions/; '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "'--search' makes search.db anew and nothing else; a crawl may go on beside it. "
    "What captures cannot give (imported posts) stays as it is. While it works no crawl can begin. "
    "Exit codes: 0 done, or nothing would change, 1 could not start, 2 usage, 3 with --check: something would change, "
    "with --search: some posts cannot be read, "
    "5 captures are damaged (what can be read was rebuilt, other posts were left as they are), 75 a run holds the "
    "archive, 130 and 143 stopped by a signal (safely: the next rebuild goes on)."
)


class Command(ArchiveCommand):
    """Makes posts and ledger again from the captures."""

    job = "rebuild"
    arguments = "[--check | --search] [--json]"
    summary = "Make all posts and the ledger again from the captures, or show with --check what would change"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--check", action="store_true", help="show what would change, and write nothing")
        parser.add_argument("--search", action="store_true", help="make the search index anew, and nothing else")
        parser.add_argument("--json", action="store_true", help="say it for machines")
