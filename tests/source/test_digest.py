"""A digest is turned back into the line of Markdown it was typed as; judged by the real kramdown where it is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsarchive.body import normalise
from newsarchive.source.digest import as_typed, digest_line, plain_text, unmark
from newsarchive.source.page import post_page, turn_back

QUICK = settings(max_examples=200, derandomize=True, deadline=None)


# -- what is known without kramdown --------------------------------------------------------------------------------


def test_what_the_articles_own_words_show_straight_was_typed_straight() -> None:
    assert digest_line("他说“好”", '<p>他说"好"，就走了。</p>') == '他说"好"'


def test_what_the_articles_own_words_show_curly_was_typed_curly() -> None:
    assert digest_line("他说“好”", "<p>他说“好”，就走了。</p>") == "他说“好”"


def test_the_articles_words_are_read_without_their_markup() -> None:
    assert digest_line("青禾股份”新仓库”", '<p><a href="x">青禾股份</a>"<b>新</b>仓库&quot;</p>') == '青禾股份"新仓库"'


def test_a_quote_that_closes_nothing_was_typed_straight() -> None:
    assert digest_line("公司称”新仓库”已经完工", "") == '公司称"新仓库"已经完工'
    assert digest_line("公司称“新仓库”已经完工", "") == "公司称“新仓库”已经完工"


def test_a_lone_ellipsis_was_three_dots_and_two_are_chinese() -> None:
    assert digest_line("放两万箱茶叶…", "") == "放两万箱茶叶..."
    assert digest_line("放两万箱茶叶……", "") == "放两万箱茶叶……"
    assert digest_line("放两万箱茶叶…", "<p>可以放两万箱茶叶…</p>") == "放两万箱茶叶…"


def test_without_the_articles_words_a_dash_stays_as_shown() -> None:
    assert digest_line("茶叶 – 咖啡 — 可可", "") == "茶叶 – 咖啡 — 可可"
    assert digest_line("茶叶 – 咖啡", "<p>茶叶 -- 咖啡</p>") == "茶叶 -- 咖啡"


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        ("<ol>\n    <li>开盘</li>\n  </ol>", "1. 开盘"),
        ("<ul>\n    <li>开盘</li>\n  </ul>", "- 开盘"),
        ('<h1 id="x">开盘</h1>', "# 开盘"),
        ("<table><tbody><tr>\n<td>茶叶</td>\n<td>咖啡</td>\n</tr></tbody></table>", "茶叶|咖啡"),
    ],
)
def test_a_line_that_became_a_block_is_a_line_again(shown: str, line: str) -> None:
    assert digest_line(shown, "") == line


@pytest.mark.parametrize(
    ("shown", "typed"),
    [
        ("5&lt;6 7&gt;3 R&amp;D &quot;x&quot;", '5<6 7>3 R&D "x"'),
        ("<em>重</em><strong>点</strong><del>删</del>", "*重***点**~~删~~"),
        ('<a href="http://a.cn/?b=1&amp;c=2">http://a.cn/?b=1&amp;c=2</a>', "<http://a.cn/?b=1&c=2>"),
        ('见<a href="http://a.cn/">注</a>', "见[注](http://a.cn/)"),
        ('<code class="language-plaintext highlighter-rouge">x</code>', "`x`"),
        ("一<br />\n二", "一\n二"),
        ("&lt;b&gt;", "&lt;b>"),  # a bare < would begin a tag
        ("&amp;lt;", "&lt;"),
    ],
)
def test_what_markdown_made_is_markdown_again(shown: str, typed: str) -> None:
    assert unmark(shown) == typed


def test_bare_ampersands_return_to_attributes_and_stay_entities_in_text() -> None:
    shown = '<p><a href="http://a.cn/?b=1&amp;c=2" title="R&amp;D">R&amp;D &nbsp;</a></p>'

    assert turn_back(shown, rolling=True) == '<p><a href="http://a.cn/?b=1&c=2" title="R&D">R&amp;D &nbsp;</a></p>'


@pytest.mark.parametrize(
    "block",
    [
        "<div>x</div>",
        "<p>一</p>\n<p>二</p>",
        "<ol><li>一</li><li>二</li></ol>",
        "<p>一<img src='x' /></p>",
        "<table><tbody><tr><td>一</td></tr><tr><td>二</td></tr></tbody></table>",
        "文字",
        "",
    ],
)
def test_other_html_was_no_line_of_markdown(block: str) -> None:
    assert plain_text(block) is None


def test_a_digest_is_always_one_line() -> None:
    assert digest_line("一<br />\n二\n三", "") == "一 二 三"


MADE = st.text(alphabet="甲乙ab “”‘’…–—«»\"'.-<>&;/\n")


@QUICK
@given(shown=st.one_of(st.text(), MADE), body=st.one_of(st.text(), MADE))
@example(shown="“", body="&#" + "1" * 5000 + ";")
@example(shown="&#" + "1" * 5000 + ";…", body="")
def test_any_digest_is_turned_back_and_nothing_raises(shown: str, body: str) -> None:
    assert "\n" not in digest_line(shown, body)


@QUICK
@given(MADE)
def test_only_what_kramdown_makes_is_ever_replaced(line: str) -> None:
    made = re.compile("[“”‘’…–—«»]")

    assert made.sub("", line) == re.sub("", "", made.sub("", line))
    assert len(as_typed(line)) >= len(line)
    assert as_typed(made.sub("x", line)) == made.sub("x", line)


# -- beside the real kramdown --------------------------------------------------------------------------------------

# As Jekyll sets it up: GFM, entities as characters, rouge as highlighter.
KRAMDOWN = """
require "json"; require "kramdown"; require "kramdown-parser-gfm"
options = { input: "GFM", auto_ids: true, hard_wrap: false, entity_output: :as_char, guess_lang: true,
            smart_quotes: "lsquo,rsquo,ldquo,rdquo", syntax_highlighter: "rouge", show_warnings: false }
