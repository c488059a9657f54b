"""The publisher's own lists and article API, made of the replica's pieces.

A column of newspapers shows every newspaper's article whose newspaper it has been dealt (`column_of`), the rolling form
every rolling one, both newest first and of all times up to now. The fields are those that public code names; others of
the real answers are left out, save a few that a reader must not trip over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from newsarchive.replica.piece import Answer, Piece

COLUMNS = ("350", "344", "345")
LARGEST_PAGE, LARGEST_FAST_PAGE = 100, 200


def column_of(newspaper: str) -> str:
    """Give the column that shows a newspaper's articles."""
    return COLUMNS[hashlib.sha256(newspaper.encode()).digest()[0] % len(COLUMNS)]


def columns(newest_first: Iterable[Piece], query: Mapping[str, str]) -> bytes:
    """Answer ``getNewsByColumns``: a page of a column; null behind its end."""
    column, index = query.get("column", ""), int(query.get("page_index") or 1)
    size = min(int(query.get("page_size") or 20), LARGEST_PAGE)
    shown = [piece for piece in newest_first if not piece.rolling and column_of(piece.newspaper) == column]
    listed = [_column_entry(piece) for piece in shown[(index - 1) * size : index * size]]
    data = {"list": listed or None, "page_index": index, "page_size": size, "total_hits": len(shown)}
    return _answer(data, query)


def fast(newest_first: Iterable[Piece], query: Mapping[str, str]) -> bytes:
    """Answer ``getFastNewsList``: what is older than ``sortEnd``, and where to go on."""
    after, size = query.get("sortEnd", ""), min(int(query.get("pageSize") or 50), LARGEST_FAST_PAGE)
    older = [piece for piece in newest_first if piece.rolling and (not after or _place(piece) < after)]
    shown = older[:size]
    listed = [_fast_entry(piece) for piece in shown]
    end = _place(shown[-1]) if shown else ""
    return _answer({"fastNewsList": listed, "index": 0, "size": size, "sortEnd": end, "total": 0}, query)


def article(piece: Piece | None) -> bytes:
    """Answer the article API: null for what it does not know (inferred)."""
    if piece is None:
        return json.dumps({"code": "0", "message": "no data", "data": None}).encode()
    data = {
        "Art_Code": piece.number,
        "Art_Title": piece.title,
        "Art_Media_Name": piece.newspaper,
        "Art_ShowTime": f"{piece.published:%Y/%m/%d %H:%M:%S}",
        "Art_Content": "" if piece.answer is Answer.EMPTY_TEXT else piece.content,
        "Art_Image": "",
    }
    return json.dumps({"code": "1", "message": "success", "data": data}, ensure_ascii=False).encode()


def _column_entry(piece: Piece) -> dict[str, Any]:
    address = f"http://finance.eastmoney.com/a/{piece.number}.html"
    return {
        "code": piece.number,
        "title": piece.title,
        "showTime": f"{piece.published:%Y-%m-%d %H:%M:%S}",
        "mediaName": piece.newspaper,
        "summary": f"【{piece.title}】{piece.digest}",
        "image": "",
        "url": address,
        "uniqueUrl": address,
    }


def _fast_entry(piece: Piece) -> dict[str, Any]:
    return {
        "code": piece.number,
        "title": piece.title,
        "summary": f"【{piece.title}】{piece.digest}",
        "showTime": f"{piece.published:%Y-%m-%d %H:%M:%S}",
        "realSort": _place(piece),
        "stockList": [],
        "url": piece.link,
    }


def _place(piece: Piece) -> str:
    return f"{int(piece.published.timestamp())}{piece.number[-6:]}"


def _answer(data: dict[str, Any], query: Mapping[str, str]) -> bytes:
    said = {"code": "1", "data": data, "message": "success", "req_trace": query.get("req_trace", "")}
    return json.dumps(said, ensure_ascii=False).encode()
