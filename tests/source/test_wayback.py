"""A web archive's index, in the two forms there are, and the addresses of its copies."""

from __future__ import annotations

import json
from datetime import date

import pytest

from newsarchive.article import Name
from newsarchive.source.lists import Copy, Listed
from newsarchive.source.understanding import NotUnderstoodError
from newsarchive.source.wayback import Captured, copy_of_url, copy_path, sightings

HOST = "finews.withounder.com"
PAGE = f"https://{HOST}/kejiribao/2022/03/01/NW202203012340000100.html"
SPACED = f"http://{HOST}/21shijijingjibaodao/21caijingapp/2022/03/01/NW202203012340000200.html"
ROLLING = f"https://{HOST}/emnews/2022/03/01/202203012340000001.html"
ROWS = [  # timestamp, URL, status
    ("20220301120000", f"https://{HOST}/", "200"),
    ("20220301120001", PAGE, "200"),
    ("20220301180000", PAGE, "200"),
    ("20220305000000", PAGE, "404"),
    ("20220301120002", SPACED, "200"),
    ("20220301120003", ROLLING, "-"),
    ("20220301120004", f"https://{HOST}/category/kejiribao.html", "200"),
    ("20220301120005", "https://elsewhere.example/kejiribao/2022/03/01/NW202203012340000300.html", "200"),
]
FIELDS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
TABLE = [[f"com,withounder,finews)/{n}", row[0], row[1], "text/html", row[2], "X", "1"] for n, row in enumerate(ROWS)]
# Of 2013 to today.
INTERNET_ARCHIVE = json.dumps([FIELDS, *TABLE]).encode()
# Of pywb 2.
PYWB = b"\n".join(
    json.dumps({"urlkey": "x", "timestamp": when, "url": url, "mime": "text/html", "status": status}).encode()
    for when, url, status in ROWS
)


@pytest.mark.parametrize("answer", [INTERNET_ARCHIVE, PYWB, PYWB.splitlines()[1] + b"\n" + PYWB])
def test_both_forms_give_the_articles_with_their_copies_newest_first(answer: bytes) -> None:
    found = {str(one.link.name): one for one in sightings(answer, HOST)}
    assert found.keys() == {"NW202203012340000100", "NW202203012340000200", "202203012340000001"}
    page = found["NW202203012340000100"]
    assert (page.link.day, page.link.segments, page.tags) == (date(2022, 3, 1), ("kejiribao",), ())
    assert page.listed == Listed(copies=(Copy("20220301180000", PAGE), Copy("20220301120001", PAGE)))


@pytest.mark.parametrize("nothing", [b"", b"\n", b"[]", INTERNET_ARCHIVE.partition(b"], ")[0] + b"]]"])
def test_an_index_that_has_nothing_says_so(nothing: bytes) -> None:
    assert sightings(nothing, HOST) == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"<html><h1>Service Unavailable</h1></html>", "no JSON; it is a page headed 'Service Unavailable'"),
        (b'{"message": "x"}', "JSON of another kind"),
        (b"12", "JSON of another kind"),
        (b'[["timestamp", "original"], ["20220301120000"]]', "no table"),
        (b'[["a", "b"], ["20220301120000", "x"]]', "no timestamp and URL"),
        (PYWB[:-30], "cut off"),
    ],
)
def test_what_is_no_index_is_refused(answer: bytes, why: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        sightings(answer, HOST)
    assert why in str(caught.value)


def test_a_question_is_read_back_from_its_address_under_any_index() -> None:
    captured = Captured("127.0.0.1:8765", date(2022, 3, 1))
    assert captured.url("https://web.archive.org/cdx/search/cdx") == (
        "https://web.archive.org/cdx/search/cdx?url=127.0.0.1:8765/*&from=20220301&to=20220301&output=json"
        "&filter=statuscode:200"
    )
    for base in ("https://web.archive.org/cdx/search/cdx", "http://127.0.0.1:1/x?collection=news"):
        assert Captured.of_url(captured.url(base)) == captured
    assert Captured.of_url("https://a.example/?output=json&url=b/*&from=20220301&to=20220302") is None
    assert Captured.of_url("https://a.example/") is None


@pytest.mark.parametrize("url", [PAGE, SPACED, f"https://{HOST}/Career%20In/2022/03/01/NW202203012340000400.html"])
def test_a_copy_is_read_back_from_its_address_under_any_web_archive(url: str) -> None:
    copy = Copy("20220301120001", url)
    found = copy_of_url(f"http://127.0.0.1:8080/news/{copy_path(copy.place)}")
    assert found is not None
    assert found[1] == copy
    assert found[0].name == Name.parse(url.rpartition("/")[2].removesuffix(".html"))
    assert copy_of_url(url) is None
    assert copy_of_url(f"http://127.0.0.1:8080/news/20220301120001id_/https://{HOST}/") is None
