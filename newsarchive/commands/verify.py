"""``scrapy verify``: is everything that was kept still what was written?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "Reads every capture, post, earlier version and run record, and compares them with their digests and with the "
    "ledger, and the posts with what their captures give today. A flipped bit is found; docs/how-it-works.md "
    "says where the ledger's seal ends. "
    "'scrapy verify' names each fault in a sentence, and what to do about it; 'scrapy verify --json' says it for "
    "machines; '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "It writes nothing and keeps no crawl from working; beside one it looks at what was there when it began. "
    "Exit codes: 0 everything is as it was written, 1 could not start, 2 usage, 5 something is not, 130 and 143 "
    "stopped by a signal."
)


class Command(ArchiveCommand):
    """Verifies an archive."""

    job = "verify"
    arguments = "[--json]"
    summary = "Compare every post, capture and ledger row with its digest and with each other"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="say it for machines")
