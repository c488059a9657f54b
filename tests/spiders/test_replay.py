"""Saved responses, through the real spider and pipelines, in this process: no server, no network.

``tests/fixtures/replay`` holds responses composed in the source's shapes, an index of the URLs they answer, and the
posts they must become. A request that is not in the index fails the test.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scrapy import Request, signals
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings

from newsarchive import settings as project
from newsarchive.archive.keeper import run_of

REPLAY = Path(__file__).parents[1] / "fixtures" / "replay"
INDEX: dict[str, str] = json.loads((REPLAY / "index.json").read_text(encoding="utf-8"))


class ReplayHandler(BaseDownloadHandler):
    """Answers from the saved responses; what was not saved must not be asked."""

    asked: list[str] = []  # noqa: RUF012 - one list for the handlers of http and https

    async def download_request(self, request: Request) -> Response:
        if request.url.endswith("/robots.txt"):
            return Response(request.url, status=404)
        self.asked.append(request.url)
        assert request.url in INDEX, f"the spider asked for {request.url}, which was not saved"
        return HtmlResponse(request.url, body=(REPLAY / INDEX[request.url]).read_bytes(), request=request)


async def replay(archive: Path, spider: str = "finews", **arguments: str) -> int:
    """Crawl the saved responses; gives the exit code of the verdict."""
    settings = Settings()
    settings.setmodule(project)
    settings.setdict(
        {
            "ARCHIVE_DIR": str(archive),
            "NEWSARCHIVE_CLOCK": "2022-03-03 20:00:00",
            "DOWNLOAD_HANDLERS": {"http": ReplayHandler, "https": ReplayHandler},
            "DOWNLOAD_DELAY": 0,
            "PROGRESS": False,
            "TWISTED_REACTOR_ENABLED": False,
        }
    )
    ReplayHandler.asked.clear()
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(spider)
    errors: list[object] = []
    crawler.signals.connect(lambda failure: errors.append(failure.value), signal=signals.spider_error, weak=False)
    await runner.crawl(crawler, **arguments)
    assert errors == []
    return run_of(crawler).exit_code


@pytest.mark.asyncio
async def test_saved_responses_become_the_saved_posts(tmp_path: Path) -> None:
    assert await replay(tmp_path) == 0
    posts = {path.name: path.read_bytes() for path in tmp_path.glob("_posts/**/*.md")}
    assert posts == {path.name: path.read_bytes() for path in REPLAY.glob("*.md")}


@pytest.mark.asyncio
async def test_each_saved_response_is_asked_for_exactly_once_home_page_first(tmp_path: Path) -> None:
    assert await replay(tmp_path) == 0
    assert ReplayHandler.asked[0] == "https://finews.withounder.com/"
    assert sorted(ReplayHandler.asked) == sorted(INDEX)


@pytest.mark.asyncio
async def test_a_second_replay_asks_for_the_home_page_alone(tmp_path: Path) -> None:
    assert await replay(tmp_path) == 0
    assert await replay(tmp_path) == 0
    assert ReplayHandler.asked == ["https://finews.withounder.com/"]


@pytest.mark.asyncio
async def test_one_article_by_its_code(tmp_path: Path) -> None:
    code = next(url for url in INDEX if "GetNewsText" in url).rpartition("=")[2]
    assert await replay(tmp_path, "newsshare", code=code) == 0
    (made,) = tmp_path.glob("_posts/**/*.md")
    assert made.read_bytes() == (REPLAY / made.name).read_bytes()
