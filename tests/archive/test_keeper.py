"""One archive, one run: the second is told so, and what cannot be used is met before the first request."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsarchive.archive.keeper import Archive, BusyError, CannotStartError
from newsarchive.clock import Clock

ROOT = Path(__file__).resolve().parents[2]
CLOCK = Clock("2022-03-02 12:00")

HOLDS = """
import sys, time
from pathlib import Path
from newsarchive.archive.keeper import Archive
from newsarchive.clock import Clock
archive = Archive(Path(sys.argv[1]), Clock("2022-03-02 12:00"))
print("held", flush=True)
time.sleep(900)
"""


def stored(archive: Path) -> dict[str, bytes]:
    return {str(path.relative_to(archive)): path.read_bytes() for path in archive.rglob("*") if path.is_file()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def opened(root: Path) -> Iterator[Callable[..., Archive]]:
    """Open the archive; whatever the test leaves open is closed."""
    held: list[Archive] = []

    def open_it(**options: Any) -> Archive:
        held.append(Archive(root, CLOCK, **options))
        return held[-1]

    yield open_it
    for archive in held:
        archive.close()


@pytest.fixture
def holder(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the archive."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, root],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


# -- one run at a time -----------------------------------------------------------------------------------------------


def test_a_second_run_is_told_that_the_archive_is_held_and_touches_nothing(
    holder: subprocess.Popen[str], opened: Callable[..., Archive], root: Path
) -> None:
    before = stored(root)
    with pytest.raises(BusyError, match=r"another run holds the archive .*; it goes on there, this one did nothing"):
        opened()
    assert stored(root) == before


def test_the_lock_of_a_killed_run_is_let_go_by_the_kernel(
    holder: subprocess.Popen[str], opened: Callable[..., Archive]
) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert opened().ledger.counts() == {}


def test_a_closed_archive_can_be_opened_again_and_closing_twice_does_nothing(opened: Callable[..., Archive]) -> None:
    first = opened()
    with pytest.raises(BusyError):
        opened()
    first.close()
    second = opened()
    first.close()
    with pytest.raises(BusyError):
        opened()
    second.close()


def test_an_archive_that_could_not_be_opened_is_not_held(opened: Callable[..., Archive], root: Path) -> None:
    root.mkdir()
    (root / "ledger.db").write_bytes(b"no ledger\n" * 100)
    with pytest.raises(CannotStartError):
        opened()
    (root / "ledger.db").unlink()
    assert opened().ledger.counts() == {}


# -- what cannot be used ---------------------------------------------------------------------------------------------


def test_too_little_room_is_met_before_the_first_request_and_says_what_to_do(opened: Callable[..., Archive]) -> None:
    with pytest.raises(
        CannotStartError, match=r"only \d+ MiB are free .* it wants \d+ \(setting FREE_SPACE_MIB\)\. Make room"
    ):
        opened(free_space=10**18)


@pytest.mark.parametrize("place", [".", "inner"])
def test_a_file_in_the_way_of_the_archive_is_named_with_advice(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        CannotStartError, match=r"file cannot be used: .*choose another with -s ARCHIVE_DIR|a part of its path"
    ):
        Archive(tmp_path / "file" / place, CLOCK)
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.parametrize("name", ["_posts", "captures", "runs", "revisions"])
def test_a_file_in_the_way_of_a_room_is_met_at_the_start(name: str, opened: Callable[..., Archive], root: Path) -> None:
    root.mkdir()
    (root / name).write_text("in the way")
    with pytest.raises(CannotStartError, match=f"{name} is no folder this user can write to"):
        opened()


def test_a_folder_in_the_way_of_the_ledger_is_named(opened: Callable[..., Archive], root: Path) -> None:
    (root / "ledger.db").mkdir(parents=True)
    with pytest.raises(CannotStartError, match=r"the ledger .*ledger\.db cannot be used"):
        opened()


def test_a_ledger_that_is_none_is_left_as_it_is(opened: Callable[..., Archive], root: Path) -> None:
    root.mkdir()
    (root / "ledger.db").write_bytes(b"no ledger\n" * 100)
    with pytest.raises(CannotStartError, match="move it away, the next run makes it anew"):
        opened()
    assert stored(root) == {"ledger.db": b"no ledger\n" * 100}


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EACCES, "no permission; give this user the folder"),
        (errno.EROFS, "read-only; mount it for writing"),
        (errno.ENOSPC, "the disk is full; make room"),
        (errno.EDQUOT, "used up; make room"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_a_folder_that_cannot_be_written_says_why_and_what_to_do(
    number: int, advice: str, opened: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr("os.replace", refused)
        with pytest.raises(CannotStartError, match=advice):
            opened()
    opened()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_cannot_be_used(opened: Callable[..., Archive], root: Path) -> None:
    root.mkdir()
    root.chmod(0o500)
    with pytest.raises(CannotStartError, match="no permission"):
        opened()


def test_a_read_only_file_system_cannot_be_used(tmp_path: Path) -> None:
    """The real thing where we may mount one; elsewhere the patched tests above stand for it."""
    script = textwrap.dedent(f"""
        mount -t tmpfs -o ro tmpfs '{tmp_path}' || exit 77
        exec '{sys.executable}' -c '{HOLDS}' '{tmp_path}'
    """)
    try:
        ended = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("unshare is not there")
    if "CannotStartError" not in ended.stderr:
        pytest.skip("we may not mount a file system here")
    assert "read-only; mount it for writing" in ended.stderr
