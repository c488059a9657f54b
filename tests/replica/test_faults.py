"""The replica breaks as told."""

from __future__ import annotations

import http.client
import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from newsarchive.replica.compose import compose
from newsarchive.replica.faults import KINDS
from newsarchive.replica.server import Replica

if TYPE_CHECKING:
    from tests.replica.conftest import Client

JSON = f"/NewsData/GetNewsText.do?id={compose()[0].code}"


@pytest.mark.parametrize(
    ("kind", "status", "begins"),
    [
        ("500", 500, b"<html>"),
        ("503", 503, b"<html>"),
        ("429", 429, b"<html>"),
        ("404", 404, b"<html><body>error"),
        ("403", 403, b"<html>"),
        ("empty", 200, b""),
        ("garbage", 200, b"\x00\x01\x02"),
        ("badjson", 200, b'{"Id": "x", "text": "<p>cut'),
        ("html", 200, "<html><body><h1>系统维护中".encode()),
        ("redirect-loop", 302, b""),
    ],
)
def test_a_fault_is_answered_as_often_as_told(
    replica: Replica, client: Client, kind: str, status: int, begins: bytes
) -> None:
    replica.faults([{"match": "GetNewsText", "do": kind, "times": 2}])
    answers = [client.get(JSON) for _ in range(3)]

    assert [answer.status for answer in answers] == [status, status, 200]
    assert answers[0].body.startswith(begins)
    assert (answers[0].headers.get("retry-after") == "1") == (kind in {"503", "429"})
    assert [seen.fault for seen in replica.log] == [kind, kind, None]


def test_a_fault_hits_only_what_it_matches(replica: Replica, client: Client) -> None:
    replica.faults([{"match": "^/category/", "do": "503", "times": -1}])

    assert client.get("/").status == 200
    assert [client.get("/category/kejiribao.html").status for _ in range(4)] == [503] * 4


def test_a_redirect_loop_leads_to_itself(replica: Replica, client: Client) -> None:
    replica.faults([{"match": ".", "do": "redirect-loop"}])

    assert client.get("/emnews/").headers["location"] == "/emnews/"


def test_a_truncated_answer_promises_more_than_it_sends(replica: Replica, client: Client) -> None:
    replica.faults([{"match": ".", "do": "truncate"}])

    with pytest.raises(http.client.IncompleteRead) as caught:
        client.get("/")
    assert caught.value.expected


def test_a_cut_gzip_stream_has_its_right_length_and_no_end(replica: Replica, client: Client) -> None:
    whole = client.get("/").body
    replica.faults([{"match": ".", "do": "cut-gzip"}])
    answer = client.get("/")

    assert answer.headers["content-encoding"] == "gzip"
    engine = zlib.decompressobj(wbits=31)
    assert whole.startswith(engine.decompress(answer.body))
    assert not engine.eof


def test_a_cut_page_has_no_length_and_ends_behind_an_item(replica: Replica, client: Client) -> None:
    whole = client.get("/").body
    replica.faults([{"match": ".", "do": "cut-page"}])
    answer = client.get("/")

    assert "content-length" not in answer.headers
    assert answer.body.endswith(b"</li>")
    assert whole.startswith(answer.body)


def test_a_304_may_come_unasked(replica: Replica, client: Client) -> None:
    replica.faults([{"match": ".", "do": "unasked-304"}])
    answer = client.get("/")

    assert (answer.status, answer.body) == (304, b"")


@pytest.mark.parametrize("kind", ["reset", "outage"])
def test_a_reset_cuts_the_connection(replica: Replica, client: Client, kind: str) -> None:
    client.get("/")
    if kind == "reset":
        replica.faults([{"match": ".", "do": "reset"}])
    replica.outage = kind == "outage"

    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        client.get("/")
    assert replica.log[-1].status == 0
    assert replica.log[-1].fault == kind


def test_an_outage_ends(replica: Replica, connect: Callable[[Replica], Client]) -> None:
    replica.outage = True
    with pytest.raises(ConnectionError):
        connect(replica).get("/")
    replica.outage = False

    assert connect(replica).get("/").status == 200


@pytest.mark.parametrize("kind", ["hang", "slow"])
def test_hanging_and_slow_answers_take_their_time(replica: Replica, client: Client, kind: str) -> None:
    replica.hang_seconds = replica.slow_seconds = 0.2
    replica.faults([{"match": ".", "do": kind}])
    begun = time.monotonic()
    if kind == "slow":
        assert client.get("/").status == 200
    else:
        with pytest.raises(http.client.RemoteDisconnected):
            client.get("/")

    assert time.monotonic() - begun > 0.19


def test_the_end_waits_for_no_hanging_client(connect: Callable[[Replica], Client]) -> None:
    with Replica([]) as replica:
        replica.faults([{"match": ".", "do": "hang"}])
        connect(replica).connection.request("GET", "/")
        while not replica.log:
            time.sleep(0.005)
        begun = time.monotonic()

    assert time.monotonic() - begun < replica.hang_seconds / 2


@pytest.mark.parametrize("rule", [{"match": "(", "do": "500"}, {"match": "."}, {"match": ".", "do": "melt"}, "500"])
def test_a_rule_nobody_understands_is_refused(replica: Replica, rule: object) -> None:
    with pytest.raises(ValueError, match="fault"):
        replica.faults([rule])  # type: ignore[list-item]


def test_every_kind_of_the_saved_copys_server_is_known() -> None:
    kinds = "500 503 429 404 403 empty garbage badjson html truncate hang slow reset redirect-loop"
    kinds += " cut-gzip cut-page unasked-304"

    assert sorted(kinds.split()) == sorted(KINDS)
