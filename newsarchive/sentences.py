"""Texts cut into sentences, Chinese and Latin, and what two versions of a text say differently, by sentence."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# A sentence ends with its mark and what closes after it: 他说：“走吧。” is one. A Latin stop ends one only before white
# space and a letter that can begin one, so 3.5 and e.g. U.S. dollars are left whole.
_END = re.compile(
    r"""(?:[。！？；!?]|…+|;(?=\s))+[”’」』）)】》"']*\s*"""
    r"""|\.[”’")\]]*\s+(?=[A-Z“‘"(\u3400-\u9fff])"""
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BREAK = re.compile(
    r"<(?:/?(?:p|div|center|ul|ol|li|table|tr|h[1-6]|blockquote|section|figure|figcaption|pre)|br|hr)\b[^<>]*+>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*+>")
_SPACE = re.compile(r"[\s\u3000\xa0]+")
# What is read as one: a tag, a Latin word, a number with its marks, else a character.
_TOKEN = re.compile(r"</?[A-Za-z][^<>]*+>|[A-Za-z]+|\d+(?:[.,:]\d+)*%?|\s+|.", re.DOTALL)
_ALIKE = 0.5  # two sentences that share less were not made one of the other
_PAIRS = 2500  # beyond so many comparisons two passages have little to do with each other: one went, the other came
# How often two passages may have the same thing at two places before they are compared as wholes: difflib goes through
# every such pair. A long article that was written anew has some thousands.
_SAME = 250_000
_LONG = 5000  # sentences, or words of one; it goes through these for each passage that stayed
_ISLAND = 1  # what is the same between two changes and no longer than this reads better as changed


class Kind(StrEnum):
    """What became of a sentence."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; marked where the other version says something else."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence and what became of it; `before` is empty where it was added, `after` where it was removed."""

    kind: Kind
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


def paragraphs(body: str) -> list[str]:
    """Give the text of a body of HTML as people read it, a paragraph each; blank ones are left out."""
    lines = _BREAK.sub("\n", _COMMENT.sub("", body)).split("\n")
    texts = (_SPACE.sub(" ", html.unescape(_TAG.sub("", line))).strip() for line in lines)
    return [text for text in texts if text]


def sentences(text: str) -> list[str]:
    """Cut a paragraph into sentences; put together they are the paragraph again."""
    cut, begin = [], 0
    for match in _END.finditer(text):
        cut.append(text[begin : match.end()])
        begin = match.end()
    return [*cut, text[begin:]] if begin < len(text) else cut


def compare(before: Iterable[str], after: Iterable[str]) -> tuple[Change, ...]:
    """Compare two texts by sentence.

    Args:
        before: paragraphs of one.
        after: those of the other.

    Returns:
        Every sentence of both, in order; one that was changed with what it was made of it, differences marked.
    """
    old = [sentence.strip() for paragraph in before for sentence in sentences(paragraph)]
    new = [sentence.strip() for paragraph in after for sentence in sentences(paragraph)]
    changes: list[Change] = []
    for tag, a, b, c, d in _opcodes(old, new):
        if tag == "equal":
            changes += (Change(Kind.SAME, _plain(text), _plain(text)) for text in old[a:b])
        else:
            changes += _replaced(old[a:b], new[c:d])
    return tuple(changes)


def marked(before: str, after: str) -> Change:
    """Compare two sentences; what only one of them says is marked."""
    if before == after:
        return Change(Kind.SAME, _plain(before), _plain(after))
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    codes = _opcodes(old, new)
    for place, (tag, a, b, c, d) in enumerate(codes):
        island = tag == "equal" and 0 < place < len(codes) - 1 and b - a <= _ISLAND and len(old[a]) <= _ISLAND
        changed = tag != "equal" or island
        _append(left, "".join(old[a:b]), marked=changed)
        _append(right, "".join(new[c:d]), marked=changed)
    return Change(Kind.CHANGED, tuple(left), tuple(right))


def _opcodes(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return what was made of what, as difflib says it; without a closer look where that would take it too long."""
    if max(len(old), len(new)) <= _LONG and _same_pairs(old, new) <= _SAME:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    least = min(len(old), len(new))
    begin = next((place for place in range(least) if old[place] != new[place]), least)
    rest = least - begin
    end = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    codes = [
        ("equal", 0, begin, 0, begin),
        ("replace", begin, len(old) - end, begin, len(new) - end),
        ("equal", len(old) - end, len(old), len(new) - end, len(new)),
    ]
    return [code for code in codes if code[1] < code[2] or code[3] < code[4]]


def _same_pairs(old: Iterable[str], new: Iterable[str]) -> int:
    """Return how many pairs of places hold the same."""
    count = Counter(new)
    return sum(count[one] for one in old)


def _append(pieces: list[Piece], text: str, *, marked: bool) -> None:
    if text and pieces and pieces[-1].marked is marked:
        pieces[-1] = Piece(pieces[-1].text + text, marked)
    elif text:
        pieces.append(Piece(text, marked))


def _plain(text: str) -> tuple[Piece, ...]:
    return (Piece(text, marked=False),)


def _replaced(old: list[str], new: list[str]) -> Iterator[Change]:
    """Find out which sentence became which; what has no counterpart was removed or added."""
    pair = _most_alike(old, new)
    if pair is None:
        yield from (Change(Kind.REMOVED, (Piece(text, marked=True),), ()) for text in old)
        yield from (Change(Kind.ADDED, (), (Piece(text, marked=True),)) for text in new)
        return
    a, b = pair
    yield from _replaced(old[:a], new[:b])
    yield marked(old[a], new[b])
    yield from _replaced(old[a + 1 :], new[b + 1 :])


def _most_alike(old: list[str], new: list[str]) -> tuple[int, int] | None:
    if len(old) * len(new) > _PAIRS:
        return None
    best, pair, left = _ALIKE, None, 4 * _SAME
    matcher = SequenceMatcher(None, autojunk=False)
    for b, text in enumerate(new):
        matcher.set_seq2(text)
        for a, other in enumerate(old):
            matcher.set_seq1(other)
            if matcher.real_quick_ratio() > best and (ratio := matcher.quick_ratio()) > best:
                left -= _same_pairs(text, other)
                if left > 0:  # else the quick one will do, which takes the order of what is the same for right
                    ratio = matcher.ratio()
                if ratio > best:
                    best, pair = ratio, (a, b)
    return pair
