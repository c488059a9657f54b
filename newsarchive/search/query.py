"""What was asked, as typed by a person: words, ``"phrases"``, ``OR``, ``-not`` and parentheses.

Words beside each other must all be there. Nothing is cut into a language's words: what is typed is found wherever it
stands, as one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsarchive.article import Refused
from newsarchive.search.folding import fold, is_gram, needed

LONGEST = 500
_DEEPEST = 20
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "＂": "＂"}
_OPENS, _CLOSES = "(（", ")）"
_OR = {"OR", "|", "ＯＲ", "｜"}
_AND = {"AND", "＋", "+"}
_NOT = "NOT"
_SPACES = re.compile(r"\s+")
_SURROGATES = re.compile("[\ud800-\udfff]")


class QueryError(Refused):
    """A query that cannot be meant.

    Attributes:
        reason: why, in a sentence.
        text, place: the query, and where in it.
    """

    def __init__(self, reason: str, text: str, place: int) -> None:
        super().__init__(reason)
        self.reason, self.text, self.place = reason, text, place


@dataclass(frozen=True, slots=True)
class Term:
    """A text that is looked for, folded; `place` is where it begins in the query."""

    text: str
    place: int

    def match(self) -> str:
        """Say it to the index: what every text has that has this."""
        return " AND ".join(f'"{gram}"' for gram in needed(self.text))

    def stands_in(self, folded: str) -> bool:
        """Tell whether a folded text has it."""
        return self.text in folded

    @property
    def certain(self) -> bool:
        """Whether the index alone is sure of it."""
        return is_gram(self.text)

    def wanted(self) -> Iterator[str]:
        """Give the texts that a hit may have, to be marked."""
        yield self.text


@dataclass(frozen=True, slots=True)
class Every:
    """All of some parts, and none of others."""

    parts: tuple[Node, ...]
    without: tuple[Node, ...] = ()

    def match(self) -> str:
        """Say it to the index; what must not be there only where the index is sure of it."""
        said = " AND ".join(f"({part.match()})" for part in self.parts)
        unwanted = " OR ".join(f"({part.match()})" for part in self.without if part.certain)
        return f"({said}) NOT ({unwanted})" if unwanted else said

    def stands_in(self, folded: str) -> bool:
        """Tell whether a folded text is a hit."""
        return all(part.stands_in(folded) for part in self.parts) and not any(
            part.stands_in(folded) for part in self.without
        )

    @property
    def certain(self) -> bool:
        """Whether the index alone is sure of it."""
        return all(part.certain for part in (*self.parts, *self.without))

    def wanted(self) -> Iterator[str]:
        """Give the texts that a hit may have, to be marked."""
        for part in self.parts:
            yield from part.wanted()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of some parts."""

    parts: tuple[Node, ...]

    def match(self) -> str:
        """Say it to the index."""
        return " OR ".join(f"({part.match()})" for part in self.parts)

    def stands_in(self, folded: str) -> bool:
        """Tell whether a folded text is a hit."""
        return any(part.stands_in(folded) for part in self.parts)

    @property
    def certain(self) -> bool:
        """Whether the index alone is sure of it."""
        return all(part.certain for part in self.parts)

    def wanted(self) -> Iterator[str]:
        """Give the texts that a hit may have, to be marked."""
        for part in self.parts:
            yield from part.wanted()


