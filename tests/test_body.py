"""A clean body passes untouched; any other becomes clean without losing its text; and one can tell if there is any."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive import body as body_module
from newsarchive.body import clean, faults, has_substance, normalise, plain_text, tidy, visible_text
from tests.attacks import ATTACKS, MISNESTED
from tests.bodies import CHART, CLEAN_BODIES, PICTURE, PROPERTY, SPACER, clean_bodies, damaged, markup, soup
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
        ("<p>一<section>二</section>三</p>", "<div>一<section>二</section>三</div>"),
        ('<p onclick="x" style="color:red;position:fixed" id="y">一</p>', '<p style="color:red" id="y">一</p>'),
        ('<p style="position:fixed">一</p>', "<p>一</p>"),
        ('<a class="x toplink" href="http://a.example/">广告</a><br', "广告"),
        ('<iframe src="x" />其余<p>文字</p>', "其余<p>文字</p>"),
        ("<script>x</script>一<style>y</style>", "一"),
        ("<form>一</form>二", "\n一\n二"),
        ("<ul>一<b>二</b><li>三</li></ul>", "<ul><li>一<b>二</b></li><li>三</li></ul>"),
        ("<table>一<tr><td>二</table>", "<table><tbody><tr><td>一</td></tr><tr><td>二</td></tr></tbody></table>"),
        ("<table><td>一<td>二</table>", "<table><tbody><tr><td>一</td><td>二</td></tr></tbody></table>"),
        ("<td>一</td><td>二</td>", "\n一\n\n二\n"),
        ("<h1>一<h2>二</h2></h1>", "<h1>一\n二\n</h1>"),
        ('<img src="http://a/?x=1&copy=2&times=3" onload=x>', '<img src="http://a/?x=1&amp;copy=2&amp;times=3">'),
        ('<a href="一 b&c.html">二</a>', '<a href="./一 b&amp;c.html">二</a>'),
        ('<a href="一&nbsp;b/">二', '<a href="./一&nbsp;b/">二</a>'),
        ('<p data-<x="1" data-y="2">一</p>', '<p data-y="2">一</p>'),
        ("一\r二\x08三\ud800", "一\n二三\ufffd"),
        ("涨幅<5%，<b>一", "涨幅&lt;5%，<b>一</b>"),
    ],
)
def test_a_repair_keeps_what_can_be_kept(broken: str, mended: str) -> None:
    assert clean(broken) == mended


@pytest.mark.parametrize("body", MISNESTED)
def test_misnested_bodies_are_put_right(body: str) -> None:
    cleaned = clean(body)
    assert objections(cleaned) == []
    assert squeezed(visible_text(cleaned)) == squeezed(re.sub(r"<[^>]*>", "", body))


def test_an_ad_link_alone_is_no_fault() -> None:
    body = '<a class="toplink" href="http://a.example/">广告</a>'
    assert tidy(body) == (body, [])


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


@pytest.mark.parametrize("body", ["一", "<p>一", CHART, PICTURE, SPACER + "<p>.</p>", "<img src=x onerror=y>"])
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
        "<script>一</script>",
        '<p style="display:none"><img src="https://a.example/1.gif" />一</p>',
        '<p><span id="quote_1.600001"></span></p>',
    ],
)
def test_spacers_comments_and_blanks_are_none(body: str) -> None:
    assert not has_substance(body)
