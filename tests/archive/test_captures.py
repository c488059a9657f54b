"""What is kept of an exchange: written by us, read back by others and by us."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from newsarchive.archive.captures import Capture, Captures, Exchange, Fault, iterate

NOON = datetime(2022, 1, 26, 12, tzinfo=UTC)
URL = "http://share.example/NewsData/GetNewsText.do?id=NW202201252261275824"


def exchange(**changes: Any) -> Exchange:
    values: dict[str, Any] = {
        "url": URL,
        "fetched_at": NOON + timedelta(microseconds=250),
        "status": 200,
        "reason": b"OK",
        "headers": ((b"Content-Type", b"application/json"), (b"Server", b"nginx")),
        "body": '{"Id": "NW202201252261275824", "text": "<p>　　新闻。</p>"}'.encode(),
        "request_headers": ((b"Host", b"share.example"), (b"User-Agent", b"newsarchive/0.1")),
    }
    return Exchange(**{**values, **changes})


KINDS = {
    "plain": exchange(),
    "gzip": exchange(
        headers=((b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip")),
        body=gzip.compress(b"<p>news</p>" * 900, mtime=0),
    ),
    "larger than a stored block": exchange(
        headers=((b"Content-Type", b"image/png"),), body=bytes(range(256)) * 600, url="http://img.example/a.png"
    ),
    "repeated headers": exchange(headers=((b"Link", b"a=1"), (b"X", b"y"), (b"Link", b"b=2"))),
    "empty": exchange(headers=(), body=b"", reason=b"", status=204),
    "not found": exchange(status=404, reason=b"Not Found", body=b"<script>location='/'</script>"),
    "post": exchange(method="POST", request_body=b"id=1\r\n\r\n&b=2", request_headers=((b"Content-Length", b"13"),)),
    "odd bytes": exchange(
        headers=((b"X-Title", "新闻".encode()), (b"X-Latin", b"caf\xe9"), (b"x-empty", b"")), body=b"\0\r\n\r\n"
    ),
    "http/2": exchange(version="h2", reason=b""),
    "http/1.0": exchange(version="HTTP/1.0", ip="2001:db8::1"),
    "asked for an article": exchange(about="202201252261275824"),
    "cut short": exchange(truncated="disconnect", ip="192.0.2.1"),
    "unicode": exchange(url="http://mirror.example/category/21世纪.html?q=新闻&b=%E6%96%B0&c=a+b"),
    "bare host": exchange(url="http://mirror.example?x=1#part"),
    "chunked": exchange(headers=((b"transfer-encoding", b"chunked"), (b"X-Crawler-Transfer-Encoding", b"no"))),
    "looks chunked": exchange(headers=((b"Transfer-Encoding", b"chunked"),), body=b"5\r\nhello\r\n0\r\n\r\n"),
}


HEADER_NAMES = st.from_regex(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}", fullmatch=True)
HEADER_VALUES = st.binary(max_size=60).filter(lambda value: not {10, 13} & set(value))


def noon() -> datetime:
    return NOON


def keep(folder: Path, *exchanges: Exchange, **options: Any) -> list[Capture]:
    with Captures(folder, now=noon, **options) as captures:
        return [captures.write(one) for one in exchanges]


def kept(folder: Path) -> list[Exchange]:
    return [found[1] for found in iterate(folder) if not isinstance(found, Fault)]


def by_warcio(path: Path) -> list[tuple[dict[str, str], bytes]]:
    """Every record as warcio reads it: its fields and what its block holds behind the HTTP headers."""
    with path.open("rb") as file:
        return [
            (dict(record.rec_headers.headers), record.raw_stream.read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_read_back_exactly(tmp_path: Path, kind: str) -> None:
    sent = KINDS[kind]
    (capture,) = keep(tmp_path, sent)
    captures = Captures(tmp_path, now=noon)
    assert captures.read(capture) == sent
    assert captures.find(capture.place) == (capture, sent)
    assert list(iterate(tmp_path)) == [(capture, sent)]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    headers=st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=6).map(tuple),
    body=st.binary(max_size=400),
    reason=st.binary(max_size=20).filter(lambda text: not {10, 13} & set(text)),
    request_body=st.binary(max_size=40),
)
def test_any_headers_and_any_body_are_read_back_exactly(
    headers: tuple[tuple[bytes, bytes], ...], body: bytes, reason: bytes, request_body: bytes
) -> None:
    sent = exchange(headers=headers, request_headers=headers, body=body, reason=reason, request_body=request_body)
    with tempfile.TemporaryDirectory() as folder:
        (capture,) = keep(Path(folder), sent)
        assert list(iterate(Path(folder))) == [(capture, sent)]
        assert by_warcio(Path(folder, capture.file))[1][1] == body


def test_two_other_readers_find_the_same_bodies_and_headers(tmp_path: Path) -> None:
    keep(tmp_path, *KINDS.values())
    path = only_file(tmp_path)
    expected = [sent.body for sent in KINDS.values()]
    responses = [body for fields, body in by_warcio(path) if fields["WARC-Type"] == "response"]
    assert responses == expected
    with path.open("rb") as file:
        fast = [
            (record.reader.read(), record.http_headers.get_bytes_multiple(b"Link"))
            for record in FastIterator(file, record_types=WarcRecordType.response, strict_mode=False)
        ]
    assert [body for body, _ in fast] == expected
    assert [links for _, links in fast if links] == [(b"a=1", b"b=2")]


def test_every_checker_passes_every_record(tmp_path: Path) -> None:
    keep(tmp_path, *KINDS.values())
    tools = Path(sys.executable).parent
    path = str(only_file(tmp_path))
    for command in (["gzip", "-t"], [tools / "warcio", "check"], [tools / "fastwarc", "check", "-p"]):
        run = subprocess.run([*command, path], capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{command}: {run.stdout}{run.stderr}"
        assert "fail" not in run.stdout.lower(), run.stdout


def test_a_record_is_a_gzip_member_at_the_offset_its_capture_names(tmp_path: Path) -> None:
    captures = keep(tmp_path, *KINDS.values())
    path = only_file(tmp_path)
    index = {}
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            name = record.rec_headers.get_header("WARC-Record-ID")
            index[name] = (records.get_record_offset(), records.get_record_length())
    assert {one.record_id: (one.offset, one.length) for one in captures}.items() <= index.items()


def test_a_file_begins_with_what_wrote_it(tmp_path: Path) -> None:
    keep(tmp_path, exchange(), software="newsarchive/9")
    (info, said), *_ = by_warcio(only_file(tmp_path))
    assert (info["WARC-Type"], info["WARC-Filename"]) == ("warcinfo", "20220126-0001.warc.gz")
    assert said.decode().splitlines()[:2] == ["software: newsarchive/9", "format: WARC File Format 1.1"]


def test_request_and_response_name_each_other(tmp_path: Path) -> None:
    keep(
        tmp_path,
        exchange(url=URL + "&t=新#part", fetched_at=datetime(2022, 1, 27, 8, tzinfo=timezone(timedelta(hours=8)))),
    )
    _, (response, _), (request, _) = by_warcio(only_file(tmp_path))
    assert response["WARC-Concurrent-To"] == request["WARC-Record-ID"]
    assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert response["WARC-Date"] == request["WARC-Date"] == "2022-01-27T00:00:00.000000Z"
    assert response["WARC-Target-URI"] == request["WARC-Target-URI"] == URL + "&t=新#part"


def test_the_request_line_holds_path_and_query(tmp_path: Path) -> None:
    keep(tmp_path, exchange(), exchange(url="http://mirror.example?x=1#part"))
    with only_file(tmp_path).open("rb") as file:
        lines = [
            r.http_headers.protocol + " " + r.http_headers.statusline
            for r in ArchiveIterator(file)
            if r.rec_type == "request"
        ]
    assert lines == ["GET /NewsData/GetNewsText.do?id=NW202201252261275824 HTTP/1.1", "GET /?x=1 HTTP/1.1"]


def test_no_reader_undoes_the_chunks_a_second_time(tmp_path: Path) -> None:
    sent = KINDS["looks chunked"]
    keep(tmp_path, sent)
    with only_file(tmp_path).open("rb") as file:
        (response,) = [
            (r.http_headers.headers, r.content_stream().read())
            for r in ArchiveIterator(file)
            if r.rec_type == "response"
        ]
    assert response == ([("X-Crawler-Transfer-Encoding", "chunked")], sent.body)


def test_a_header_cannot_end_the_headers(tmp_path: Path) -> None:
    keep(tmp_path, exchange(headers=((b"X", b"a\r\n\r\nb"), (b"Y", b"c\rd")), reason=b"O\nK"))
    (found,) = kept(tmp_path)
    assert (found.headers, found.reason) == (((b"X", b"a    b"), (b"Y", b"c d")), b"O K")


def test_what_a_uri_cannot_hold_is_percent_encoded(tmp_path: Path) -> None:
    (capture,) = keep(tmp_path, exchange(url="http://mirror.example/a b\n\u3000\ud800新"))
    assert capture.url == "http://mirror.example/a%20b%0A%E3%80%80%ED%A0%80新"
    assert [found.url for found in kept(tmp_path)] == [capture.url]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        exchange(fetched_at=datetime(2022, 1, 26, 23, 30))  # noqa: DTZ001 - what is refused


# Revisits


def revisited(folder: Path, first: Exchange, *then: Exchange) -> tuple[Capture, list[Capture]]:
    with Captures(folder, now=noon) as captures:
        earlier = captures.write(first)
        return earlier, [captures.write(one, same_as=earlier) for one in then]


def test_a_body_kept_before_is_not_kept_again(tmp_path: Path) -> None:
    first = exchange(body=b"news" * 5000)
    again = exchange(body=b"news" * 5000, fetched_at=first.fetched_at + timedelta(days=1), headers=((b"Age", b"1"),))
    earlier, (capture,) = revisited(tmp_path, first, again)
    assert (capture.revisit, capture.sha256) == (True, earlier.sha256)
    assert kept(tmp_path) == [first, again]
    assert Captures(tmp_path, now=noon).read(capture) == again
    fields, block = by_warcio(only_file(tmp_path))[3]
    assert block == b""
    assert fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert fields["WARC-Refers-To"] == earlier.record_id
    assert fields["WARC-Refers-To-Target-URI"] == first.url
    assert fields["WARC-Refers-To-Date"] == "2022-01-26T12:00:00.000250Z"
    assert fields["WARC-Payload-Digest"] == f"sha256:{earlier.sha256}"


def test_a_revisit_finds_its_body_in_an_earlier_file(tmp_path: Path) -> None:
    (earlier,) = keep(tmp_path, exchange())
    with Captures(tmp_path, now=lambda: NOON + timedelta(days=2)) as captures:
        capture = captures.write(exchange(), same_as=earlier)
    assert capture.file == "20220128-0001.warc.gz"
    assert Captures(tmp_path, now=noon).read(capture) == exchange()


def test_not_modified_refers_to_what_was_not_modified(tmp_path: Path) -> None:
    unchanged = exchange(status=304, reason=b"Not Modified", body=b"", headers=((b"ETag", b'"1"'),))
    earlier, (capture,) = revisited(tmp_path, exchange(), unchanged)
    assert (capture.revisit, capture.status) == (True, 304)
    assert kept(tmp_path)[1] == unchanged
    fields, _ = by_warcio(only_file(tmp_path))[3]
    assert fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert fields["WARC-Refers-To"] == earlier.record_id
    assert "WARC-Payload-Digest" not in fields


def test_what_cannot_be_referred_to_is_kept_whole(tmp_path: Path) -> None:
    with Captures(tmp_path, now=noon) as captures:
        first = captures.write(exchange())
        revisit = captures.write(exchange(), same_as=first)
        empty = captures.write(exchange(body=b""))
        whole = [
            captures.write(exchange(body=b"edited"), same_as=first),
            captures.write(exchange(), same_as=revisit),
            captures.write(exchange(body=b""), same_as=empty),
            captures.write(exchange(status=304, body=b"")),
        ]
    assert [one.revisit for one in whole] == [False] * 4
    assert [captures.read(one).body for one in whole] == [b"edited", exchange().body, b"", b""]


def test_the_checkers_pass_revisits(tmp_path: Path) -> None:
    revisited(tmp_path, exchange(), exchange(), exchange(status=304, body=b""))
    path = only_file(tmp_path)
    assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0
    assert [fields["WARC-Type"] for fields, _ in by_warcio(path)][1::2] == ["response", "revisit", "revisit"]
    # fastwarc's `check -p` compares a revisit's payload digest with the empty block; the standard means the payload
    # referred to (WARC 1.1 section 6.7.2), so of revisits only the blocks are compared.
    with path.open("rb") as file:
        assert all(record.verify_block_digest() for record in FastIterator(file, parse_http=False))
