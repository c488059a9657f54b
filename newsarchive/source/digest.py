"""A rolling post's digest, turned back from the page into the line it was.

The digest was Markdown, so kramdown made straight quotes curly, ``...`` one character, and so on; the page alone
cannot tell ``"`` from ``“``. Yet a digest nearly always repeats the article's own words, and these are known exactly
from the share host: where they show the straight form, the digest had it too.
"""

from __future__ import annotations

import html
import re

from newsarchive.source.page import unmark

# What kramdown makes of what was typed (kramdown's typographic symbols and smart quotes).
_TYPED = {
    "“": ('"',),
    "”": ('"',),
    "‘": ("'",),
    "’": ("'",),
    "…": ("...",),
    "–": ("--",),
    "—": ("---",),
    "«": ("<<",),
    "»": (">>",),
}
_MADE = re.compile("[" + "".join(_TYPED) + "]")
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
    words = html.unescape(_MARKUP.sub("", body)) if _MADE.search(line) else ""
    return _as_typed(line, words) if words else line


def _as_typed(line: str, words: str) -> str:
    """Replace each made character by the typed one where the article's words around it have the typed one."""
    done, rest = "", line
    while match := _MADE.search(rest):
        done += rest[: match.start()]
        after = rest[match.end() : match.end() + _CONTEXT]
        next_made = _MADE.search(after)
        right = after[: next_made.start()] if next_made else after
        left = done[-_CONTEXT:]
        made = match[0]
        if left + made + right not in words:
            typed = next((typed for typed in _TYPED[made] if left + typed + right in words), None)
            made = typed if typed is not None and (left or right) else made
        done, rest = done + made, rest[match.end() :]
    return done + rest
