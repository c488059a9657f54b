"""What can go wrong on demand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STATUSES = frozenset({"500", "503", "429", "404", "403"})
BODIES: Mapping[str, tuple[bytes, str]] = {
    "empty": (b"", "text/html; charset=utf-8"),
    "garbage": (bytes(range(256)) * 8, "text/html; charset=utf-8"),
    "badjson": (b'{"Id": "x", "text": "<p>cut', "application/json"),
    "html": ("<html><body><h1>系统维护中</h1></body></html>".encode(), "text/html; charset=utf-8"),
}
"""Answers with status 200 that are no article: body and content type."""

CUTS = frozenset({"truncate", "cut-gzip", "cut-page"})
"""Half an answer: of the length announced; as half a gzip stream, whose own length is right; without any length."""
KINDS = STATUSES | BODIES.keys() | CUTS | {"hang", "slow", "reset", "redirect-loop", "unasked-304"}
RETRY_AFTER = frozenset({"503", "429"})
FURTHER_STATUSES = frozenset({"202", "304", "401", "407", "418", "451", "501", "520"})
"""Others by which a service refuses us; the saved copy's server does not know them."""


def half_of(body: bytes) -> bytes:
    """Cut a page, behind a whole item of a list where it has one, so that nothing of it is torn."""
    behind = body.rfind(b"</li>", 0, len(body) // 2)
    return body[: behind + len(b"</li>") if behind > 0 else len(body) // 2]


@dataclass(slots=True)
class Fault:
    """A rule: the next `times` requests whose path matches go wrong; -1 is for ever."""

    match: re.Pattern[str]
    kind: str
    times: int

    def take(self, path: str) -> bool:
        """Say whether this request goes wrong, and count it."""
        if not self.times or not self.match.search(path):
            return False
        self.times -= self.times > 0
        return True


def read_rules(rules: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Make faults of ``{"match": REGEX, "do": KIND, "times": N}``; without ``times`` once.

    Raises:
        ValueError: a rule lacks its regex or kind, the regex is none, or there is no such kind.
    """
    faults = []
    for rule in rules:
        try:
            fault = Fault(re.compile(rule["match"]), rule["do"], int(rule.get("times", 1)))
        except (KeyError, TypeError, AttributeError, re.error) as error:
            raise ValueError(f"a fault is {{'match': REGEX, 'do': KIND, 'times': N}}, not {rule!r}") from error
        if fault.kind not in KINDS | FURTHER_STATUSES:
            raise ValueError(f"no such fault: {fault.kind!r}; there are {', '.join(sorted(KINDS))}")
        faults.append(fault)
    return faults
