"""A clean body passes untouched; any other becomes clean without losing its text; and one can tell if there is any."""

from __future__ import annotations

import json
import re
from pathlib import Path
from time import process_time_ns

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive import body as body_module
from newsarchive.body import clean, faults, has_substance, normalise, plain_text, tidy, visible_text
from tests.attacks import ATTACKS, MISNESTED
from tests.bodies import CHART, CLEAN_BODIES, PICTURE, PROPERTY, SPACER, clean_bodies, damaged, markup, odd_bodies, soup
from tests.judge import objections


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    ("source", "post"),
    [
        ("<p>　　一</p>\r\n <p>　　二 </p>", "<p>一</p>\n <p>二 </p>"),
        ("　　　一　二", "　一　二"),
        ("一\r二\n", "一\r二\n"),
        ("&amp;　　&nbsp;", "&amp;&nbsp;"),
        ("", ""),
    ],
)
def test_only_line_ends_and_indents_change(source: str, post: str) -> None:
    assert normalise(source) == post
    assert normalise(post) == post


@pytest.mark.parametrize("body", CLEAN_BODIES)
def test_a_clean_body_is_not_touched(body: str) -> None:
    kept, found = tidy(body)
    assert kept is body
    assert found == []


@PROPERTY
@given(clean_bodies)
def test_a_body_of_the_sources_shapes_changes_only_as_normalise_says(body: str) -> None:
    source = body.replace("\n", "\r\n").replace("<p>", "<p>　　")
    assert tidy(source) == (body, [])


@pytest.mark.sample
def test_every_real_body_is_clean_and_untouched(sample: Path) -> None:
    bodies = 0
    for path in sorted((sample / "api").glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        for field in ("text", "content"):
            if source := answer.get(field):
                bodies += 1
                assert tidy(source) == (normalise(source), []), f"{path.name}, {field}"
                assert squeezed(visible_text(clean(source))) == squeezed(visible_text(source)), f"{path.name}, {field}"
    assert bodies > 5


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives(attack: str) -> None:
    cleaned = clean(f"<p>前{attack}后</p>")
    assert faults(cleaned) == []
    assert objections(cleaned) == []
    assert "前" in visible_text(cleaned)


@PROPERTY
@given(soup | damaged() | markup | st.text())
def test_whatever_comes_in_what_goes_out_is_clean(body: str) -> None:
    kept, found = tidy(body)
    assert faults(kept) == []
    assert objections(kept) == []
    assert tidy(kept) == (kept, [])
    assert bool(found) == bool(faults(normalise(body)))


@PROPERTY
@given(soup | damaged() | markup)
def test_the_last_resort_is_not_needed(body: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body_module, "without_markup", None)
        assert faults(clean(body)) == []


@PROPERTY
@given(markup.map(lambda body: body.split("词")))
def test_no_word_is_lost(pieces: list[str]) -> None:
    words = [f"字{number}号" for number in range(len(pieces))]
    body = "".join(word + piece.replace("display:none", "color:red") for word, piece in zip(words, pieces, strict=True))
    text = visible_text(clean(body))
    assert [word for word in words if word not in text] == [], f"{body!r} became {clean(body)!r}"


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("<p>一<p>二", "<p>一</p><p>二</p>"),
        ("<p>一<section>二</section>三</p>", "<p>一</p><section>二</section>三\n"),
        ("<p><b>一<div>二</div>三</b></p>", "<p><b>一</b></p><div><b>二</b></div>三\n"),
        ('<p onclick="x" style="color:red;position:fixed" id="y">一</p>', '<p style="color:red" id="y">一</p>'),
        ('<p style="position:fixed">一</p>', "<p>一</p>"),
        (
            '<a class="x toplink" href="http://a.example/">甲</a><br',
            '<a class="x toplink" href="http://a.example/">甲</a><br>',
        ),
        ('<iframe src="x" />其余<p>文字</p>', "其余<p>文字</p>"),
        ("<script>x</script>一<style>y</style>", "一"),
        ("<form>一</form>二", "\n一\n二"),
        ("<ul>一<b>二</b><li>三</li></ul>", "<ul><li>一<b>二</b></li><li>三</li></ul>"),
        ("<table>一<tr><td>二</table>", "<table><tbody><tr><td>一</td></tr><tr><td>二</td></tr></tbody></table>"),
        ("<table><td>一<td>二</table>", "<table><tbody><tr><td>一</td><td>二</td></tr></tbody></table>"),
        ("<td>一</td><td>二</td>", "\n一\n\n二\n"),
        ("<h1>一<h2>二</h2></h1>", "<h1>一</h1><h2>二</h2>\n"),
        ('<img src="http://a/?x=1&copy=2&times=3" onload=x>', '<img src="http://a/?x=1&copy=2&times=3">'),
        ('<a href="一 b&c.html">二</a>', '<a href="./一 b&c.html">二</a>'),
        ('<a href="一&nbsp;b/">二', '<a href="./一&nbsp;b/">二</a>'),
        ('<p data-<x="1" data-y="2">一</p>', '<p data-y="2">一</p>'),
        ("一\r二\x08三\ud800", "一\n二三\ufffd"),
        ("涨幅<5%，<b>一", "涨幅<5%，<b>一</b>"),
        (
            "<!-- 注 --><p data_ue_src=x :a='b'>一 & 二<o:p></o:p><p>三",
            "<!-- 注 --><p data_ue_src=x :a='b'>一 & 二<o:p></o:p></p><p>三</p>",
        ),
        ("<b>一<script>", "<b>一</b>"),
        ('<p title="<b>" id=x>一</p>', '<p title="&lt;b&gt;" id=x>一</p>'),
        ("<p id=x>一</p onclick=y>", "<p id=x>一</p>"),
        ("<a name=x>一<a href=y>二</a>", "<a name=x>一</a><a href=y>二</a>"),
        ("<b><p>一</b>二</p>", "<b><p>一</p></b>二\n"),
        ("<p>一<span/>二</p>", "<p>一<span></span>二</p>"),
        ("<p>一<!-- 注 -><p>二</p>", "<p>一</p><p>二</p>"),
        (
            '<a href="http://a.example/>一</a>二<a href="http://b.example/">三</a>',
            '<a>一</a>二<a href="http://b.example/">三</a>',
        ),
        ("<p>一<iframe>b></iframe>二<iframe src=x", "<p>一b>二</p>"),
    ],
)
def test_a_repair_keeps_what_can_be_kept(broken: str, mended: str) -> None:
    assert clean(broken) == mended


