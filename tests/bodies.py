"""Bodies for the tests of the body: the source's shapes, what can be made of them, and soup."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from tests.attacks import ATTACKS

PROPERTY = settings(max_examples=100, derandomize=True, deadline=None)

CHART = (
    '<!-- EM_StockImg_Start --><p style="text-align:center;"><a href="http://quote.example.com/unify/r/0.000001"'
    ' data-code="000001|0|2" data-code2="000001|0|6|" class="EmImageRemark" target="_blank"><img'
    ' src="https://pic.example.com/GetPic.aspx?nid=0.000001&imageType=k&token=28df&at=1&copy=3" border="0"'
    ' alt="K图 000001_0" data-code="K 000001|0|2" data-code2="K 000001|0|6|" style="border:#d1d1d1 1px solid;"'
    ' width="578" height="276" /></a></p><!-- EM_StockImg_End -->'
)
SPACER = '<p style="display:none;height:1px;overflow:hidden;"><br /></p>'
STOCK = (
    '<span id="stock_1.600001"><a href="http://quote.example.com/unify/r/1.600001" class="keytip"'
    ' data-code="1,600001">甲股份</a></span><span id="quote_1.600001"></span>'
)
BOARD = (
    '<span id="bk_90.BK0001"><a href="http://quote.example.com/unify/r/90.BK0001" class="keytip"'
    ' data-code="90,BK0001">板块</a></span><span id="bkquote_90.BK0001"></span>'
)
TERM = '<span id="Info.3293"><a href="http://data.example.com/zlsj/" class="infokey">基金</a></span>'
MENTION = (
    '<span web="1" href="http://quote.example.com/unify/r/90.BK0001" class="em_stock_key_common"'
    ' data-code="90,BK0001">板块</span>'
)
PICTURE = (
    '<center><img src="https://pic.example.com/D1_w471h321.jpg" alt="Image" width="552"'
    ' style="border:#d1d1d1 1px solid;padding:3px;margin:5px 0;" /></center>'
)

INLINE_SHAPES = [
    *(
        STOCK,
        BOARD,
        TERM,
        MENTION,
        "词语",
        "&lt;条例&gt;",
        "A&amp;B",
        "A&B",
        "R&D=5 & 6",
        "&nbsp;",
        "&#8220;引&#x201d;",
    ),
    *(
        "涨幅<5%",
        "a < b > c",
        "<strong>小标题</strong>",
        "<b>粗</b>",
        "<em>斜</em>",
        "<i>x</i><u>y</u>",
        "<br />",
        "<br>",
    ),
    *("10<sup>8</sup>", "CO<sub>2</sub>", '<a href="//www.example.com/x.html" target="_blank" rel="nofollow">链接</a>'),
    *('<a href="mailto:a@example.com">信</a>', '<a href="/a/1.html?x=1&y=2#z">相对</a>', "<a href='../b.html'>上</a>"),
    *(
        '<font color="#ff0000" size=2 face="宋体">红</font>',
        '<span style="color: rgb(1, 2, 3); font-size:14px">色</span>',
    ),
    *('<img src="https://pic.example.com/1.jpg" width=100 />', f"<strong>{STOCK}领涨</strong>"),
]
BLOCK_SHAPES = [
    *(CHART, SPACER, PICTURE, "只有文字", "\n ", "<hr />", "<!-- 文章主体 -->", "<!---->"),
    '<p style="text-align:center;">图片来源：某网</p>',
    '<p class="em_media">（文章来源：某报）</p>',
    f'<p class="em_media">（文章来源：{BOARD}时报）</p>',
    f"<p>“{STOCK}”与{MENTION}，{TERM}</p>\n <p>第二段 </p>",
    '<table border="1" cellpadding="0" width="100%">\n<tr><td rowspan="2">一</td><th nowrap>二</th></tr></table>',
    "<table><caption>表</caption><colgroup><col width=10><col></colgroup><thead><tr><th>一</th></tr></thead></table>",
    "<table><tbody><tr><td><p>二</p><table><tr><td>三</td></tr></table></td></tr></tbody></table>",
    "<ul>\n<li>一<ul><li>二</li></ul></li>\n</ul>",
    '<ol start="3"><li><p>一</p></li></ol>',
    "<dl><dt>名</dt><dd>义</dd></dl>",
    "<h1>一</h1><h2>二</h2><h3>三</h3><h4>四</h4><h5>五</h5><h6>六</h6>",
    "<blockquote><p>引文</p></blockquote>",
    '<div class="x" id="y"><section><p align="center">文</p></section></div>',
    '<figure><img src="//pic.example.com/1.png" alt="" /><figcaption>图</figcaption></figure>',
    '<P ALIGN="center">大写<BR></P>',
    '<center><p><img src="https://pic.example.com/1.jpg" title="图 &quot;一&quot;" /></p><p>说明</p></center>',
    f"<p>{STOCK[:30]}{STOCK[30:]}</p>",
    '<p style="margin:0px 3px 15px;padding:0px;text-indent:2em;font-family:&quot;Microsoft YaHei&quot;, 宋体">文</p>',
    '<a href="http://www.example.com/"><div>块</div></a>',
]
CLEAN_BODIES = [*BLOCK_SHAPES, *(f"<p>前{shape}后</p>" for shape in INLINE_SHAPES), *INLINE_SHAPES, ""]

inline = st.lists(st.sampled_from(INLINE_SHAPES), max_size=6).map("".join)
paragraphs = inline.map(lambda text: f"<p>{text}</p>")
clean_bodies = st.lists(st.sampled_from(BLOCK_SHAPES) | paragraphs | inline, max_size=8).map("".join)

_NAMES = (
    *(
        "p",
        "div",
        "span",
        "a",
        "b",
        "i",
        "table",
        "tr",
        "td",
        "tbody",
        "colgroup",
        "col",
        "ul",
        "li",
        "dl",
        "dd",
        "h1",
        "h2",
        "br",
    ),
    *(
        "img",
        "section",
        "center",
        "font",
        "pre",
        "wbr",
        "form",
        "object",
        "button",
        "custom",
        "caption",
        "article",
        "strong",
        "video",
    ),
)
_ATTRIBUTES = (
    *(
        "",
        "",
        "",
        ' href="x"',
        ' href="javascript:1"',
        ' href=":"',
        ' href="a&b c"',
        " src=x",
        ' style="color:red"',
        ' class="toplink"',
    ),
    *(
        ' style="display:none;position:fixed"',
        " onclick=1",
        " id=a id=b",
        ' title="<b>"',
        ' data-x="javascript:"',
        ' style="c"',
        " nowrap",
    ),
)
tags = st.builds(
    "{}{}{}{}>".format,
    st.sampled_from(["<", "<", "</"]),
    st.sampled_from(_NAMES),
    st.sampled_from(_ATTRIBUTES),
    st.sampled_from(["", "", "/"]),
)
markup = st.lists(tags | st.sampled_from(["词", " ", "a&b", "&amp;", "\n", "　"]), max_size=20).map("".join)
_SHARDS = (
    *(
        "<",
        ">",
        "</",
        "<!",
        "<!--",
        "-->",
        "--",
        "<?",
        "]]>",
        '"',
        "'",
        "=",
        "/",
        "&",
        "&#",
        "&#0;",
        "&#x6a;",
        ";",
        "\x00",
        "\r",
        "\x0c",
    ),
    *(
        "\ud800",
        "　",
        "　　",
        "<script>",
        "</script>",
        "<style>",
        "<svg>",
        "<math>",
        "<textarea>",
        "<iframe>",
        "<title>",
        "<p",
        "<a ",
    ),
    *("<template>", "<select>", "<plaintext>", "\xa0", "\u200b", "&nbsp", "&lt;script&gt;"),
)
soup = st.lists(tags | st.sampled_from(_SHARDS) | st.sampled_from(ATTACKS) | st.text(max_size=5), max_size=16).map(
    "".join
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A clean body with one to three small things put in, taken out or moved."""
    body = draw(clean_bodies)
    for _ in range(draw(st.integers(1, 3))):
        at, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        shard = draw(st.sampled_from(_SHARDS) | tags)
        body = body[:at] + shard + body[draw(st.sampled_from([at, at + 1, end])) :]
    return body
