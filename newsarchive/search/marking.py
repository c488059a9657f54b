"""Where in a text the words of a query stand, and the piece of a text that shows them best."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsarchive.search.folding import fold
from newsarchive.search.query import Query

WIDTH = 80
_BEFORE = 20  # characters before the first word, so that it does not stand alone
_NEAR, _MOST = 40, 200  # spans that are counted; a text of nothing else must not take long
_ELLIPSIS = "…"
_SPACE = re.compile(r"\s")
_SENTENCE_END = re.compile(r"[。！？；!?]['”’」』）)]*\s*|\s{1,9}")
_CUT_WORD = re.compile(r"[0-9A-Za-z.,%]+\Z")

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and the places in it to be marked: begin and end, ascending, never touching."""

    text: str
    spans: Spans = ()

    def parts(self) -> list[tuple[str, bool]]:
        """Give the text in pieces, each with whether it is marked."""
        pieces, place = list[tuple[str, bool]](), 0
        for begin, end in self.spans:
            pieces += [(self.text[place:begin], False), (self.text[begin:end], True)]
            place = end
        return [piece for piece in (*pieces, (self.text[place:], False)) if piece[0]]


def mark(text: str, query: Query | None, *, folded: str | None = None) -> Marked:
    """Find what was asked for in a text; its folded form, where it is known, has every character at the same place."""
    if query is None:
        return Marked(text)
    folded, found = folded or fold(text), list[tuple[int, int]]()
    for word in query.wanted:
        begin = folded.find(word)
        while begin >= 0:
            found.append((begin, begin + len(word)))
            begin = folded.find(word, begin + len(word))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return Marked(text, tuple(merged))


def snippet(text: str, query: Query | None, width: int = WIDTH, *, folded: str | None = None) -> Marked:
    """Give a piece of a text on one line, around the place where most of what was asked for stands together."""
    text = _SPACE.sub(" ", text)
    spans = mark(text, query, folded=folded).spans
    begin = _begin(text, _best(spans, width)) if spans else 0
    end = min(begin + width, len(text))
    if end == len(text):
        begin = max(0, min(begin, _begin(text, end - width + _BEFORE)))
    end = _end(text, begin, end, spans)
    before, after = _ELLIPSIS if begin else "", _ELLIPSIS if end < len(text) else ""
    shift = len(before) - begin
    inside = (
        (max(first, begin) + shift, min(last, end) + shift) for first, last in spans if first < end and last > begin
    )
    return Marked(f"{before}{text[begin:end]}{after}", tuple(inside))


def _best(spans: Spans, width: int) -> int:
    """Give the beginning of the first span from which the most others are near."""
    near = [
        sum(last <= begin + width - _BEFORE for _, last in spans[at : at + _NEAR])
        for at, (begin, _) in enumerate(spans[:_MOST])
    ]
    return spans[near.index(max(near))][0]


def _begin(text: str, place: int) -> int:
    """Give where a piece begins that shows a place: with its sentence, if that begins shortly before."""
    if place <= _BEFORE:
        return 0
    ends = list(_SENTENCE_END.finditer(text, place - _BEFORE, place))
    return ends[-1].end() if ends else place - _BEFORE


def _end(text: str, begin: int, end: int, spans: Spans) -> int:
    """Give where a piece ends: not in the middle of a Latin word or a number, unless that is what was asked for."""
    if end == len(text) or not (text[end].isascii() and text[end].isalnum()):
        return end
    cut = _CUT_WORD.search(text, max(begin, end - _BEFORE), end)
    if cut is None or cut.start() <= begin or any(first < end and last > cut.start() for first, last in spans):
        return end
    return cut.start()
