"""The versions of a post: the earlier ones under ``revisions/``, the newest under ``_posts``, and what changed between.

Reads files and asks the ledger; writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from newsarchive import postfile, sentences
from newsarchive.archive.files import walk
from newsarchive.archive.ledgerquery import LedgerQuery, ask
from newsarchive.archive.ledgerrows import State
from newsarchive.archive.posts import REVISIONS, Posts
from newsarchive.archive.seal import LEDGER
from newsarchive.archive.status import Scope
from newsarchive.article import Name
from newsarchive.dates import SHANGHAI
from newsarchive.postfile import PostError
from newsarchive.sentences import Change, Kind

CURRENT = "current"
_REVISION = re.compile(
    r"\d{4}-\d{2}-\d{2}-(?P<name>(?:NW)?\d{14,24})\.(?P<stamp>\d{8}T\d{6}Z)(?:-(?P<serial>\d+))?\.md", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a post.

    Attributes:
        stamp: until when it stood, as its file name says (``20220303T120000Z``, perhaps with ``-1``); ``current`` for
            the one that stands.
        path: its file, relative to the archive.
    """

    stamp: str
    path: PurePosixPath

    @property
    def until(self) -> datetime | None:
        """Until when it stood; None for the one that stands."""
        if self.stamp == CURRENT:
            return None
        return datetime.strptime(self.stamp.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Edited:
    """An article with earlier versions; `versions` from the oldest to the one that stands."""

    name: Name
    title: str
    category: str
    tag: str
    versions: tuple[Version, ...]

    @property
    def earlier(self) -> tuple[Version, ...]:
        """Those that stand no more."""
        return tuple(version for version in self.versions if version.stamp != CURRENT)


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a post that is not its text: title, date, category, tag, link, digest."""

    name: str
    change: Change


@dataclass(frozen=True, slots=True)
class Step:
    """What changed from one version to the next.

    Attributes:
        before, after: the versions.
        fields: those that differ.
        text: every sentence of both.
        markup: the text reads the same and only its markup differs; then `text` is of the markup.
    """

    before: Version
    after: Version
    fields: tuple[Field, ...]
    text: tuple[Change, ...]
    markup: bool


def revisions(root: Path) -> dict[Name, list[Version]]:
    """Give the earlier versions of every article that has some, the oldest first."""
    found: dict[Name, list[tuple[tuple[str, int], Version]]] = {}
    for folder, entries in walk(root / REVISIONS):
        below = PurePosixPath(folder.relative_to(root).as_posix())
        for name in (entry.name for entry in entries):
            if match := _REVISION.fullmatch(name):
                stamp = match["stamp"] + (f"-{match['serial']}" if match["serial"] else "")
                age = match["stamp"], int(match["serial"] or 0)
                found.setdefault(Name.parse(match["name"]), []).append((age, Version(stamp, below / name)))
    return {name: [version for _, version in sorted(some, key=lambda one: one[0])] for name, some in found.items()}


def versions_of(root: Path, name: Name) -> tuple[tuple[Version, ...], State | None, str]:
    """Give an article's versions, the oldest first, its state in the ledger, and what its last try said."""
    state, post, error = _current(root, [name])[name]
    earlier = revisions(root).get(name, [])
    return (*earlier, *([Version(CURRENT, post)] if post else [])), state, error


def edits(root: Path, scope: Scope) -> list[Edited]:
    """Give the articles that have earlier versions, the one edited last first.

    Args:
        root: the archive.
        scope: its days are those on which the article was edited.
    """
    earlier = revisions(root)
    current = _current(root, earlier)
    categories = _categories(root, earlier)
    found = []
    for name, some in earlier.items():
        category, tag = categories[name]
        until = some[-1].until
        if not scope.holds(until.astimezone(SHANGHAI).date() if until else None, category, tag):
            continue
        post = current[name][1]
        versions = (*some, *([Version(CURRENT, post)] if post else []))
        found.append(Edited(name, _title(root, versions[-1], name), category, tag, versions))
    return sorted(found, key=lambda one: (one.earlier[-1].stamp, str(one.name)), reverse=True)


def edited_article(root: Path, name: Name, versions: tuple[Version, ...]) -> Edited:
    """Give what a heading says of an article with these versions."""
    category, tag = _categories(root, [name])[name]
    return Edited(name, _title(root, versions[-1], name), category, tag, versions)


def compare(root: Path, name: Name, before: Version, after: Version) -> Step:
    """Tell what changed from one version of an article to another; raises OSError where one cannot be read."""
    old, new = (_read(root, version, name) for version in (before, after))
    fields = tuple(
        Field(key, sentences.marked(old.fields.get(key, ""), new.fields.get(key, "")))
        for key in dict.fromkeys((*old.fields, *new.fields))
        if old.fields.get(key, "") != new.fields.get(key, "")
    )
    text = sentences.compare(sentences.paragraphs(old.body), sentences.paragraphs(new.body))
    markup = old.body != new.body and all(change.kind is Kind.SAME for change in text)
    if markup:
        text = sentences.compare(_lines(old.body), _lines(new.body))
    return Step(before, after, fields, text, markup)


@dataclass(frozen=True, slots=True)
class _Read:
    fields: dict[str, str]
    body: str


def _read(root: Path, version: Version, name: Name) -> _Read:
    """Read a version; one that is no post of any format is compared as it stands."""
    content = (root / version.path).read_bytes()
    try:
        post = postfile.read(content, f"{version.path.name[:10]}-{name}.md")
    except PostError:
        return _Read({}, content.decode(errors="replace"))
    fields = {
        "title": post.title,
        "date": post.date,
        "category": post.categories,
        "tag": post.tags,
        "digest": post.digest,
        "link": post.link,
    }
    return _Read(fields, post.body)


def _lines(body: str) -> list[str]:
    return re.split(r"(?<=</p>)|\n", body)


def _title(root: Path, version: Version, name: Name) -> str:
    try:
        return _read(root, version, name).fields.get("title", "")
    except OSError:
        return ""


def _current(root: Path, names: Iterable[Name]) -> dict[Name, tuple[State | None, PurePosixPath | None, str]]:
    """Give state, post and last error of articles; where there is no ledger, the posts are looked through."""
    names = list(names)
    try:
        rows = ask(root / LEDGER, lambda ledger: {name: ledger.post_of(name) for name in names})
    except FileNotFoundError:
        wanted = set(names)
        there = {name: path for name, path in Posts(root).names() if name in wanted}
        return {name: (None, there.get(name), "") for name in names}
    return {
        name: (row[0], PurePosixPath(row[1]) if row[1] and (root / row[1]).exists() else None, row[2])
        if row
        else (None, None, "")
        for name, row in rows.items()
    }


def _categories(root: Path, names: Iterable[Name]) -> dict[Name, tuple[str, str]]:
    names = list(names)

    def question(ledger: LedgerQuery) -> dict[Name, tuple[str, str]]:
        return {name: ledger.category_of(name) for name in names}

    try:
        return ask(root / LEDGER, question)
    except FileNotFoundError:
        return dict.fromkeys(names, ("", ""))
