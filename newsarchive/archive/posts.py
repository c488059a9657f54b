"""The posts of an archive: where each stands, and how a new version takes the place of an old one."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from newsarchive.archive.files import sync_directory, walk, write_whole
from newsarchive.archive.newfiles import NewFiles, write_many
from newsarchive.article import Name

POSTS = "_posts"
REVISIONS = "revisions"
SUMS = "SHA256SUMS"
"""In every folder of revisions: their digests."""

_SUM = re.compile(rb"^([0-9a-f]{64})  (.+)$", re.MULTILINE)
_FILE = re.compile(r"\d{4}-\d{2}-\d{2}-(?P<name>(?:NW)?\d{14,24})\.md", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a post that was put into the archive.

    Attributes:
        path: relative to the archive.
        sha256: hex digest of its bytes.
        revision: where the earlier version was put, relative to the archive; ``None`` when there was none.
        changed: whether the archive holds other bytes than before.
    """

    path: PurePosixPath
    sha256: str
    revision: PurePosixPath | None
    changed: bool


class Posts:
    """The posts below an archive's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, path: PurePosixPath, content: bytes, *, now: datetime) -> Stored:
        """Write a post; an earlier version that differs is kept under ``revisions/`` first.

        Args:
            path: relative, below ``_posts``, as `newsarchive.post.relative_path` gives it.
            content: the whole post.
            now: aware; names the revision that is put aside.

        Raises:
            OSError: the disk is full, read-only or not ours; the archive is as it was.
        """
        target = self.root / path
        digest = hashlib.sha256(content).hexdigest()
        try:
            before = target.read_bytes()
        except FileNotFoundError:
            write_whole(target, content)
            return Stored(path, digest, None, changed=True)
        if before == content:
            return Stored(path, digest, None, changed=False)
        revision = self._keep(path, before, now)
        write_whole(target, content)
        return Stored(path, digest, revision, changed=True)

    async def put_all(self, posts: Sequence[tuple[PurePosixPath, bytes]], *, now: datetime) -> list[Stored]:
        """Write posts, each as `put` does; those that were not there share the waits for the disk, in a thread.

        Args:
            posts: path and content of each; a path only once.
            now: aware; names the revisions that are put aside.

        Returns:
            What became of each, in the same order.

        Raises:
            OSError: as `put`; some of the posts may be there, each whole.
        """
        new = {self.root / path: content for path, content in posts if not (self.root / path).exists()}
        with NewFiles(new) as files:
            await asyncio.to_thread(files.sync)
            files.place()
        return [
            Stored(path, hashlib.sha256(content).hexdigest(), None, changed=True)
            if self.root / path in new
            else self.put(path, content, now=now)
            for path, content in posts
        ]

    def retire(self, path: PurePosixPath, *, now: datetime) -> PurePosixPath | None:
        """Put a post aside whose article stands under another path now (its day was edited).

        Args:
            path: relative, below ``_posts``.
            now: aware; names the revision.

        Returns:
            The revision, relative to the archive; None where there was no post.

        Raises:
            OSError: the disk is full, read-only or not ours; the post is where it was, or in both places.
        """
        target = self.root / path
        try:
            content = target.read_bytes()
        except FileNotFoundError:
            return None
        revision = self._keep(path, content, now)
        target.unlink()
        sync_directory(target.parent)
        return revision

    def _keep(self, path: PurePosixPath, content: bytes, now: datetime) -> PurePosixPath:
        """Put an earlier version aside under a name that says until when it stood."""
        folder = PurePosixPath(REVISIONS, *path.parts[1:-1])
        earlier = sorted((self.root / folder).glob(f"{path.stem}.*.md"), key=_age)
        if earlier and earlier[-1].read_bytes() == content:  # a run died between putting aside and replacing
            note_sum(self.root, folder / earlier[-1].name, content)
            return folder / earlier[-1].name
        kept = folder / _free(self.root / folder, path.stem, now).name
        write_whole(self.root / kept, content)
        note_sum(self.root, kept, content)
        return kept

    def keep_versions(self, versions: Iterable[tuple[PurePosixPath, bytes]], *, now: datetime) -> int:
        """Keep versions that never stood here beside those that did; one that is kept already is not kept again.

        Their digests are written before they are: a crash in between leaves a digest without its file, and the next
        import, which meets the version again, finds it by its digest and completes it.

        Args:
            versions: the path each would have as a post, and its content.
            now: aware; names them.

        Returns:
            How many were not there.

        Raises:
            OSError: the disk is full, read-only or not ours.
        """
        folders: dict[PurePosixPath, list[tuple[str, bytes]]] = {}
        for path, content in versions:
            folders.setdefault(PurePosixPath(REVISIONS, *path.parts[1:-1]), []).append((path.stem, content))
        return sum(self._keep_together(self.root / folder, those, now) for folder, those in folders.items())

    def _keep_together(self, folder: Path, versions: list[tuple[str, bytes]], now: datetime) -> int:
        sums = folder / SUMS
        before = sums.read_bytes() if sums.exists() else b""
        kept = {(digest, name.split(b".")[0]): name for digest, name in _SUM.findall(before)}
        missing: dict[Path, bytes] = {}
        lines = []
        for stem, content in versions:
            key = (hashlib.sha256(content).hexdigest().encode(), stem.encode())
            if key not in kept:
                path = _free(folder, stem, now, missing)
                kept[key] = path.name.encode()
                lines.append(b"%s  %s\n" % (key[0], kept[key]))
                missing[path] = content
            elif not (path := folder / kept[key].decode()).exists():
                missing[path] = content
        if lines:
            write_whole(sums, before + b"".join(lines))
        write_many(missing)
        return len(missing)

    def lost(self, versions: Sequence[tuple[str, str]]) -> list[int]:
        """Tell which of an article's earlier versions are not kept, where there are fewer than there were.

        What was written by an earlier parser has another digest and is the same version; so they are counted first.

        Args:
            versions: path as a post, and digest of each.

        Returns:
            The places of those that are missing, in their order.
        """
        stems = {PurePosixPath(path).stem.encode() for path, _ in versions}
        folders = {self.root / REVISIONS / Path(*PurePosixPath(path).parts[1:-1]) for path, _ in versions}
        kept = Counter(
            digest.decode()
            for folder in folders
            for digest, name in _sums_of(folder)
            if name.split(b".")[0] in stems and (folder / os.fsdecode(name)).exists()
        )
        if kept.total() >= len(versions):
            return []
        missing = []
        for place, (_, digest) in enumerate(versions):
            if kept[digest]:
                kept[digest] -= 1
            else:
                missing.append(place)
        return missing

    def put_back(self, path: PurePosixPath, content: bytes, *, until: datetime) -> None:
        """Keep an earlier version again that was lost, under a name that says until when it stood (aware).

        Raises:
            OSError: the disk is full, read-only or not ours.
        """
        folder = PurePosixPath(REVISIONS, *path.parts[1:-1])
        digest, stem = hashlib.sha256(content).hexdigest().encode(), path.stem.encode()
        named = (name for said, name in _sums_of(self.root / folder) if said == digest and name.split(b".")[0] == stem)
        before = (os.fsdecode(name) for name in named if not (self.root / folder / os.fsdecode(name)).exists())
        kept = folder / (next(before, "") or _free(self.root / folder, path.stem, until).name)
        write_whole(self.root / kept, content)
        note_sum(self.root, kept, content)

    def names(self, *, newest_first: bool = False) -> Iterator[tuple[Name, PurePosixPath]]:
        """Give every post's name and path by its file name, month by month; for where there is no ledger to ask."""
        for folder, entries in walk(self.root / POSTS, newest_first=newest_first):
            below = PurePosixPath(folder.relative_to(self.root).as_posix())
            for entry in entries:
                if (match := _FILE.fullmatch(entry.name)) and entry.is_file():
                    yield Name.parse(match["name"]), below / entry.name


