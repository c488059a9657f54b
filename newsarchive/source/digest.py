"""A rolling post's digest, turned back from the page into the line it was.

The digest was Markdown, so kramdown made straight quotes curly, ``...`` one character, and so on; the page alone
cannot always tell ``"`` from ``“``. Two things help. A digest nearly always repeats the article's own words, and these
are known exactly from the share host: where they show the straight form, the digest had it too. And kramdown makes
every straight quote that follows a character a closing one, so within Chinese text, which has no spaces, ``"关键词"``
became ``”关键词”``: a closing quote that closes nothing was typed straight.
"""

from __future__ import annotations

import html
import re

from newsarchive.source.page import unmark

# What kramdown makes of what was typed (kramdown's typographic symbols and smart quotes).
_TYPED = {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "…": "...",
    "–": "--",
    "—": "---",
    "«": "<<",
    "»": ">>",
}
_MADE = re.compile("[" + "".join(_TYPED) + "]")
_PAIRS = {"”": "“", "’": "‘"}
_LONE_ELLIPSIS = re.compile("(?<!…)…(?!…)")  # Chinese typography has two
_CONTEXT = 6
_MARKUP = re.compile(r"<[^>]*>")
_LIST = re.compile(r"^<(?P<kind>[ou])l>\s*<li>(?P<item>.*?)</li>\s*</[ou]l>$", re.DOTALL)


def digest_line(shown: str, body: str) -> str:
    """Give a digest as the line of Markdown it was made from.

    Args:
        shown: the inside of the page's ``<blockquote>``, HTML.
        body: the article's body as the share host gave it, HTML; empty when unknown.
    """
    if listed := _LIST.match(shown):  # a digest beginning "1. " or "- " became a list of one
        shown = ("1. " if listed["kind"] == "o" else "- ") + listed["item"].strip()
    line = " ".join(unmark(shown).split("\n"))
    if not _MADE.search(line):
        return line
    return _as_typed(line, html.unescape(_MARKUP.sub("", body)))


def _as_typed(line: str, words: str) -> str:
    """Replace each made character by the typed one where the article's words, or the line itself, tell."""
    likely = _closing_nothing(line) | {match.start() for match in _LONE_ELLIPSIS.finditer(line)}
    done, position = "", 0
    for match in _MADE.finditer(line):
        done += line[position : match.start()]
        position = match.end()
        after = _MADE.split(line[position : position + _CONTEXT], maxsplit=1)[0]
        before = done[-_CONTEXT:]
        made, typed = match[0], _TYPED[match[0]]
        if f"{before}{made}{after}" in words:
            done += made
        elif f"{before}{typed}{after}" in words or match.start() in likely:
            done += typed
        else:
            done += made
    return done + line[position:]


def _closing_nothing(line: str) -> set[int]:
    """Give the places of closing quotes before which none is open."""
    places = set()
    for closing, opening in _PAIRS.items():
        depth = 0
        for place, character in enumerate(line):
            if character == opening:
                depth += 1
            elif character == closing and depth:
                depth -= 1
            elif character == closing:
                places.add(place)
    return places