@pytest.mark.parametrize("body", MISNESTED)
def test_misnested_bodies_are_put_right(body: str) -> None:
    cleaned = clean(body)
    assert objections(cleaned) == []
    assert squeezed(visible_text(cleaned)) == squeezed(re.sub(r"<[^>]*>", "", body))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<p>若ROE<WACC，则公司在毁灭价值。</p><p>二</p>", "<p>若ROE&lt;WACC，则公司在毁灭价值。</p><p>二</p>"),
        ("若ROE<WACC，则公司", "若ROE&lt;WACC，则公司"),
        ("<p>见<ir@example.com>。</p>", "<p>见&lt;ir@example.com&gt;。</p>"),
        ("<p>见<http://a.example/b?c=d&e>。</p>", "<p>见&lt;http://a.example/b?c=d&e&gt;。</p>"),
        ("a<b", "a&lt;b"),
        ("<p>a<b</p>", "<p>a&lt;b</p>"),
        ("<p>a<b and c>d</p>", "<p>a&lt;b and c&gt;d</p>"),
        ("<p>PE<p，PB>b</p>", "<p>PE&lt;p，PB&gt;b</p>"),
        ("<p>a<b，<b>c</b></p>", "<p>a&lt;b，<b>c</b></p>"),
        ("<p><A股>与<CEO></p>", "<p>&lt;A股&gt;与&lt;CEO&gt;</p>"),
        ("<p>x</>y</ z><b>", "<p>x&lt;/>y&lt;/ z><b></b></p>"),
        ("<p><!注意><？><b>", "<p>&lt;!注意><？><b></b></p>"),
        ("<![CDATA[若ROE<WACC，a<b]]>", "若ROE&lt;WACC，a&lt;b"),
        ("<p><![CDATA[一]]>二<![CDATA[三</p>", "<p>一二三</p>"),
        ("<p>1<!2，a<?b</p>", "<p>1&lt;!2，a&lt;?b</p>"),
        ("<P>A<B<C，D</P >", "<P>A&lt;B&lt;C，D</P >"),
        ("<p>若x<y>z，f<g(x)>0</p>", "<p>若x&lt;y&gt;z，f&lt;g(x)&gt;0</p>"),
        ("x<", "x&lt;"),
        ("<p>x</", "<p>x&lt;/</p>"),
    ],
)
def test_what_is_no_elements_name_is_text(body: str, kept: str) -> None:
    assert tidy(body)[0] == kept
    assert objections(kept) == []


