"""``scrapy serve``: read the archive in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand

if TYPE_CHECKING:
    import argparse

HOST, PORT = "127.0.0.1", 8000

EXAMPLES = (
    "'scrapy serve' tells the address, http://127.0.0.1:8000/, and answers there until Ctrl-C; 'scrapy serve --open' "
    "opens it in the browser too; '--port 0' takes any free port; '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "It listens on this machine alone unless '--host' says otherwise, needs no network, writes nothing but the search "
    "index, and works beside a running crawl, whose articles show as soon as they are indexed. docs/web.md says what "
    "there is to see, the feeds, and the JSON below /api/. "
    "Exit codes: 1 could not start (no archive, the port is in use), 2 usage, 130 and 143 stopped by a signal."
)


class Command(ArchiveCommand):
    """Serves an archive to browsers."""

    job = "serve"
    arguments = "[--host HOST] [--port PORT] [--open]"
    summary = "Read the archive in a browser, on this machine: search, days, newspapers, versions, feeds, JSON"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        add = parser.add_argument
        add("--host", default=HOST, help=f"where to listen; anything but {HOST} lets others read (default {HOST})")
        add("--port", type=int, default=PORT, help=f"0 takes any free one (default {PORT})")
        add("--open", action="store_true", help="open it in the browser")
