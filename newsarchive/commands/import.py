"""``scrapy import``: posts of an existing clone, of any period."""  # noqa: N999 - the command's name

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.command import ArchiveCommand

if TYPE_CHECKING:
    import argparse

EXAMPLES = (
    "'scrapy import ~/finews' takes in every post below _posts/ and old_post/ of a clone, flat or in folders; PATH can "
    "also be one such folder. Posts of every period are read, and their bytes are kept exactly as they are. What is "
    "archived already is recognised by its bytes; of two versions the more complete becomes the post and the other is "
    "kept under revisions/, but a post made from a capture is never replaced. What cannot be understood is listed with "
    "the reason, here (the first 20), in runs/*.json and with --json, and copied nowhere; docs/import.md says more. "
    "Stopped or killed at any moment, the same command goes on. '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "Exit codes: 0 all is imported, 1 could not start, or the disk is full, 2 usage, 3 something could not be "
    "understood, 75 a run holds the archive, 130 and 143 stopped by a signal (safely)."
)


class Command(ArchiveCommand):
    """Imports posts."""

    job = "importing"
    arguments = "PATH [--json]"
    summary = "Take in the posts of an existing clone or folder, of any period, byte for byte"
    examples = EXAMPLES

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="say it for machines")
