"""A file is written whole or not at all, and a temp file never outlives the archive's next start."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsarchive.archive import files
from newsarchive.archive.files import make_directory, sweep, whole_file, write_whole

OLD, NEW = b"the old post", b"the new post, longer than the old one"
STEPS = ("mkstemp", "write", "fchmod", "fsync", "replace")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def break_at(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one step of a writing fail as a disk does that has just become full."""

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "mkstemp":
        monkeypatch.setattr(files.tempfile, "mkstemp", full)
    elif step == "write":
        whole = os.fdopen
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: whole(os.dup2(full_device(), handle), mode))
    else:
        monkeypatch.setattr(os, step, full)


def full_device() -> int:
    return os.open("/dev/full", os.O_WRONLY)


@pytest.mark.parametrize("before", [None, OLD], ids=["a new file", "an old file"])
@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_leaves_what_was_there_and_no_temp_file(
    step: str, before: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "post.md"
    if before is not None:
        target.write_bytes(before)
    with monkeypatch.context() as broken:
        break_at(step, broken)
        with pytest.raises(OSError, match="No space left"):
            write_whole(target, NEW)
    assert everything(tmp_path) == ({} if before is None else {"post.md": before}), f"after a failure of {step}"
    write_whole(target, NEW)
    assert everything(tmp_path) == {"post.md": NEW}


def test_an_interrupt_leaves_no_temp_file_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_whole(tmp_path / "post.md", NEW)
    assert everything(tmp_path) == {}


def test_the_first_error_is_the_one_reported_where_the_disk_fails_altogether(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    def read_only(_: str) -> None:
        raise OSError(errno.EROFS, "read-only")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        broken.setattr(os, "unlink", read_only)
        with pytest.raises(OSError, match="full"):
            write_whole(tmp_path / "post.md", NEW)


def test_a_file_too_large_for_the_process_is_never_written_in_part(tmp_path: Path) -> None:
    """The real thing, without any patching: the kernel stops the writing in the middle."""
    target = tmp_path / "post.md"
    target.write_bytes(OLD)
    script = textwrap.dedent("""
        import pathlib, resource, sys
        from newsarchive.archive.files import write_whole
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            write_whole(pathlib.Path(sys.argv[1]), b"x" * 10_000_000)
        except OSError as error:
            sys.exit(f"OSError {error.errno}")
    """)
    ended = subprocess.run([sys.executable, "-c", script, target], capture_output=True, text=True, check=False)
    assert ended.stderr.strip() == f"OSError {errno.EFBIG}"
    assert everything(tmp_path) == {"post.md": OLD}


def test_a_write_replaces_the_old_file_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "post.md"
    write_whole(target, OLD)
    write_whole(target, NEW)
    assert everything(tmp_path) == {"post.md": NEW}
    assert target.stat().st_mode & 0o777 == 0o644, "a web server of another user must be able to read it"


def test_a_reader_of_the_old_file_goes_on_reading_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "post.md"
    write_whole(target, OLD)
    with target.open("rb") as reader:
        write_whole(target, NEW)
        assert reader.read() == OLD


def order_of_syncs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what is made durable, and the renaming between, in order."""
    said: list[str] = []
    replace, fsync = os.replace, os.fsync

    def noting_fsync(handle: int) -> None:
        said.append(f"sync {Path(f'/proc/self/fd/{handle}').resolve().name}")
        fsync(handle)

    def noting_replace(source: str, target: Path) -> None:
        said.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(os, "replace", noting_replace)
    return said


def test_content_is_on_the_disk_before_the_name_and_the_name_before_the_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = order_of_syncs(monkeypatch)
    write_whole(tmp_path / "post.md", NEW)
    assert said[0].startswith("sync .newsarchive-")
    assert said[1:] == ["rename", f"sync {tmp_path.name}"]


def test_a_new_months_folder_is_durable_before_anything_is_put_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = order_of_syncs(monkeypatch)
    write_whole(tmp_path / "_posts" / "2022" / "03" / "post.md", NEW)
    assert said[:3] == [f"sync {tmp_path.name}", "sync _posts", "sync 2022"]
    assert said[-1] == "sync 03"


def test_a_file_written_piece_by_piece_is_there_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "export.wacz"
    with whole_file(target) as file:
        file.write(b"the last piece")
        file.seek(0)
        file.write(b"THE")
        assert not target.exists()
    assert everything(tmp_path) == {"new/export.wacz": b"THE last piece"}
    assert target.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_writer_that_fails_leaves_the_earlier_file_and_no_temp_file(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = tmp_path / "export.jsonl"
    target.write_bytes(OLD)

    def fail_in_the_middle() -> None:
        with whole_file(target) as file:
            file.write(NEW)
            raise error

    with pytest.raises(error):
        fail_in_the_middle()
    assert everything(tmp_path) == {"export.jsonl": OLD}


@pytest.fixture
def in_the_way(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Targets that cannot be written, by what is wrong with them."""
    (tmp_path / "file").write_bytes(OLD)
    (tmp_path / "folder").mkdir()
    yield {
        "a parent is a file": tmp_path / "file" / "post.md",
        "a grandparent is a file": tmp_path / "file" / "03" / "post.md",
        "a folder of that name": tmp_path / "folder",
        "a name too long": tmp_path / ("x" * 300),
    }
    assert everything(tmp_path) == {"file": OLD}


@pytest.mark.parametrize(
    "what", ["a parent is a file", "a grandparent is a file", "a folder of that name", "a name too long"]
)
def test_what_cannot_be_written_is_an_oserror(what: str, in_the_way: dict[str, Path]) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's affair
        write_whole(in_the_way[what], NEW)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_another_user_is_an_oserror(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "post.md", NEW)


def test_a_working_directory_that_was_removed_is_an_oserror(tmp_path: Path) -> None:
    script = "import os, pathlib, sys; os.rmdir(os.getcwd());from newsarchive.archive.files import write_whole\n"
    script += "try: write_whole(pathlib.Path('output/post.md'), b'')\nexcept OSError: sys.exit(7)"
    away = tmp_path / "away"
    away.mkdir()
    root = str(Path(__file__).resolve().parents[2])
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=away,
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 7, ended.stderr


def test_making_a_folder_that_is_there_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = order_of_syncs(monkeypatch)
    make_directory(tmp_path)
    assert said == []


def test_the_sweep_removes_our_temp_files_at_any_depth_and_nothing_else(tmp_path: Path) -> None:
    month = tmp_path / "_posts" / "2022" / "03"
    month.mkdir(parents=True)
    ours = [tmp_path / files.PROBE, month / ".newsarchive-a1_b2c3d", tmp_path / ".newsarchive-zzzzzzzz"]
    others = [
        month / "2022-03-01-NW202203012340764246.md",
        month / ".newsarchive-notes-of-mine",
        tmp_path / ".newsarchive",
        tmp_path / "newsarchive-a1_b2c3d",
        tmp_path / ".gitkeep",
        month / ".newsarchive-a1_b2c3d.md",
    ]
    for path in (*ours, *others):
        path.write_bytes(OLD)
    (tmp_path / ".newsarchive-folder00").mkdir()
    assert sweep(tmp_path) == len(ours)
    assert [path for path in ours if path.exists()] == []
    assert [path for path in others if not path.exists()] == []
    assert (tmp_path / ".newsarchive-folder00").is_dir()


def test_the_sweep_takes_what_a_killed_write_leaves(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import os, pathlib, signal, sys
        from newsarchive.archive.files import write_whole
        os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
        write_whole(pathlib.Path(sys.argv[1]), b"cut off")
    """)
    (tmp_path / "post.md").write_bytes(OLD)
    subprocess.run([sys.executable, "-c", script, tmp_path / "post.md"], check=False)
    assert len(everything(tmp_path)) == 2, "the killed process should have left its temp file"
    assert sweep(tmp_path) == 1
    assert everything(tmp_path) == {"post.md": OLD}
