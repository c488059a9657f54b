"""Text that came from elsewhere, made safe for where it goes: a terminal, a line, JSON, XML.

A terminal obeys what is no text: a control sequence in a title could rewrite what stands there, set the window's title,
fill the clipboard (OSC 52), hide a link behind words (OSC 8) or turn letters round. `visible` shows as a picture of
itself (``␛``, U+2400 and following) or as U+FFFD the C0 and C1 controls with DEL, Unicode's Bidi_Control characters,
its line and paragraph separator and its deprecated format characters. Line feed and tab are what lines are made of, and
stay. Joiners and other characters of no width stay too: emoji and many scripts need them, and no terminal obeys them.
"""

from __future__ import annotations

import json
import re
from typing import Any

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NOT_TEXT = rf"\x7f-\x9f{_BIDI}\u2028\u2029\u206a-\u206f\ufff9-\ufffb"
_UNSAFE = re.compile(rf"[\x00-\x08\x0b-\x1f{_NOT_TEXT}]")
_NOT_IN_JSON = re.compile(rf"[{_NOT_TEXT}\ud800-\udfff]")
_NOT_IN_XML = re.compile("[^\t\n\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}


def visible(text: str) -> str:
    """Return a text in which every character that a terminal would obey is one that it shows."""
    if _UNSAFE.search(text) is None:
        return text
    return _UNSAFE.sub(lambda match: _PICTURES.get(ord(match[0]), "\ufffd"), text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return a text as a field of a line or table: visible, its line breaks and tabs as spaces."""
    return visible(_BREAKS.sub(" ", text))


def json_text(value: Any, *, indent: int | None = 1, separators: tuple[str, str] | None = None) -> str:
    """Return JSON that can stand on a terminal: what is text stays readable, the rest is escaped as JSON allows."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return _NOT_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def xml_text(text: str) -> str:
    """Return XML or HTML in which what XML 1.0 forbids is replaced, and what a terminal obeys is a reference to it."""
    text = _NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _UNSAFE.sub(lambda match: f"&#x{ord(match[0]):x};", text)
