"""Where each road of an article is asked for: the settings' hosts, and which of them a run leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.settings import SETTINGS_PRIORITIES

from newsarchive.hosts import HOST_SETTINGS, is_loopback
from newsarchive.source.article_api import article_api_url
from newsarchive.source.links import article_page_url, fetch_url, old_post_url, share_json_url, share_page_url
from newsarchive.source.roads import NOT_BY_DEFAULT, Case, Road
from newsarchive.source.wayback import copy_path

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

SOURCE = ("FINEWS_URL", "NEWSSHARE_URL")
_LESSER = {Road.OLD_POST: "OLD_POST_URL", Road.ARTICLE_PAGE: "ARTICLE_URL"}


def address(settings: BaseSettings, case: Case, road: Road) -> str:
    """Give the URL a road is asked by; call after `Case.set_out`."""
    if road is Road.JSON:
        return share_json_url(settings["NEWSSHARE_URL"], case.name)
    if road is Road.SHARE_PAGE:
        return share_page_url(settings["NEWSSHARE_URL"], case.name)
    if road is Road.OLD_POST:
        return old_post_url(settings["OLD_POST_URL"], case.store_name)
    if road is Road.ARTICLE_PAGE:
        return article_page_url(settings["ARTICLE_URL"], case.name)
    if road is Road.ARTICLE_API:
        return article_api_url(settings["EASTMONEY_API_URL"], case.name)
    if road is Road.WAYBACK:
        return f"{settings['WAYBACK_RAW_URL'].rstrip('/')}/{copy_path(case.copy)}"
    return fetch_url(settings["FINEWS_URL"], case.link.path)


def is_local(settings: BaseSettings, source: tuple[str, ...] = SOURCE) -> bool:
    """Tell whether the source is this very machine: a test, a demo, a saved copy.

    Args:
        settings: of the run.
        source: the settings that name its hosts; the mirror's and the share host's where nothing else is said.
    """
    return all(is_loopback(str(settings[name] or "")) for name in source)


def closed_roads(settings: BaseSettings, source: tuple[str, ...] = SOURCE) -> frozenset[Road]:
    """Give the roads that must not be asked: a source on this machine sends nobody to the public hosts.

    Only where nobody chose them: a store or a publisher that was set is asked wherever it is. And those that have a
    spider of their own.
    """
    if not is_local(settings, source):
        return NOT_BY_DEFAULT
    chosen = SETTINGS_PRIORITIES["project"]
    return NOT_BY_DEFAULT | frozenset(
        road
        for road, name in _LESSER.items()
        if (settings.getpriority(name) or 0) <= chosen and not is_loopback(str(settings[name] or ""))
    )


def stays_on_this_machine(
    settings: BaseSettings, source: tuple[str, ...] = SOURCE, hosts: tuple[str, ...] = HOST_SETTINGS
) -> bool:
    """Tell whether every host a run may ask is this very machine, so that nobody need be spared.

    Args:
        settings: of the run.
        source: as for `is_local`.
        hosts: the settings that name all hosts this spider may ask.
    """
    closed = closed_roads(settings, source)
    left_alone = {name for road, name in _LESSER.items() if road in closed}
    chosen = [name for name in hosts if name not in left_alone]
    return is_local(settings, source) and all(is_loopback(str(settings[name] or "")) for name in chosen)
