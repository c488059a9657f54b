"""The pictures of the pages are small, and each is shown somewhere."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURES = sorted((ROOT / "docs").glob("*.png"))


def test_every_picture_is_small_and_shown() -> None:
    text = (ROOT / "docs" / "web.md").read_text(encoding="utf-8")
    assert len(PICTURES) >= 5
    for picture in PICTURES:
        assert picture.stat().st_size < 300_000, f"{picture.name} is too large"
        assert f"({picture.name})" in text, f"{picture.name} is shown nowhere"
