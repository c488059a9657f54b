"""A page that was cut off is never taken for the whole, wherever it was cut."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.article import Name
from newsarchive.replica.compose import compose
from newsarchive.source import eastmoney, mirror, share, wayback
from newsarchive.source.article_api import article_answer
from newsarchive.source.article_page import article_page
from newsarchive.source.eastmoney import Column, Question
from newsarchive.source.endings import check_end
from newsarchive.source.jsonanswer import json_value
from newsarchive.source.old_post import old_post
from newsarchive.source.page import post_page
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError, TruncatedError

FIXTURES = Path(__file__).parents[1] / "fixtures"
Parser = Callable[[bytes], object]

SHARED = Name("202203012340764246")

PAGES: dict[str, Parser] = {
    "2022-03-01-home.html": mirror.home,
    "2022-03-01-category.html": mirror.category,
    "2022-03-01-category-blank-heading.html": mirror.category,
    "2022-03-01-category-empty.html": mirror.category,
    "2022-03-01-rolling.html": mirror.rolling,
    "2022-03-01-feed.xml": mirror.feed,
    "2022-03-01-post-newspaper.html": partial(post_page, rolling=False),
    "2022-03-01-post-body-twice.html": partial(post_page, rolling=False),
    "2022-03-01-post-indented.html": partial(post_page, rolling=False),
    "2022-03-01-post-rolling.html": partial(post_page, rolling=True),
    "2022-03-01-missing.html": partial(post_page, rolling=False),
    "2021-12-08-post-digest-only.html": partial(post_page, rolling=True),
    "2021-12-08-post-digest-only-no-back-links.html": partial(post_page, rolling=True),
    "2022-03-01-share-with-text.html": partial(share.page, name=SHARED),
    "2022-03-01-share-shell.html": partial(share.page, name=SHARED),
    "2016-03-02-article.html": partial(article_page, name=Name("201603023344556677")),
    "2017-09-04-article-one-element.html": partial(article_page, name=Name("201709043344556677")),
    "2018-05-16-article.html": partial(article_page, name=Name("201805163344556677")),
    "2026-08-19-article.html": partial(article_page, name=Name("202608193344556677")),
    "2026-08-19-article-missing.html": partial(article_page, name=Name("202608193344556677")),
    "2026-08-19-article-shell.html": partial(article_page, name=Name("202608193344556677")),
    "2026-08-19-columns.json": partial(eastmoney.page, question=Question(Column("350"), 50)),
    "2026-08-19-fast-news.json": partial(eastmoney.page, question=Question(Column("102", rolling=True), 200)),
}
"""Every kind of page that a crawl reads, and what reads it."""


def state(parse: Parser, content: bytes) -> str:
    try:
        parse(content)
    except TruncatedError:
        return "cut off"
    except NoArticleError:
        return "says it has none"
    except NotUnderstoodError as error:
        return f"not understood: {error}"
    return "whole"


def end_of(content: bytes) -> int:
    """Where the page has come to its end; what follows are blanks and comments."""
    ends = list(re.finditer(rb"</html>|</feed>", content))
    return ends[-1].end() if ends else len(content.rstrip())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_cut_at_any_byte_is_cut_off(name: str) -> None:
    content = (FIXTURES / name).read_bytes()
    end, whole = end_of(content), state(PAGES[name], content)
    assert whole in {"whole", "says it has none"}
    places = range(1, end) if end < 4000 else [*range(1, end, 7), *range(end - 60, end)]
    seen = {state(PAGES[name], content[:place]): place for place in places}
    assert seen.keys() == {"cut off"}, seen
    assert {state(PAGES[name], content[:place]) for place in range(end, len(content) + 1)} == {whole}
    for behind in (b"\n", b"<!-- x -->", b"<!-- x", b"<script>1</script>\n"):
        if name.endswith(".html"):
            assert state(PAGES[name], content.rstrip() + behind) == whole, behind


@pytest.mark.parametrize("name", [name for name in PAGES if "post" in name and "share" not in name])
def test_what_a_comment_or_a_script_closes_is_not_closed(name: str) -> None:
    content = (FIXTURES / name).read_text(encoding="utf-8")
    place = content.index("<h1>", content.index("<section"))
    for hidden in ("<!-- </section></html>", "<!-- </section></html> -->", "<script>'</section></html>'</script>"):
        assert state(PAGES[name], (content[:place] + hidden).encode()) == "cut off", hidden


JSON_ANSWERS = {
    "2022-03-01-share-answer.json": lambda body: share.answer(body, Name("202203012340000100"), framed=False),
    "2026-08-19-article-api.json": lambda body: article_answer(body, Name("202608193840001200"), framed=False),
}


@pytest.mark.parametrize("name", JSON_ANSWERS)
def test_json_that_stops_early_was_cut_off_where_no_length_was_announced(name: str) -> None:
    content = (FIXTURES / name).read_bytes().rstrip()
    assert state(JSON_ANSWERS[name], content) == "whole"
    assert {state(JSON_ANSWERS[name], content[:place]) for place in range(1, len(content))} == {"cut off"}


def test_json_that_stops_early_at_the_length_that_was_announced_was_made_so() -> None:
    answer = b'{"Id": "x", "text": "<p>'
    assert state(lambda body: share.answer(body, Name("202203012340000100")), answer).startswith("not understood")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(value=st.dictionaries(st.text(), _JSON, min_size=1, max_size=3) | st.lists(_JSON, max_size=3), data=st.data())
def test_any_json_cut_anywhere_stops_early(value: object, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    with pytest.raises(TruncatedError):
        json_value(text[: data.draw(st.integers(1, len(text) - 1))], framed=False)


@pytest.mark.parametrize("text", ["<p>{</p>", "ok", '{"a": x}', '{"a" 1}', "[1 2]", "{} {"])
def test_what_is_no_json_is_not_json_that_was_cut_off(text: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        json_value(text, framed=False)
    assert not isinstance(caught.value, TruncatedError)


TABLE = json.dumps([["timestamp", "original"], ["20220301120000", "http://finnews.zning.me/a/2022/03/01/NW1.html"]])
LINES = '{"timestamp": "20220301120000", "url": "http://finnews.zning.me/"}\n' * 2


@pytest.mark.parametrize("index", [TABLE, LINES.rstrip()])
def test_an_index_cut_anywhere_is_cut_off_where_no_length_was_announced(index: str) -> None:
    read = partial(wayback.sightings, host="finnews.zning.me", framed=False)
    assert {state(read, index[:place].encode()) for place in range(1, len(index))} == {"cut off"}


def test_an_index_in_lines_is_whole_where_the_server_said_how_long_it_is() -> None:
    assert state(partial(wayback.sightings, host="finnews.zning.me"), LINES.encode()) == "whole"
    assert state(partial(wayback.sightings, host="finnews.zning.me", framed=False), TABLE.encode()) == "whole"


@pytest.mark.parametrize("rolling", [False, True])
def test_a_stored_post_cut_at_any_byte_is_cut_off(*, rolling: bool) -> None:
    piece = next(one for one in compose() if not one.oddity and one.rolling is rolling and one.text)
    content, read = piece.post(), partial(old_post, file_name=piece.file_name)
    assert state(read, content) == "whole"
    assert {state(read, content[:place]) for place in range(1, len(content))} == {"cut off"}


@pytest.mark.parametrize("name", ["2016-03-02-article.html", "2018-05-16-article.html", "2026-08-19-article.html"])
def test_a_text_that_never_closes_is_cut_off_whatever_stands_behind_it(name: str) -> None:
    content = (FIXTURES / name).read_text(encoding="utf-8")
    head = re.sub("</div>", "", content[content.rindex("<p>") :])
    assert state(PAGES[name], (content[: content.rindex("<p>")] + head).encode()) == "cut off"


@given(
    st.lists(st.sampled_from(["<!--", "-->", "<!-->", "<script>", "</script>", "</html>", "<ul>", "</ul>", "x"])),
    st.sampled_from(["<!doctype html>", "<html>", "<HTML lang=zh>", ""]),
)
def test_any_page_is_whole_or_cut_off(pieces: list[str], start: str) -> None:
    text = start + "".join(pieces)
    try:
        check_end(text)
    except TruncatedError:
        assert start
    else:
        assert not start or "</html>" in text
