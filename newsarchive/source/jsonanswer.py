"""Answers that are a JSON object, and the texts in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from newsarchive.source.encoding import decode
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError, looks_like

_CUT = re.compile(r"|u[0-9a-fA-F]{0,4}|\.|[eE][+-]?|-|tr?u?|fa?l?s?|nu?l?", re.ASCII)
"""What may stand where reading stopped: half an escape, a number, or a word, and nothing behind it."""


def json_value(text: str, *, framed: bool) -> Any:
    """Read an answer that is JSON.

    Control characters that stand in a string as they are, which RFC 8259 forbids and some servers write, are read.

    Args:
        text: the answer.
        framed: the server said how long it would be, or that it had ended: one that stops early was made so.

    Raises:
        TruncatedError: it stops early, and may have been cut off.
        NotUnderstoodError: it is no JSON.
    """
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        if not framed and stops_early(text, error):
            raise TruncatedError(f"the answer was cut off: its JSON has no end; it is {looks_like(text)}") from error
        raise NotUnderstoodError(f"the answer is no JSON; it is {looks_like(text)}") from error


def stops_early(text: str, error: Exception) -> bool:
    """Return whether JSON was right as far as it went, by the error that reading it raised."""
    if not isinstance(error, json.JSONDecodeError) or not text.lstrip().startswith(("{", "[")):
        return False
    return error.msg.startswith("Unterminated string") or _CUT.fullmatch(text[error.pos :].rstrip()) is not None


def json_object(content: bytes, *, framed: bool = True) -> dict[str, Any]:
    """Read an answer that is one JSON object; raises as `json_value`, and for any other value."""
    data = json_value(decode(content), framed=framed)
    if not isinstance(data, dict):
        raise NotUnderstoodError(f"the answer is JSON of another kind: {str(data)[:60]!r}")
    return data


def string(data: Mapping[str, Any], key: str) -> str:
    """Give a field's text, empty where it has none; raises `NotUnderstoodError` for one of another type."""
    value = data.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotUnderstoodError(f"the answer's {key!r} is a {type(value).__name__}, not text")
    return str(value)