@pytest.mark.parametrize("body", ["<中文>", "<p>a < b，c<5，<＜>&<></p>", "R&D<3"])
def test_what_html5_reads_as_text_is_text_to_the_byte(body: str) -> None:
    assert tidy(body) == (body, [])


@PROPERTY
@given(odd_bodies)
def test_what_has_no_meaning_comes_out_untouched(body: str) -> None:
    assert objections(body) == []
    kept, found = tidy(body)
    assert found == []
    assert kept is body or kept == normalise(body)


# Pieces of which a reader sees the digits and the signs between them, whatever a parser makes of them.
_SEEN = st.sampled_from(
    ["1", "2<3", "<中", "4<WACC，", "<ir@x.example>", "a<b，", "5 & 6", "&amp;", "<A股>", "x<y and z>", "<"]
)
_UNSEEN = st.sampled_from(
    """
<p> </p> <b> </b> <p/onclick=x> <div> </div> <table> <td> </table> <li> <o:p> </o:p> <iframe/src=x> </iframe> <!--x-->
<?php/x?> <form> </i> <br/> <img/src=x/onerror=y> <svg> </x> <noscript> <textarea> <a/name=x>
""".split()  # noqa: SIM905 - readable
)


@PROPERTY
@given(st.lists(st.tuples(st.booleans(), _SEEN, _UNSEEN), max_size=12))
def test_visible_characters_in_are_visible_characters_out(pieces: list[tuple[bool, str, str]]) -> None:
    # A blank behind each piece of text: what an author writes there is no tag that goes on behind it.
    body = "".join(f"{seen} " if is_text else unseen for is_text, seen, unseen in pieces)
    meant = "".join(seen for is_text, seen, _ in pieces if is_text).replace("&amp;", "&")
    assert squeezed(visible_text(body)) == squeezed(meant), body


def test_an_ad_link_is_a_link_of_the_text_to_the_check_and_the_repair() -> None:
    body = '<a class="toplink" href="http://a.example/">广告</a>'
    assert tidy(body) == (body, [])
    assert clean(f"{body}<b>") == f"{body}<b></b>"


@pytest.mark.parametrize(
    "part",
    [
        *(
            "<a x=1 ",
            "<a x='",
            '<a x="',
            "<x y>",
            "<x><y>",
            "<b a='<p>' ",
            "<!--",
            "<!-- -->",
            "<![CDATA[",
            "<?x",
            "</x ",
        ),
        *(
            "<div>",
            "<o:p>",
            "<o:p/>",
            "&#0;",
            "&am<iframe>",
            "<p><b>",
            "<li><table>",
            "<a>",
            "<ruby><rt>",
            "<x:y ",
            "<b x",
        ),
        *(
            ' a="b"',
            " :a",
            "<p style='a:(",
            "<p style='\"",
            "<p style='mso-a:\\",
            "<a <a ",
            "<-",
            "<script>",
            "</script>",
        ),
        *("<pre", "<p", "<br", "<pre<br", "<p/", "<p,<p"),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "<p {}>x</p>", '<p style="{}">x</p>', "<!--{}-->"])
def test_time_grows_no_faster_than_the_body(part: str, frame: str) -> None:
    def cost(times: int) -> int:
        body = frame.format(part * times)
        best = 0
        for _ in range(3):
            start = process_time_ns()
            clean(body)
            faults(body)
            taken = process_time_ns() - start
            best = min(best or taken, taken)
        return best

    small, large = cost(400), cost(3_200)
    assert large < 24 * small + 20_000_000, f"8 times the body takes {large / small:.0f} times as long"


