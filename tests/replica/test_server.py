"""The replica answers as the real hosts do."""

from __future__ import annotations

import gzip
import http.client
import json
import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from newsarchive.replica import share
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import named
from newsarchive.replica.server import Replica
from tests.conftest import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.replica.conftest import Client

PIECES = compose()
PAPER = next(piece for piece in PIECES if piece.newspaper == "科技日报")
JSON = f"/NewsData/GetNewsText.do?id={PAPER.code}"


def test_it_listens_on_loopback_alone(replica: Replica) -> None:
    assert replica.url.startswith("http://127.0.0.1:")
    assert replica.url.endswith("/")


def test_every_page_has_validators_and_a_lifetime(client: Client) -> None:
    home = client.get("/")

    assert home.status == 200
    assert home.headers["content-type"] == "text/html; charset=utf-8"
    assert home.headers["etag"].startswith('"')
    assert home.headers["last-modified"] == "Thu, 03 Mar 2022 12:00:00 GMT"
    assert home.headers["cache-control"] == "max-age=600"
    assert client.get("/feed.xml").headers["content-type"] == "application/xml"


def test_an_unchanged_page_is_not_sent_again(client: Client) -> None:
    home = client.get("/")
    by_tag = client.get("/", If_None_Match=home.headers["etag"])
    by_date = client.get("/", If_Modified_Since=home.headers["last-modified"])

    assert (by_tag.status, by_tag.body) == (304, b"")
    assert by_tag.headers["etag"] == home.headers["etag"]
    assert (by_date.status, by_date.body) == (304, b"")


def test_the_tag_counts_before_the_date(client: Client) -> None:
    home = client.get("/")
    both = client.get("/", If_None_Match='"another"', If_Modified_Since=home.headers["last-modified"])

    assert both.status == 200


def test_gzip_is_sent_to_who_takes_it(client: Client) -> None:
    plain, packed = client.get("/"), client.get("/", Accept_Encoding="gzip, deflate")

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == plain.headers["etag"]
    assert gzip.decompress(packed.body) == plain.body


def test_a_head_request_has_no_body(client: Client) -> None:
    head = client.get("/", method="HEAD")

    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) > 1000


def test_what_is_not_there_is_a_404_with_a_page(client: Client) -> None:
    missing = client.get("/kejiribao/2022/01/01/NW202201011111111111.html")

    assert missing.status == 404
    assert "404 找不到页面" in missing.body.decode()


def test_paths_with_spaces_and_parentheses(client: Client) -> None:
    assert client.get("/category/21shijijingjibaodao  nancailicaitong.html").status == 200
    assert client.get("/category/anxinguojizhengquan(xianggang).html").status == 200
    assert client.get("/category/anxinguojizhengquan%28xianggang%29.html").status == 200


def test_the_share_host_answers_json_without_validators(client: Client) -> None:
    answer = client.get(JSON)

    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert "etag" not in answer.headers
    assert json.loads(answer.body)["text"] == PAPER.text


def test_the_share_host_knows_no_unknown_codes(client: Client) -> None:
    assert client.get("/NewsData/GetNewsText.do?id=NW202201011111111111").body == b"{}"
    assert client.get("/NewsData/GetNewsText.do").body == b"{}"
    assert client.get("/html_News/NewsShare.html?infoCode=NW1").body == share.SHELL


def test_the_share_page_is_a_shell_save_for_the_odd_one(client: Client) -> None:
    odd = named(PIECES, "text-in-share-page")[0]

    assert client.get(f"/html_News/NewsShare.html?infoCode={PAPER.code}").body == share.SHELL
    assert odd.text in client.get(f"/html_News/NewsShare.html?infoCode={odd.code}").body.decode()


def test_robots_txt_is_missing_until_it_is_set(replica: Replica, client: Client) -> None:
    assert client.get("/robots.txt").status == 404
    replica.robots = "User-agent: *\nDisallow: /emnews/\n"

    assert client.get("/robots.txt").body == replica.robots.encode()


def test_an_expired_article_is_a_404_but_the_share_host_still_has_it(replica: Replica, client: Client) -> None:
    page = replica.site.url(PAPER)
    assert client.get(page).status == 200
    assert client.get(f"/old_post/{PAPER.file_name}").status == 404
    replica.now = PAPER.published + timedelta(days=3)

    assert client.get(page).status == 404
    assert json.loads(client.get(JSON).body)["Id"] == PAPER.code
    assert client.get(f"/old_post/{PAPER.file_name}").body == PAPER.post()
    replica.share_forgets = True
    assert client.get(JSON).body == b"{}"


