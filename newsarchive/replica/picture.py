"""Pictures for the replica: drawn from their address, so that each is another and always the same."""

from __future__ import annotations

import re
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from newsarchive.replica.dice import Dice

_SIZE = re.compile(r"_w(\d{1,4})h(\d{1,4})\.")
_DAYS = 40


@lru_cache(maxsize=256)
def picture(address: str) -> bytes:
    """Draw a chart as PNG; in the size its address names, else that of the source's charts."""
    match = _SIZE.search(address)
    width, height = (int(match[1]), int(match[2])) if match else (578, 276)
    dice = Dice(address)
    image = Image.new("RGB", (width, height), (250, 250, 247))
    draw = ImageDraw.Draw(image)
    step, level = width / _DAYS, height / 2
    for day in range(_DAYS):
        move = dice.number(-100, 100) / 100 * height / 14
        color = (196, 48, 43) if move >= 0 else (31, 122, 77)  # in China red rises
        top, bottom = sorted((level, level - move))
        draw.rectangle((day * step + 2, top, (day + 1) * step - 2, bottom + 1), fill=color)
        level = min(max(level - move, height * 0.1), height * 0.9)
    kept = BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()