puts JSON.generate(JSON.parse(STDIN.read).map { |text| Kramdown::Document.new(text, options).to_html })
"""


def kramdown(texts: list[str]) -> list[str]:
    ruby = shutil.which("ruby")
    ready = ruby and subprocess.run([ruby, "-e", 'require "kramdown-parser-gfm"'], capture_output=True, check=False)
    if not ready or ready.returncode != 0:
        message = "kramdown is missing; on Debian: apt install jekyll"
        if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    made = subprocess.run(
        [str(ruby), "-E", "UTF-8", "-e", KRAMDOWN], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(made.stdout)
    return found


# A digest, and the article's words where only these can tell.
DIGESTS = [
    ("青禾股份(699001)今日称，新仓库已经完工。（青禾晚报）", ""),
    ('公司称"新仓库"已经完工', ""),
    ('"新仓库"已经完工', '<p>"新仓库"已经完工</p>'),
    ("“新仓库”已经完工，‘旧仓库’拆了", ""),
    ('董事长"老周"说"好"，董秘说“行”', '董事长"老周"说"好"，董秘说“行”'),
    ("茶农's仓库", ""),
    ("可以放两万箱茶叶...", ""),
    ("可以放两万箱茶叶……还有咖啡", ""),
    ("可以放两万箱......茶叶", "可以放两万箱......茶叶"),
    ("茶叶——青禾的名产", "茶叶——青禾的名产"),
    ("茶叶--咖啡", "茶叶--咖啡"),
    ("茶叶---咖啡", "<p>茶叶---咖啡</p>"),
    ("<<茶经>>再版", "&lt;&lt;茶经&gt;&gt;再版"),
    ("产量5<6，价格7>3，R&D投入>5%", ""),
    ("+8%，-3%，±0", ""),
    ("产量为5*3*2箱", ""),
    ("*青禾*与**仓库**", ""),
    ("ST*青禾公告", ""),
    ("茶_叶 snake_case 茶", ""),
    ("1. 茶叶涨价", ""),
    ("- 茶叶涨价", ""),
    ("# 茶叶涨价", ""),
    ("1.5亿元订单", ""),
    ("茶叶|咖啡", ""),
    ("茶叶 涨价  两个空格", ""),
    ("　　缩进的摘要", ""),
    ("详见<http://a.example.cn/?b=1&c=2>", ""),
    ("详见[公告](http://a.example.cn/x)", ""),
    ("~~作废~~与`代码`", ""),
    ("时间：9:30：开盘；[注] {x} (c) #1 @青禾 $5 ^2 =", ""),
    ("🚀茶叶上天📈", ""),
    ("&lt;b>不是标签", ""),
]


@pytest.mark.jekyll
def test_kramdown_and_back_gives_every_digest_as_it_was_typed() -> None:
    pages = kramdown([f"> {digest}\n\n<p>正文</p>" for digest, _ in DIGESTS])

    for (digest, body), page in zip(DIGESTS, pages, strict=True):
        shown = post_page(
            f"<section><small>2022-03-01 09:00:00</small><h1>x</h1>{page}</section>".encode(), rolling=True
        ).digest
        assert digest_line(shown, body) == digest, page


@pytest.mark.jekyll
def test_kramdown_and_back_gives_a_digest_only_post_as_it_was_typed() -> None:
    digests = [digest for digest, body in DIGESTS if not body]
    foot = "\n\n<http://finance.example.cn/1.html>\n\n[返回东财滚动新闻](../emnews/)\n[返回首页](../)"

    for digest, page in zip(digests, kramdown([f"\n{digest}{foot}" for digest in digests]), strict=True):
        assert (
            post_page(
                f"<section><small>2022-03-01 09:00:00</small><h1>x</h1>{page}</section>".encode(), rolling=True
            ).body
            == digest
        ), page


# As the mirror writes a body: what the share host sends, with \n and without the pairs of ideographic spaces.
NEWSPAPER = [
    "<p>　　一。 </p>\r\n <p>　　二。 </p>\r\n <p>　　三。 </p>",
    '<p>　　一。 </p>\r\n <p>　　二。 </p><p class="em_media">（文章来源：青禾晚报）</p>',
    '<p>　　他说"好"... 茶--叶 *a* _b_ 1. # 2|3</p>',
    "<p>　　R&amp;D &lt;5 &gt;3 &nbsp; ©</p>",
    '<p><strong>一</strong><br />二<br /></p>\r\n <p>　　<a href="http://a.cn/?b=1&c=2">三</a></p>',
    '<p>一</p>\r\n <center><img src="http://a.cn/1.png?x=1&y=2" alt="图" /></center>',
    '<p style="display:none;"><br /></p><!-- EM_StockImg_Start --><p>图</p><!-- EM_StockImg_End --><p>一</p><p>二</p>',
    "<p>　　　三个空格</p>",
]
ROLLING = [
    "<p>　　一。</p><p>　　二。</p>",
    (
        '<p><span id="stock_1.699001"><a href="http://q.cn/r/1.699001" class="keytip" data-code="1,6">青禾</a></span>'
        '<span id="quote_1.699001"></span>公告</p><p class="em_media">（文章来源：青禾<span id="bk_90.BK0473"><a '
        'href="http://q.cn/r/90.BK0473" class="keytip" data-code="90,BK0473">晚报</a></span>）</p>'
    ),
    (
        '<!-- EM_StockImg_Start --><p style="text-align:center;"><img src="https://p.cn/G?nid=1&imageType=k&copy=3" '
        'border="0" alt="K图" /></p><!-- EM_StockImg_End --><p>一</p>'
    ),
    (
        '<p>一</p><center><img src="https://p.cn/a.jpg" alt="Image" width="552" style="margin:5px 0;" /></center>'
        '<p style="text-align:center;">图注</p>'
    ),
    '<p>一<span web="1" href="http://q.cn/r/1" class="em_stock_key_common" data-code="1,6">青禾</span>二</p>',
    '<p style="display:none;height:1px;overflow:hidden;"><br /></p><p>"一"...</p>',
]


@pytest.mark.jekyll
@pytest.mark.parametrize("rolling", [False, True])
def test_kramdown_and_back_gives_every_body_as_it_was(rolling: bool) -> None:  # noqa: FBT001
    bodies = [normalise(body) for body in (ROLLING if rolling else NEWSPAPER)]

    for body, page in zip(bodies, kramdown(bodies), strict=True):
        assert turn_back(page, rolling=rolling) == body, page


@pytest.mark.jekyll
def test_an_indent_of_four_spaces_comes_back_as_its_markup() -> None:
    (page,) = kramdown(["<p>一</p>\n    <p>附注&nbsp;R&D </p>\n <p>二</p>"])

    assert "<pre" in page
    assert turn_back(page, rolling=False) == "<p>一</p>\n <p>附注&nbsp;R&D </p>\n <p>二</p>"


# -- the sample ----------------------------------------------------------------------------------------------------


@pytest.mark.sample
def test_every_digest_of_the_sample_is_the_one_in_its_post(sample: Path) -> None:
    checked = 0
    for page in (sample / "site" / "emnews").rglob("2*.html"):
        post = next((sample / "_posts").glob(f"????-??-??-{page.stem}.md")).read_text()
        found = post_page(page.read_bytes(), rolling=True)
        typed = re.search(r"\n---\n+(?:> )?(.*)\n", post)
        assert typed is not None
        body = json.loads((sample / "api" / f"NW{page.stem}.json").read_text()).get("content", "")
        checked += 1
        assert (digest_line(found.digest, body) or found.body) == typed[1], page.stem
        assert found.link == re.findall(r"^<(\S*)>$", post, re.MULTILINE)[-1], page.stem
    assert checked > 20
