"""What an answer tells a case; the same for a crawl and for a rebuild from captures."""

from __future__ import annotations

from http import HTTPStatus

from newsarchive.source import page, share
from newsarchive.source.roads import Case, Road
from newsarchive.source.understanding import NoArticleError

NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class HttpStatusError(Exception):
    """The server answered, but with an error."""


def tell(case: Case, road: Road, status: int, body: bytes, capture: str) -> None:
    """Tell a case what a road gave. That there is no text there is no error: it is noted as a dead end.

    Args:
        case: the article's.
        road: that was asked.
        status: of the answer.
        body: with its content coding undone.
        capture: where the answer is kept, ``file#offset``; empty where it is not.

    Raises:
        NotUnderstoodError: the body is not what the road promises.
        HttpStatusError: the status is an error.
    """
    try:
        _tell(case, road, status, body)
    except NoArticleError as error:
        case.dead_ends[road] = str(error)
    else:
        case.captures[road] = capture


def _tell(case: Case, road: Road, status: int, body: bytes) -> None:
    if status in NOT_THERE and road is Road.MIRROR_PAGE:
        raise NoArticleError(f"the mirror has no such page ({status})")
    if status != HTTPStatus.OK:
        raise HttpStatusError(f"HTTP {status}")
    if road is Road.JSON:
        case.answer = share.answer(body, case.name)
    elif road is Road.SHARE_PAGE:
        case.share = share.page(body)
    else:
        case.page = page.post_page(body, rolling=case.link.name.rolling)
