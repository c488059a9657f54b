"""How the golden net runs a command of the product, and takes out of what it says what is random or this machine's.

Nothing here knows a module of the product: commands are processes, as users start them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable

# What a process is given of the surroundings; anything else (a terminal's width, colours, proxies, settings of
# Python, Scrapy or newsarchive) could change what it prints. TZ and LANG are passed on: they must change nothing.
_PASSED_ON = ("PATH", "TMPDIR", "TZ", "LANG", "LC_ALL")
_SET = {"COLUMNS": "100", "LINES": "40", "TERM": "dumb", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended."""

    line: str
    code: int
    out: str
    err: str

    def __str__(self) -> str:
        said = [f"$ {self.line}", f"exit code {self.code}", self.out.removesuffix("\n")]
        said += ["--- standard error", self.err.removesuffix("\n")] if self.err else []
        return "".join(f"{part}\n" for part in said if part)


class Desk:
    """A folder in which commands are run as in a clone, so that archives have names without a machine's path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "home").mkdir(parents=True)
        shutil.copy(ROOT / "scrapy.cfg", folder)
        self.environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self.environment |= _SET | {"HOME": str(folder / "home")}

    def command(self, words: tuple[str, ...], settings: dict[str, Any]) -> list[str]:
        """Return the command line: ``-s`` for each setting."""
        said = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        return [PYTHON, "-m", "scrapy", *words, *said]

    def run(self, *words: str, stdin: str = "", shown: str = "", **settings: Any) -> Ended:
        """Run a ``scrapy`` command to its end; `shown` is the line a pin names it by."""
        done = subprocess.run(
            self.command(words, settings),
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        line = shown or " ".join(["scrapy", *words, *(f"-s {name}={value}" for name, value in settings.items())])
        return Ended(line, done.returncode, done.stdout, done.stderr)


class Bulk:
    """Texts that are too large to be pinned: pinned by a digest, kept in a folder under it, for whoever compares."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, text: str | bytes) -> str:
        """Keep a text; return what is pinned of it."""
        content = text.encode(errors="backslashreplace") if isinstance(text, str) else text
        name = hashlib.sha256(content).hexdigest()[:DIGITS]
        (self.folder / name).write_bytes(content)
        return name


DIGITS = 16
"""Of a digest, hexadecimal, as pins show it: what no accident repeats, and four lines fit on a page."""

_SHA256 = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_PLACE = re.compile(r"(\d{8}-\d{4}\.warc\.gz)(#|%23)(\d+)")
_OFFSET = re.compile(r'(\bdamaged at |"offset": )(\d+)')
_RULES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    # time that really passed: log lines, the server's Date, seconds of a run
    (r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:,\d+)? (DEBUG|INFO|WARNING|ERROR|CRITICAL) ", r"\1 "),
    (r"(?mi)^(date: )\w{3}, .*$", r"\1…"),
    (r'(\\?"seconds\\?": ?)[\d.]+', r"\1…"),
    # a table's box is as wide as its numbers
    (r"(?m)^[┌├└][─┬┼┴]*[┐┤┘]\n", ""),
    (r"(?m)^│ (.*?) *│ *(.*?) *│$", r"│ \1 │ \2 │"),
    (r"(?m)^│ seconds │ .* │$", "│ seconds │ … │"),
    # random names
    (r"urn:uuid:[0-9a-f-]{36}", "urn:uuid:…"),
    # a run's record ends with the digest of itself, seconds and all
    (r'( "sha256": ")[0-9a-f]{64}("\n\})', r"\1…\2"),
    # gzip packs as well as this machine's zlib can, and what is packed holds random names and ports
    (r'("(?:capture_bytes|bytes|length)": )\d+', r"\1…"),
    (r"\b\d+(?:\.\d+)? (MiB|KiB|kB|bytes)\b", r"… \1"),
    (r"(?mi)^(content-length: )\d+$", r"\1…"),
    # a digest of all stylesheets and scripts; they are pinned themselves
    (r"\?v=[0-9a-f]{12}\b", "?v=…"),
    # options as argparse writes them before Python 3.13
    (r"(?m)^( +-\w) ([A-Z_|…]+), (--[\w-]+) \2", r"\1, \3 \2"),
)
_COMPILED = [(re.compile(pattern), replacement) for pattern, replacement in _RULES]


@dataclass
class Plain:
    """Takes out of a text what is random or this machine's; knows one archive's names for it.

    Attributes:
        words: what is replaced by what: ports, the archive's own id.
        places: file and offset in the captures, to the number of the record in its file.
        bodies: digest of a body as it came over the wire, to that of what it says (gzip and PNG are packed otherwise
            by another zlib).
    """

    words: dict[str, str] = field(default_factory=dict)
    places: dict[tuple[str, int], int] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        """Return the text as a pin holds it."""
        for pattern, replacement in _COMPILED:
            text = pattern.sub(replacement, text)
        for word, replacement in self.words.items():
            text = text.replace(word, replacement)
        text = _PLACE.sub(lambda found: f"{found[1]}@{self.place(found[1], int(found[3]))}", text)
        text = _OFFSET.sub(lambda found: f"{found[1]}@{self._somewhere(int(found[2]))}", text)
        return _SHA256.sub(lambda found: self.bodies.get(found[0], found[0])[:DIGITS], text)

    def place(self, file: str, offset: int) -> str:
        """Return the number of the record that begins at an offset; the next one's where the file ends."""
        return str(self.places.get((file, offset), "?"))

    def _somewhere(self, offset: int) -> str:
        """Return the number of the record at an offset of a file that stands elsewhere in the text."""
        return "|".join(str(number) for (_, begins), number in self.places.items() if begins == offset) or "?"


def help_text(text: str) -> str:
    """Return a help text as every Python prints it: an option's help on its line, what all commands share left out."""
    lines: list[str] = []
    for line in text.partition("\nGlobal Options\n")[0].splitlines():
        option = bool(lines) and lines[-1].lstrip().startswith("-")
        if option and line.startswith(" " * 12):
            lines[-1] += f"{' ' if '  ' in lines[-1].strip() else '  '}{line.strip()}"
        else:
            lines.append(re.sub(r"(?<=\S) {2,}", "  ", line) if line.lstrip().startswith("-") else line)
    return "".join(f"{line}\n" for line in lines)
