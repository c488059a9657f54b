"""What keeps a command from its work is said in a sentence, with the exit code for it."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from pathlib import Path
from typing import NoReturn

import pytest
from scrapy.settings import Settings

from newsarchive.archive.keeper import BusyError, CannotStartError, archive_of
from newsarchive.article import Refused
from newsarchive.maintenance import judged, readable


def failing(error: Exception) -> NoReturn:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BusyError("another run holds it"), 75, "another run holds it"),
        (CannotStartError("there is no archive"), 1, "there is no archive"),
        (Refused("no ledger of ours"), 1, "no ledger of ours"),
        (OSError(errno.ENOSPC, "full"), 1, "stopped: [Errno 28] full; nothing is torn"),
        (sqlite3.OperationalError("disk I/O error"), 1, "stopped: disk I/O error; nothing is torn"),
    ],
)
def test_an_error_is_a_sentence_and_a_code(
    error: Exception, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged(lambda: failing(error), failed="; nothing is torn") == code
    assert capsys.readouterr() == ("", f"newsarchive: {said}\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_the_work_and_is_the_code(number: int, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        os.kill(os.getpid(), number)
        return 0

    before = signal.getsignal(number)
    assert judged(work, failed="; the next one goes on") == code
    assert capsys.readouterr().err == "newsarchive: stopped; the next one goes on\n"
    assert signal.getsignal(number) is before


def test_what_is_none_of_these_is_a_fault_of_ours_and_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        judged(lambda: 1 // 0)


def test_the_works_own_code_is_given_back() -> None:
    assert judged(lambda: 5) == 5


def test_an_archive_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert archive_of(Settings({"ARCHIVE_DIR": str(tmp_path)})) == tmp_path
    with pytest.raises(CannotStartError, match=r"there is no archive .*/none; choose another"):
        archive_of(Settings({"ARCHIVE_DIR": str(tmp_path / "none")}))


@pytest.mark.parametrize("error", [OSError("gone"), sqlite3.DatabaseError("malformed")])
def test_an_archive_that_cannot_be_read_is_named(error: Exception) -> None:
    with (
        pytest.raises(CannotStartError, match=r"the archive news cannot be read: (gone|malformed)"),
        readable(Path("news")),
    ):
        raise error
