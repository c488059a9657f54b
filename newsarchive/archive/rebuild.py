"""Posts and ledger, made again from the captures."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from newsarchive.archive import files, runs, seal
from newsarchive.archive.adopting import adopted
from newsarchive.archive.capturereader import read_at
from newsarchive.archive.captures import CaptureError, Fault, capture_files
from newsarchive.archive.keeper import CAPTURES
from newsarchive.archive.ledger import Ledger
from newsarchive.archive.ledgeranew import Difference, EarlierLedger, NewLedger, copy_ledger
from newsarchive.archive.options import Options
from newsarchive.archive.posts import REVISIONS, Posts, note_sum
from newsarchive.archive.replaying import Done, Held, Made, Progress, record, replayed
from newsarchive.article import Refused


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild did, or would do.

    Attributes:
        same, added, changed: posts, by number.
        put_back: earlier versions that were lost.
        without: articles of which the captures hold answers that make no post yet.
        kept: for each post left as it is though other captures give another, name and reason.
        damage: what is damaged in the captures.
        ledger: why the ledger is made anew as a whole; empty where it is there and whole.
        differences: what its rows say otherwise.
        written: whether the ledger was replaced.
    """

    same: int = 0
    added: int = 0
    changed: int = 0
    put_back: int = 0
    without: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)
    damage: list[Fault] = field(default_factory=list)
    ledger: str = ""
    differences: list[Difference] = field(default_factory=list)
    written: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything was, or would be, other than before."""
        return bool(self.added or self.changed or self.put_back or self.ledger or self.differences)


def rebuild(options: Options, *, changed: Callable[[Done, Made], None], progress: Progress) -> Rebuilt:
    """Make all posts again from the captures, and the ledger with them.

    Call only while holding the archive. Killed at any moment it leaves an archive that the next rebuild finishes:
    posts are written whole, an earlier version is put under ``revisions/`` first, the ledger is replaced last.

    Args:
        options: how; without ``write`` nothing in the archive is touched.
        changed: told of every post that is not as it was.
        progress: told how far it is.

    Raises:
        OSError, sqlite3.Error: the disk does not take it, or something cannot be read at all.
    """
    result = Rebuilt()
    with tempfile.TemporaryDirectory(prefix="newsarchive-") as temp, contextlib.ExitStack() as stack:
        earlier, result.ledger = earlier_ledger(options.root, Path(temp) / "earlier.db", busy=False)
        if earlier is not None:
            stack.callback(earlier.close)
            options = replace(options, broken_off=earlier.broken_off())
        if options.write:
            stack.enter_context(files.unfinished(options.root))
        new = NewLedger(Path(temp) / "new.db")
        stack.callback(new.close)
        held = held_by(earlier)
        with contextlib.closing(
            replayed(options, new, held, found=result.damage.append, progress=progress)
        ) as articles:  # closed at once however this ends: its processes write too, and are swept behind
            for done in articles:
                record(new, done)
                _count(result, done, changed)
        adopt_rest(options.root, new, options.now)
        if earlier is not None:
            new.keep_from(earlier.path)
        else:
            take_runs(options.root, new)
        new.finish(_last_capture(options.root))
        if earlier is not None:
            differences = earlier.differences(Path(temp) / "new.db")
            result.differences = [one for one in differences if not _is_no_difference(options.root, one)]
        if options.write and (result.ledger or result.differences):
            _replace_ledger(options.root, Path(temp) / "new.db", result.ledger, options.now)
            result.written = True
    return result


def earlier_ledger(root: Path, copy: Path, *, busy: bool) -> tuple[EarlierLedger | None, str]:
    """Open a copy of the ledger that is there.

    Returns:
        The ledger, and nothing; or None, and why it cannot be relied on.
    """
    try:
        if not copy_ledger(root / seal.LEDGER, copy, busy=busy):
            return None, f"{seal.LEDGER} is missing"
        if not busy and (broken := seal.is_broken(root)):
            return None, f"{seal.LEDGER} is damaged: {broken}"
        Ledger(copy).close()  # one of an earlier newsarchive is brought to today's tables
        earlier = EarlierLedger(copy)
    except (sqlite3.Error, OSError, Refused) as error:
        return None, f"{seal.LEDGER} cannot be read ({error})"
    if damage := earlier.damage():
        earlier.close()
        return None, f"{seal.LEDGER} is damaged ({damage[0]})"
    return earlier, ""


def held_by(earlier: EarlierLedger | None) -> Callable[[str], Held | None]:
    """Give what tells of an article's name how it is archived by a ledger."""

    def held(name: str) -> Held | None:
        row = earlier.row(name) if earlier is not None else None
        if row is None or row["state"] != "captured":
            return None
        return Held(row["post"] or "", row["post_sha256"] or "", row["capture"] or "")

    return held


def is_alike(root: Path, place: str, other: str) -> bool:
    """Tell whether two captures hold the same answer: that of a number's other form, or of a run that was killed."""
    digests = []
    for file, _, offset in (place.partition("#"), other.partition("#")):
        try:
            digests.append(read_at(root / CAPTURES, file, int(offset), question=False)[0].sha256)
        except (CaptureError, ValueError, OSError):
            return False
    return digests[0] == digests[1]


def _is_no_difference(root: Path, one: Difference) -> bool:
    return one.column == "capture" and is_alike(root, one.said or "", one.should or "")


def adopt_rest(root: Path, new: NewLedger, now: datetime) -> None:
    """Take every post into a new ledger that the captures do not give: imported, or older than the captures."""
    for name, path in Posts(root).names():
        if new.post_of(str(name)) is None:
            new.adopt_post(adopted(root, name, path), now=now)


def take_runs(root: Path, new: NewLedger) -> None:
    """Take every run into a new ledger by its record; `newsarchive.archive.verify` names the damaged ones."""
    for path in runs.record_files(root):
        with contextlib.suppress(ValueError, KeyError):
            new.take_run(runs.read(path), path.name)


def _count(result: Rebuilt, done: Done, changed: Callable[[Done, Made], None]) -> None:
    if done.made is None:
        result.without += 1
        return
    result.put_back += len(done.made.lost)
    if done.kept:
        result.kept.append((str(done.name), done.kept))
    elif not done.made.differs:
        result.same += 1
    else:
        result.added += done.made.before is None
        result.changed += done.made.before is not None
        changed(done, done.made)


def _last_capture(root: Path) -> tuple[str, int] | None:
    names = capture_files(root / CAPTURES)
    return (names[-1], (root / CAPTURES / names[-1]).stat().st_size) if names else None


def _replace_ledger(root: Path, new: Path, damage: str, now: datetime) -> None:
    """Put the new ledger in the old one's place; a damaged one is kept among the revisions."""
    ledger = root / seal.LEDGER
    seal.take_off(root)
    if damage and ledger.exists():
        kept = PurePosixPath(REVISIONS, f"ledger.{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.db")
        files.make_directory(root / REVISIONS)
        files.put_in_place(ledger, root / kept)
        note_sum(root, kept, ledger.read_bytes())
    for log in (f"{seal.LEDGER}-wal", f"{seal.LEDGER}-shm"):  # of the old one: SQLite would apply it to the new one
        (root / log).unlink(missing_ok=True)
    files.put_in_place(new, ledger)
    seal.seal(root)
