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
# What editors and their users leave behind, which means nothing to a browser: Word and Excel, CKEditor, UEditor, the
# editors of WeChat accounts, templates of Vue and Angular, lazy loaders.
LEFTOVERS = """
<p class=MsoNormal style="mso-margin-top-alt:auto;text-indent:21.0pt;mso-char-indent-count:2.0"><span \
lang=EN-US style='font-size:10.5pt;mso-bidi-font-size:11.0pt;font-family:"Calibri","sans-serif";\
mso-fareast-font-family:宋体;mso-ansi-language:EN-US'>甲<o:p></o:p></span></p>
<p style="margin-left:18.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1;tab-stops:list 18.0pt">乙</p>
<?xml:namespace prefix = o ns = "urn:schemas-microsoft-com:office:office" /><o:p>丙</o:p><o:p/>丁
<st1:chsdate isrocdate="False" year="2022" w:st="on">三月</st1:chsdate>四日</st1:place>
<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]--><!--[if !supportLists]-->·<!--[endif]-->
<![if !supportLists]>一、<![endif]>
<table x:str border=0 style='border-collapse:collapse'><tr height=19><td x:num="0.5" class=xl65 \
style='mso-number-format:"0\\.00_ "'>0.50</td><td style='mso-number-format:\\@'>甲</td></tr></table>
<font face="Times New Roman"><a name="_GoBack"></a>甲</font>
<p data_ue_src="http://a.example/1.jpg" _src="x" anchorname="y" _href="javascript:void(0)" data="18:12">甲</p>
<img src="http://a.example/1.jpg" data-mce-src="1.jpg" _src="http://a.example/1.jpg" contenteditable="false">
<section data-w-e-type="x" powered-by="xiumi.us" label="Powered by 135editor.com" style="position: static; \
box-sizing: border-box; transform: none; margin: -5px 0px 0px; box-shadow: rgb(0, 0, 0) 0px 0px 3px;">\
甲</section>
<section style="background-image: linear-gradient(90deg, rgba(0,0,0,.1) 0%, #fff 100%);width:calc(100% - 1em)">\
甲</section>
<mp-style-type data-value="3"></mp-style-type><em-stock code="1.600001">甲</em-stock><em-board code="x"/>乙
<p :class="a" @click="b()" v-if="c &amp;&amp; d" #slot [ng]="e" (tap)="f" *ngIf="g" x-on:click=h 属性="值">甲</p>
<p a"b c'd =e f==g h=i=j k=a"b class="x"title=y/data-z=1 lang=zh-CN role="note" aria-hidden="true">甲</p>
<P XMLNS:O="urn:x" Align=Center DATA-ÄÖ=1>甲</P>
<a href="a.html" href="b.html" HREF="c.html">甲</a>
<img alt="a>b 涨幅<5%" src="https://a.example/1.jpg" loading=lazy referrerpolicy="no-referrer" title="">
<a href=http://a.example/?x=1&y=2 download rel=noopener>甲</a>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-original="https://a.example/1.jpg" srcset="">
<td-x>甲</td-x><font-face>乙</font-face><unknown>丙</unknown><line>丁</line></unopened>
<p style="*zoom:1;filter:alpha(opacity=50);_height:1px;宋体;color;font-family:\\5FAE\\8F6F,宋体">甲</p>
<p style='unknown-property:anything at all #1 50% "quoted; text"; 100'>甲</p>
<!-- a -- b > c <b> --!>甲<!-->乙<!--->丙<!-- <!-- -->丁<!-- <script>x</script> --><!--- -- --->戊
<ruby>漢<rp>(</rp><rt>han</rt><rp>)</rp></ruby><fieldset><legend>题</legend><menu><li>甲</li></menu></fieldset>
若a<5且b>3，<中文>，< b>，<＜>
""".strip("\n").split("\n")
CLEAN_BODIES = [*LEFTOVERS, *BLOCK_SHAPES, *(f"<p>前{shape}后</p>" for shape in INLINE_SHAPES), *INLINE_SHAPES, ""]

# Names no specification knows: any sign but those that end a name, and none that HTML has, or that begins with "on".
_odd = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters=" />=<\ufffe\uffff")
odd_attributes = st.builds(
    " {}{}".format,
    st.one_of(
        st.text(_odd, min_size=1, max_size=6).map(lambda name: f"_{name}"),
        st.from_regex(r"\A[:@#*_][a-z-]{1,8}\Z"),
        st.sampled_from(["v-if", "data_ue_src", "xmlns:o", "属性", 'a"b', "x:str", "=", "'", "K", "İ", "data-value"]),
    ),
    st.one_of(
        st.just(""),
        st.just("=x"),
        st.text(_odd, max_size=8).map(lambda value: f'="{value.replace(chr(34), "")}"'),
        st.text(_odd, max_size=8).map(lambda value: f"='{value.replace(chr(39), '')}'"),
    ),
)
odd_comments = st.one_of(
    st.text(st.sampled_from("a -!<>[]?\n文"), max_size=12)
    .filter(lambda text: not text.startswith((">", "->")) and "-->" not in text and "--!>" not in f"{text}-->"[:-1])
    .map(lambda text: f"<!--{text}-->"),
    st.sampled_from(["<!-->", "<!--->", "<![endif]>", '<?xml:namespace prefix = "o" />', "</nothing>", "<em-x/>"]),
)
_odd_names = st.sampled_from(["o:p", "st1:chsdate", "em-stock", "x", "FooBar", "a1", "v.w", "e-股", "unknown", "td-x"])


def _within(name: str, attributes: list[str], inside: str) -> str:
    return f"<{name}{''.join(attributes)}>{inside}</{name}>"


odd_bodies = st.recursive(
    st.sampled_from(INLINE_SHAPES) | odd_comments,
    lambda inner: st.builds(
        _within,
        _odd_names | st.sampled_from(["span", "b", "font", "sup"]),
        st.lists(odd_attributes, max_size=3),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=8,
).map(lambda text: f"<p>{text}</p>")

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
soup = st.lists(
    tags | st.sampled_from(_SHARDS) | st.sampled_from(ATTACKS) | st.sampled_from(LEFTOVERS) | st.text(max_size=5),
    max_size=16,
).map("".join)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A clean body with one to three small things put in, taken out or moved."""
    body = draw(clean_bodies | st.sampled_from(LEFTOVERS) | odd_bodies)
    for _ in range(draw(st.integers(1, 3))):
        at, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        shard = draw(st.sampled_from(_SHARDS) | tags)
        body = body[:at] + shard + body[draw(st.sampled_from([at, at + 1, end])) :]
    return body
