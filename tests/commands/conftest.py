"""Commands run in this process: as users call them, without the second a process takes to start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scrapy.cmdline import execute

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run one of ours that needs no reactor; gives its exit code, what it printed, and what it complained of."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "newsarchive.settings")

    def run(*words: str, **settings: Any) -> tuple[int, str, str]:
        said = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        with pytest.raises(SystemExit) as ended:
            execute(["scrapy", *words, *said])
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run
