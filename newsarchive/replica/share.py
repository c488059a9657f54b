"""The share host's answers: the script shell, the article as JSON, a share page that carries the text."""

from __future__ import annotations

import html
import json
from typing import Any

from newsarchive.replica.piece import Answer, Piece

SHELL = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>资讯详情</title></head>
<body><div id="title"></div><div id="info"></div><div id="content">正在加载...</div>
<script>
var code = new URLSearchParams(location.search).get('infoCode');
var asked = new XMLHttpRequest();
asked.onload = function () {
  var article = JSON.parse(asked.responseText);
  document.getElementById('title').textContent = article.Title;
  document.getElementById('content').innerHTML = article.text || article.content;
};
asked.open('GET', '/NewsData/GetNewsText.do?id=' + code);
asked.send();
</script></body></html>
""".encode()


def page(piece: Piece | None) -> bytes:
    """Give the share page: the shell, known or not, or for the odd article a page with the text (inferred)."""
    if piece is None or not piece.text_in_page:
        return SHELL
    title = html.escape(piece.title)
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title}</title></head>
<body><div id="title">{title}</div>
<div id="info">{piece.published:%Y-%m-%d %H:%M:%S} {html.escape(piece.newspaper)}</div>
<div id="content">{piece.text}</div></body></html>
""".encode()


def answer(piece: Piece | None) -> bytes:
    """Give the JSON of ``GetNewsText.do``: an empty object for what the host does not know (inferred)."""
    if piece is None or piece.answer is Answer.UNKNOWN:
        return b"{}"
    empty = piece.answer is Answer.EMPTY_TEXT
    newspaper = "" if piece.digest_only else piece.newspaper
    data: dict[str, Any] = {
        "Id": piece.code,
        "Author": [],
        "Date": piece.published.strftime(piece.date_form),
        "From": newspaper,
        "Order": 0,
        "Title": piece.title,
        "docreader": "0",
        "medianame": newspaper,
        "newsid": piece.number,
        "reletecodes": [],
        "relkey": "",
        "url": f"http://finance.eastmoney.com/a/{piece.number}.html",
        "text": "" if empty else piece.text,
    }
    if piece.answer is not Answer.NO_CONTENT:
        data["content"] = "" if empty else piece.content
    return json.dumps(data, ensure_ascii=False).encode()
