"""Where a page ends. What does not come to its end was cut off, even where no length was announced.

HTML lets a page omit its last end tags, and parsers add them without a word. The pages of this source never omit them,
so that they tell half a page from a whole one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from newsarchive.source.understanding import TruncatedError, looks_like


@dataclass(frozen=True, slots=True)
class Layout:
    """What a layout of the mirror closes.

    Attributes:
        name: for messages.
        since, until: days on which it was valid, as far as known; ``until`` is None for today's.
        closes: its elements, the inner ones first, of which each that is opened is closed again.
    """

    name: str
    since: date
    until: date | None
    closes: tuple[str, ...]


LIST = Layout("a list", date(2021, 12, 1), None, ("ul", "section", "html"))
"""Home page, category pages, rolling news: each ``<ul>`` closes, then the section that holds them, then the page."""
POST = Layout("a post's page", date(2021, 12, 1), None, ("section", "html"))

_COMMENT_OR_RAW = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style|iframe|textarea|title)\b[^<>]*>.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_DOCUMENT = ("<!doctype", "<html")
_HTML_END = re.compile(r"</html\s*>", re.IGNORECASE)


def check_end(text: str, layout: Layout | None = None) -> None:
    """Refuse a page that does not come to its end.

    What may stand behind ``</html>`` does not matter: blanks, a comment, a script somebody's proxy put there.

    Args:
        text: the page.
        layout: what it closes beside itself, where that is known.

    Raises:
        TruncatedError: it is an HTML document without ``</html>``, or an element of its layout is not closed.
    """
    shown = _COMMENT_OR_RAW.sub("", text)  # what stands there, closes nothing
    lacking = next((name for name in (layout.closes if layout else ()) if _is_open(shown, name)), "")
    if not lacking and _is_document(shown) and not _HTML_END.search(shown):
        lacking = "html"
    if lacking:
        what = layout.name if layout else "the page"
        raise TruncatedError(f"{what} was cut off: it has no </{lacking}>; it is {looks_like(text)}")


def _is_document(shown: str) -> bool:
    """Return whether a page is an HTML document and no fragment; one may be cut off within its first word."""
    start = shown.lstrip("\ufeff \t\r\n\f")[: len("<!doctype")].lower()
    return start.startswith(_DOCUMENT) or (bool(start) and any(word.startswith(start) for word in _DOCUMENT))


def _is_open(shown: str, name: str) -> bool:
    """Return whether the last start tag of an element has no end tag behind it."""
    start = _last(rf"<{name}(?![a-z0-9-])", shown)
    return start >= 0 and start > _last(rf"</{name}\s*>", shown)


def _last(pattern: str, text: str) -> int:
    return max((match.start() for match in re.finditer(pattern, text, re.IGNORECASE)), default=-1)
