"""``scrapy datasette``: a lean database of the archive for analysts, and how to serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "'scrapy datasette' writes analysis.db into the archive: articles without their texts, newspapers, days and runs, "
    "as they are now; whole or not at all, beside a running crawl too. 'make datasette' does that and serves it. "
    "'scrapy datasette /home/me/news.db' writes it elsewhere; the search then wants the archive's search.db beside it, "
    "as a copy or a link. '-s ARCHIVE_DIR=/srv/news' names another archive. docs/datasette.md shows what can be asked. "
    "Exit codes: 0 done, 1 could not start, 2 usage, 130 and 143 stopped by a signal."
)


class Command(ArchiveCommand):
    """Makes the database."""

    job = "datasette"
    arguments = "[FILE] [--json]"
    summary = "Make a lean database of the archive, for Datasette and whoever speaks SQL"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="say it for machines")
