"""Where each road is asked for, and which a run leaves alone."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings

from newsarchive import settings as project
from newsarchive.article import Name
from newsarchive.source.links import article_link
from newsarchive.source.lists import Copy, Listed
from newsarchive.source.roads import NOT_BY_DEFAULT, Case, Road
from spiders.addresses import address, closed_roads, stays_on_this_machine

LOCAL = {"FINEWS_URL": "http://127.0.0.1:8765/", "NEWSSHARE_URL": "http://localhost:8765/"}


def made(**given: str) -> Settings:
    settings = Settings()
    settings.setmodule(project)
    settings.setdict(given, priority="cmdline")
    return settings


def test_every_road_has_its_address_under_the_settings_hosts() -> None:
    copied = Listed(copies=(Copy("20220304000000", "https://finews.withounder.com/a b/x.html"),))
    link = article_link("/kejiribao/2022/03/01/NW202203012340000100.html")
    case = Case(link, ("科技日报新闻",), closed=frozenset(), listed=copied)
    found = {}
    while (road := case.next_road()) is not None:
        case.set_out(road)
        found[road] = address(made(ARTICLE_URL="https://example.org/copy"), case, road)

    assert found == {
        Road.JSON: "http://finews.zning.xyz/NewsData/GetNewsText.do?id=NW202203012340000100",
        Road.SHARE_PAGE: "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340000100",
        Road.MIRROR_PAGE: "https://finews.withounder.com/kejiribao/2022/03/01/NW202203012340000100.html",
        Road.OLD_POST: f"{project.OLD_POST_URL}2022-03-01-NW202203012340000100.md",
        Road.WAYBACK: "https://web.archive.org/web/20220304000000id_/https://finews.withounder.com/a%20b/x.html",
        Road.ARTICLE_API: (
            "https://newsinfo.eastmoney.com/kuaixun/v2/api/article/202203012340000100?guid=NW202203012340000100"
        ),
        Road.ARTICLE_PAGE: "https://example.org/copy/a/202203012340000100.html",
    }
    assert case.name == Name("202203012340000100")


@pytest.mark.parametrize(
    ("given", "closed", "only_here"),
    [
        ({}, set(), False),
        (LOCAL, {Road.OLD_POST, Road.ARTICLE_PAGE}, True),
        ({**LOCAL, "OLD_POST_URL": "http://127.0.0.1:8765/old_post/"}, {Road.ARTICLE_PAGE}, True),
        ({**LOCAL, "OLD_POST_URL": "https://example.org/store/"}, {Road.ARTICLE_PAGE}, False),
        ({"FINEWS_URL": LOCAL["FINEWS_URL"]}, set(), False),
    ],
)
def test_a_source_on_this_machine_sends_nobody_to_public_hosts_that_were_not_set(
    given: dict[str, str],
    closed: set[Road],
    only_here: bool,  # noqa: FBT001 - a case's outcome
) -> None:
    assert closed_roads(made(**given)) == closed | NOT_BY_DEFAULT
    assert stays_on_this_machine(made(**given)) is only_here
