"""Is everything that was kept still what was written? Every capture, post, revision, ledger row and run record.

Looks on beside a running crawl: then only what the ledger had committed when it began is looked at, and a post that
differs is looked at again. What each kind of file is compared with:

captures    every byte with the sums in its record (`newsarchive.archive.gzipmember`), and the digests of its content
posts       the ledger's digest, and what their captures give today
revisions   the digest beside them (``SHA256SUMS``)
ledger.db   its seal, SQLite's own check, posts and captures
runs        the digest at their end

The search index, search.db, is made of posts and ledger and is no part of the record; it is not looked at.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from newsarchive.archive import runs, seal
from newsarchive.archive.captures import Fault
from newsarchive.archive.files import TEMP_PREFIX, walk
from newsarchive.archive.keeper import CAPTURES
from newsarchive.archive.ledgeranew import EarlierLedger, NewLedger, newest_post
from newsarchive.archive.options import Options
from newsarchive.archive.posts import POSTS, REVISIONS
from newsarchive.archive.rebuild import earlier_ledger, held_by, is_alike
from newsarchive.archive.replaying import Done, Made, Progress, record, replayed, unreadable
from newsarchive.archive.verifyfiles import BACKUP, Finding, is_busy, revision_files, revisions, run_record, temp_files

_REBUILD = "scrapy rebuild makes it again from its capture, and keeps this one under revisions/"


@dataclass(slots=True)
class Verified:
    """How much was looked at."""

    captures: int = 0
    capture_bytes: int = 0
    posts: int = 0
    revisions: int = 0
    runs: int = 0
    beside_a_run: bool = False


class Verification:
    """One look at an archive.

    Args:
        options: how; `write` and `until` are not looked at.
        progress: told how far it is.

    Attributes:
        looked: how much was looked at, complete when `findings` has ended.
        leftovers: a sentence for each temp file of a killed run, likewise; they are no damage.
    """

    def __init__(self, options: Options, progress: Progress) -> None:
        self.root = options.root
        self.progress = progress
        files = list((options.root / CAPTURES).glob("*.warc.gz"))
        size = sum(path.stat().st_size for path in files)
        self.leftovers: list[str] = []
        self.looked = Verified(len(files), size, beside_a_run=is_busy(options.root))
        self._options = replace(options, write=False)

    def findings(self) -> Generator[Finding, None, None]:
        """Give every fault, as it is found.

        Raises:
            OSError: something cannot be read for a reason that is no fault of the file (permission).
        """
        for path in runs.record_files(self.root):
            self.looked.runs += 1
            yield from run_record(self.root, path)
        for folder in sorted(folder for folder, entries in walk(self.root / REVISIONS) if entries):
            self.looked.revisions += len(revision_files(folder))
            yield from revisions(self.root, folder, busy=self.looked.beside_a_run)
        if not self.looked.beside_a_run:
            yield from temp_files(self.root, self.leftovers)
        with tempfile.TemporaryDirectory(prefix="newsarchive-") as temp, contextlib.ExitStack() as stack:
            earlier, damage = earlier_ledger(self.root, Path(temp) / "earlier.db", busy=self.looked.beside_a_run)
            if earlier is not None:
                stack.callback(earlier.close)
            elif self._has_content():
                yield Finding(seal.LEDGER, damage.removeprefix(f"{seal.LEDGER} "), "scrapy rebuild makes it anew")
            new = NewLedger(Path(temp) / "new.db")
            stack.callback(new.close)
            yield from self._replayed(earlier, new)
            yield from self._other_posts(earlier, new)
            if earlier is not None:
                yield from self._rows(earlier, new)

    # -- captures and posts --------------------------------------------------------------------------------------

    def _replayed(self, earlier: EarlierLedger | None, new: NewLedger) -> Iterator[Finding]:
        damage: list[Fault] = []
        until = earlier.committed() if earlier is not None and self.looked.beside_a_run else None
        broken_off = earlier.broken_off() if earlier is not None else ()
        options = replace(self._options, until=until, broken_off=broken_off)
        held = held_by(earlier)
        with contextlib.closing(
            replayed(options, new, held, found=damage.append, progress=self.progress)
        ) as articles:  # closed at once however this ends, its processes with it
            for done in articles:
                yield from self._damage(damage)
                record(new, done)
                if done.made is not None:
                    self.looked.posts += 1
                    yield from self._article(done, done.made, earlier)
                    yield from self._lost_versions(done.made)
                elif earlier is not None and not self.looked.beside_a_run:
                    yield from self._made_of_nothing(done, earlier)
        yield from self._damage(damage)

    def _made_of_nothing(self, done: Done, earlier: EarlierLedger) -> Iterator[Finding]:
        """Name a post whose capture can be read and gives none, as one that was made of half an answer."""
        row = earlier.row(str(done.name))
        if row is None or row["state"] != "captured" or not row["post"] or not row["capture"]:
            return
        if done.misses and is_alike(self.root, row["capture"], row["capture"]):
            what = f"its captures give no post today: {done.misses[-1].reason}"
            yield Finding(row["post"], what, "move it away, then scrapy rebuild; the next run asks for it again")

    def _damage(self, damage: list[Fault]) -> Iterator[Finding]:
        while damage:
            fault = damage.pop(0)
            length = f" ({fault.length} bytes)" if fault.length else ""
            what = f"damaged at {fault.offset}{length}: {fault.reason}"
            yield Finding(f"{CAPTURES}/{fault.file}", what, "restore the file from a backup; posts made of it stay")

    def _lost_versions(self, made: Made) -> Iterator[Finding]:
        if made.before is None or self.looked.beside_a_run:
            return  # a rebuild brings them back with the post; a run may be about to write them
        for path in made.lost:
            what = f"an earlier version of this post is not in {REVISIONS}/, though it was archived"
            yield Finding(path, what, "scrapy rebuild makes it again from its capture")

    def _article(self, done: Done, made: Made, earlier: EarlierLedger | None) -> Iterator[Finding]:
        row = earlier.row(str(done.name)) if earlier is not None else None
        if self.looked.beside_a_run and made.differs and self._changed_since(done, made):
            return
        if row is not None and row["state"] != "captured" and made.before is None:
            return  # a run was killed between the answer and the post; the next one goes on
        if made.before is None:
            if row is not None and row["post"] != made.path:
                yield from self._elsewhere(row["post"], made)
            else:
                yield Finding(made.path, "the post is missing", "scrapy rebuild makes it again from its capture")
        elif row is not None and row["post_sha256"] != made.before and row["post"] == made.path:
            if made.differs:
                why = f": {made.unreadable}" if made.unreadable else ""
                yield Finding(made.path, f"the post is not what its digest in the ledger says{why}", _REBUILD)
            else:
                yield Finding(seal.LEDGER, f"the digest of {made.path} is wrong", "scrapy rebuild makes it anew")
        elif made.differs and not done.kept:
            advice = "scrapy rebuild --check shows the difference, scrapy rebuild writes it"
            yield Finding(made.path, "the post is not what its capture gives today", advice)
        if row is not None and made.before is not None and not done.kept:
            yield from self._row(row, made)

    def _elsewhere(self, post: str | None, made: Made) -> Iterator[Finding]:
        if post and (self.root / post).exists():
            advice = f"scrapy rebuild puts it at {made.path}"
            yield Finding(post, "by its capture the post belongs under another day", advice)
        else:
            yield Finding(post or made.path, "the post is missing", "scrapy rebuild makes it again from its capture")

    def _row(self, row: dict[str, str | None], made: Made) -> Iterator[Finding]:
        """Compare a row with what the captures say; a column that says nothing (an adopted post's) is no fault."""
        for column, should in (("category", made.category), ("origin", made.origin.value), ("post", made.path)):
            if row[column] not in (None, should):
                what = f"{made.path}: its {column} is {row[column]!r}, by its capture {should!r}"
                yield Finding(seal.LEDGER, what, "scrapy rebuild makes it anew")
        if row["state"] != "captured":
            what = f"{made.path} is there, but its article is {row['state']}"
            yield Finding(seal.LEDGER, what, "the next run, or scrapy rebuild, sets it right")
        if row["capture"] not in (None, made.capture) and not is_alike(self.root, row["capture"] or "", made.capture):
            what = f"{made.path}: its capture {row['capture']} does not hold what it was made of ({made.capture})"
            yield Finding(seal.LEDGER, what, "scrapy rebuild makes it anew")

    def _changed_since(self, done: Done, made: Made) -> bool:
        """Tell whether a running crawl wrote this post after we had begun: its newest row agrees with the file."""
        found = newest_post(self.root / seal.LEDGER, str(done.name))
        if found is None:
            return True  # it is being written at this moment
        path = self.root / found[0]
        return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == found[1]

    # -- what the captures do not give ---------------------------------------------------------------------------

    def _other_posts(self, earlier: EarlierLedger | None, new: NewLedger) -> Iterator[Finding]:
        """Look at every file among the posts that no capture gives."""
        for path in self._files():
            relative = path.relative_to(self.root).as_posix()
            name = path.stem[11:]
            if new.post_of(name) == relative:
                continue
            if not path.is_file():  # to read a pipe is to wait for ever
                what = "this is no file: a folder, a pipe or a link to nothing in the place of a post"
                yield Finding(relative, what, "move it out of the archive")
                continue
            self.looked.posts += 1
            row = earlier.row(name) if earlier is not None else None
            if row is not None and row["post"] == relative:
                content = path.read_bytes()
                if hashlib.sha256(content).hexdigest() != row["post_sha256"]:
                    yield Finding(relative, "the post is not what its digest in the ledger says", BACKUP)
                elif why := unreadable(content, path.name):
                    yield Finding(relative, f"what is recorded as a post is none ({_short(why, path)})", BACKUP)
                continue
            if self.looked.beside_a_run:
                continue
            if why := unreadable(path.read_bytes(), path.name):
                yield Finding(relative, f"this is no post ({_short(why, path)})", "move it out of the archive")
            elif earlier is not None:
                what = "the ledger has no row for this post" if row is None else f"its article's post is {row['post']}"
                yield Finding(relative, what, "scrapy rebuild takes it in" if row is None else "move it away")

    def _files(self) -> Iterator[Path]:
        """Yield everything among the posts that is no folder, and folders with the name of a post."""
        for parent, entries in walk(self.root / POSTS):
            if parent.suffix == ".md":
                yield parent
            yield from (parent / entry.name for entry in entries if not entry.name.startswith(TEMP_PREFIX))

    def _rows(self, earlier: EarlierLedger, new: NewLedger) -> Iterator[Finding]:
        """Look at every row that says there is a post: is there one, and its capture?"""
        sizes = {path.name: path.stat().st_size for path in (self.root / CAPTURES).glob("*.warc.gz")}
        for name, row in earlier.captured():
            if not row["post"]:
                yield Finding(seal.LEDGER, f"{name} is captured, but has no post", "scrapy rebuild sets it right")
            elif new.post_of(name) is None and not (self.root / row["post"]).exists():
                yield Finding(row["post"], "the post is missing", BACKUP)
            if row["capture"]:
                file, _, offset = row["capture"].partition("#")
                if not offset.isdecimal() or int(offset) >= sizes.get(file, 0):
                    what = f"the capture of {name}, {row['capture']}, is not there"
                    yield Finding(f"{CAPTURES}/{file}", what, BACKUP)

    def _has_content(self) -> bool:
        return any((self.root / name).exists() for name in (POSTS, CAPTURES, seal.LEDGER))


def _short(why: str, path: Path) -> str:
    return why.removeprefix(f"{path.name}: ")
