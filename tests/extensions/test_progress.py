"""How far a run is: a line that is rewritten on a terminal, records in a file."""

from __future__ import annotations

import asyncio
import io
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from newsarchive.archive.keeper import Archive
from newsarchive.archive.runs import Failure, Kind, Run
from newsarchive.extensions import progress
from newsarchive.extensions.progress import Progress

ERASE = "\r\x1b[K"
NOON = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)


class FakeTerminal(io.StringIO):
    """Shows what a person would see: the finished lines, and the line the cursor stands in."""

    @property
    def seen(self) -> list[str]:
        return [line.rsplit(ERASE, 1)[-1] for line in self.getvalue().split("\n")]


@pytest.fixture
def terminal() -> FakeTerminal:
    return FakeTerminal()


@pytest.fixture
def run() -> Run:
    return Run("finews", {}, NOON)


@pytest.fixture
def root_handler(terminal: FakeTerminal) -> Iterator[logging.Handler]:
    """A log handler that writes to the same terminal, as Scrapy's does."""
    handler = logging.StreamHandler(terminal)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_EVERY", 0.01)
    monkeypatch.setattr(progress, "_LOG_EVERY", 0.01)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: 0.0))  # what took long took "0 s"


def test_the_line_says_what_is_done_of_what_and_what_failed(run: Run, terminal: FakeTerminal) -> None:
    shown = Progress(run, interactive=True, stream=terminal)
    run.counts["lists"] = 2
    assert shown.line() == "finews: reading lists (2 read), 0 s"
    run.counts.update({"to fetch": 10, "new": 3, "edited": 1, "unchanged": 2})
    assert shown.line() == "finews: 6 of 10 articles, 0 s"
    run.failures.append(Failure(Kind.FETCH, "NW202203012340764246", "HTTP 503"))
    assert shown.line() == "finews: 6 of 10 articles, 1 failed, 0 s"


@pytest.mark.asyncio
@pytest.mark.usefixtures("_often")
async def test_on_a_terminal_one_line_is_rewritten_and_gone_at_the_end(run: Run, terminal: FakeTerminal) -> None:
    shown = Progress(run, interactive=True, stream=terminal)
    shown.spider_opened()
    run.counts.update({"to fetch": 4, "new": 1})
    await asyncio.sleep(0.05)
    assert terminal.seen == [f"{'━' * 6}{'╌' * 18} finews: 1 of 4 articles, 0 s"]
    run.counts["new"] = 4
    await asyncio.sleep(0.05)
    assert terminal.seen == [f"{'━' * 24} finews: 4 of 4 articles, 0 s"]
    shown.spider_closed()
    assert terminal.seen == [""]
    written = terminal.getvalue()
    await asyncio.sleep(0.05)
    assert terminal.getvalue() == written, "nothing is written after the end"


@pytest.mark.asyncio
@pytest.mark.usefixtures("_often")
async def test_a_log_record_takes_the_lines_place_and_never_stands_behind_it(
    run: Run, terminal: FakeTerminal, root_handler: logging.Handler
) -> None:
    shown = Progress(run, interactive=True, stream=terminal)
    run.counts.update({"to fetch": 4})
    shown.spider_opened()
    await asyncio.sleep(0.05)
    logging.getLogger("spiders.base").warning("something happened")
    await asyncio.sleep(0.05)
    shown.spider_closed()
    assert terminal.seen == ["WARNING something happened", ""]
    assert root_handler.filters == [], "the handler is left as it was"


@pytest.mark.asyncio
@pytest.mark.usefixtures("_often")
async def test_elsewhere_it_is_a_log_record_and_nothing_is_written_to_the_stream(
    run: Run, terminal: FakeTerminal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    shown = Progress(run, interactive=False, stream=terminal)
    shown.spider_opened()
    await asyncio.sleep(0.05)
    shown.spider_closed()
    records = [record for record in caplog.records if record.name == progress.__name__]
    assert {record.getMessage() for record in records} == {"finews: reading lists (0 read), 0 s"}
    assert {record.levelname for record in records} == {"INFO"}
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("columns", [1, 20, 40])
def test_the_line_never_wraps_since_what_wrapped_cannot_be_erased(
    columns: int, run: Run, terminal: FakeTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    run.counts.update({"to fetch": 4000, "new": 1000})
    Progress(run, interactive=True, stream=terminal)._show()
    assert len(terminal.seen[0]) < max(columns, 1)


def test_more_done_than_expected_is_a_full_bar(run: Run, terminal: FakeTerminal) -> None:
    run.counts.update({"to fetch": 2, "new": 3})
    Progress(run, interactive=True, stream=terminal)._show()
    assert terminal.seen[0].startswith("━" * 24 + " ")


@pytest.mark.parametrize("error", [OSError(5, "the terminal went away"), UnicodeEncodeError("ascii", "━", 0, 1, "no")])
def test_a_terminal_that_fails_stops_neither_run_nor_log(
    error: Exception, run: Run, root_handler: logging.Handler, terminal: FakeTerminal
) -> None:
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise error

    shown = Progress(run, interactive=True, stream=Gone())
    root_handler.addFilter(shown._erase)
    shown._show()
    logging.getLogger("spiders.base").warning("something happened")
    root_handler.removeFilter(shown._erase)
    assert terminal.getvalue() == "WARNING something happened\n"


def test_it_is_a_setting(tmp_path: Path) -> None:
    crawler: Any = get_crawler(settings_dict={"PROGRESS": False})
    with pytest.raises(NotConfigured):
        Progress.from_crawler(crawler)
    crawler = get_crawler(settings_dict={"PROGRESS": True, "ARCHIVE_DIR": str(tmp_path)})
    try:
        assert Progress.from_crawler(crawler).interactive is os.isatty(2)
    finally:
        Archive.of(crawler).close()
