"""An article's body: normalised, checked, and repaired only where the check fails.

A clean body passes untouched (``tidy``): every parser that writes HTML again changes something in bodies that were
right. What fails the check of ``newsarchive.bodycheck`` is parsed by BeautifulSoup, written again by the rules of the
check and sanitized by nh3; the capture keeps the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape

import nh3

from newsarchive import bodycheck
from newsarchive.bodycheck import faults
from newsarchive.bodyrepair import DROPPED, LINES, repair
from newsarchive.markup import MarkupError, without_markup

__all__ = ["clean", "faults", "has_substance", "normalise", "plain_text", "tidy", "visible_text"]

INDENT = "　　"

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SANITIZER = nh3.Cleaner(
    tags=set(bodycheck.TAGS),
    clean_content_tags=set(DROPPED),
    attributes={"*": set(bodycheck.ATTRIBUTES)},
    generic_attribute_prefixes={"data-"},
    url_schemes=set(bodycheck.SCHEMES),
    filter_style_properties=set(bodycheck.STYLES),
    link_rel=None,
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

    Tags that are not allowed go, their text stays (``<script>`` and ``<style>`` go whole), and so do advertising links
    (``a.toplink``), comments, and attributes, URLs and style declarations that are not allowed. Misnested elements are
    put where they can stand. No input raises; time is proportional to its length. Of one with more markup than a parser
    may be given (`newsarchive.markup`) the text stays alone.

    Returns:
        HTML that passes ``faults``.
    """
    try:
        repaired = repair(html)
    except MarkupError:
        return f"<p>{escape(bodycheck.CONTROLS.sub('', unescape(without_markup(html))), quote=False)}</p>"
    sanitized = _SANITIZER.clean(repaired)
    if not faults(sanitized):
        return sanitized
    return f"<p>{without_markup(repaired)}</p>"  # not known to happen: the text, without any markup


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
    return any(picture or _INVISIBLE.sub("", text).strip() for text, picture in _visible(html))


def _visible(html: str) -> Iterator[tuple[str, bool]]:
    r"""Give the visible pieces of a body in order: text, or True for a picture.

    A line break that a reader sees is ``\n``; one that only the source has is a space.
    """
    html = _tidied(html)[0]
    depth, hidden, end = 0, 0, 0  # hidden: the depth at which something invisible was opened, or 0
    for token in bodycheck.TOKEN.finditer(html):
        closing, name, rest = token.groups()
        if not hidden:
            yield unescape(html[end : token.start()]).replace("\n", " "), False
        end = token.end()
        name = (name or "").lower()
        if closing:
            depth -= 1
            hidden = 0 if depth < hidden else hidden
        elif name:
            values = _attributes(rest)
            void = name in bodycheck.VOID
            depth += not void
            unseen = bool(hidden) or _is_hidden(values.get("style", ""))
            if name == "img" and not unseen and values.get("src", "").strip():
                yield "", True
            if unseen and not hidden and not void:
                hidden = depth
        if name in LINES or name == "br":
            yield "\n", False
    yield unescape(html[end:]).replace("\n", " "), False


def _attributes(rest: str) -> dict[str, str]:
    """Read the attributes of a start tag that passed the check."""
    if not rest:
        return {}
    return {name.lower(): unescape(a or b or c) for name, a, b, c in bodycheck.ATTRIBUTE.findall(rest)}


def _is_hidden(style: str) -> bool:
    shown = [d for d in bodycheck.declarations(style) if d.lstrip()[:7].lower() == "display"]
    return bool(shown) and shown[-1].partition(":")[2].replace("!important", "").strip().lower() == "none"
