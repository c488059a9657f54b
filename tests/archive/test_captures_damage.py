"""What is damaged is found, and everything else read all the same."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive import gzipmember
from newsarchive.archive.captures import Capture, CaptureError, Captures, Exchange, Fault, iterate

EVENING = datetime(2022, 1, 26, 23, 30, tzinfo=UTC)


def exchange(body: bytes) -> Exchange:
    return Exchange(
        url="http://share.example/NewsData/GetNewsText.do?id=NW202201252261275824",
        fetched_at=EVENING,
        status=200,
        reason=b"OK",
        headers=((b"Content-Type", b"image/png"),),
        body=body,
        request_headers=((b"Host", b"share.example"),),
    )


FIRST, SECOND = "20220126-0001.warc.gz", "20220126-0002.warc.gz"
ABC = [exchange(letter * 50) for letter in (b"a", b"b", b"c")]


def opened(folder: Path, *, days: int = 0, max_bytes: int = 10**8) -> Captures:
    return Captures(folder, now=lambda: EVENING + timedelta(days=days), max_bytes=max_bytes)


def keep(folder: Path, *exchanges: Exchange) -> list[Capture]:
    with opened(folder) as captures:
        return [captures.write(one) for one in exchanges]


def kept(folder: Path) -> list[Exchange]:
    return [found[1] for found in iterate(folder) if not isinstance(found, Fault)]


def faults(folder: Path) -> list[Fault]:
    return [found for found in iterate(folder) if isinstance(found, Fault)]


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_any_flipped_bit_is_found_and_costs_one_record_only(tmp_path: Path) -> None:
    sent = [replace(exchange("新闻".encode() * 200), headers=()), *ABC]
    captures = keep(tmp_path, *sent)
    path = tmp_path / FIRST
    whole = path.read_bytes()
    for bit in range(0, len(whole) * 8, 61):
        path.write_bytes(flipped(whole, bit))
        found = list(iterate(tmp_path))
        damage = [one for one in found if isinstance(one, Fault)]
        assert len(damage) == 1, f"bit {bit}"
        assert damage[0].offset <= bit // 8 < damage[0].offset + damage[0].length, f"bit {bit}: {damage[0]}"
        bodies = [one[1].body for one in found if not isinstance(one, Fault)]
        lost = [one for one in captures if one.offset == damage[0].offset]
        assert bodies == [one.body for one, capture in zip(sent, captures, strict=True) if capture not in lost]
        for capture in lost:
            with pytest.raises(CaptureError, match=f"{FIRST} at {capture.offset}: "):
                opened(tmp_path).read(capture)


def test_reading_goes_on_behind_any_mess(tmp_path: Path) -> None:
    captures = keep(tmp_path, *ABC)
    path = tmp_path / FIRST
    whole = path.read_bytes()
    a, b = captures[0].offset, captures[1].offset
    mess = os.urandom(200_000)
    path.write_bytes(whole[:a] + mess + whole[b:] + b"\x1f\x8b")
    assert [one.body for one in kept(tmp_path)] == [one.body for one in ABC[1:]]
    assert [str(fault) for fault in faults(tmp_path)] == [
        f"{FIRST} at {a}: no record begins here",
        f"{FIRST} at {len(whole) - b + a + len(mess)}: the file ends within the record's first bytes",
    ]


def test_a_revisit_whose_record_is_gone_says_which(tmp_path: Path) -> None:
    (earlier,) = keep(tmp_path, ABC[0])
    with opened(tmp_path, max_bytes=1) as captures:
        revisit = captures.write(ABC[0], same_as=earlier)
    (tmp_path / earlier.file).unlink()
    with pytest.raises(CaptureError, match=f"{earlier.file} at {earlier.offset}: the file is missing"):
        captures.read(revisit)
    (fault,) = faults(tmp_path)
    assert str(fault) == (
        f"{SECOND} at {revisit.offset}: refers to a record that cannot be read: "
        f"{earlier.file} at {earlier.offset}: the file is missing"
    )


def test_a_place_where_nothing_stands_is_named(tmp_path: Path) -> None:
    capture, other = keep(tmp_path, *ABC[:2])
    captures = opened(tmp_path)
    for place, reason in (
        (f"{FIRST}#{capture.offset + 1}", "no record begins here"),
        (f"{FIRST}#0", "a warcinfo record stands here, not a response"),
        (f"{FIRST}#999999", "no record begins here"),
        (f"{SECOND}#0", "the file is missing"),
        ("../posts/a.md#0", "is no capture file's name"),
        (FIRST, "is no place"),
    ):
        with pytest.raises(CaptureError, match=reason):
            captures.find(place)
    moved = opened(tmp_path)
    with pytest.raises(CaptureError, match="stands here, expected"):
        moved.read(
            type(capture)(**{**{name: getattr(capture, name) for name in capture.__slots__}, "offset": other.offset})
        )


def test_an_answer_does_without_a_damaged_request(tmp_path: Path) -> None:
    (capture,) = keep(tmp_path, ABC[0])
    path = tmp_path / FIRST
    path.write_bytes(flipped(path.read_bytes(), (capture.offset + capture.length + 40) * 8))
    found = opened(tmp_path).read(capture)
    assert (found.body, found.method, found.request_headers) == (ABC[0].body, "", ())


def test_an_empty_file_and_one_that_cannot_be_read_are_faults(tmp_path: Path) -> None:
    with opened(tmp_path, days=1) as captures:
        captures.write(ABC[0])
    (tmp_path / FIRST).touch()
    (tmp_path / SECOND).mkdir()
    assert [fault.reason for fault in faults(tmp_path)] == [
        "the file is empty",
        "the file cannot be read to its end (Is a directory)",
    ]
    assert kept(tmp_path) == [ABC[0]]


def test_reading_holds_one_answer_in_memory(tmp_path: Path) -> None:
    large = exchange(bytes(300_000))
    keep(tmp_path, *[large] * 30)
    tracemalloc.start()
    try:
        assert sum(1 for _ in iterate(tmp_path)) == 30
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * len(large.body), f"{peak} bytes for answers of {len(large.body)}"


def test_a_file_is_walked_without_a_gap(tmp_path: Path) -> None:
    keep(tmp_path, *ABC)
    path = tmp_path / FIRST
    size = path.stat().st_size
    with path.open("rb") as file:
        stretches = list(gzipmember.walk(file, size))
    assert [one.offset for one in stretches] == [0, *(one.end for one in stretches[:-1])]
    assert stretches[-1].end == size
