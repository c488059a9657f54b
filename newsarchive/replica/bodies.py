"""Bodies in the shapes the publisher gives them: the plain form of newspapers, the rich form of rolling news."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from newsarchive.replica.prose import COMPANIES, Company, Story

INDENT = "　　"
SPACER = '<p style="display:none;height:1px;overflow:hidden;"><br /></p>'
_TERMS = {
    "业绩": ("Info.3321", "http://data.eastmoney.com/bbsj/"),
    "公告": ("Info.3332", "http://data.eastmoney.com/notices/"),
}
_COMPANIES = {company.name: company for company in COMPANIES}
_LINKED = re.compile("|".join(map(re.escape, (*_COMPANIES, *_TERMS))))


class Shape(StrEnum):
    """What a body is made of besides its paragraphs."""

    PLAIN = "plain"
    """Paragraphs on lines of their own, each after the first indented by a space, a space before ``</p>``."""
    JOINED = "joined"
    """Paragraphs without anything between them."""
    CHART = "chart"
    """A hidden spacer and a chart whose address has bare ``&`` before the text."""
    PICTURES = "pictures"
    """Centred pictures with captions between the paragraphs."""
    HEADED = "headed"
    """Bold headings, a line break inside a paragraph."""
    TABLE = "table"
    LIST = "list"
    ENTITIES = "entities"
    """``&lt;`` ``&gt;`` ``&amp;`` and ``&nbsp;`` in the text."""


@dataclass(frozen=True, slots=True)
class Body:
    """One article's text in both forms, as the share host sends them."""

    text: str
    content: str


def body(story: Story, shape: Shape, newspaper: str) -> Body:
    """Set a story in a shape; the newspaper is named in the last line of both forms."""
    blocks = _blocks(story, shape)
    separator = "\r\n " if shape is Shape.PLAIN else ""
    blocks = [_indented(block) for block in blocks]
    text = separator.join(blocks) + _source(newspaper)
    return Body(text, _Linker().link_all(blocks) + _source(_board(newspaper)))


def paragraph(inner: str) -> str:
    """Make a paragraph."""
    return f"<p>{inner}</p>"


def _blocks(story: Story, shape: Shape) -> list[str]:
    end = " " if shape is Shape.PLAIN else ""
    blocks = [paragraph(text + end) for text in (story.lead, *story.paragraphs)]
    middle = (len(blocks) + 1) // 2
    match shape:
        case Shape.CHART:
            blocks[:0] = [SPACER, _chart(story.companies[0])]
            blocks[2] = blocks[2].replace("</p>", "<br /></p>")
        case Shape.PICTURES:
            blocks[middle:middle] = _picture(story, "生产车间一角（企业供图）")
        case Shape.HEADED:
            blocks[middle:middle] = ["<p><strong>订单饱满 产能爬坡</strong></p>"]
            blocks[0] = blocks[0].replace("，", "，<br />", 1)
        case Shape.TABLE:
            blocks[middle:middle] = [_table(story.figures)]
        case Shape.LIST:
            items = "".join(f"<li>{name}：{value}</li>" for name, value in story.figures[1:])
            blocks[middle:middle] = [f"<ul>{items}</ul>"]
        case Shape.ENTITIES:
            extra = "《&lt;云汀公约&gt;修正案》要求杂质含量&lt;0.5%，&nbsp;研发与销售(R&amp;D)费用率&gt;3%。"
            blocks[middle:middle] = [paragraph(extra)]
        case _:
            pass
    return blocks


def _chart(company: Company) -> str:
    place = f"{company.code}|{company.market}"
    return (
        '<!-- EM_StockImg_Start --><p style="text-align:center;">'
        f'<a href="http://quote.eastmoney.com/unify/r/{company.quote}" data-code="{place}|2" data-code2="{place}|6|"'
        ' class="EmImageRemark" target="_blank"><img src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?'
        f'nid={company.quote}&imageType=k&token=00000000000000000000000000000000&at=1" border="0"'
        f' alt="K图 {company.code}_{company.market}" data-code="K {place}|2" data-code2="K {place}|6|"'
        ' style="border:#d1d1d1 1px solid;" width="578" height="276" /></a></p><!-- EM_StockImg_End -->'
    )


def _picture(story: Story, caption: str) -> list[str]:
    name = f"D{story.companies[0].code}{len(story.lead):04}"
    return [
        (
            f'<center><img src="https://dfscdn.dfcfw.com/download/{name}_w800h555.jpg" alt="Image" width="552"'
            ' style="border:#d1d1d1 1px solid;padding:3px;margin:5px 0;" /></center>'
        ),
        f'<p style="text-align:center;">{caption}</p>',
    ]


def _table(rows: tuple[tuple[str, str], ...]) -> str:
    lines = "".join(f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in rows)
    return f'<table border="1" cellspacing="0"><tbody>{lines}</tbody></table>'


def _indented(block: str) -> str:
    """Indent a paragraph of running text as the publisher does; pictures and captions are left as they are."""
    return "<p>" + INDENT + block.removeprefix("<p>") if block.startswith("<p>") else block


def _source(newspaper: str) -> str:
    return f'<p class="em_media">（文章来源：{newspaper}）</p>'


def _board(newspaper: str) -> str:
    """Link the word 证券 in a newspaper's name, as the rich form does even in the middle of a name."""
    link = (
        '<span id="bk_90.BK0473"><a href="http://quote.eastmoney.com/unify/r/90.BK0473" class="keytip"'
        ' data-code="90,BK0473">证券</a></span><span id="bkquote_90.BK0473"></span>'
    )
    return newspaper.replace("证券", link, 1)


class _Linker:
    """Puts the rich form's links around names: the full one at the first mention, a short one later."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def link_all(self, blocks: list[str]) -> str:
        """Give the blocks, linked and joined without anything between them."""
        return "".join(_LINKED.sub(self._link, block) if block.startswith("<p>") else block for block in blocks)

    def _link(self, match: re.Match[str]) -> str:
        word = match[0]
        first = word not in self._seen
        self._seen.add(word)
        if word in _TERMS:
            identity, href = _TERMS[word]
            return f'<span id="{identity}"><a href="{href}" class="infokey">{word}</a></span>' if first else word
        company = _COMPANIES[word]
        href = f"http://quote.eastmoney.com/unify/r/{company.quote}"
        code = f"{company.market},{company.code}"
        if not first:
            return f'<span web="1" href="{href}" class="em_stock_key_common" data-code="{code}">{word}</span>'
        return (
            f'<span id="stock_{company.quote}"><a href="{href}" class="keytip" data-code="{code}">{word}</a></span>'
            f'<span id="quote_{company.quote}"></span>'
        )
