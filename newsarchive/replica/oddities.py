"""Everything odd the source is known to do, each once and under a name tests can ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from newsarchive.replica.bodies import Shape, body
from newsarchive.replica.dice import Dice
from newsarchive.replica.piece import CHINA, Answer, Era, Layout, Piece
from newsarchive.replica.press import newspaper_piece, number_at, rolling_piece
from newsarchive.replica.prose import story

ODDITIES = {
    "space-in-name": "three path segments, two tags, an empty list on its category page",
    "two-spaces-in-name": "the same, with two spaces in a row",
    "parentheses-in-name": "parentheses in category, tag and link",
    "upper-case-name": "a category with upper case and a space; its path is lower case",
    "techweb-upper": "one of two categories that share /techweb/",
    "techweb-lower": "the other",
    "blank-heading": "its category page has an empty <h2>",
    "body-twice": "a page whose og:description holds the body, unescaped",
    "old-time-stamp": "(GMT+8, …) instead of [GMT+8, …]",
    "quote-in-title": "breaks the mirror's YAML: no title, tag, category; only under /<build date>/<file name>.html",
    "backslash-in-title": "breaks the mirror's YAML as well",
    "nameless": "no title, date or link, file name without a date: on no page at all",
    "blank-first-line": "an empty line before the front matter, which became text; only under /<day>/<number>.html",
    "digest-only": "only a digest; no zone behind the date, so that page and address are eight hours late",
    "digest-only-no-back-links": "the same, ending with the link and a line end",
    "digest-only-with-zone": "only a digest, ending with the link, but the date names its zone",
    "unknown-to-share-host": "the share host answers {}: the page is the only road",
    "text-in-share-page": "the JSON has an empty text, the share page carries it (inferred)",
    "liquid-in-body": "{{ … }} and {% … %} in the text: eaten on the page, exact in the JSON",
    "indented-code": "an indent of four spaces that became <pre> on the page",
    "emoji-in-title": "characters beyond the basic plane",
    "colon-in-title": "a colon and a space, which YAML without quotes would take for a key",
    "dash-in-title": "a title that begins with a dash",
    "ampersand-in-title": "a bare & on every page and list",
    "less-than-in-title": "a bare < and > on every page and list",
    "both-forms": "one number as newspaper and as rolling news: two pieces, one JSON",
    "hong-kong-link": "rolling news of another host: http://hk.eastmoney.com/news/1533,….html",
    "rolling-without-content": "rolling news whose JSON has no content (inferred)",
    "straight-quotes-in-digest": "a digest kramdown makes typographic",
    "three-ideographic-spaces": "of three in a row a pair goes, one stays",
    "small-hours": "published at 00:20:01, the day before in UTC",
    "date-with-slashes": "Date as 2022/03/01 18:00:00, as another endpoint of the publisher writes it (inferred)",
    "date-with-t": "Date as 2022-03-01T18:00:00 (inferred)",
}


def oddities(seed: int, start: date, days: int) -> list[Piece]:
    """Compose all of them, a few on each of the days, at odd seconds so that no ordinary article has their number."""
    return [
        piece
        for index, name in enumerate(ODDITIES)
        for piece in _make(name, seed, _moment(name, index, start, days), _USUAL[index % len(_USUAL)])
    ]


def _moment(name: str, index: int, start: date, days: int) -> datetime:
    if name == "small-hours":
        return datetime.combine(start + timedelta(days=days - 1), time(0, 20, 1), CHINA)
    # From 06:00 to 12:00, so that the post that is shown eight hours late is on the mirror at 20:00 too.
    seconds = 6 * 3600 + 1 + index * 600
    return datetime.combine(start + timedelta(days=index % days), time(), CHINA) + timedelta(seconds=seconds)


# Several, so that none of them has more than the five articles the home page shows.
_USUAL = ("中国经营报", "财经网", "红星资本局", "上游新闻")
_NEWSPAPERS = {
    "space-in-name": "21世纪经济报道 21财经APP",
    "two-spaces-in-name": "21世纪经济报道  南财理财通",
    "parentheses-in-name": "安信国际证券(香港)",
    "upper-case-name": "Career In 投行PEVC",
    "techweb-upper": "TechWeb",
    "techweb-lower": "Techweb",
    "blank-heading": "蓝鲸财经",
    "body-twice": "国际金融报",
    "old-time-stamp": "期货日报",
    "quote-in-title": "长江商报",
    "backslash-in-title": "金融界",
    "unknown-to-share-host": "智通财经",
    "text-in-share-page": "大众证券报",
    "liquid-in-body": "中国经济网",
    "indented-code": "证券市场红周刊",
}
_ROLLING = frozenset(
    {
        *("nameless", "blank-first-line", "hong-kong-link"),
        *("digest-only", "digest-only-no-back-links", "digest-only-with-zone"),
        *("rolling-without-content", "straight-quotes-in-digest"),
    }
)
_CHANGES: dict[str, dict[str, Any]] = {
    "body-twice": {"layout": Layout.TWICE},
    "old-time-stamp": {"layout": Layout.PARENTHESES},
    "nameless": {"era": Era.NAMELESS, "title": "", "link": ""},
    "blank-first-line": {"era": Era.BLANK_FIRST_LINE, "answer": Answer.EMPTY_TEXT},
    "digest-only": {"era": Era.DECEMBER, "answer": Answer.EMPTY_TEXT},
    "digest-only-no-back-links": {"era": Era.DECEMBER_BARE, "answer": Answer.EMPTY_TEXT},
    "digest-only-with-zone": {"era": Era.DECEMBER_ZONED, "answer": Answer.EMPTY_TEXT},
    "unknown-to-share-host": {"answer": Answer.UNKNOWN},
    "text-in-share-page": {"answer": Answer.EMPTY_TEXT, "text_in_page": True},
    "rolling-without-content": {"answer": Answer.NO_CONTENT},
    "date-with-slashes": {"date_form": "%Y/%m/%d %H:%M:%S"},
    "date-with-t": {"date_form": "%Y-%m-%dT%H:%M:%S"},
}
_TITLES = {
    "quote-in-title": '{co}回应"产能过剩"传闻：生产正常',
    "backslash-in-title": r"{co}更新披露文件目录 D:\披露\公告",
    "emoji-in-title": "{co}股价创新高🚀投资者热议📈",
    "colon-in-title": "快讯: {co}: 控股股东承诺12个月内不减持",
    "dash-in-title": "- {co}公告一览 -",
    "ampersand-in-title": "{co}与R&D联盟合作 A&B轮融资完成",
    "less-than-in-title": "{co}：杂质含量<0.5% 合格率>99%",
}
# The odd paragraph with what stands around it; put before the last line of the plain form.
_PARAGRAPHS = {
    "liquid-in-body": "\r\n <p>　　报价单写作 {{ price }} 元，{% comment %}待核{% endcomment %}含税。 </p>",
    "indented-code": "\r\n    <p>附注：以上数据未经审计。 </p>\r\n ",
    "three-ideographic-spaces": "\r\n <p>　　　三个空格之后的一段。 </p>",
}


def _make(name: str, seed: int, moment: datetime, usual: str) -> Iterator[Piece]:
    number = number_at(moment)
    dice = Dice(f"{seed}/{name}")
    told = story(dice, moment, length=3)
    newspaper = _NEWSPAPERS.get(name, usual)
    if name in _TITLES:
        told = replace(told, title=_TITLES[name].format(co=told.companies[0].name))
    made = body(told, Shape.CHART if name == "both-forms" else Shape.PLAIN, newspaper)
    if name in _PARAGRAPHS:
        head, source = made.text.rsplit('<p class="em_media">', 1)
        made = replace(made, text=f'{head}{_PARAGRAPHS[name]}<p class="em_media">{source}')
    if name not in _ROLLING:
        piece = newspaper_piece(number, newspaper, moment, told, made)
        yield replace(piece, oddity=name, **_CHANGES.get(name, {}))
    if name in _ROLLING or name == "both-forms":
        piece = rolling_piece(number, newspaper, moment, told, made)
        yield replace(piece, oddity=name, **_CHANGES.get(name, {}) | _rolling_changes(name, piece))


def _rolling_changes(name: str, piece: Piece) -> dict[str, Any]:
    """Give the changes that need the piece itself."""
    if name == "hong-kong-link":
        return {"link": f"http://hk.eastmoney.com/news/1533,{piece.number}.html"}
    if name == "straight-quotes-in-digest":
        return {"digest": f'“{piece.title}”的"关键词"是产能...（{piece.newspaper}）'}
    return {}
