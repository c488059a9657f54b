"""An article's body: normalised, checked, and repaired only where the check fails.

A clean body passes untouched (``tidy``): every parser that writes HTML again changes something in bodies that were
right. What fails the check of ``newsarchive.bodycheck`` is mended tag by tag; the capture keeps the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape, unescape

from newsarchive import bodycheck
from newsarchive.bodycheck import ascii_lower, faults
from newsarchive.bodyrepair import LINES, repair
from newsarchive.htmlnames import VOID
from newsarchive.markup import without_markup

__all__ = [
    "LAZY_SOURCES",
    "attributes",
    "clean",
    "faults",
    "has_substance",
    "normalise",
    "picture_sources",
    "plain_text",
    "tidy",
    "visible_text",
]

INDENT = "　　"

LAZY_SOURCES = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-original-src",
    "data-lazyload",
    "data-lazy",
    "data-actualsrc",
    "data-echo",
    "data-real-src",
    "data-realsrc",
    "data-url",
    "data-img",
    "data_ue_src",
    "_src",
    "original",
    "lazy-src",
    "lazysrc",
    "lazyload",
    "real_src",
    "datasrc",
)
"""Attributes of an ``img`` where lazy loaders and editors keep the picture's address; ``src`` is their placeholder."""

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")

# What leaves no mark on a page: Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt of 16.0: soft
# hyphen, joiners, direction marks, Hangul fillers, variation selectors, tags), and the empty braille pattern.
_NO_MARK = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def normalise(html: str) -> str:
    r"""Make the two changes every post has over the source's text, and no other.

    ``\r\n`` becomes ``\n``, and pairs of ideographic spaces (the indents) go. Doing it twice changes nothing more,
    except in ``\r\r\n``: each call takes one ``\r``. A ``\r`` that stays is a fault, and ``clean`` makes it a line end.
    """
    return html.replace("\r\n", "\n").replace(INDENT, "")


def tidy(html: str) -> tuple[str, list[str]]:
    """Give the body as a post holds it, and what had to be repaired.

    Args:
        html: the body as the source sent it.

    Returns:
        The normalised body and no faults, or a repaired one and the faults it had. Either passes ``faults``.
    """
    tidied, found = _tidied(html)
    return tidied, list(found)


@lru_cache(maxsize=8)  # the roads and the pipelines ask of one text several times in a row
def _tidied(html: str) -> tuple[str, tuple[str, ...]]:
    html = normalise(html)
    found = tuple(faults(html))
    return (normalise(clean(html)) if found else html), found


def clean(html: str) -> str:
    """Repair a body that fails the check, and take out what it may not hold.

    Tags that are not allowed go, their text stays (``<script>`` and ``<style>`` go whole), and so do attributes, URLs
    and style declarations that are not allowed. Misnested elements are put where they can stand. A ``<`` that begins
    no element is text and is escaped. What is right stays as it is. No input raises; time is proportional to its
    length.

    Returns:
        HTML that passes ``faults``.
    """
    repaired = repair(html)
    if not faults(repaired):
        return repaired
    return f"<p>{escape(unescape(without_markup(repaired)))}</p>"  # not known to happen: the text alone


def visible_text(html: str) -> str:
    """Give what a reader would see of a body: text outside comments and ``display:none``, runs of white space as one.

    Args:
        html: a body, clean or not.
    """
    return " ".join(_INVISIBLE.sub("", "".join(text for text, _ in _visible(html))).split())


def plain_text(html: str) -> str:
    """Give what a reader would see of a body, with a line for each paragraph and no empty line; else `visible_text`."""
    text = _INVISIBLE.sub("", "".join(text for text, _ in _visible(html)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


@lru_cache(maxsize=8)  # as above
def has_substance(html: str) -> bool:
    """Whether there is anything to read or to look at: visible text, or a picture that has an address."""
    return any(picture or _NO_MARK.sub("", text).strip() for text, picture in _visible(html))


def picture_sources(values: Mapping[str, str]) -> list[str]:
    """Return the addresses an ``img`` may have its picture from, the likeliest first.

    Args:
        values: its attributes, names in lower case.
    """
    sources = (values.get(name, "").strip() for name in (*LAZY_SOURCES, "src"))
    return [source for source in dict.fromkeys(sources) if source]


def _visible(html: str) -> Iterator[tuple[str, bool]]:
    r"""Give the visible pieces of a body in order: text, or True for a picture.

    A line break that a reader sees is ``\n``; one that only the source has is a space.
    """
    html = _tidied(html)[0]
    path: list[str] = []
    hidden, end = 0, 0  # hidden: the depth at which something invisible was opened, or 0
    for token in bodycheck.TOKEN.finditer(html):
        closing, name, listed, tail = token.groups()
        if not hidden:
            yield unescape(html[end : token.start()]).replace("\n", " "), False
        end = token.end()
        name = ascii_lower(name or "")
        if closing:
            _close(path, name)
            hidden = 0 if len(path) < hidden else hidden
        elif name:
            values = attributes(listed)
            unseen = bool(hidden) or _is_hidden(values)
            if name == "img" and not unseen and picture_sources(values):
                yield "", True
            if name not in VOID and tail[-1:] != "/":
                path.append(name)
                hidden = hidden or (len(path) if unseen else 0)
        if name in LINES or name == "br":
            yield "\n", False
    if not hidden:
        yield unescape(html[end:]).replace("\n", " "), False


def attributes(listed: str) -> dict[str, str]:
    """Read the attributes of a start tag (the third group of `bodycheck.TAG`); of two alike the first counts."""
    if not listed:
        return {}
    values: dict[str, str] = {}
    for name, double, single, bare in bodycheck.ATTRIBUTE.findall(listed):
        values.setdefault(ascii_lower(name), _resolved(double or single or bare))
    return values


def _resolved(value: str) -> str:
    """Resolve character references; those of no character too, at whose digits `unescape` raises."""
    if "&" not in value:
        return value
    return unescape(bodycheck.REFERENCE.sub(lambda found: found[0] if bodycheck.is_text(found) else "\ufffd", value))


def _close(path: list[str], name: str) -> None:
    """Close an element, and with it the unknown ones that nothing closes; an end tag of none that is open does none."""
    if name in path:
        while path.pop() != name:
            pass


def _is_hidden(values: Mapping[str, str]) -> bool:
    parts = (declaration.partition(":") for declaration in bodycheck.declarations(values.get("style", "")))
    shown = [value for name, _, value in parts if name.strip().lower() == "display"]
    return "hidden" in values or (bool(shown) and shown[-1].replace("!important", "").strip().lower() == "none")
