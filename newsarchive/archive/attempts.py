"""What the captures hold of each article: one attempt a run, with the place of every answer.

Gathered while the captures are read once from beginning to end, kept in a private temporary database that spills to
the disk, and read back article by article. So memory stays the same for a day and for ten years of captures.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from newsarchive.article import Name
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Listed
from newsarchive.source.roads import Road

_ROADS = list(Road)
_SCHEMA = "CREATE TABLE attempts (name TEXT, run INTEGER, attempt TEXT, PRIMARY KEY (name, run)) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an answer is kept.

    Attributes:
        file, offset: of the capture.
        status: the answer's three digits.
        path: of the page on the mirror, decoded; of the store the file's name; of a web archive the copy's place; empty
            for the other roads.
    """

    file: str
    offset: int
    status: int
    path: str = ""


@dataclass(slots=True)
class Attempt:
    """What one run asked for an article.

    Attributes:
        link, tags, listed: as the run knew them when it began with the article.
        when: the moment of the last answer.
        near: whether the deadline was near enough to settle for a lesser road.
        answers: the last answer of each road.
        spare: answers to the same question that belong to the number's other form; used only where the article would
            be lost without them.
    """

    link: ArticleLink
    tags: tuple[str, ...]
    when: datetime
    near: bool = False
    answers: dict[Road, Answer] = field(default_factory=dict)
    spare: dict[Road, Answer] = field(default_factory=dict)
    listed: Listed | None = None


class Attempts:
    """The attempts of a replay, by article."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # SQLite's private temporary file, removed at the end
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute(_SCHEMA)
        self._db.execute("BEGIN")
        self._run = 0

    def add_run(self, attempts: dict[Name, Attempt]) -> None:
        """Add the attempts of the next run, by the name each is filed under."""
        self._run += 1
        rows = [(str(name), self._run, json.dumps(_as_json(attempt))) for name, attempt in attempts.items()]
        self._db.executemany("INSERT INTO attempts VALUES (?, ?, ?)", rows)

    def count(self) -> int:
        """Give the number of articles."""
        return int(self._db.execute("SELECT count(DISTINCT name) FROM attempts").fetchone()[0])

    def by_name(self) -> Iterator[tuple[str, list[str]]]:
        """Give every article with its attempts, oldest first, as texts for `read_attempt`."""
        rows = self._db.execute("SELECT name, attempt FROM attempts ORDER BY name, run")
        for name, group in groupby(rows, key=lambda row: str(row[0])):
            yield name, [text for _, text in group]

    def close(self) -> None:
        """Let go of the temporary file."""
        self._db.close()


def _as_json(attempt: Attempt) -> list[Any]:
    link = attempt.link
    return [
        [str(link.name), link.path, link.segments, link.day.isoformat() if link.day else None, link.title],
        attempt.tags,
        attempt.when.isoformat(),
        attempt.near,
        *(
            [[_ROADS.index(road), answer.file, answer.offset, answer.status, answer.path] for road, answer in pairs]
            for pairs in (attempt.answers.items(), attempt.spare.items())
        ),
        attempt.listed.as_text() if attempt.listed else None,
    ]


def read_attempt(text: str) -> Attempt:
    """Read an attempt that `Attempts.by_name` gave."""
    (name, path, segments, day, title), tags, when, near, answers, spare, listed = json.loads(text)
    link = ArticleLink(Name.parse(name), path, tuple(segments), date.fromisoformat(day) if day else None, title)
    own, other = ({_ROADS[road]: Answer(*rest) for road, *rest in pairs} for pairs in (answers, spare))
    said = Listed.of_text(listed) if listed else None
    return Attempt(link, tuple(tags), datetime.fromisoformat(when), near, own, other, said)