Node = Term | Every | Either


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood.

    Attributes:
        text: as typed.
        root: what it means.
    """

    text: str
    root: Node

    @property
    def wanted(self) -> tuple[str, ...]:
        """The texts to be marked in a hit, folded, the longest first."""
        return tuple(sorted(set(self.root.wanted()), key=lambda text: (-len(text), text)))


def parse(text: str) -> Query:
    """Understand a query; raises `QueryError` where it cannot be."""
    text = _SURROGATES.sub("\ufffd", text).replace("\0", " ")
    if len(text) > LONGEST:
        raise QueryError(f"the query is longer than {LONGEST} characters", text[:LONGEST], LONGEST - 1)
    return Query(text, _Parser(text).parse())


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # a term, or one of: ( ) or and not
    place: int
    text: str = ""


class _Parser:
    """Reads a query from left to right; every error knows its place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.next = 0

    def parse(self) -> Node:
        if not self.tokens:
            raise QueryError("say what to look for", self.text, 0)
        root = self._either(0)
        if token := self._peek():
            raise QueryError("this parenthesis closes none", self.text, token.place)
        return root

    def _peek(self) -> _Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def _either(self, depth: int) -> Node:
        parts = [self._every(depth)]
        while (token := self._peek()) and token.kind == "or":
            self.next += 1
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self, depth: int) -> Node:
        parts: list[Node] = []
        without: list[Node] = []
        begin = self._peek()
        while (token := self._peek()) and token.kind not in {"or", ")"}:
            self.next += 1
            if token.kind == "and":
                following = self._peek()
                if not (parts or without) or following is None or following.kind in {"or", "and", ")"}:
                    raise QueryError("AND stands between two things to look for", self.text, token.place)
            elif token.kind == "not":
                without.append(self._unwanted(token, depth))
            else:
                parts.append(self._one(token, depth))
        if not parts:
            where = begin.place if begin else len(self.text)
            reason = "say also what to look for, not only what not" if without else "something to look for is missing"
            raise QueryError(f"{reason} here", self.text, min(where, max(len(self.text) - 1, 0)))
        return parts[0] if len(parts) == 1 and not without else Every(tuple(parts), tuple(without))

    def _unwanted(self, sign: _Token, depth: int) -> Node:
        token = self._peek()
        if token is None or token.kind not in {"term", "("}:
            raise QueryError("say what must not be there", self.text, sign.place)
        self.next += 1
        return self._one(token, depth)

    def _one(self, token: _Token, depth: int) -> Node:
        if token.kind == "term":
            return self._term(token)
        if depth >= _DEEPEST:
            raise QueryError("the parentheses are nested too deeply", self.text, token.place)
        inner = self._either(depth + 1)
        closing = self._peek()
        if closing is None:
            raise QueryError("this parenthesis is never closed", self.text, token.place)
        self.next += 1
        return inner

    def _term(self, token: _Token) -> Term:
        folded = _SPACES.sub(" ", fold(token.text)).strip()
        if not needed(folded):
            raise QueryError("there is no letter or digit in this", self.text, token.place)
        return Term(folded, token.place)


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        character = text[place]
        if character.isspace():
            place += 1
        elif character in _OPENS:
            yield _Token("(", place)
            place += 1
        elif character in _CLOSES:
            yield _Token(")", place)
            place += 1
        elif character in "-－" and place + 1 < len(text) and not text[place + 1].isspace():
            yield _Token("not", place)
            place += 1
        elif character in _QUOTES:
            end = text.find(_QUOTES[character], place + 1)
            if end < 0:
                raise QueryError("this quotation mark is never closed", text, place)
            yield _Token("term", place, text[place + 1 : end])
            place = end + 1
        else:
            end = _end_of_word(text, place)
            yield _word(text[place:end], place)
            place = end


def _word(word: str, place: int) -> _Token:
    if word in _OR:
        return _Token("or", place)
    if word in _AND:
        return _Token("and", place)
    return _Token("not", place) if word == _NOT else _Token("term", place, word)


def _end_of_word(text: str, place: int) -> int:
    """Find where a word ends; parentheses that open and close within it are its own: 贵州茅台(600519)."""
    open_ones = 0
    while place < len(text) and not text[place].isspace():
        character = text[place]
        if character in _OPENS:
            rest = re.match(r"[^\s()（）]*[)）]", text[place + 1 :])
            if rest is None:
                return place
            open_ones += 1
        elif character in _CLOSES:
            if not open_ones:
                return place
            open_ones -= 1
        elif character in _QUOTES:
            return place
        place += 1
    return place
