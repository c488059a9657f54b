"""What an answer tells a case; the same for a crawl and for a rebuild from captures."""

from __future__ import annotations

from http import HTTPStatus

from newsarchive.article import Origin
from newsarchive.source import page, share
from newsarchive.source.article_api import article_answer
from newsarchive.source.article_page import article_page
from newsarchive.source.encoding import readable
from newsarchive.source.old_post import old_post
from newsarchive.source.roads import Case, Road
from newsarchive.source.understanding import NOT_THERE, NoArticleError

__all__ = ["NOT_THERE", "HttpStatusError", "tell"]

_HAS_NO = {
    Road.MIRROR_PAGE: "the mirror has no such page",
    Road.OLD_POST: "the store has no such post",
    Road.WAYBACK: "the web archive has no such copy",
    Road.ARTICLE_API: "the article API has no such article",
    Road.ARTICLE_PAGE: "the publisher has no such page",
}


class HttpStatusError(Exception):
    """The server answered, but with an error."""


def tell(  # noqa: PLR0913 - an answer and whose it is
    case: Case, road: Road, status: int, body: bytes, capture: str, *, framed: bool = True, content_type: str = ""
) -> str:
    """Tell a case what a road gave. That there is no text there is no error: it is noted as a dead end.

    Args:
        case: the article's.
        road: that was asked.
        status: of the answer.
        body: with its content coding undone.
        capture: where the answer is kept, ``file#offset``; empty where it is not.
        framed: the server said how long the answer would be, or that it had ended.
        content_type: of the answer, which may name its encoding.

    Returns:
        A sentence about byte sequences that could not be read; empty where all could.

    Raises:
        TruncatedError: the body does not come to its end.
        NotUnderstoodError: the body is not what the road promises.
        HttpStatusError: the status is an error.
    """
    content, flaw = readable(body, content_type)
    try:
        _tell(case, road, status, content, framed=framed)
    except NoArticleError as error:
        case.dead_ends[road] = str(error)
    else:
        case.captures[road] = capture
        case.dead_ends.pop(road, None)  # the store had it under another name
        case.flawed |= {road} if flaw else set()
        return flaw
    return ""


def _tell(case: Case, road: Road, status: int, body: bytes, *, framed: bool) -> None:
    if status in NOT_THERE and road in _HAS_NO:
        raise NoArticleError(f"{_HAS_NO[road]} ({status})")
    if status != HTTPStatus.OK:
        raise HttpStatusError(f"HTTP {status}")
    if road is Road.JSON:
        case.answer = share.answer(body, case.name, framed=framed)
    elif road is Road.SHARE_PAGE:
        case.share = share.page(body, case.name)
    elif road is Road.OLD_POST:
        case.old = old_post(body, case.store_name)
    elif road is Road.ARTICLE_PAGE:
        case.canonical, case.canonical_by = article_page(body, case.name), Origin.ARTICLE_PAGE
    elif road is Road.ARTICLE_API:
        case.canonical, case.canonical_by = article_answer(body, case.name, framed=framed), Origin.ARTICLE_API
    else:
        case.page = page.post_page(body, rolling=case.link.name.rolling, name=case.name)
        case.page_by = Origin.WAYBACK if road is Road.WAYBACK else Origin.MIRROR_PAGE
