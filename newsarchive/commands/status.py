"""``scrapy status``: what is archived, what is missing and why, and whether anyone should worry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "Says how many articles are archived, pending and lost, by day and category, when the last good run was (one that "
    "read the source's lists), what is nearest its deadline, and why each missing article is missing. "
    "'scrapy status --max-age 30m' is for a second cron job or a monitor: it exits with 3 when the last good run is "
    "older, or an article would be lost before the next one, and says so in a sentence; without --max-age deadlines "
    "are judged by the usual interval of the last runs. 'scrapy status --edits' lists the articles that were edited "
    "('scrapy diff CODE' shows how), 'scrapy status --gaps' what lists showed and what of it is not archived, when "
    "nobody looked, and a calendar. '--days 7' and '--category kejiribao,zhengquan*' narrow the tables, not the "
    "verdict. It writes nothing and works beside a crawl; '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "Exit codes: 0 all is well, 1 there is no archive or no ledger, 2 usage, 3 something should be done (never with "
    "--edits or --gaps), 130 and 143 stopped by a signal."
)


class Command(ArchiveCommand):
    """Says how an archive stands."""

    job = "status"
    arguments = "[--max-age SPAN | --edits | --gaps] [--days N] [--category NAMES] [--json]"
    summary = "Say what is archived, pending and lost, and whether anyone should worry"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--max-age", metavar="SPAN", help="how old the last good run may be, like 30m or 2h")
        what.add_argument("--edits", action="store_true", help="list the articles that have earlier versions")
        what.add_argument("--gaps", action="store_true", help="show what is unaccounted for, with a calendar")
        parser.add_argument("--days", metavar="N", help="only the last N days, today included")
        parser.add_argument("--category", metavar="NAMES", help="only these: names or globs, with commas")
        parser.add_argument("--json", action="store_true", help="say it for machines")
        parser.add_argument("--color", action="store_true", help="colours in a pipe too")
