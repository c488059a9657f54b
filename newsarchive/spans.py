"""Spans of time as people write and read them: ``30m``, ``1h30m``, ``2 d 4 h``."""

from __future__ import annotations

import re
from datetime import timedelta

from newsarchive.article import Refused

_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_PARTS = re.compile(r"(?=\d)(?:(\d{1,12})d)?(?:(\d{1,12})h)?(?:(\d{1,12})m)?(?:(\d{1,12})s)?", re.ASCII)
_LONGEST = 100 * 365 * 86400  # seconds; a moment so far away can still be written


def parse(text: str) -> timedelta:
    """Read a span like ``30m``, ``2h``, ``1d12h``, ``90s``.

    Raises:
        Refused: it is none, or is no time at all.
    """
    match = _PARTS.fullmatch(re.sub(r"\s", "", text.lower()))
    numbers = [part or "0" for part in match.groups()] if match else []
    if match is None or not any(map(int, numbers)):
        raise Refused(f"{text[:40]!r} is no span of time; write it like 30m, 2h or 1d12h")
    seconds = sum(int(number) * unit for number, unit in zip(numbers, _SECONDS.values(), strict=True))
    if seconds > _LONGEST:
        raise Refused(f"{text[:40]!r} is longer than anything here lasts")
    return timedelta(seconds=seconds)


def say(span: timedelta) -> str:
    """Say how long, in its two largest units: ``2 d 4 h``, ``10 min``; the sign is left out."""
    left = abs(int(span.total_seconds()))
    said: list[tuple[int, str]] = []
    for name, seconds in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        if count or (said and len(said) == 1):
            said.append((count, name))
        if len(said) == 2:  # noqa: PLR2004 - two units are as exact as anyone reads
            break
    return " ".join(f"{count} {name}" for count, name in said if count) or "0 s"
