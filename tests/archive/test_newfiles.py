"""Many files are written each whole or not at all, whichever way the file system lets them be made."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from newsarchive.archive import files, newfiles
from newsarchive.archive.newfiles import NewFiles, write_many

FEW, MANY = 3, 70  # the second is synced by one call


NAMELESS = "nameless"


@pytest.fixture(params=[NAMELESS, "no nameless files", "no linking of them", "no such thing at all"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The ways a new file can be made, by what the file system allows; it has been found out already."""
    real = os.open
    monkeypatch.setattr(newfiles, "_works", {})

    def refuses(path: Any, flags: Any, mode: int = 0o777, **_: Any) -> int:
        if isinstance(flags, int) and flags & os.O_TMPFILE != os.O_TMPFILE:
            return real(path, flags, mode)
        raise OSError(errno.EOPNOTSUPP, "no nameless files")

    with monkeypatch.context() as forbidding:
        if request.param == "no nameless files":
            forbidding.setattr(os, "open", refuses)
        elif request.param == "no linking of them":
            forbidding.setattr(os, "link", refuses)
        write_many({tmp_path / "first.md": b"1"})
    (tmp_path / "first.md").unlink()
    if request.param == "no such thing at all":
        monkeypatch.setattr(newfiles, "_NAMELESS", 0)
    return str(request.param)


def contents(folder: Path, number: int) -> dict[Path, bytes]:
    return {folder / f"2022/{number % 2:02}/post-{number}.md": b"%d" % number * number for number in range(number)}


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("number", [0, 1, FEW, MANY])
def test_every_file_is_there_with_its_bytes_and_readable_by_others(way: str, number: int, tmp_path: Path) -> None:
    wanted = contents(tmp_path, number)
    umask = os.umask(0o077)
    try:
        write_many(wanted)
    finally:
        os.umask(umask)
    assert everything(tmp_path) == wanted, way
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in wanted)


def test_a_file_that_is_there_is_replaced_and_its_readers_go_on(way: str, tmp_path: Path) -> None:
    target = tmp_path / "post.md"
    target.write_bytes(b"old")
    with target.open("rb") as reader:
        write_many({target: b"new"})
        assert reader.read() == b"old", way
    assert everything(tmp_path) == {target: b"new"}


@pytest.mark.parametrize("step", ["write", "fchmod", "fsync", "link", "replace"])
@pytest.mark.parametrize("before", [None, b"old"])
def test_a_failure_at_any_step_leaves_each_file_as_it_was_or_whole(
    step: str, before: bytes | None, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "1.md", tmp_path / "2.md"
    if before is not None:
        first.write_bytes(before)
        second.write_bytes(before)

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    taken = {"link": way == NAMELESS, "replace": way != NAMELESS or before is not None}
    if taken.get(step, True):
        with monkeypatch.context() as broken:
            broken.setattr(os, step, full)
            with pytest.raises(OSError, match="No space left"):
                write_many({first: b"new", second: b"new"})
        assert everything(tmp_path) == ({} if before is None else {first: before, second: before})
    write_many({first: b"new", second: b"new"})
    assert everything(tmp_path) == {first: b"new", second: b"new"}


def test_what_is_not_placed_leaves_nothing(way: str, tmp_path: Path) -> None:
    with NewFiles({tmp_path / "post.md": b"new"}) as new:
        new.sync()
    assert everything(tmp_path) == {}, way


def test_a_folder_that_is_none_is_an_oserror(way: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_many({tmp_path / "file" / "post.md": b"new"})
    assert way


@pytest.mark.parametrize("before", [{}, {"post.md": b"old"}])
def test_a_killed_writing_leaves_only_what_the_sweep_takes(before: dict[str, bytes], tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import os, pathlib, signal, sys
        from newsarchive.archive.newfiles import write_many
        os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        real = os.fsync
        os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL) if sys.argv[2:] else real(handle)
        write_many({pathlib.Path(sys.argv[1]): b"cut off"})
    """)
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    words = [sys.executable, "-c", script, tmp_path / "post.md", *(() if before else ("early",))]
    ended = subprocess.run(words, check=False)
    assert ended.returncode == -9
    files.sweep(tmp_path)
    assert everything(tmp_path) == {tmp_path / name: content for name, content in before.items()}