def _free(folder: Path, stem: str, now: datetime, taken: Container[Path] = ()) -> Path:
    """Give a name for a version that no other has: there may be two in one second, or a clock that stands still."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    path, serial = folder / f"{stem}.{stamp}.md", 0
    while path in taken or path.exists():
        serial += 1
        path = folder / f"{stem}.{stamp}-{serial}.md"
    return path


def _sums_of(folder: Path) -> list[tuple[bytes, bytes]]:
    """Give digests and names of a folder's list of earlier versions, kept or lost."""
    return _SUM.findall((folder / SUMS).read_bytes()) if (folder / SUMS).exists() else []


def note_sum(root: Path, revision: PurePosixPath, content: bytes) -> None:
    """Note a revision's digest in the list beside it, in the form ``sha256sum --check`` reads."""
    folder = root / revision.parent
    sums = folder / SUMS
    line = f"{hashlib.sha256(content).hexdigest()}  {revision.name}\n".encode()
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # several processes of a rebuild may note theirs in one list
        known = sums.read_bytes() if sums.exists() else b""
        if line not in known:
            write_whole(sums, known + line)
    finally:
        os.close(handle)


def _age(revision: Path) -> tuple[str, int]:
    """Order revisions by their stamp, then by their serial as a number."""
    stamp, _, serial = revision.stem.rpartition(".")[2].partition("-")
    return stamp, int(serial) if serial.isdecimal() else 0
