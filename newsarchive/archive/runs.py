"""A run's record: what was seen, kept and missed, and the verdict that follows from it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from newsarchive.archive.files import write_whole
from newsarchive.archive.fill import Fill
from newsarchive.escaping import json_text
from newsarchive.redaction import redacted
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError

RUNS = "runs"

OK, CANNOT_START, USAGE, INCOMPLETE, SOURCE_CHANGED, DAMAGED, BUSY = 0, 1, 2, 3, 4, 5, 75
_SUM = re.compile(rb',\n "sha256": "([0-9a-f]{64})"\n}\n\Z')
_NAME = re.compile(r"(\d{8}T\d{6}Z)-[a-z]+(?:-(\d+))?\.json", re.ASCII)
SIGNALLED = 128  # the shells' convention for a process that a signal ended


class Kind(StrEnum):
    """Why something is missing."""

    FETCH = "not fetched"
    UNDERSTAND = "not understood"
    ALARM = "alarm"
    """Nothing is known to be missing, but what the source shows is far from what it used to show."""
    IMPORT = "not imported"
    """A file of someone's own; the source has not changed."""

    @classmethod
    def of(cls, error: Exception) -> Kind:
        """Return the kind of failure an error is: an answer that was cut off did not arrive, one that did says more."""
        understood = isinstance(error, TruncatedError) or not isinstance(error, NotUnderstoodError)
        return cls.FETCH if understood else cls.UNDERSTAND


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing a run could not do: what it was about, why, and where the answer is kept, if there was one."""

    kind: Kind
    what: str
    reason: str
    capture: str = ""

    def __post_init__(self) -> None:
        """Take secrets out: what is said here goes to the ledger, the run's record, the log and the terminal."""
        for name in ("what", "reason"):
            object.__setattr__(self, name, redacted(getattr(self, name)))


@dataclass(slots=True)
class Run:
    """A run while it goes on; its numbers are what the closing table shows.

    Attributes:
        spider: which spider.
        arguments: what it was asked to do.
        began, ended: aware.
        counts: seen, new, edited, archived before, requests and so on, by name.
        failures: everything missing, in the order it was met.
        notes: what an operator should know though nothing is missing.
        signal: the number of the signal that stopped it, or 0.
        halted: why it stopped before its end (disk full), or empty.
        fill: which fields its new articles have; in the record as counts.
    """

    spider: str
    arguments: dict[str, str]
    began: datetime
    ended: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    signal: int = 0
    halted: str = ""
    nearest_deadline: datetime | None = None
    pending: int = 0
    fill: Fill = field(default_factory=Fill)
    _path: Path | None = None

    @property
    def exit_code(self) -> int:
        """The verdict as an exit code; the contract gives the order of precedence."""
        if self.halted:
            return CANNOT_START
        if self.signal:
            return SIGNALLED + self.signal
        kinds = {failure.kind for failure in self.failures}
        if kinds & {Kind.UNDERSTAND, Kind.ALARM}:
            return SOURCE_CHANGED
        return INCOMPLETE if kinds else OK

    @property
    def public_arguments(self) -> dict[str, str]:
        """What it was asked to do, without secrets."""
        return {name: redacted(value) for name, value in self.arguments.items()}

    @property
    def failed(self) -> Counter[Kind]:
        """How many failures there are of each kind; kinds in the order of `Kind`."""
        found = Counter(failure.kind for failure in self.failures)
        return Counter({kind: found[kind] for kind in Kind if found[kind]})

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        if self.halted:
            return f"halted: {redacted(self.halted)}"
        if self.signal:
            return "stopped by a signal, after putting down safely"
        if self.exit_code == SOURCE_CHANGED and not self.failed[Kind.UNDERSTAND]:
            return "the source changed: what it shows is far from what earlier runs saw"
        if self.failed.keys() == {Kind.IMPORT}:
            return "incomplete: what could not be understood is listed, and was copied nowhere"
        return {
            OK: "complete",
            INCOMPLETE: "incomplete; what is missing stays pending, the next run tries again",
            SOURCE_CHANGED: "the source changed: something was served that could not be understood",
        }[self.exit_code]

    def as_json(self) -> dict[str, Any]:
        """Give the record as it is written to ``runs/``; times are ISO 8601 in UTC."""
        return {
            "spider": self.spider,
            "arguments": self.public_arguments,
            "began": _stamp(self.began),
            "ended": _stamp(self.ended) if self.ended else None,
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "counts": dict(sorted(self.counts.items())),
            "failed": {kind.value: number for kind, number in self.failed.items()},
            "pending": self.pending,
            "nearest_deadline": _stamp(self.nearest_deadline) if self.nearest_deadline else None,
            "failures": [
                {"kind": failure.kind, "what": failure.what, "reason": failure.reason, "capture": failure.capture}
                for failure in self.failures
            ],
            "notes": [redacted(note) for note in self.notes],
        }

    def path(self, root: Path) -> Path:
        """Give where the record goes below an archive's folder; always the same once it was asked."""
        if self._path is not None:
            return self._path
        stamp = self.began.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        path = root / RUNS / f"{stamp}-{self.spider}.json"
        serial = 1
        while path.exists():  # two runs in one second, or a clock that stands still
            serial += 1
            path = path.with_name(f"{stamp}-{self.spider}-{serial}.json")
        self._path = path
        return path

    def write(self, root: Path) -> Path:
        """Write the record below an archive's folder, whole or not at all; gives the file."""
        path = self.path(root)
        write_whole(path, _summed(json_text(self.as_json()).encode()))
        return path


def record_files(root: Path) -> list[Path]:
    """List the records of an archive's runs in the order the runs began."""

    def age(path: Path) -> tuple[str, int, str]:
        match = _NAME.fullmatch(path.name)
        return (match[1], int(match[2] or 1), path.name) if match else (path.name, 0, "")

    return sorted((root / RUNS).glob("*.json"), key=age)


def read(path: Path) -> dict[str, Any]:
    """Read a run's record back.

    Raises:
        ValueError: it is not as it was written; the message says how it shows.
        OSError: it cannot be read.
    """
    content = path.read_bytes()
    match = _SUM.search(content)
    if match is None:
        raise ValueError("it does not end with the digest of its own content")
    if hashlib.sha256(content[: match.start(1)]).hexdigest() != match[1].decode():
        raise ValueError("its content is not what its digest says")
    record: dict[str, Any] = json.loads(content)
    return record


def _summed(text: bytes) -> bytes:
    """Add to a JSON object, as its last value, the digest of everything before that value."""
    head = text.removesuffix(b"\n}") + b',\n "sha256": "'
    return head + hashlib.sha256(head).hexdigest().encode() + b'"\n}\n'


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_interactive() -> bool:
    """Tell whether a person is likely to be looking on (standard error is a terminal that can rewrite a line)."""
    return os.isatty(2) and os.environ.get("TERM", "dumb") != "dumb"
