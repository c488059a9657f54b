"""The publisher's article API, ``newsinfo.eastmoney.com/kuaixun/v2/api/article/<number>``: an article as JSON.

Field names as public code of 2023 to 2026 has them: ``data`` with ``Art_Title``, ``Art_Media_Name``, ``Art_ShowTime``
(``2026/08/19 17:46:05``), ``Art_Content`` (the rich form, HTML); some answers name the article in ``Art_Code``. What it
answers for an unknown article was not seen: ``data`` that is null or empty is taken for that.
"""

from __future__ import annotations

from typing import Any

from newsarchive.article import Name
from newsarchive.body import has_substance
from newsarchive.source.article_page import ArticlePage
from newsarchive.source.jsonanswer import json_object, string
from newsarchive.source.notice import notice_in
from newsarchive.source.richform import text_alone
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError, check_parsable, looks_like

_FIELDS = frozenset({"Art_Title", "Art_ShowTime", "Art_Content"})


def article_api_url(base: str, name: Name) -> str:
    """Give the address of an article under the configured API; ``guid`` may be anything."""
    return f"{base.rstrip('/')}/kuaixun/v2/api/article/{name.number}?guid={name}"


def article_answer(content: bytes, name: Name, *, framed: bool = True) -> ArticlePage:
    """Read the API's answer to the question for one article.

    Args:
        content: the answer.
        name: of the article.
        framed: as for `json_value`.

    Raises:
        TruncatedError: as for `json_value`.
        NoArticleError: it has none, or one without a text.
        NotUnderstoodError: it is no answer of the API's, lacks what makes an article, or is about another one.
    """
    answer = json_object(content, framed=framed)
    if "data" not in answer:
        raise NotUnderstoodError(f"the answer has no data; it has {', '.join(sorted(answer)[:5])[:80] or 'nothing'}")
    data: Any = answer["data"]
    if data is None or data in ({}, [], ""):
        raise NoArticleError("the article API does not know the article (no data)")
    if not isinstance(data, dict) or not data.keys() >= _FIELDS:
        missing = ", ".join(sorted(_FIELDS - set(data))) if isinstance(data, dict) else "everything"
        raise NotUnderstoodError(f"the answer's data is no article: it lacks {missing}")
    code = string(data, "Art_Code").strip().removeprefix("NW")
    if code and code != name.number:
        raise NotUnderstoodError(f"the answer is about another article ({code[:40]})")
    check_parsable(string(data, "Art_Content"))
    text = text_alone(string(data, "Art_Content"))
    if not has_substance(text):
        raise NoArticleError("the article API has no text of it")
    title, moment, newspaper = (string(data, key).strip() for key in ("Art_Title", "Art_ShowTime", "Art_Media_Name"))
    if kind := notice_in(title, text, identified=bool(title and moment and (newspaper or code))):
        raise NotUnderstoodError(f"no text but a notice ({kind}); it is {looks_like(text)}")
    if not (title or moment or newspaper or code):
        raise NotUnderstoodError(f"the answer does not say which article it is; it is {looks_like(text)}")
    return ArticlePage(
        title=" ".join(title.split()),
        date=moment,
        newspaper=newspaper,
        content=text,
    )
