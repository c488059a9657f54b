"""Bodies as pages show them: what the source wrote stays readable, what could act is gone."""

from __future__ import annotations

import html5lib
import pytest

from newsarchive.archive.ledgershown import Shown
from newsarchive.article import Name
from newsarchive.body import LAZY_SOURCES
from newsarchive.web import bodyview
from tests.bodies import LEFTOVERS
from tests.vectors import BODIES

SCROLL = '<div class="scroll" role="region" tabindex="0" aria-label="表格">'
URL = "https://dfscdn.dfcfw.com/download/a.jpg?x=1&y=2"
ATTACKS = [vector for kind in BODIES.values() for vector in kind]
KEPT = Shown(URL, "20220302-0001.warc.gz#1", "ab" * 32, "image/png", 552, 300)


def show(body: str, base: str = "") -> str:
    def article(name: Name) -> str | None:
        return f"/article/{name}" if name.number == "202203022342446804" else None

    shelf = bodyview.Shelf({URL: KEPT}.get, article, base, ("图片", "图片未保存", "表格"))
    return bodyview.shown(bodyview.cleaned(body), shelf)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<p>穹石&amp;砚池 &lt;3%&gt;</p>", "<p>穹石&amp;砚池 &lt;3%&gt;</p>"),
        ('<p class="em_media">（来源）</p>', "<p>（来源）</p>"),
        ('<p style="display:none;height:1px;overflow:hidden;">隐</p>', "<p hidden>隐</p>"),
        ('<p style="text-align: center; color: red">中</p>', '<p class="center">中</p>'),
        ("<center>中</center>", '<div class="center">中</div>'),
        ('<p align="right">右</p>', '<p class="right">右</p>'),
        ("<h1>题</h1>", "<h2>题</h2>"),
        ('<span id="stock_1.600160"><a class="keytip" data-code="1">股</a></span>', "<span><a>股</a></span>"),
        ("一<br />二<hr>", "一<br>二<hr>"),
        ("<section>一</section><fieldset><legend>二</legend></fieldset>", "<div>一</div><div><div>二</div></div>"),
        ("<p hidden>隐</p><o:p>一</o:p><em-stock>二</em-stock>", "<p hidden>隐</p>一二"),
        ("<ruby>漢<rp>(</rp><rt>han</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>han</rt><rp>)</rp></ruby>"),
        ("<!-- EM_StockImg_Start -->图<!-- x -->", "图"),
        ('<ol start="3"><li>三</li></ol>', '<ol start="3"><li>三</li></ol>'),
        (
            '<table><tbody><tr><td colspan="2">格</td></tr></tbody></table>',
            f'{SCROLL}<table><tbody><tr><td colspan="2">格</td></tr></tbody></table></div>',
        ),
    ],
)
def test_what_bodies_are_made_of_is_shown(body: str, shown: str) -> None:
    assert show(body) == shown


def test_a_kept_picture_comes_from_the_archive_whatever_way_its_address_is_written() -> None:
    own = f'<img src="/picture/{"ab" * 32}" alt="图片" loading="lazy" decoding="async" width="552" height="300">'
    for source in (URL, URL.replace("&", "&amp;"), URL.removeprefix("https:")):
        assert show(f'<img src="{source}">') == own
    assert 'alt="走势"' in show(f'<img alt="走势" src="{URL}" width="9999">')
    assert f'src="http://127.0.0.1:8000/picture/{"ab" * 32}"' in show(f'<img src="{URL}">', "http://127.0.0.1:8000")


@pytest.mark.parametrize("name", LAZY_SOURCES)
@pytest.mark.parametrize(
    "placeholder", ["", 'src=""', 'src="https://a.example/blank.gif"', 'src="data:image/gif;base64,AA"']
)
def test_a_picture_that_was_to_load_later_is_shown(name: str, placeholder: str) -> None:
    assert f'src="/picture/{"ab" * 32}"' in show(f'<img {placeholder} {name}="{URL.replace("&", "&amp;")}">')


@pytest.mark.parametrize("source", ["http://elsewhere.example/a.png", "data:image/png;base64,AA", "/picture/x", ""])
def test_any_other_picture_is_a_word(source: str) -> None:
    assert show(f'<img src="{source}" alt="&lt;b&gt;">') == '<span class="no-picture">图片未保存：&lt;b&gt;</span>'
    assert show("<img>") == '<span class="no-picture">图片未保存</span>'


@pytest.mark.parametrize(
    "href",
    [
        "https://finance.eastmoney.com/a/202203022342446804.html",
        "http://finance.eastmoney.com/news/1353,202203022342446804.html",
        "//finews.withounder.com/kejiribao/2022/03/02/NW202203022342446804.html",
        "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203022342446804",
    ],
)
def test_a_link_to_an_archived_article_leads_to_our_page(href: str) -> None:
    assert 'href="/article/' in show(f'<a href="{href}">另一篇</a>')


@pytest.mark.parametrize(
    "href",
    [
        "https://quote.eastmoney.com/unify/r/1.600160",
        "https://finance.eastmoney.com/a/202203022342446805.html",
        "https://elsewhere.example/a/202203022342446804.html",
    ],
)
def test_any_other_link_leads_out_and_says_nothing_of_where_it_stood(href: str) -> None:
    assert show(f'<a href="{href}" target="_blank">外</a>') == (
        f'<a href="{href}" rel="noopener noreferrer nofollow" class="out">外</a>'
    )


@pytest.mark.parametrize(
    "href", ["javascript:x()", " javascript:x()", "data:text/html,x", "/etc/passwd", "http://[", "#top"]
)
def test_a_link_that_is_no_web_address_leads_nowhere(href: str) -> None:
    assert show(f'<a href="{href}">无</a>') == "<a>无</a>"


def test_what_looks_like_a_tag_in_a_text_stays_a_text() -> None:
    odd = '&lt;img src="x" onerror="y"&gt; style="text-align:center"'
    assert show(f"<p>{odd}</p>") == f"<p>{odd}</p>"
    assert show('<a title="&quot;><img src=x>" href="http://a.example/">t</a>').count("<") == 2


def test_a_tag_that_is_not_written_as_nh3_writes_them_is_shown_as_text() -> None:
    shelf = bodyview.Shelf(lambda _: None, lambda _: None)
    for odd in ("<img src=x>", "<p onclick=x>", "<IMG>", "<svg/onload=x>", "<p a='b'>", "<!--x-->"):
        assert bodyview.shown(odd, shelf) == odd.replace("<", "&lt;")
    assert bodyview.shown('<script x="y">z</script>', shelf) == "z"


ACTIVE = {"script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "meta", "base", "link", "img"}


@pytest.mark.parametrize("attack", [*ATTACKS, *LEFTOVERS], ids=range(len(ATTACKS) + len(LEFTOVERS)))
def test_no_attack_comes_through(attack: str) -> None:
    """Judged by html5lib, which parses as browsers do and is not what cleaned it."""
    parsed = html5lib.parseFragment(show(attack), treebuilder="etree", namespaceHTMLElements=False)
    for element in parsed.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag.rpartition("}")[2] not in ACTIVE
        for name, value in element.attrib.items():
            assert name in {
                "class",
                "hidden",
                "href",
                "rel",
                "title",
                "start",
                "colspan",
                "rowspan",
                "role",
                "tabindex",
                "aria-label",
            }
            assert name != "href" or value.startswith(("http://", "https://", "/article/"))
