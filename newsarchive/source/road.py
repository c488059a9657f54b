"""The places an article can be asked for."""

from __future__ import annotations

from enum import StrEnum

from newsarchive.article import Origin


class Road(StrEnum):
    """A place an article can be asked for, in the order in which they are."""

    JSON = "the share host's JSON"
    SHARE_PAGE = "the share page"
    MIRROR_PAGE = "the mirror's page"
    OLD_POST = "the store of old posts"
    WAYBACK = "the web archive"
    ARTICLE_API = "the article API"
    ARTICLE_PAGE = "the publisher's page"


NOT_BY_DEFAULT = frozenset({Road.WAYBACK, Road.ARTICLE_API})
"""Roads that only spiders made for them ask, so that an ordinary run asks no further host."""

ROAD_OF = {
    Origin.SHARE_JSON: Road.JSON,
    Origin.SHARE_PAGE: Road.SHARE_PAGE,
    Origin.MIRROR_PAGE: Road.MIRROR_PAGE,
    Origin.OLD_POST: Road.OLD_POST,
    Origin.WAYBACK: Road.WAYBACK,
    Origin.ARTICLE_API: Road.ARTICLE_API,
    Origin.ARTICLE_PAGE: Road.ARTICLE_PAGE,
}
