"""The files captures are kept in: begun, turned over, brought to the disk, torn and mended."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.captures import Captures, Exchange, Fault, capture_files, iterate

EVENING = datetime(2022, 1, 26, 23, 30, tzinfo=UTC)


def exchange(body: bytes) -> Exchange:
    headers = ((b"Content-Type", b"image/png"),)
    return Exchange(url="http://share.example/?id=1", fetched_at=EVENING, status=200, headers=headers, body=body)


FIRST, SECOND = "20220126-0001.warc.gz", "20220126-0002.warc.gz"
ABC = [exchange(letter * 50) for letter in (b"a", b"b", b"c")]


@dataclass
class Clock:
    time: datetime = EVENING

    def __call__(self) -> datetime:
        return self.time


def keep(folder: Path, *exchanges: Exchange, max_bytes: int = 10**6) -> None:
    """Keep exchanges as one run would."""
    with Captures(folder, now=Clock(), max_bytes=max_bytes) as captures:
        for one in exchanges:
            captures.write(one)


def kept(folder: Path) -> list[Exchange]:
    return [found[1] for found in iterate(folder) if not isinstance(found, Fault)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# Files


def test_nothing_is_made_before_the_first_record(tmp_path: Path) -> None:
    with Captures(tmp_path / "captures", now=Clock()) as captures:
        assert captures.sync() is None
    assert names(tmp_path) == []


def test_a_new_utc_day_begins_a_new_file_and_leaves_the_old_one_alone(tmp_path: Path) -> None:
    clock = Clock()
    with Captures(tmp_path, now=clock) as captures:
        captures.write(ABC[0])
        before = (tmp_path / FIRST).read_bytes()
        clock.time = EVENING + timedelta(hours=1)
        captures.write(ABC[1])
        clock.time = EVENING  # set back: the day before stays closed
        captures.write(ABC[2])
    assert names(tmp_path) == [FIRST, "20220127-0001.warc.gz"]
    assert (tmp_path / FIRST).read_bytes() == before
    assert kept(tmp_path) == ABC


def test_no_file_grows_beyond_its_size(tmp_path: Path) -> None:
    big = exchange(os.urandom(5000))
    keep(tmp_path, big, big, *ABC, big, max_bytes=3000)
    sizes = {name: (tmp_path / name).stat().st_size for name in names(tmp_path)}
    assert list(sizes) == [f"20220126-000{n}.warc.gz" for n in (1, 2, 3, 4)]
    assert sizes[f"20220126-000{3}.warc.gz"] <= 3000, "three small records share a file; a large one has its own"
    assert kept(tmp_path) == [big, big, *ABC, big]


def test_the_next_run_of_the_day_goes_on_with_the_file(tmp_path: Path) -> None:
    for one in ABC:
        keep(tmp_path, one)
    assert names(tmp_path) == [FIRST]
    assert kept(tmp_path) == ABC


def test_files_are_read_in_the_order_they_were_begun(tmp_path: Path) -> None:
    for name in ("20220126-10000.warc.gz", "20220126-9999.warc.gz", "20220125-0001.warc.gz"):
        (tmp_path / name).touch()
    assert capture_files(tmp_path) == ["20220125-0001.warc.gz", "20220126-9999.warc.gz", "20220126-10000.warc.gz"]


# Durability


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Name what is brought to the disk."""
    done: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        done.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return done


def test_sync_brings_the_file_and_its_name_to_the_disk_once(tmp_path: Path, synced: list[str]) -> None:
    with Captures(tmp_path, now=Clock()) as captures:
        captures.write(ABC[0])
        size = (tmp_path / FIRST).stat().st_size
        assert (captures.committed, synced) == (None, [])
        assert captures.sync() == (FIRST, size)
        assert captures.sync() == (FIRST, size)
        assert synced == [FIRST, tmp_path.name]
        captures.write(ABC[1])
        assert captures.committed == (FIRST, size), "what is written since may be lost"
    assert synced == [FIRST, tmp_path.name, FIRST]
    assert captures.committed == (FIRST, (tmp_path / FIRST).stat().st_size)


def test_after_a_failed_sync_the_file_is_not_trusted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    captures = Captures(tmp_path, now=Clock())
    captures.write(ABC[0])
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing(errno.EIO))
        with pytest.raises(OSError, match="Input/output"):
            captures.sync()
    with pytest.raises(OSError, match="earlier fsync failed"):
        captures.sync()
    with pytest.raises(OSError, match="earlier fsync failed"):
        captures.close()
    assert captures.committed is None
    assert captures.write(ABC[1]).file == SECOND


