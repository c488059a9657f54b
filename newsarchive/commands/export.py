"""``scrapy export``: the archive for others, in formats they know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand
from newsarchive.export.formats import FEED_LENGTH, Format

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "DEST is a file, there whole or not at all; its suffix says the format: .jsonl (JSON Lines), .parquet, .atom or "
    ".xml (Atom), .json (JSON Feed), .wacz (the captures, for replay). '-' is standard output, as JSON Lines unless "
    "--format says atom or jsonfeed. "
    "'scrapy export posts.parquet' gives out everything; 'scrapy export - --since today | jq .title' pipes; "
    "'scrapy export news.atom --category emnews --limit 50' is a feed of the newest; 'scrapy export chips.wacz --words "
    "芯片' holds what was served of each article with that word. docs/export.md explains every field. "
    "It changes nothing in the archive, and works beside a running crawl. "
    "Exit codes: 0 done, nothing found counts, 1 could not start or write, 2 usage, 5 something in the archive is "
    "damaged: it is named and left out, 130 and 143 stopped by a signal, without DEST."
)


class Command(ArchiveCommand):
    """Gives the archive out in another format."""

    job = "export"
    arguments = "DEST [--format F] [--since DAY] [--until DAY] [--category NAMES] [--words WORDS] [--limit N] …"
    summary = "Give posts out as JSON Lines, Parquet, Atom or JSON Feed, or their captures as WACZ"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        add = parser.add_argument
        add("--format", choices=[str(one) for one in Format], help="the format, where DEST's suffix does not say it")
        add("--since", metavar="DAY", help="the first day, in Asia/Shanghai: 2022-01-24, today, yesterday")
        add("--until", metavar="DAY", help="the last day, which counts too")
        add("--category", metavar="NAMES", help="names or globs of categories, tags or newspapers, with commas")
        add("--words", metavar="WORDS", help="words that title or text must hold, all of them")
        add("--after", metavar="MARK", help="only what is new or changed since the export whose --json gave this mark")
        add("--limit", metavar="N", help=f"at most so many posts (feeds: the newest; {FEED_LENGTH} unless said)")
        add("--force", action="store_true", help="replace DEST if it is there")
        add("--json", action="store_true", help="say for machines how it went")
