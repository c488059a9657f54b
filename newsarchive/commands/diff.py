"""``scrapy diff CODE``: how an article was edited, by sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "CODE is NW202201252261275824, the bare number of rolling news, or any URL that carries one. "
    "'scrapy diff CODE' shows the last edit: title and other lines that changed, and the text sentence by sentence, "
    "with what is different marked (in colour on a terminal, as [-old-] and {+new+} elsewhere). '--all' shows every "
    "edit since it was archived; '--from 20220303T120000Z --to current' compares any two versions by their stamps, of "
    "which the beginning will do ('scrapy status --edits' lists them); '--color | less -R' pages in colour. "
    "Exit codes: 0 shown, or there are no edits, 1 there is no archive, 2 usage or a code the archive does not know, "
    "3 the article is known and not archived, 130 and 143 stopped by a signal."
)


class Command(ArchiveCommand):
    """Shows how an article was edited."""

    job = "diff"
    arguments = "CODE [--all | --from STAMP] [--to STAMP] [--json] [--color]"
    summary = "Show what changed in an article since it was archived, by sentence"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--all", action="store_true", help="every edit, not only the last")
        parser.add_argument("--from", dest="begin", metavar="STAMP", help="the version that stood until then")
        parser.add_argument("--to", dest="end", metavar="STAMP", help="the other; 'current' is the one that stands")
        parser.add_argument("--json", action="store_true", help="say it for machines")
        parser.add_argument("--color", action="store_true", help="colours in a pipe too")
