"""The share host's answers: an article, or a sentence that says what else it is. A shell never becomes an article."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsarchive.article import Name, Refused
from newsarchive.source import share
from newsarchive.source.share import ShareAnswer
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError

FIXTURES = Path(__file__).parents[1] / "fixtures"
QUICK = settings(max_examples=150, derandomize=True, deadline=None)
NAME = Name("202203012340000100")


def saved(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def said(**fields: Any) -> bytes:
    """The saved answer with some fields changed; ``...`` takes one out."""
    data = {**json.loads(saved("2022-03-01-share-answer.json")), **fields}
    return json.dumps({key: value for key, value in data.items() if value is not ...}).encode()


# -- answers that are articles -----------------------------------------------------------------------------------------


def test_an_answer_gives_the_article_as_it_was_sent() -> None:
    answer = share.answer(saved("2022-03-01-share-answer.json"), NAME)

    assert answer.title == "小水电站的第0个好年头"
    assert answer.date == "2022-03-01 16:20:07"
    assert answer.newspapers == ("科技日报",)
    assert answer.text.startswith("<p>　　青禾市")
    assert "\r\n" in answer.text
    assert answer.url == "http://finance.eastmoney.com/a/202203012340000100.html"


def test_text_is_the_plain_form_and_content_the_rich_one() -> None:
    answer = share.answer(saved("2022-03-01-share-answer-rolling.json"), Name("202203012340000001", rolling=True))

    assert "\r\n" in answer.text
    assert "\r\n" not in answer.content
    assert '<span id="stock_1.699001">' in answer.content


def test_medianame_and_from_are_both_names_the_newspaper_may_have() -> None:
    assert share.answer(said(medianame=" 甲报 ", From="乙报"), NAME).newspapers == ("甲报", "乙报")
    assert share.answer(said(medianame="", From="乙  报"), NAME).newspapers == ("乙  报",)
    assert share.answer(said(medianame=None, From=...), NAME).newspapers == ()


@pytest.mark.parametrize("number", ["202203012340000100", "NW202203012340000100", 202203012340000100, "", None, ...])
def test_the_number_may_be_written_in_any_way_or_missing(number: object) -> None:
    assert share.answer(said(Id=number, newsid=number), NAME).title


def test_an_empty_text_is_an_answer_without_text() -> None:
    answer = share.answer(saved("2022-03-01-share-answer-empty-text.json"), Name("202203012340000210"))

    assert (answer.text, answer.content) == ("", "")
    assert answer.newspapers == ("大众证券报",)


def test_a_byte_order_mark_changes_nothing() -> None:
    content = saved("2022-03-01-share-answer.json")

    assert share.answer(b"\xef\xbb\xbf" + content, NAME) == share.answer(content, NAME)


# -- answers that are none ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"{}", b"null", b"[]", b'""', b" {} \n", b"\xef\xbb\xbf{}"])
def test_an_empty_answer_says_the_article_is_not_known(content: bytes) -> None:
    with pytest.raises(NoArticleError, match="does not know the article"):
        share.answer(content, NAME)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "an empty answer"),
        (b" \r\n", "an empty answer"),
        (b"\xef\xbb\xbf", "no JSON"),
        (saved("2022-03-01-share-shell.html"), "no JSON; it is a page headed '资讯详情'"),
        (saved("2026-08-19-share-maintenance.html"), "no JSON; it is a page headed '系统维护'"),
        (saved("2022-03-01-share-answer.json")[:-40], "no JSON"),
        (b"callback({})", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"Id":' * 50_000 + b"1" + b"}" * 50_000, "no JSON"),
        (b'{"Id": ' + b"1" * 5000 + b"}", "no JSON"),
        (bytes(range(256)), "no UTF-8"),
        (b"0", "another kind"),
        (b"false", "another kind"),
        (b'"error"', "another kind"),
        (b'[{"Title": "x"}]', "another kind"),
        (b'{"code": 500, "message": "busy"}', "another kind"),
    ],
)
def test_what_is_no_answer_is_named_as_what_it_is(content: bytes, why: str) -> None:
    with pytest.raises(NotUnderstoodError, match=why) as caught:
        share.answer(content, NAME)

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("field", ["Id", "newsid"])
@pytest.mark.parametrize("other", ["NW202203012340000101", "202203012340000101", 202203012340000101, "x"])
def test_the_answer_to_another_question_is_refused(field: str, other: object) -> None:
    with pytest.raises(NotUnderstoodError, match="about another article"):
        share.answer(said(**{field: other}), NAME)


@pytest.mark.parametrize("field", ["Id", "newsid", "Title", "Date", "From", "medianame", "text", "content", "url"])
@pytest.mark.parametrize("value", [["x"], {"a": 1}, True, 1.5, float("nan")])
def test_a_field_of_a_wrong_type_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(NotUnderstoodError, match=f"the answer's '{field}' is a {type(value).__name__}, not text"):
        share.answer(said(**{field: value}), NAME)


# -- the share page ----------------------------------------------------------------------------------------------------


def test_a_shell_page_never_becomes_an_article() -> None:
    with pytest.raises(NoArticleError, match="shell"):
        share.page(saved("2022-03-01-share-shell.html"), NAME)


@pytest.mark.parametrize(
    "inner", ["", " ", "加载中", "正在加载，请稍候...", "Loading", "<noscript>请打开脚本</noscript>"]
)
def test_a_shell_is_a_shell_whatever_it_says_while_it_loads(inner: str) -> None:
    shell = saved("2022-03-01-share-shell.html").replace("正在加载...".encode(), inner.encode())

    with pytest.raises(NoArticleError, match="shell"):
        share.page(shell, NAME)


def test_a_share_page_with_the_text_is_an_article_cut_out_unchanged() -> None:
    answer = share.page(saved("2022-03-01-share-with-text.html"), NAME)

    assert answer.title == "分享页里有正文"
    assert answer.date == "2022-03-01 14:30:07"
    assert answer.text.startswith("<p>　　青禾市")
    assert "成本&lt;去年。 </p><p class=" in answer.text
    assert answer.text.encode() in saved("2022-03-01-share-with-text.html")


def test_a_text_that_holds_the_same_element_is_cut_at_its_own_end() -> None:
    text = "<div class=a>一<DIV>二&copy=3</DIV></div > 三"
    head = '<i data-id="content">x</i><h1>题</h1><p class=time>2022年3月1日 18:00</p>'
    page = f'{head}<div id="content">{text}</div><div>四</div>'

    assert share.page(page.encode(), NAME) == ShareAnswer("题", "2022年3月1日 18:00", (), text, text)


def test_an_article_of_the_canonical_site_is_read_too() -> None:
    page = (
        '<div class="title">题</div><div class="infos"><div>2026年08月19日 17:46</div><div>来源：青禾晚报</div></div>'
        '<div id="ContentBody"><!--文章主体--><p>一</p></div>'
    )

    assert share.page(page.encode(), NAME) == ShareAnswer(
        "题", "2026年08月19日 17:46", (), *["<!--文章主体--><p>一</p>"] * 2
    )


@pytest.mark.parametrize("missing", ["<h1>题</h1>", "2022-03-01 18:00", "<p>正文一段。</p>"])
def test_a_page_without_title_date_or_text_is_no_article(missing: str) -> None:
    page = '<h1>题</h1><p class="time">2022-03-01 18:00</p><div id="content"><p>正文一段。</p></div>'
    assert share.page(page.encode(), NAME)

    with pytest.raises(NotUnderstoodError):
        share.page(page.replace(missing, "").encode(), NAME)


def test_a_login_wall_is_named_even_where_the_text_should_stand() -> None:
    wall = saved("2026-08-19-share-login-wall.html")
    dressed = wall.replace(b"<body>", '<body><h1>题</h1><p class="time">2022-03-01 18:00</p>'.encode())

    for page in (wall, dressed):
        with pytest.raises(NotUnderstoodError, match="login wall"):
            share.page(page, NAME)


def test_maintenance_is_named() -> None:
    with pytest.raises(NotUnderstoodError, match=r"maintenance.*'系统维护'"):
        share.page(saved("2026-08-19-share-maintenance.html"), NAME)


@pytest.mark.parametrize(
    "content",
    [b"", b"ok", b"\xff", b"<", b"<!-- -->", b"<html></html>", b"{}", b"<?xml version='1.0'?><a/>", b"\x00<\x00"],
)
def test_what_is_no_page_is_not_understood(content: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        share.page(content, NAME)


# -- anything at all ---------------------------------------------------------------------------------------------------

# Two levels written out: st.recursive draws by its own history and calls itself flaky on a loaded machine.
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NESTED = st.lists(LEAF, max_size=3) | st.dictionaries(st.sampled_from(["Id", "text", "x"]), LEAF, max_size=3)
JSON = LEAF | NESTED | st.lists(NESTED, max_size=3)


def understand(content: bytes) -> None:
    try:
        share.answer(content, NAME)
    except Refused as error:
        assert len(str(error)) < 400  # noqa: PT017
    try:
        share.page(content, NAME)
    except Refused as error:
        assert len(str(error)) < 400  # noqa: PT017


@QUICK
@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace"))))
@example(b"<a href='http://[x'>")
def test_any_bytes_are_an_answer_or_refused(content: bytes) -> None:
    understand(content)


@QUICK
@given(st.dictionaries(st.sampled_from([*sorted(json.loads(said())), "content"]), JSON))
def test_any_json_is_an_answer_or_refused(data: dict[str, Any]) -> None:
    understand(json.dumps(data).encode())


SHARED = sorted(path.name for path in FIXTURES.glob("*-share-*"))


@QUICK
@given(
    name=st.sampled_from(SHARED),
    cuts=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 200), st.binary(max_size=6)), min_size=1, max_size=4),
)
def test_a_damaged_answer_is_an_answer_or_refused(name: str, cuts: list[tuple[int, int, bytes]]) -> None:
    content = saved(name)
    for place, length, piece in cuts:
        content = content[:place] + piece + content[place + length :]
    understand(content)


@pytest.mark.parametrize("piece", [b"<div>", b"<div id=content>", b"<a ", b"<title>", b"<p>x", b"&#" + b"9" * 5000])
def test_a_page_of_one_piece_without_end_is_read_in_good_time(piece: bytes) -> None:
    understand(piece * 3000 if len(piece) < 100 else piece)


# -- the sample --------------------------------------------------------------------------------------------------------


@pytest.mark.sample
def test_every_answer_of_the_sample_is_understood(sample: Path) -> None:
    answers = sorted((sample / "api").glob("*.json"))
    assert answers
    for path in answers:
        answer = share.answer(path.read_bytes(), Name(path.stem.removeprefix("NW")))
        assert answer.title, path.name
        assert answer.date, path.name


@pytest.mark.parametrize("field", ["text", "content"])
@pytest.mark.parametrize(
    ("said", "kind"), [("系统维护中，请稍后再试", "maintenance"), (" 请登录后查看 ", "login wall")]
)
def test_a_notice_where_the_text_should_be_is_not_understood(field: str, said: str, kind: str) -> None:
    with pytest.raises(NotUnderstoodError, match=f"no text but a notice .{kind}.; it is .* '{said.strip()}'"):
        share.answer(json.dumps({"Title": "标题", field: said}).encode(), NAME)


def test_news_of_maintenance_is_an_article() -> None:
    said = json.dumps({"Title": "标题", "text": "<p>　　央行：坚决维护金融稳定。</p>"}).encode()
    assert share.answer(said, NAME).text == "<p>　　央行：坚决维护金融稳定。</p>"
