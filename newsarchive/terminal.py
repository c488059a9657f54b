"""The one way to a terminal: whatever text comes by, nothing but text arrives.

Titles, newspapers, file names, URLs and other programs' error messages are foreign. On a terminal a control sequence in
them could rewrite what stands there, set its title, fill its clipboard (OSC 52), hide a link behind words (OSC 8) or
turn letters round. So nothing is asked of those who write: `install` stands before standard output and standard error,
`Console` cleans what it has laid out, and log records are clean when they are made, whichever handler takes them.

Shown as a picture of itself (``␛``, U+2400 and following) or as U+FFFD are the C0 and C1 controls with DEL, Unicode's
Bidi_Control characters, its line and paragraph separator and its deprecated format characters; line feed and tab are
what lines are made of, and stay. Joiners and other characters of no width stay too: emoji and many scripts need them,
and no terminal obeys them.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import rich.console
from rich.segment import Segment

from newsarchive.redaction import redacted

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NOT_TEXT = rf"\x7f-\x9f{_BIDI}\u2028\u2029\u206a-\u206f\ufff9-\ufffb"
_UNSAFE = re.compile(rf"[\x00-\x08\x0b-\x1f{_NOT_TEXT}]")
_NOT_IN_JSON = re.compile(rf"[{_NOT_TEXT}\ud800-\udfff]")
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


def json_text(value: Any, *, indent: int | None = 1) -> str:
    """Return JSON that can stand on a terminal: what is text stays readable, the rest is escaped as JSON allows."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _NOT_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def print_json(report: Any) -> None:
    """Write a report for machines to standard output."""
    sys.stdout.write(f"{json_text(report)}\n")


class Console(rich.console.Console):
    """Rich's console, which lays out text and obeys none: neither control characters nor ``[markup]`` in it."""

    def __init__(self, file: TextIO, **options: Any) -> None:
        super().__init__(file=bare(file), markup=False, emoji=False, highlight=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Lay out; each piece of text is clean, and only Rich itself moves the cursor."""
        for segment in super().render(renderable, options):
            if segment.control or (clean := visible(segment.text)) is segment.text:
                yield segment
            else:
                yield Segment(clean, segment.style)


class Shown:
    """A stream before another one: text passes, all else becomes visible.

    Args:
        stream: where to.
        redact: take known secrets out too. Not on standard output, which is data.
    """

    def __init__(self, stream: TextIO, *, redact: bool) -> None:
        self.stream = stream
        self._redact = redact

    def write(self, text: str) -> int:
        """Write."""
        self.stream.write(visible(redacted(text) if self._redact else text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def bare(stream: TextIO) -> TextIO:
    """Return the stream behind: for control sequences of our own."""
    return stream.stream if isinstance(stream, Shown) else stream


def install() -> None:
    """Stand before standard output, standard error and the log; a second time does nothing.

    What the output's encoding lacks, and half a character, is written as an escape instead of ending the command.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or isinstance(stream, Shown):
            continue
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, cast("TextIO", Shown(stream, redact=name == "stderr")))
    logging.setLogRecordFactory(_CleanRecord)


class _CleanRecord(logging.LogRecord):
    """A log record that is one entry whatever its message holds: no controls, further lines indented, no secrets."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.exc_info and not self.exc_text:
            self.exc_text = _entry(logging.Formatter().formatException(self.exc_info))

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        """Return the message."""
        return _entry(super().getMessage())


def _entry(text: str) -> str:
    return visible(redacted(text)).replace("\n", "\n    ")
