"""The publisher's page of an article, in the templates of several years, with what stands around a text there."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date

from newsarchive.replica.piece import Piece

_AD = '<p><a href="http://acttg.eastmoney.com/pub/" class="toplink" target="_blank"><strong>手机开户</strong></a></p>'
_EDITOR = '<p class="res-edit">（责任编辑：DF000）</p>'
_SCRIPT = '<script>var code = "0"; if (1 < 2) { document.write("<div>"); }</script>'


def page(piece: Piece, template: str = "") -> bytes:
    """Give an article's page.

    Args:
        piece: the article.
        template: a key of `TEMPLATES`; empty for that of the article's day.
    """
    return TEMPLATES[template or template_of(piece.published.date())](piece).encode()


def template_of(day: date) -> str:
    """Give the template in which an article of a day was new."""
    return next((name for name, since in reversed(_SINCE.items()) if since <= day), "2016")


def missing() -> bytes:
    """Give the page for what is not there."""
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>404</title></head>'
        "<body><h1>很抱歉，您访问的页面不存在</h1><a href='/'>返回首页</a></body></html>"
    ).encode()


def _today(piece: Piece) -> str:
    """Today's: ``div.title``, ``div.infos``, ``#ContentBody`` after the comment 文章主体."""
    return f"""{_head(piece)}
<div class="header"><div class="title">财经频道</div><a href="https://passport2.eastmoney.com/">登录</a></div>
<div class="mainleft"><div class="topbox"><div class="title">{html.escape(piece.title)}</div>
<div class="infos"><div class="item">{piece.published:%Y年%m月%d日 %H:%M}</div>
<div class="item">来源：{piece.newspaper}</div><div class="item">编辑：某某</div></div></div>
<div class="txtinfos" id="ContentBody" data-code="{piece.number}">
<!--文章主体-->
{_AD}{_text(piece)}{_EDITOR}
</div>
{_SCRIPT}
<div class="side"><div class="title">热点推荐</div><iframe src="https://same.eastmoney.com/s"></iframe></div></div>
</body></html>
"""


def _of_2017(piece: Piece) -> str:
    """Of 2017: everything in ``div.newsContent``, the newspaper's name in an attribute, an abstract before the text."""
    return f"""{_head(piece)}
<div class="newsContent"><h1>{html.escape(piece.title)}</h1>
<div class="Info"><div class="time-source"><div class="time">{piece.published:%Y年%m月%d日 %H:%M}</div>
<div class="source data-source" data-source="{piece.newspaper}"><img src="/logo.png" /></div></div></div>
<div class="Body"><div class="b-review">摘要：{html.escape(piece.title)}</div>
{_text(piece)}{_EDITOR}<div class="ad">{_SCRIPT}</div></div></div>
</body></html>
"""


def _of_2016(piece: Piece) -> str:
    """Of early 2016: ``div.Body`` alone, time and newspaper on one line."""
    return f"""{_head(piece)}
<div class="Titles"><h1>{html.escape(piece.title)}</h1>
<div class="Info">{piece.published:%Y年%m月%d日 %H:%M} 来源：{piece.newspaper} 编辑：某某</div></div>
<div class="Body">
{_text(piece)}
</div>
</body></html>
"""


TEMPLATES: dict[str, Callable[[Piece], str]] = {"2016": _of_2016, "2017": _of_2017, "2020": _today}
"""The templates, by the year of their first article."""

_SINCE = {"2016": date(2016, 1, 1), "2017": date(2016, 6, 1), "2020": date(2020, 1, 1)}


def _head(piece: Piece) -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{html.escape(piece.title)} _ 财经</title>'
        f'<link rel="canonical" href="https://finance.eastmoney.com/a/{piece.number}.html"></head><body>'
    )


def _text(piece: Piece) -> str:
    return piece.content or f"<p>{html.escape(piece.digest)}</p>"
