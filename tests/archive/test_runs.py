"""A run's record: the verdict follows from what happened, and the record is there whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from newsarchive.archive import runs
from newsarchive.archive.runs import Failure, Kind, Run

NOON = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)
FETCH = Failure(Kind.FETCH, "NW202203012340764246", "HTTP 503")
UNDERSTAND = Failure(Kind.UNDERSTAND, "NW202203012340764247", "a page headed '系统维护中'", "20220302-0001.warc.gz#1")
ALARM = Failure(Kind.ALARM, "finews", "nothing new in 3 hours")
SIGINT, SIGTERM = 2, 15


def run(failures: Sequence[Failure] = (), *, signal: int = 0, halted: str = "") -> Run:
    return Run("finews", {}, NOON, failures=list(failures), signal=signal, halted=halted)


@pytest.mark.parametrize(
    ("ended", "code"),
    [
        (run(), 0),
        (run([FETCH]), 3),
        (run([UNDERSTAND]), 4),
        (run([FETCH, UNDERSTAND]), 4),
        (run([UNDERSTAND, FETCH]), 4),
        (run([ALARM]), 4),
        (run([FETCH, ALARM]), 4),
        (run(signal=SIGINT), 130),
        (run(signal=SIGTERM), 143),
        (run([FETCH, UNDERSTAND], signal=SIGTERM), 143),
        (run(halted="the disk is full"), 1),
        (run([FETCH, UNDERSTAND], halted="the disk is full", signal=SIGTERM), 1),
    ],
)
def test_the_exit_code_is_the_contracts(ended: Run, code: int) -> None:
    assert ended.exit_code == code, ended.verdict


def test_the_numbers_are_the_contracts() -> None:
    assert (
        runs.OK,
        runs.CANNOT_START,
        runs.USAGE,
        runs.INCOMPLETE,
        runs.SOURCE_CHANGED,
        runs.DAMAGED,
        runs.BUSY,
    ) == (0, 1, 2, 3, 4, 5, 75)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (run(), "complete"),
        (run([FETCH]), "incomplete; what is missing stays pending, the next run tries again"),
        (run([UNDERSTAND]), "the source changed: something was served that could not be understood"),
        (run([FETCH, ALARM]), "the source changed: what it shows is far from what earlier runs saw"),
        (run([ALARM, UNDERSTAND]), "the source changed: something was served that could not be understood"),
        (run([FETCH], signal=SIGINT), "stopped by a signal, after putting down safely"),
        (run([FETCH], halted="the disk is full"), "halted: the disk is full"),
    ],
)
def test_the_verdict_says_the_same_in_words(ended: Run, words: str) -> None:
    assert ended.verdict == words


def test_the_record_says_when_what_verdict_and_counts(tmp_path: Path) -> None:
    ended = run([FETCH, UNDERSTAND])
    ended.arguments = {"category": "kejiribao"}
    ended.ended = datetime(2022, 3, 2, 12, 1, tzinfo=timezone(timedelta(hours=8)))
    ended.counts.update({"seen": 7, "new": 5})
    ended.notes.append("一份说明")
    ended.pending, ended.nearest_deadline = 2, datetime(2022, 3, 3, 16, 0, tzinfo=UTC)
    written = ended.write(tmp_path)
    assert written == tmp_path / "runs" / "20220302T040000Z-finews.json"
    record = json.loads(written.read_text(encoding="utf-8"))
    record.pop("sha256", None)  # of the record itself
    assert record == {
        "spider": "finews",
        "arguments": {"category": "kejiribao"},
        "began": "2022-03-02T04:00:00Z",
        "ended": "2022-03-02T04:01:00Z",
        "verdict": "the source changed: something was served that could not be understood",
        "exit_code": 4,
        "counts": {"new": 5, "seen": 7},
        "failed": {"not fetched": 1, "not understood": 1},
        "pending": 2,
        "nearest_deadline": "2022-03-03T16:00:00Z",
        "failures": [
            {"kind": "not fetched", "what": "NW202203012340764246", "reason": "HTTP 503", "capture": ""},
            {
                "kind": "not understood",
                "what": "NW202203012340764247",
                "reason": "a page headed '系统维护中'",
                "capture": "20220302-0001.warc.gz#1",
            },
        ],
        "notes": ["一份说明"],
    }
    assert "一份说明" in written.read_text(encoding="utf-8"), "people read these files"


def test_runs_that_begin_in_one_second_each_get_a_file(tmp_path: Path) -> None:
    written = [run([FETCH] * number).write(tmp_path) for number in range(3)]
    assert [path.name for path in written] == [
        "20220302T040000Z-finews.json",
        "20220302T040000Z-finews-2.json",
        "20220302T040000Z-finews-3.json",
    ]
    assert [len(json.loads(path.read_text(encoding="utf-8"))["failures"]) for path in written] == [0, 1, 2]


def test_a_record_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            run().write(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_argument_that_is_no_text_does_not_cost_the_record(tmp_path: Path) -> None:
    """What a shell hands over that is no UTF-8 arrives as half characters."""
    ended = run([Failure(Kind.FETCH, "cut \ud83d", "")])
    ended.arguments = {"url": b"\xff\xfe".decode("utf-8", "surrogateescape")}
    record = json.loads(ended.write(tmp_path).read_bytes())
    assert record["arguments"] == {"url": "\udcff\udcfe"}
    assert record["failures"][0]["what"] == "cut \ud83d"


@pytest.mark.parametrize(
    ("terminal", "term", "expected"),
    [("terminal", "xterm", "a line"), ("terminal", "dumb", "records"), ("file", "xterm", "records")],
)
def test_someone_looks_on_only_at_a_terminal_that_can_rewrite_a_line(
    terminal: str, term: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.isatty", lambda _: terminal == "terminal")
    monkeypatch.setenv("TERM", term)
    assert runs.is_interactive() == (expected == "a line")
