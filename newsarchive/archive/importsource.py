"""What an import reads: the posts of a clone or of any folder, each understood or refused with a reason.

Nothing is listed as a whole, so memory does not grow with the folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsarchive import dates, frontmatter_handler, post
from newsarchive.article import Name, Refused

PLACES = ("_posts", "old_post")
"""Where the mirror's repository has posts; what it published last comes first."""

LARGEST = 8 * 2**20
"""A larger file, in bytes, is no post; the largest seen is below 1 MiB."""

_YEAR_OR_MONTH = re.compile(r"\d{4}|\d\d", re.ASCII)
_FIRST = "2021-12-01-init.md"
_UNDATED = re.compile(r"-?(?P<name>(?:NW)?\d{14,24})\.md", re.ASCII)
_NO_DAY = re.compile(r"\s*(?:[+-]\d\d:?\d\d)?\s*", re.ASCII)
_ZONE = re.compile(r"[+-]\d\d:?\d\d\s*\Z")


@dataclass(frozen=True, slots=True)
class Unfit:
    """A file that is not imported.

    Attributes:
        file: its path below the folder.
        reason: why it is not.
        known: the mirror's repository has it, and it is no article: nothing is missing.
    """

    file: str
    reason: str
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A post that was understood.

    Attributes:
        file: where it was found.
        name: of its article.
        day: in its file name, ``YYYY-MM-DD``.
        content, sha256: its bytes, and their digest.
        title, category, tag, published: what its front matter says.
        worth: how complete it is; of two versions the greater is the better.
    """

    file: str
    name: Name
    day: str
    content: bytes
    sha256: str
    title: str
    category: str
    tag: str
    published: datetime
    worth: tuple[bool, ...]


def places_in(folder: Path) -> list[Path]:
    """Give the folders of posts in a clone, or the folder itself where it has none: then it is one."""
    return [folder / name for name in PLACES if os.path.lexists(folder / name)] or [folder]


def walk(place: Path) -> Iterator[str | Unfit]:
    """Give the path of every file below a folder, and what cannot be looked into; hidden ones are passed over.

    The folder itself, years and months may be links, as where they lie on another disk. Any other link is named: a file
    that is one is another file's second name, and a folder's may lead anywhere.
    """
    entered: set[str] = set()
    folders = [str(place)]
    while folders:
        folder, below = folders.pop(), []
        if (real := os.path.realpath(folder)) in entered:  # a circle
            continue
        entered.add(real)
        try:
            entries = os.scandir(folder)
        except OSError as error:
            yield Unfit(folder, f"the folder cannot be read: {error.strerror}")
            continue
        with closing(entries):
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if _is_entered(entry):
                    below += [entry.path] if not entry.is_symlink() or _leads_on(entry.path, place) else []
                elif reason := _unfit(entry):
                    yield Unfit(entry.path, reason)
                else:
                    yield entry.path
        folders += sorted(below, reverse=True)


def _is_entered(entry: os.DirEntry[str]) -> bool:
    if entry.is_symlink():
        return _YEAR_OR_MONTH.fullmatch(entry.name) is not None and os.path.isdir(entry.path)  # noqa: PTH112 - of a loop
    return entry.is_dir() and not entry.name.endswith(".md")


def _leads_on(link: str, place: Path) -> bool:
    """Tell whether a link leads elsewhere than to where the walk began, or above it, where it would begin again."""
    real = os.path.realpath(link)
    return not any(Path(start).is_relative_to(real) for start in (place.resolve(), place.parent.resolve() / place.name))


def _unfit(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "it is a symbolic link; only those of years and months are followed"
    if entry.is_dir(follow_symlinks=False):
        return "it is a folder with the name of a file"
    if not entry.is_file(follow_symlinks=False):
        return "it is no regular file"
    return "" if entry.name.endswith(".md") else "it is no Markdown file (.md)"


def examine(files: Iterable[str | Unfit]) -> list[Candidate | Unfit]:
    """Read files, and understand each or say why not."""
    return [file if isinstance(file, Unfit) else _examined(file) for file in files]


def _examined(file: str) -> Candidate | Unfit:
    try:
        content = _content(file)
    except OSError as error:
        return Unfit(file, f"it cannot be read: {error.strerror or error}")
    except Refused as error:
        return Unfit(file, str(error))
    return understand(content, file)


def understand(content: bytes, file: str) -> Candidate | Unfit:
    """Understand a post of any period.

    Args:
        content: its bytes.
        file: its path; the last part says which article it is, with the day or, by its front matter, without.
    """
    file_name = file.rpartition("/")[2]
    if not content:
        return Unfit(file, "it is empty")
    if known := _known(file_name, content):
        return Unfit(file, known, known=True)
    try:
        found = post.read(content, _dated(file_name, content))
        return Candidate(
            file=file,
            name=found.name,
            day=found.day,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            title=found.title,
            category=found.categories,
            tag=found.tags,
            published=dates.parse(found.date),
            worth=worth(found),
        )
    except Refused as error:
        return Unfit(file, str(error).removeprefix(f"{file_name}: "))
    except Exception as error:  # noqa: BLE001 - one odd file among 200,000 must not end the import
        return Unfit(file, f"an error of newsarchive's own ({type(error).__name__}: {error})")


def _known(file_name: str, content: bytes) -> str:
    """Say what a file is that the mirror's own repository has and that is no article; empty for any other.

    The first file of its ``_posts``, and what its updater wrote where it was given neither title nor date: a file
    without a day, which no generator renders and which no list ever showed.
    """
    if file_name == _FIRST:
        return "it is the file the mirror's _posts began with, and no article"
    if not _UNDATED.fullmatch(file_name):
        return ""
    parts = frontmatter_handler.split(content.decode(errors="replace").replace("\r\n", "\n"))
    if parts is None:
        return ""
    values = frontmatter_handler.load_by_line(parts[1])
    date = str(values.get("date", ""))
    if values.get("title") or not _NO_DAY.fullmatch(date):
        return ""
    return "it has neither title nor date nor a day in its name: the mirror wrote such files and never showed them"


def worth(found: post.Post) -> tuple[bool, ...]:
    """Say how complete a post is, what matters most first."""
    return (
        not found.fault,
        "<p" in found.body,  # all there is of an article, not its digest alone
        bool(found.body.strip()),
        bool(found.digest),
        bool(found.link),
        bool(found.back_links),
        _ZONE.search(found.date) is not None,
        bool(found.categories and found.tags),
    )


def worth_of(content: bytes, file_name: str) -> tuple[bool, ...]:
    """Say how complete a post of the archive is; one that cannot be read is worth nothing."""
    try:
        return worth(post.read(content, file_name))
    except post.PostError:
        return ()


def _dated(file_name: str, content: bytes) -> str:
    """Give the name a post should have: its own, or, where that lacks the day, with the day of its front matter."""
    match = _UNDATED.fullmatch(file_name)
    if match is None:
        return file_name
    date = re.search(rb"^date:[ \t]*(.+)$", content, re.MULTILINE)
    try:
        day = dates.parse(date[1].decode() if date else "").date()
    except (Refused, UnicodeDecodeError) as error:
        raise Refused(f"its name has no day, and its front matter none either ({error})") from error
    return f"{day}-{match['name']}.md"


def _content(file: str) -> bytes:
    """Read a file; raises `Refused` for one that is too large, or is being written."""
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe must not hold us up
    with open(handle, "rb", buffering=0) as opened:  # noqa: PTH123 - of a handle
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise Refused("it is no regular file")
        if before.st_size > LARGEST:
            raise Refused(f"it is too large for a post ({before.st_size} bytes)")
        content = opened.read()
        after = os.fstat(handle)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise Refused("it changed while it was read; import again")
    return content
