"""An archive to export from."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bench.exporting import make_archive


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    """Sixty composed articles, an hour apart from 2022-01-03 on, with captures and a ledger."""
    make_archive(tmp_path / "stock", 60, timedelta(hours=1))
    return tmp_path / "stock"
