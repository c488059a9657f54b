"""An order for an export: what was typed, understood and checked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newsarchive.archive.keeper import CAPTURES, LEDGER
from newsarchive.archive.posts import POSTS
from newsarchive.article import Refused
from newsarchive.dates import SHANGHAI, last_day
from newsarchive.export.formats import FEED_LENGTH, SUFFIXES, About, Format
from newsarchive.export.reading import Asked
from newsarchive.export.record import Words
from spiders.arguments import ArgumentError, Selection

STANDARD_OUTPUT = "-"


class OrderError(ValueError):
    """What was typed cannot be meant; the message says what can."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for.

    Attributes:
        dest: the file; None for standard output.
        format: of what is written.
        arguments: days, category and limit, as given.
        words: as given.
        after: the mark of an earlier export; empty for all posts.
    """

    dest: Path | None
    format: Format
    arguments: dict[str, str]
    words: str = ""
    after: str = ""

    @classmethod
    def parse(cls, dest: str, form: str | None, arguments: dict[str, str], words: str = "", after: str = "") -> Order:
        """Understand what was typed, as far as no archive and no clock is needed.

        Args:
            dest: a file, or ``-``.
            form: a format's name; None where the suffix says it.
            arguments: of category, since, until and limit those that were given.
            words: what title or text must hold.
            after: the mark of an earlier export.

        Raises:
            OrderError: it cannot be meant.
        """
        path = None if dest == STANDARD_OUTPUT else Path(dest)
        found = form or (SUFFIXES.get(path.suffix.lower()) if path else Format.JSONL)
        if found is None:
            known = ", ".join(SUFFIXES)
            raise OrderError(f"{dest!r} does not say its format; end it with one of {known}, or give --format")
        if path is None and not Format(found).streams:
            raise OrderError(f"{found} cannot be written to standard output; give a file")
        return cls(path, Format(found), arguments, words, after)

    @property
    def is_for_everything(self) -> bool:
        """Whether nothing was said to choose by."""
        return not (self.arguments or self.words.split() or self.after)

    def asked(self, now: datetime) -> Asked:
        """Give which posts are wanted; a feed has its own limit.

        Args:
            now: aware; for the words ``today`` and ``yesterday``.

        Raises:
            OrderError: a value cannot be meant.
        """
        try:
            selection = Selection.parse(self.arguments, now.astimezone(SHANGHAI).date())
        except ArgumentError as error:
            raise OrderError(f"--{error}") from error
        if self.format.is_feed and selection.limit is None:
            selection = replace(selection, limit=FEED_LENGTH)
        if self.format.is_feed and selection.until is None:  # a year that is wrong would be news for ever
            selection = replace(selection, until=last_day(now))
        return Asked(selection, Words(self.words), self.after)

    def about(self, now: datetime) -> About:
        """Say it in words."""
        given = {**self.arguments, "words": self.words, "after": self.after}
        return About(" ".join(f"{name}={value}" for name, value in sorted(given.items()) if value), now)

    def check(self, root: Path, *, force: bool) -> None:
        """Look whether it can be carried out.

        Args:
            root: the archive.
            force: a file that is there may be replaced.

        Raises:
            Refused: there is no archive (an empty export of it would look like a quiet day), or the file is there
                already, or is none that could be written.
        """
        if not any((root / name).exists() for name in (LEDGER, POSTS, CAPTURES)):
            raise Refused(f"{root} holds no archive; choose another with -s ARCHIVE_DIR=…")
        if self.dest is None:
            return
        if self.dest.resolve().is_relative_to(root.resolve()):
            raise Refused(f"{self.dest} lies within the archive {root}; choose a place outside")
        if self.dest.is_dir():
            raise Refused(f"{self.dest} is a folder; name a file in it")
        if self.dest.exists() and not force:
            raise Refused(f"{self.dest} is there already; --force replaces it")
        if self.dest.exists() and not self.dest.is_file():
            raise Refused(f"{self.dest} is no file that could be replaced")
