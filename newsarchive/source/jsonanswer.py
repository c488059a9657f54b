"""Answers that are a JSON object, and the texts in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from newsarchive.source.encoding import decode
from newsarchive.source.understanding import NotUnderstoodError, looks_like


def load(content: bytes) -> Any:
    """Read an answer that is JSON; raises `NotUnderstoodError` for anything else, naming it.

    Control characters that stand in a string as they are, which RFC 8259 forbids and some servers write, are read.
    """
    text = decode(content)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotUnderstoodError(f"the answer is no JSON; it is {looks_like(text)}") from error


def json_object(content: bytes) -> dict[str, Any]:
    """Read an answer that is one JSON object; raises `NotUnderstoodError` for anything else, naming it."""
    data = load(content)
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