def test_the_clock_can_be_moved_and_unchanged_pages_keep_their_validators(replica: Replica, client: Client) -> None:
    home, missing = client.get("/"), client.get("/404.html")
    replica.now = NOW + timedelta(hours=12)
    home_later, missing_later = client.get("/"), client.get("/404.html")

    assert home_later.headers["etag"] != home.headers["etag"]
    assert home_later.headers["last-modified"] == "Fri, 04 Mar 2022 00:00:00 GMT"
    assert missing_later.headers["last-modified"] == missing.headers["last-modified"]


def test_news_comes_out_when_the_clock_reaches_it(replica: Replica, client: Client) -> None:
    last = PIECES[-1]
    replica.now = last.published - timedelta(seconds=1)
    assert client.get(f"/NewsData/GetNewsText.do?id={last.code}").body == b"{}"
    replica.now = last.published

    assert client.get(f"/NewsData/GetNewsText.do?id={last.code}").body != b"{}"
    assert client.get(replica.site.url(last)).status == 200


def test_an_edit_shows_in_page_list_and_json(replica: Replica, client: Client) -> None:
    replica.edit(PAPER.number, title="更正：澜川科技", text="<p>　　更正后的正文。</p>")

    assert "<h1>更正：澜川科技</h1>" in client.get(replica.site.url(PAPER)).body.decode()
    assert "更正：澜川科技" in client.get("/category/kejiribao.html").body.decode()
    said = json.loads(client.get(JSON).body)
    assert said["Title"] == "更正：澜川科技"
    assert said["text"] == said["content"] == "<p>　　更正后的正文。</p>"


def test_an_edit_reaches_both_forms(replica: Replica) -> None:
    number = named(PIECES, "both-forms")[0].number
    replica.edit(number, title="更正")

    assert [piece.title for piece in replica.pieces if piece.number == number] == ["更正", "更正"]


def test_a_withdrawn_article_is_nowhere(replica: Replica, client: Client) -> None:
    page = replica.site.url(PAPER)
    replica.delete(PAPER.number)

    assert client.get(page).status == 404
    assert PAPER.code not in client.get("/category/kejiribao.html").body.decode()
    assert client.get(JSON).body == b"{}"


def test_a_newspaper_keeps_its_page_when_its_last_article_is_withdrawn(connect: Callable[[Replica], Client]) -> None:
    with Replica([PAPER]) as alone:
        alone.delete(PAPER.number)
        page = connect(alone).get("/category/kejiribao.html")

    assert page.status == 200
    assert "<li>" not in page.body.decode()


def test_nobody_edits_what_is_not_there(replica: Replica) -> None:
    with pytest.raises(LookupError, match="202201011111111111"):
        replica.edit("202201011111111111", title="x")


def test_more_can_be_published() -> None:
    with Replica([]) as empty:
        empty.add(PAPER)
        assert empty.pieces == (PAPER,)
        assert [piece.code for piece in empty.site.posts] == [PAPER.code]


def test_the_log_tells_what_was_asked(replica: Replica, client: Client) -> None:
    etag = client.get("/").headers["etag"]
    client.get("/", If_None_Match=etag, User_Agent="tester")
    client.get("/nothing?a=1")

    assert [(seen.method, seen.path, seen.status, seen.fault) for seen in replica.log] == [
        ("GET", "/", 200, None),
        ("GET", "/", 304, None),
        ("GET", "/nothing?a=1", 404, None),
    ]
    assert replica.log[1].headers["if-none-match"] == etag
    assert replica.log[1].headers["user-agent"] == "tester"
    replica.reset()
    assert replica.log == []


def test_control_over_http(replica: Replica, client: Client) -> None:
    rules = json.dumps([{"match": "/emnews/", "do": "403"}]).encode()
    assert client.get("/__faults", method="POST", body=rules).status == 200
    assert client.get("/emnews/").status == 403
    log = json.loads(client.get("/__log").body)
    assert [(seen["path"], seen["status"], seen["fault"]) for seen in log] == [("/emnews/", 403, "403")]
    assert client.get("/__reset", method="POST", body=b"").status == 200

    assert replica.log == []
    assert client.get("/__faults", method="POST", body=b'[{"do": "melt"}]').status == 400
    assert client.get("/__what", method="POST", body=b"").status == 404


def test_served_by_hand_it_says_how_to_archive_it() -> None:
    command = [sys.executable, "-m", "newsarchive.replica", "--port", "0", "--days", "1", "--per-day", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        url = first.rsplit(" ", 1)[1].strip()
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)

    hosts = f"-s FINEWS_URL={url} -s NEWSSHARE_URL={url} -s OLD_POST_URL={url}old_post/ -s ARTICLE_URL={url}"
    assert f"scrapy crawl finews {hosts} -s ARCHIVE_DIR=" in second
    assert (process.returncode, errors) == (0, "")
