"""Draws ``docs/demo.svg``: a real run of ``make demo`` in a terminal, as it ended. Run by ``make pictures``."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 92


def run_in_terminal(command: list[str]) -> str:
    """Run a command on a terminal of its own and give everything it wrote there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "LINES": "60", "TERM": "xterm-256color"}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)  # noqa: S603 - ours
    os.close(theirs)
    written = bytearray()
    with contextlib.suppress(OSError):  # Linux reports the other end's closing as an error
        while piece := os.read(ours, 65536):
            written += piece
    if process.wait() != 0:
        sys.exit(f"{' '.join(command)} failed:\n{written.decode()}")
    return written.decode()


def as_it_ended(output: str) -> str:
    """Leave out what a rewritten line showed on its way: keep what stands after its last erasure."""
    lines = output.replace("\r\n", "\n").split("\n")
    return "\n".join(re.split(r"\r\x1b\[K", line)[-1] for line in lines)


def main() -> None:
    """Draw the picture."""
    shown = as_it_ended(run_in_terminal([sys.executable, "-m", "newsarchive.replica.demo"]))
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bold green"), "make demo"))
    console.print(Text.from_ansi(shown.replace(str(ROOT), ".")))
    picture = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="newsarchive"), flags=re.DOTALL)
    (ROOT / "docs" / "demo.svg").write_text(picture, encoding="utf-8")  # without fonts fetched from elsewhere


if __name__ == "__main__":
    main()
