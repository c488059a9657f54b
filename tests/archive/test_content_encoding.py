"""Content codings are undone to their end or not at all, and never beyond the limit."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.archive.captures import Exchange
from newsarchive.archive.content_encoding import (
    ACCEPT_ENCODING,
    MAX_BODY,
    MAX_CODINGS,
    MAX_STREAMS,
    content_codings,
    decode_body,
    decoded,
)
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError

PAGE = "<!DOCTYPE html><html><body><p>青禾市今年的茶叶好于去年。</p></body></html>\n".encode() * 40


def raw(body: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(body) + engine.flush()


def summed(body: bytes) -> bytes:
    return zstd.compress(body, options={zstd.CompressionParameter.checksum_flag: 1})


SKIPPABLE = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
CODED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip as old servers call it": ("x-gzip", gzip.compress),
    "gzip of two members": ("gzip", lambda body: gzip.compress(body[:99]) + gzip.compress(body[99:])),
    "deflate": ("deflate", zlib.compress),
    "deflate without zlib's frame": ("deflate", raw),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "zstd with a sum": ("zstd", summed),
    "zstd of frames": ("zstd", lambda body: zstd.compress(body[:99]) + SKIPPABLE + zstd.compress(body[99:])),
    "gzip, then br": ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
    "zstd, then gzip": ("zstd, gzip", lambda body: gzip.compress(zstd.compress(body))),
}


def headers(coding: str, *more: str) -> tuple[tuple[bytes, bytes], ...]:
    return (*((b"Content-Encoding", one.encode()) for one in (coding, *more)), (b"Content-Length", b"1"))


def exchange(body: bytes, coding: str, status: int = 200) -> Exchange:
    at = datetime(2022, 3, 1, tzinfo=UTC)
    return Exchange(url="http://a.example/", fetched_at=at, status=status, headers=headers(coding), body=body)


@pytest.mark.parametrize("kind", CODED)
def test_a_whole_stream_is_undone(kind: str) -> None:
    coding, pack = CODED[kind]
    assert decode_body(exchange(pack(PAGE), coding)) == PAGE


@pytest.mark.parametrize("kind", CODED)
def test_a_stream_cut_at_any_byte_was_cut_off(kind: str) -> None:
    coding, pack = CODED[kind]
    packed = pack(PAGE)
    ends = {len(gzip.compress(PAGE[:99]))} if kind == "gzip of two members" else set()
    if kind == "zstd of frames":
        ends = {len(zstd.compress(PAGE[:99])), len(zstd.compress(PAGE[:99]) + SKIPPABLE)}
    for place in set(range(len(packed))) - ends:  # where a member ends, nothing shows that another should follow
        with pytest.raises(TruncatedError):
            decode_body(exchange(packed[:place], coding))


@pytest.mark.parametrize(
    "behind", [b"\0", b"\0" * 512, b"x", b"</html>", b"\x1f", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"]
)
@pytest.mark.parametrize("kind", CODED)
def test_bytes_behind_the_end_are_no_part_of_a_stream(kind: str, behind: bytes) -> None:
    coding, pack = CODED[kind]
    with pytest.raises(TruncatedError):
        decode_body(exchange(pack(PAGE) + behind, coding))


@pytest.mark.parametrize(("kind", "place"), [("gzip", -5), ("gzip", -1), ("deflate", -1), ("zstd with a sum", -1)])
def test_a_wrong_sum_or_length_is_a_damaged_answer(kind: str, place: int) -> None:
    coding, pack = CODED[kind]
    packed = bytearray(pack(PAGE))
    packed[place] ^= 1
    with pytest.raises(TruncatedError, match=coding):
        decode_body(exchange(bytes(packed), coding))


@given(st.sampled_from(sorted(CODED)), st.binary(max_size=5000), st.data())
def test_any_body_comes_back_and_no_damage_raises_anything_but_a_refusal(
    kind: str, body: bytes, data: st.DataObject
) -> None:
    coding, pack = CODED[kind]
    packed = pack(body)
    assert decoded(packed, headers(coding)) == body
    torn = bytearray(packed)
    for place in data.draw(st.lists(st.integers(0, len(packed) - 1), max_size=3)):
        torn[place] = data.draw(st.integers(0, 255))
    with suppress(NotUnderstoodError):
        decoded(bytes(torn) + data.draw(st.binary(max_size=3)), headers(coding))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize(
    "body", [PAGE, b"<html><h1>503</h1></html>", bytes(range(256)) * 8, "维护中".encode("gb18030") * 9]
)
def test_a_body_that_is_no_such_stream_is_not_understood(coding: str, body: bytes) -> None:
    with pytest.raises(NotUnderstoodError, match="no such stream") as caught:
        decode_body(exchange(body, coding))
    assert not isinstance(caught.value, TruncatedError)


@pytest.mark.parametrize("coding", ["compress", "gzip, foo", "foo, gzip", "utf-8", "x-br", "gzip " + "x" * 5000])
def test_an_unknown_coding_is_not_understood(coding: str) -> None:
    with pytest.raises(NotUnderstoodError, match="is unknown"):
        decode_body(exchange(gzip.compress(PAGE), coding))


def test_the_codings_of_several_lines_are_one_list_in_any_case_and_identity_is_none() -> None:
    assert content_codings(headers("GZIP", " br,identity ,", "")) == ["gzip", "br"]
    assert decoded(PAGE, headers("identity")) == PAGE


def test_what_is_asked_for_is_just_what_can_be_undone() -> None:
    for coding in ACCEPT_ENCODING.decode().split(", "):
        pack = next(pack for name, pack in CODED.values() if name == coding)
        assert decoded(pack(PAGE), headers(coding)) == PAGE


def test_more_codings_than_anyone_needs_are_refused() -> None:
    body = PAGE
    for _ in range(MAX_CODINGS):
        body = gzip.compress(body)
    assert decoded(body, headers(", ".join(["gzip"] * MAX_CODINGS))) == PAGE
    with pytest.raises(NotUnderstoodError, match="in a row"):
        decoded(gzip.compress(body), headers(", ".join(["gzip"] * (MAX_CODINGS + 1))))


@pytest.mark.parametrize("kind", CODED)
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(kind: str) -> None:
    coding, pack = CODED[kind]
    assert len(decoded(pack(b" " * 10_000), headers(coding), limit=10_000)) == 10_000
    with pytest.raises(NotUnderstoodError, match="refused: it unpacks to more than") as caught:
        decoded(pack(b" " * 10_001), headers(coding), limit=10_000)
    assert not isinstance(caught.value, TruncatedError)


@pytest.mark.parametrize("kind", CODED)
def test_a_bomb_is_refused_wherever_it_goes_off(kind: str) -> None:
    coding, pack = CODED[kind]
    bomb = pack(b" " * (3 * MAX_BODY))
    with pytest.raises(NotUnderstoodError, match="refused"):
        decode_body(exchange(bomb, coding))
    with pytest.raises(NotUnderstoodError, match="refused"):
        decode_body(exchange(gzip.compress(bomb), f"{coding}, gzip"))


def test_more_streams_in_a_row_than_anyone_makes_are_refused() -> None:
    assert decoded(gzip.compress(b"x") * MAX_STREAMS, headers("gzip")) == b"x" * MAX_STREAMS
    with pytest.raises(NotUnderstoodError, match="streams in a row"):
        decoded(gzip.compress(b"") * (MAX_STREAMS + 1), headers("gzip"))


def test_a_zstd_window_beyond_what_a_content_coding_may_have_is_refused() -> None:
    engine = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    with pytest.raises(NotUnderstoodError, match="window"):
        decoded(engine.compress(PAGE) + engine.flush(), headers("zstd"))


@pytest.mark.parametrize("coding", ["foo", "gzip"])
def test_of_an_error_or_a_redirect_a_body_nobody_reads_may_be_anything_but_cut_off(coding: str) -> None:
    assert decode_body(exchange(PAGE, coding, 404)) == PAGE
    assert decode_body(exchange(b"", coding, 302)) == b""
    with pytest.raises(TruncatedError):
        decode_body(exchange(gzip.compress(PAGE)[:-1], "gzip", 404))


def test_a_page_of_which_nothing_came_was_cut_off_unless_its_length_says_so() -> None:
    nothing = replace(exchange(b"", "identity"), headers=())
    with pytest.raises(TruncatedError):
        decode_body(nothing)
    with pytest.raises(TruncatedError):
        decode_body(exchange(b"", "gzip"))
    assert decode_body(exchange(b"", "identity")) == b""
    assert decode_body(replace(nothing, status=304)) == b""


def test_what_the_record_says_was_cut_off_is_not_read() -> None:
    with pytest.raises(TruncatedError, match="disconnect"):
        decode_body(replace(exchange(gzip.compress(PAGE), "gzip"), truncated="disconnect"))
