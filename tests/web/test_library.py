"""Pages beside a living archive: nothing is written, new articles come, a ledger or an index may be replaced."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from newsarchive.archive.ledger import Ledger
from newsarchive.article import Name
from newsarchive.clock import Clock
from newsarchive.search.index import catch_up
from newsarchive.search.store import SEARCH
from newsarchive.web.app import make_app
from newsarchive.web.background import served_at
from newsarchive.web.library import Library, NotKeptError
from newsarchive.web.server import Keeper
from newsarchive.web.shield import POLICY
from tests.conftest import PATIENCE
from tests.web.conftest import NOW, Names, put

LEDGER = "ledger.db"


@pytest.fixture
def living(shown: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shown, tmp_path / "living"))


@pytest.fixture
def client(living: Path) -> Iterator[httpx.Client]:
    with served_at(living, Clock(NOW.isoformat())) as url, httpx.Client(base_url=url, timeout=PATIENCE) as opened:
        yield opened


def contents(root: Path) -> dict[str, str]:
    """Give every file's digest, but for the index and what SQLite makes beside it."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(SEARCH)
    }


def test_reading_writes_nothing(living: Path, client: httpx.Client, names: Names) -> None:
    before = contents(living)
    for address in ("/", "/search?q=公司", f"/article/{names.edited}", f"/article/{names.edited}/served", "/status"):
        assert client.get(address).status_code == 200
    assert contents(living) == before


def test_a_new_article_shows_as_soon_as_it_is_indexed(living: Path, client: httpx.Client) -> None:
    assert "新到的文章" not in client.get("/").text
    put(living, Name("202203021999999999"), "新到的文章", "<p>刚到。</p>", "2022-03-02 19:59:59")
    catch_up(living)
    for address in ("/", "/category/kejiribao", "/day/2022-03-02", "/search?q=新到的文章", "/feed.xml"):
        assert "新到的文章" in client.get(address).text, address


def test_the_keeper_indexes_what_a_run_left(living: Path, client: httpx.Client) -> None:
    put(living, Name("202203021999999999"), "新到的文章", "<p>刚到。</p>", "2022-03-02 19:59:59")
    pause = threading.Event()
    with Keeper(living, every=0.05):
        for _ in range(200):
            if "新到的文章" in client.get("/").text:
                break
            pause.wait(0.05)
    assert "新到的文章" in client.get("/").text


def test_pages_are_shown_while_a_run_has_the_ledger_open(living: Path, client: httpx.Client, names: Names) -> None:
    ledger = Ledger(living / LEDGER)
    try:
        with ledger._transaction():
            ledger._db.execute("UPDATE articles SET title = 'x'")
            for address in ("/", f"/article/{names.edited}", "/status", "/api/status"):
                assert client.get(address).status_code == 200
    finally:
        ledger.close()


def test_a_ledger_that_is_replaced_or_missing_takes_no_page_down(
    living: Path, client: httpx.Client, names: Names, tmp_path: Path
) -> None:
    page = f"/article/{names.pictured}"
    assert "/picture/" in client.get(page).text
    kept = (living / LEDGER).rename(tmp_path / "aside")
    without = client.get(page)
    assert without.status_code == 200
    assert "账本里没有记录" in without.text
    assert client.get("/api/status").status_code == 503
    assert client.get("/status").status_code == 200
    kept.rename(living / LEDGER)
    assert "/picture/" in client.get(page).text
    (living / LEDGER).write_bytes(b"no ledger at all" * 100)
    assert client.get(page).status_code == 200


def test_an_index_that_is_made_anew_is_read_anew(living: Path, client: httpx.Client) -> None:
    assert client.get("/search?q=公司").status_code == 200
    for path in living.glob(f"{SEARCH}*"):
        path.unlink()
    gone = client.get("/search?q=公司")
    assert gone.status_code == 503
    assert "索引" in gone.text
    assert client.get("/").status_code == 503
    catch_up(living)
    assert client.get("/search?q=公司").status_code == 200
    assert catch_up(living, anew=True).indexed > 0
    assert client.get("/").status_code == 200


def test_a_post_that_is_missing_is_said_to_be(living: Path, client: httpx.Client, names: Names) -> None:
    (post,) = living.glob(f"_posts/**/*-{names.edited}.md")
    post.unlink()
    answer = client.get(f"/article/{names.edited}")
    assert answer.status_code == 404
    assert "scrapy verify" in answer.text
    assert client.get("/feed.xml?limit=100").status_code == 200


def test_a_damaged_capture_is_said_to_be(living: Path, client: httpx.Client, names: Names) -> None:
    for path in living.glob("captures/*.warc.gz"):
        path.write_bytes(b"\0" * path.stat().st_size)
    assert client.get(f"/article/{names.edited}").status_code == 200
    answer = client.get(f"/article/{names.edited}/served")
    assert answer.status_code == 404
    assert "capture" in answer.text
    page = client.get(f"/article/{names.pictured}").text
    digest = page.partition("/picture/")[2][:64]
    assert client.get(f"/picture/{digest}").status_code == 404


class BrokenLibrary(Library):
    """A library with a defect nobody thought of."""

    def days(self) -> dict[str, int]:
        raise RuntimeError("nobody thought of this")


def test_a_defect_is_a_page_that_helps_and_a_trace_for_the_operator(
    shown: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=make_app(BrokenLibrary(shown, Clock())))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path)

    answer = asyncio.run(ask("/"))
    assert answer.status_code == 500
    assert "scrapy verify" in answer.text
    assert "nobody thought" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert "nobody thought of this" in caplog.text
    assert asyncio.run(ask("/api/days")).json()["error"]["status"] == 500


def test_an_empty_archive_says_what_to_do(tmp_path: Path) -> None:
    with served_at(tmp_path, Clock()) as url:
        answer = httpx.get(url)
        assert answer.status_code == 200
        assert "scrapy crawl finews" in answer.text
        assert httpx.get(f"{url}search").status_code == 503


@pytest.mark.parametrize("place", ["", "x", "../ledger.db#0", "20220302-0001.warc.gz#999999999", "none.warc.gz#0"])
def test_a_place_that_is_none_is_refused(shown: Path, place: str) -> None:
    with pytest.raises(NotKeptError):
        Library(shown, Clock()).answer(place)
