"""Where in a text the words of a query stand, and the piece of a text that shows them best."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsarchive.search.folding import fold
from newsarchive.search.query import Query

WIDTH = 80
_BEFORE = 20  # characters before the first word, so that it does not stand alone
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and the places in it to be marked: begin and end, ascending, never touching."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()

    def parts(self) -> list[tuple[str, bool]]:
        """Give the text in pieces, each with whether it is marked."""
        pieces, place = list[tuple[str, bool]](), 0
        for begin, end in self.spans:
            pieces += [(self.text[place:begin], False), (self.text[begin:end], True)]
            place = end
        return [piece for piece in (*pieces, (self.text[place:], False)) if piece[0]]


def mark(text: str, query: Query | None) -> Marked:
    """Find what was asked for in a text; its folded form has every character at the same place."""
    if query is None:
        return Marked(text)
    folded, found = fold(text), list[tuple[int, int]]()
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


def snippet(text: str, query: Query | None, width: int = WIDTH) -> Marked:
    """Give a piece of a text on one line, around the place where most of what was asked for stands together."""
    text = re.sub(r"\s", " ", text)
    spans = mark(text, query).spans
    begin = _best(spans, width) if spans else 0
    begin = 0 if begin <= _BEFORE else begin - _BEFORE
    end = min(begin + width, len(text))
    begin = max(0, min(begin, end - width))
    if end < len(text) and text[end].isascii() and text[end].isalnum():  # not in the middle of a word or number
        cut = re.search(r"[0-9A-Za-z.]+\Z", text[begin:end])
        if (
            cut
            and cut.start() > width // 2
            and not any(first < end and begin + cut.start() < last for first, last in spans)
        ):
            end = begin + cut.start()
    before, after = _ELLIPSIS if begin else "", _ELLIPSIS if end < len(text) else ""
    shift = len(before) - begin
    inside = (
        (max(first, begin) + shift, min(last, end) + shift) for first, last in spans if first < end and last > begin
    )
    return Marked(f"{before}{text[begin:end]}{after}", tuple(inside))


def _best(spans: tuple[tuple[int, int], ...], width: int) -> int:
    """Give the beginning of the first span from which the most others are near."""
    counts = [
        sum(begin <= other[1] <= begin + width - _BEFORE for other in spans[at : at + 40])
        for at, (begin, _) in enumerate(spans[:200])
    ]
    return spans[counts.index(max(counts))][0]
