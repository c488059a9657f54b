"""The one way to a terminal: whatever text comes by, nothing but text arrives.

Titles, newspapers, file names, URLs and other programs' error messages are foreign (`newsarchive.escaping` says what
they can do). So nothing is asked of those who write: `install` stands before standard output and standard error,
`Console` cleans what it has laid out, and log records are clean when they are made, whichever handler takes them.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import rich.console
from rich.segment import Segment

from newsarchive.escaping import json_text, visible
from newsarchive.redaction import redacted

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType


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
