"""Commands are loaded at every start, so they bring nothing but how they are called; their work comes when called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOADED = """
import sys
from scrapy.utils.misc import walk_modules_iter
from scrapy.commands.crawl import Command
before = set(sys.modules)
list(walk_modules_iter("newsarchive.commands"))
print(*sorted(set(sys.modules) - before))
"""
COMMANDS = ["datasette", "diff", "export", "import", "rebuild", "search", "serve", "site", "status", "verify"]


def test_a_start_loads_no_commands_work() -> None:
    ended = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = ended.stdout.split()
    assert {f"newsarchive.commands.{name}" for name in COMMANDS} <= set(loaded)
    heavy = ("newsarchive.jobs", "newsarchive.web", "newsarchive.datasette", "starlette", "jinja2", "PIL", "pyarrow")
    assert not [name for name in loaded if name.startswith(heavy)]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_how_it_is_called_and_what_its_exit_codes_mean(name: str) -> None:
    command = [sys.executable, "-m", "scrapy", name, "--help"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    said = " ".join(ended.stdout.split())
    assert f"scrapy {name} " in said
    assert "Exit codes:" in said
    assert "130 and 143 stopped by a signal" in said
