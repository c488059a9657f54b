"""What becomes of every article at its publisher: when it is edited, and when it is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from newsarchive.replica.bodies import INDENT
from newsarchive.replica.dice import Dice
from newsarchive.replica.piece import KEPT, Piece

_EDITED, _EDITED_AGAIN, _WITHDRAWN = 0.12, 0.25, 0.05
# Minutes from and to: soon after publication, hours later, on the second and third day.
_WHEN = ((1, 50), (1, 50), (60, 720), (1440, 4300))
_SOURCE_LINE = '<p class="em_media">'


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it was from a moment on."""

    since: datetime
    piece: Piece


@dataclass(slots=True)
class Fate:
    """An article's life at its source.

    Attributes:
        versions: oldest first; the first is what was published.
        withdrawn: when its publisher took it away, ``None`` for never.
    """

    versions: list[Version]
    withdrawn: datetime | None = None
    name: str = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.versions[0].piece.name
        self.path = self.versions[0].piece.relative_path

    @property
    def published(self) -> datetime:
        """When it came out."""
        return self.versions[0].since

    @property
    def ends(self) -> datetime:
        """When the mirror no longer shows it: withdrawn, or three days old."""
        expires = self.published + KEPT
        return min(self.withdrawn, expires) if self.withdrawn else expires

    def shown(self, moment: datetime) -> bool:
        """Say whether the source has it at a moment."""
        return self.published <= moment < self.ends

    def version_at(self, moment: datetime) -> int:
        """Give the number of the version at a moment, from 0."""
        return sum(version.since <= moment for version in self.versions) - 1


@dataclass(frozen=True, slots=True)
class Change:
    """At a moment the publisher changes fields of an article, in both of its forms, or (``None``) withdraws it."""

    at: datetime
    number: str
    fields: dict[str, Any] | None


def fates(seed: int, pieces: Iterable[Piece]) -> tuple[dict[str, Fate], list[Change]]:
    """Throw the fates of pieces.

    Returns:
        Every piece's fate by name, and all changes in the order of time.
    """
    found: dict[str, Fate] = {}
    changes: list[Change] = []
    for number, both in groupby(sorted(pieces, key=lambda piece: piece.number), key=lambda piece: piece.number):
        lives = [Fate([Version(piece.published, piece)]) for piece in both]
        found |= {life.name: life for life in lives}
        for change in _changes(Dice(f"{seed}/{number}/fate"), lives[0]):
            changes.append(change)
            for life in lives:
                if change.fields is None:
                    life.withdrawn = change.at
                else:
                    life.versions.append(Version(change.at, replace(life.versions[-1].piece, **change.fields)))
    return found, sorted(changes, key=lambda change: (change.at, change.number))


def _changes(dice: Dice, life: Fate) -> Iterator[Change]:
    """Throw the changes of one article, in the order of time; nothing is edited that is withdrawn."""
    number, published = life.versions[0].piece.number, life.published
    withdrawn = _moment(dice, published) if dice.chance(_WITHDRAWN) else None
    edits = [_moment(dice, published)] if dice.chance(_EDITED) else []
    if edits and dice.chance(_EDITED_AGAIN):
        edits.append(_moment(dice, published))
    for count, moment in enumerate(sorted(set(edits)), 1):
        if withdrawn is None or moment < withdrawn:
            yield Change(moment, number, _edited(dice, life.versions[-1].piece, count))
    if withdrawn is not None:
        yield Change(withdrawn, number, None)


def _moment(dice: Dice, published: datetime) -> datetime:
    return published + timedelta(minutes=dice.number(*dice.pick(_WHEN)))


def _edited(dice: Dice, piece: Piece, count: int) -> dict[str, Any]:
    """Give new values for the title, the text, or both; the text differs in each form as the publisher writes it."""
    fields: dict[str, Any] = {}
    how = dice.number(0, 2)
    if how != 0:
        fields["title"] = f"{piece.title}（更正{count}）"
    if how != 1:
        added = f"<p>{INDENT}更正：上文数据已作第{count}次修订。</p>{_SOURCE_LINE}"
        fields |= {form: getattr(piece, form).replace(_SOURCE_LINE, added, 1) for form in ("text", "content")}
    return fields
