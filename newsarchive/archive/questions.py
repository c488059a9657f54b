"""What the address of an answer says of the question."""

from __future__ import annotations

from urllib.parse import parse_qsl

from newsarchive.source.eastmoney import COLUMNS_PATH, FAST_PATH
from newsarchive.source.roads import Road
from newsarchive.source.wayback import Captured

_SHARE = {"NewsData/GetNewsText.do": (Road.JSON, "id"), "html_News/NewsShare.html": (Road.SHARE_PAGE, "infoCode")}

REDIRECTS = frozenset({301, 302, 303, 307, 308})  # those Scrapy follows


def is_wanted(url: str, status: int) -> bool:
    """Tell of an answer whether a rebuild needs all of it: it is a list, a stored post, or says where the answer is."""
    path = url.partition("?")[0]
    if path.endswith((COLUMNS_PATH, FAST_PATH)) or Captured.of_url(url) is not None:
        return True
    return status in REDIRECTS or path.endswith(("/", "/feed.xml", ".md")) or "/category/" in path


def share_question(path: str, query: str) -> tuple[Road, str] | None:
    """Tell which road of the share host an address is, and the code it is asked with."""
    for place, (road, key) in _SHARE.items():
        if path.endswith(f"/{place}"):
            return road, next((value for name, value in parse_qsl(query) if name == key), "")
    return None
