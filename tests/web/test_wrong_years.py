"""A year that is wrong is not today; a day of long ago is a day like any other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from newsarchive.article import Name
from newsarchive.clock import Clock
from newsarchive.search.index import catch_up
from newsarchive.web.background import served_at
from tests.conftest import ROOT
from tests.web.conftest import NOW, put

TODAY = NOW.date()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one article of today, one of 2098 and one of a summer with daylight saving."""
    root = tmp_path_factory.mktemp("years")
    put(root, Name("202203020000000001"), "今天的桥", "<p>今天通车。</p>", f"{TODAY} 08:00:00")
    put(root, Name("202203020000000002"), "年份写错的桥", "<p>笔误。</p>", "2098-03-02 08:00:00")
    put(root, Name("198807010000000001"), "当年的桥", "<p>当年通车。</p>", "1988-07-01 00:30:00")
    catch_up(root)
    return root


@pytest.fixture(scope="module")
def web(archive: Path) -> Iterator[httpx.Client]:
    with served_at(archive, Clock(NOW.isoformat())) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def test_a_wrong_year_is_not_today_on_the_home_page(web: httpx.Client) -> None:
    home = web.get("/", headers={"Accept-Language": "zh-CN"}).text

    assert "今天的桥" in home
    assert "年份写错的桥" not in home
    assert f"/day/{TODAY}" in home


def test_what_has_a_wrong_year_keeps_its_date_its_page_and_its_day(web: httpx.Client, archive: Path) -> None:
    (path,) = archive.glob("_posts/2098/03/*.md")
    assert "date: 2098-03-02 08:00:00 +0800" in path.read_text(encoding="utf-8")
    assert "年份写错的桥" in web.get("/day/2098-03-02").text
    assert web.get("/article/NW202203020000000002").status_code == 200
    assert "年份写错的桥" in [one["title"] for one in web.get("/api/articles").json()["articles"]]


@pytest.mark.parametrize("feed", ["/feed.xml", "/feed.json", "/feed.json?category=kejiribao", "/feed.json?q=桥"])
def test_a_wrong_year_is_no_news_of_a_feed(feed: str, web: httpx.Client) -> None:
    said = web.get(feed).text
    assert "今天的桥" in said
    assert "年份写错的桥" not in said
    assert "年份写错的桥" in web.get(feed, params={"until": "2100-01-01"}).text, "who asks for its day is given it"


def test_a_wrong_year_is_nowhere_the_newest_day(web: httpx.Client) -> None:
    assert web.get("/calendar").headers["location"].endswith(f"/calendar/{TODAY.year}")
    (paper,) = [one for one in web.get("/api/categories").json()["categories"] if one["count"] > 1]
    assert paper["newest"] == str(TODAY)
    assert web.get("/category/kejiribao").status_code == 200


@pytest.mark.parametrize("command", [("export", "-", "--format", "atom"), ("status", "--json")])
def test_a_wrong_year_is_not_the_newest_for_commands(command: tuple[str, ...], archive: Path) -> None:
    said = [*command, "-s", f"ARCHIVE_DIR={archive}", "-s", f"NEWSARCHIVE_CLOCK={NOW.isoformat()}"]
    ended = subprocess.run(
        [sys.executable, "-m", "scrapy", *said], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert "2022-03-0" in ended.stdout, ended
    assert '"newest": "2098' not in ended.stdout
    assert "<updated>2098" not in ended.stdout
    assert "年份写错的桥" not in ended.stdout


def test_a_day_of_a_summer_with_daylight_saving_is_a_day_like_any_other(web: httpx.Client) -> None:
    page = web.get("/day/1988-07-01")
    assert page.status_code == 200
    assert "当年的桥" in page.text
    assert "当年的桥" not in web.get("/day/1988-06-30").text
    for day in ("1988-06-30", "1986-05-04", "1991-09-15", "1900-01-01", "2199-12-31"):
        assert web.get(f"/day/{day}").status_code == 200, day
    assert web.get("/calendar/1988").status_code == 200
    for day in ("0001-01-01", "9999-12-31"):
        assert web.get(f"/day/{day}").status_code == 404, day