def failing(number: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as a full disk would: writes come back short, then fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_file_as_it_was_before_the_record(tmp_path: Path) -> None:
    with Captures(tmp_path, now=Clock()) as captures:
        captures.write(ABC[0])
        before = (tmp_path / FIRST).read_bytes()
        with room_for(len(before) + 100), pytest.raises(OSError, match="File too large"):
            captures.write(ABC[1])
        assert (tmp_path / FIRST).read_bytes() == before
        captures.write(ABC[2])
    assert kept(tmp_path) == [ABC[0], ABC[2]]


def test_what_could_not_be_taken_back_is_taken_back_before_the_next_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Captures(tmp_path, now=Clock()) as captures:
        captures.write(ABC[0])
        size = (tmp_path / FIRST).stat().st_size
        with monkeypatch.context() as patch, room_for(size + 100):
            patch.setattr(os, "ftruncate", failing(errno.EIO))
            with pytest.raises(OSError, match="File too large"):
                captures.write(ABC[1])
        assert (tmp_path / FIRST).stat().st_size == size + 100
        captures.write(ABC[2])
    assert kept(tmp_path) == [ABC[0], ABC[2]]


def test_a_disk_full_from_the_start_leaves_no_empty_file(tmp_path: Path) -> None:
    captures = Captures(tmp_path, now=Clock())
    with room_for(10), pytest.raises(OSError, match="File too large"):
        captures.write(ABC[0])
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "captures").touch()
    with pytest.raises(OSError, match="captures"):
        Captures(tmp_path / "captures", now=Clock()).write(ABC[0])


def test_half_a_record_in_the_packer_never_enters_the_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Stopped:
        def compress(self, data: bytes) -> bytes:
            raise KeyboardInterrupt

    with Captures(tmp_path, now=Clock()) as captures:
        captures.write(ABC[0])
        monkeypatch.setattr(captures._packer, "_engine", Stopped())
        with pytest.raises(KeyboardInterrupt):
            captures.write(ABC[1])
        captures.write(ABC[2])
    assert kept(tmp_path) == [ABC[0], ABC[2]]


# Recovery


def torn_file(folder: Path) -> tuple[Path, int]:
    """Keep three exchanges; gives the file and its size after two."""
    keep(folder, *ABC[:2])
    committed = (folder / FIRST).stat().st_size
    keep(folder, ABC[2])
    return folder / FIRST, committed


@pytest.mark.parametrize("known", [True, False])
def test_a_torn_record_is_cut_off_wherever_it_tore(tmp_path: Path, *, known: bool) -> None:
    path, committed = torn_file(tmp_path)
    whole = path.read_bytes()
    response_end = next(found[0] for found in reversed(list(iterate(tmp_path))) if not isinstance(found, Fault))
    request = response_end.offset + response_end.length
    for size in range(committed, len(whole)):
        path.write_bytes(whole[:size])
        line = Captures(tmp_path, now=Clock()).recover(*((FIRST, committed) if known else ()))
        expected = request if size >= request else committed
        assert path.stat().st_size == expected, f"torn at {size}: {line}"
        assert (line is None) == (size in (committed, request)), f"torn at {size}: {line}"
        if line:
            assert (
                line == f"{FIRST}: {size - expected} bytes of a record that was not written whole cut off at {expected}"
            )
    path.write_bytes(whole[:-1])
    keep(tmp_path, ABC[0])
    assert [found.body for found in kept(tmp_path)] == [one.body for one in [*ABC, ABC[0]]]
    assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0


def test_zeros_a_power_cut_leaves_are_cut_off(tmp_path: Path) -> None:
    path, committed = torn_file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:committed] + bytes(4096) + whole[committed:])
    assert Captures(tmp_path, now=Clock()).recover(FIRST, committed) is not None
    assert path.read_bytes() == whole[:committed]


def test_whole_records_nobody_committed_stay(tmp_path: Path) -> None:
    _, committed = torn_file(tmp_path)
    assert Captures(tmp_path, now=Clock()).recover(FIRST, committed) is None
    assert kept(tmp_path) == ABC


def test_what_was_committed_is_never_cut(tmp_path: Path) -> None:
    path, committed = torn_file(tmp_path)
    damaged = bytearray(path.read_bytes())
    damaged[committed - 5] ^= 1
    path.write_bytes(damaged)
    captures = Captures(tmp_path, now=Clock())
    assert str(captures.recover(FIRST, committed)).endswith("left as it is")
    assert captures.write(ABC[0]).file == SECOND
    assert path.read_bytes() == damaged


def test_committed_bytes_that_are_missing_are_named(tmp_path: Path) -> None:
    path, committed = torn_file(tmp_path)
    path.write_bytes(path.read_bytes()[: committed - 7])
    captures = Captures(tmp_path, now=Clock())
    assert captures.recover(FIRST, committed) == (
        f"{FIRST}: the last 7 of {committed} committed bytes are missing; left as it is"
    )
    assert captures.write(ABC[0]).file == SECOND
    path.unlink()
    assert "missing" in str(Captures(tmp_path, now=Clock()).recover(FIRST, committed))


def test_damage_in_the_middle_is_left_to_be_seen(tmp_path: Path) -> None:
    path, committed = torn_file(tmp_path)
    damaged = bytearray(path.read_bytes())
    damaged[committed // 2] ^= 1
    path.write_bytes(damaged)
    assert Captures(tmp_path, now=Clock()).write(ABC[0]).file == SECOND, "and without being asked to recover first"
    assert path.read_bytes() == damaged


def test_a_file_without_a_whole_record_is_removed(tmp_path: Path) -> None:
    path, _ = torn_file(tmp_path)
    for content in (path.read_bytes()[:100], b""):
        path.write_bytes(content)
        assert Captures(tmp_path, now=Clock()).recover() is not None
        assert names(tmp_path) == []