@pytest.mark.parametrize(
    "part",
    [
        *(
            "<",
            "<a ",
            "&",
            "&#",
            '<a "',
            "<a '",
            "<!--",
            "<!",
            "<?",
            "</",
            "<p/",
            "</p>",
            "<iframe",
            "<script>",
            "<textarea>",
        ),
        *("<div>", "<div><br>字", "<table><col>字", "<a><p>字", "<td><br>字<tr>字<br>", "<p><section>", "<b><i><u><p>"),
        *(
            "<wbr><br>字",
            "<svg>",
            "<ul><li>字",
            "\ud800",
            "<table><tr>字<td>",
            "<p style='color:red;'>",
            "<DIV><dd>字<li>字",
        ),
    ],
)
def test_hostile_repetition_is_survived(part: str) -> None:
    """Without the limits on depth some of these take minutes."""
    body = part * (20_000 // len(part))
    kept, _ = tidy(body)
    assert faults(kept) == []
    assert visible_text(kept).count("字") == body.count("字")


def test_ten_thousand_nested_elements_keep_their_text() -> None:
    assert visible_text("<div>" * 10_000 + "字" + "</div>" * 10_000) == "字"


@pytest.mark.parametrize("text", ["http://a.example/x.html", "a.html", "<?xml version='1.0'?><p>x</p>", "\ufeff<p>x"])
def test_a_body_that_looks_like_something_else_warns_of_nothing(text: str) -> None:
    assert faults(clean(text)) == []


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("<p>一&nbsp;&nbsp;二</p>\n <p>　　三</p>", "一 二 三"),
        ("宁<span>德</span>时<b>代</b>", "宁德时代"),
        ("<p>一</p><p>二</p>三<br />四", "一 二 三 四"),
        ("<table><tr><td>一</td><td>二</td></tr></table>", "一 二"),
        ("<!-- 注 -->一&lt;二&gt;", "一<二>"),
        ('<div style="display:none">一<p>二</p><br></div>三', "三"),
        ('<p style="color:red; DISPLAY : none !important">一</p>二', "二"),
        ('<p style="display:none;display:block">一</p>', "一"),
        ('<p style="d&#105;splay:none">一</p>', ""),
        ("<script>一</script>二", "二"),
        (SPACER, ""),
        ("\u200b&#8203;\ufeff&nbsp;　", ""),
        (CHART, ""),
        ("", ""),
    ],
)
def test_visible_text_is_what_a_reader_sees(body: str, seen: str) -> None:
    assert visible_text(body) == seen


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("<p>一 </p>\n <p>二</p>", "一\n二"),
        ("<p>一<br />二<br /><br />三</p>", "一\n二\n三"),
        ("<p>一\n二&nbsp; 三</p>", "一 二 三"),  # a line break of the source is a space
        ("<p><strong>一</strong>\n<strong>二</strong></p>", "一 二"),
        (f"<p>一</p>{SPACER}<p>二</p>", "一\n二"),
        ("<table><tr><td>一</td><td>二</td></tr></table>", "一\n二"),
        ("", ""),
    ],
)
def test_plain_text_has_a_line_for_each_paragraph(body: str, seen: str) -> None:
    assert plain_text(body) == seen


@given(markup)
def test_plain_text_is_the_visible_text_with_other_white_space(body: str) -> None:
    assert plain_text(body).split() == visible_text(body).split()


LAZY = [
    '<img src="" data-original="https://a.example/1.jpg">',
    "<img data-src=//a.example/1.jpg>",
    '<img _src="https://a.example/1.jpg" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
]


@pytest.mark.parametrize("body", ["一", "<p>一", CHART, PICTURE, SPACER + "<p>.</p>", "<img src=x onerror=y>", *LAZY])
def test_text_or_a_picture_is_substance(body: str) -> None:
    assert has_substance(body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        SPACER,
        "<p>　　&nbsp;<br /></p>\r\n",
        "<!-- 一 -->",
        "<img alt='一'>",
        "<img src=' '>",
        "&#8203;",
        "&lrm;",
        "<p>&rlm;&zwnj;&zwj;&shy;&nbsp;&ensp;</p>",
        "\ufeff\u2060\u3164\uffa0\u115f\u2800\ufe0f\u034f\u061c\u180e\U000e0020\u2028",
        "<p hidden>一</p>",
        '<img data-src="" src="">',
        "<script>一</script>",
        '<p style="display:none"><img src="https://a.example/1.gif" />一</p>',
        '<p><span id="quote_1.600001"></span></p>',
    ],
)
def test_spacers_comments_and_blanks_are_none(body: str) -> None:
    assert not has_substance(body)
