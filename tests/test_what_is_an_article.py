"""What is an article and what is not, end to end: flashes and notices, encodings, digests, titles."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsarchive import post
from newsarchive.replica.compose import NOW
from tests.conftest import Crawl
from tests.notices import FLASHES, WALLS
from tests.serving import Page, pages

OK, INCOMPLETE, SOURCE_CHANGED = 0, 3, 4
NewCrawl = Callable[[str, Path], Crawl]
DAY = "2022/03/03"


def code_of(number: int) -> str:
    return f"NW20220303{number:010}"


def home_of(titles: dict[str, str], head: str = "") -> str:
    """Give a home page and category page in one: a list of one newspaper's articles, by code."""
    links = "".join(f'<li><a href="/kejiribao/{DAY}/{code}.html">{title}</a></li>\n' for code, title in titles.items())
    section = f'<section><h2 id="x">科技日报新闻</h2>\n<ul>{links}</ul></section>'
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>{section}</body></html>"


def source(home: str | bytes | Page, answers: dict[str, Any]) -> dict[str, str | bytes | Page]:
    """Give all pages of a source: its list, and each article's answer as JSON, or as it is."""
    served: dict[str, str | bytes | Page] = {"/": home, "/category/kejiribao.html": home}
    for code, said in answers.items():
        is_ready = isinstance(said, str | bytes | Page)
        content = said if is_ready else json.dumps(said, ensure_ascii=False)
        served[f"/NewsData/GetNewsText.do?id={code}"] = content
    return served


def article(code: str, text: str, title: str = "城北新桥今日通车", **fields: Any) -> dict[str, Any]:
    said = {"Id": code, "newsid": code[2:], "Title": title, "Date": "2022-03-03 09:10:11", "From": "科技日报"}
    return {**said, "text": text, **fields}


def texts(crawl: Crawl) -> dict[str, post.Post]:
    """Give the archived posts by name."""
    found = (post.read(content, Path(path).name) for path, content in crawl.posts().items())
    return {str(one.name): one for one in found}


def made_again_alike(crawl: Crawl) -> bool:
    checked = crawl.rebuild("--check")
    assert checked.code == 0, checked
    return True


def test_a_flash_is_archived_and_a_notice_is_not_whatever_words_they_have(new_crawl: NewCrawl, tmp_path: Path) -> None:
    flashes = {code_of(number): text for number, text in enumerate(FLASHES, 1)}
    walls = {code_of(number): text for number, text in enumerate(WALLS, 1001)}
    answers = {code: article(code, f"<p>　　{text}</p>") for code, text in flashes.items()}
    for number, (code, text) in enumerate(walls.items()):
        dressed = article(code, f"<p>{text}</p>" if number % 4 else text)
        answers[code] = dressed if number % 2 else {"code": 405, "message": "blocked", "text": f"<p>{text}</p>"}
    titles = dict.fromkeys(answers, "城北新桥今日通车")

    with pages(source(home_of(titles), answers)) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        ended = crawl("finews", GIVE_UP_AFTER=0)  # a service of so many notices would be left alone

    assert ended.code == SOURCE_CHANGED, ended
    archived = texts(crawl)
    assert {name: one.body for name, one in archived.items()} == {c: f"<p>{text}</p>" for c, text in flashes.items()}
    failures = crawl.last_run()["failures"]
    assert {failure["what"] for failure in failures} == walls.keys()
    assert all(failure["kind"] == "not understood" and failure["capture"] for failure in failures), failures
    assert made_again_alike(crawl)


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 405, "message": "blocked", "text": "<p>城北新桥今日通车，市民步行往返。</p>"},
        {"success": False, "text": "<p>正文一段，谁的也不知道。</p>", "content": "<p>正文一段。</p>"},
        {"Id": "", "Title": " ", "Date": "", "text": "<p>正文一段。</p>"},
        {"Id": code_of(9), "Title": "别的文章", "Date": "2022-03-03 09:10:11", "text": "<p>正文。</p>"},
        {"newsid": code_of(9)[2:], "Title": "别的文章", "text": "<p>正文。</p>"},
        {"Title": "别的", "url": f"http://finance.eastmoney.com/a/{code_of(9)[2:]}.html", "text": "<p>正文。</p>"},
        {
            "Title": "系统错误",
            "Date": "2022-03-03 09:10:11",
            "From": "科技日报",
            "text": "<p>编号 7f3a，请联系他们。</p>",
        },
        {"Title": "Error", "Date": "2022-03-03 09:10:11", "text": "<p>Traceback: line 3</p>"},
    ],
)
def test_an_answer_that_does_not_say_it_is_the_article_never_becomes_its_text(
    answer: dict[str, Any], new_crawl: NewCrawl, tmp_path: Path
) -> None:
    code = code_of(1)
    with pages(source(home_of({code: "城北新桥今日通车"}), {code: answer})) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        assert (crawl("finews").code, crawl.posts()) == (SOURCE_CHANGED, {})
        last_chance = (NOW + timedelta(hours=50)).isoformat()  # a lesser road would be taken now
        assert crawl("finews", NEWSARCHIVE_CLOCK=last_chance).code in {INCOMPLETE, SOURCE_CHANGED}
        assert crawl.posts() == {}


def test_a_broken_byte_spoils_no_page_and_is_named_with_its_place(new_crawl: NewCrawl, tmp_path: Path) -> None:
    titles = {code_of(number): f"第{number}座桥通车" for number in (1, 2, 3)}
    answers = {code: article(code, f"<p>{title}。</p>", title) for code, title in titles.items()}
    clean, cut = home_of(titles), "城北🌉".encode()[:-1]
    broken = clean.encode().replace("第2座桥".encode(), cut)
    torn = (
        json.dumps(answers[code_of(3)], ensure_ascii=False)
        .encode()
        .replace("桥通车。".encode(), b"\xe6\xa1" + "通车。".encode())
    )
    served, asked = source(broken, {**answers, code_of(3): torn}), list[tuple[str, str]]()

    with pages(served, asked) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        ended = crawl("finews")

        assert ended.code == SOURCE_CHANGED, ended
        archived = texts(crawl)
        assert archived.keys() == titles.keys(), "every article of the page is seen"
        assert archived[code_of(2)].title == "第2座桥通车", "the article's own answer has its title whole"
        assert archived[code_of(3)].body == "<p>第3座\ufffd通车。</p>"
        page, text = crawl.last_run()["failures"]
        assert page["what"] == url
        assert f"at byte {broken.index(cut) + 6}" in page["reason"]
        assert "城北\ufffd通车" in page["reason"]
        assert (text["what"], page["capture"] != "", text["capture"] != "") == (code_of(3), True, True)
        assert made_again_alike(crawl)

        served |= source(clean, answers)
        asked.clear()
        healed = crawl("finews")

    assert healed.code == OK, healed
    assert asked[0] == ("/", ""), "what could not all be read is not asked for with its ETag"
    assert texts(crawl)[code_of(3)].body == "<p>第3座桥通车。</p>"
    assert len(list((tmp_path / "archive" / "revisions").rglob("*.md"))) == 1, "what was archived before is kept"
    assert made_again_alike(crawl)


def test_a_category_page_with_a_broken_byte_is_read_and_asked_for_again(new_crawl: NewCrawl, tmp_path: Path) -> None:
    titles = {code_of(number): f"第{number}座桥通车" for number in range(1, 9)}
    answers = {code: article(code, f"<p>{title}。</p>", title) for code, title in titles.items()}
    whole, last = home_of(titles), code_of(8)
    served = source(home_of(dict(list(titles.items())[:5])), answers)
    served["/category/kejiribao.html"] = whole.encode().replace(last.encode(), last.encode()[:-1] + b"\xe6")

    with pages(served) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        assert crawl("finews").code == SOURCE_CHANGED
        assert texts(crawl).keys() == titles.keys() - {last}, "the link that is broken is nobody's"
        assert made_again_alike(crawl)
        served["/category/kejiribao.html"] = whole
        healed = crawl("finews")

    assert healed.code == OK, healed
    assert texts(crawl).keys() == titles.keys()
    assert made_again_alike(crawl)


def test_a_category_page_cut_within_a_character_is_cut_off_and_not_misread(new_crawl: NewCrawl, tmp_path: Path) -> None:
    titles = {code_of(number): f"第{number}座桥通车" for number in range(1, 9)}
    whole = home_of(titles).encode()
    served = source(home_of(dict(list(titles.items())[:5])), {})
    served["/category/kejiribao.html"] = whole[: whole.rindex("桥".encode()) + 2]

    with pages(served) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        crawl("finews", RETRY_TIMES=0)

    about_list = [one for one in crawl.last_run()["failures"] if "/category/" in one["what"]]
    assert [one["kind"] for one in about_list] == ["not fetched"], about_list


@pytest.mark.parametrize(
    ("head", "content_type", "encoding"),
    [
        ("", "text/html; charset=GB18030", "gb18030"),
        ('<meta charset="gbk">', "text/html", "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "", "gb18030"),
        ('<meta charset="gbk">', "text/html; charset=gbk", "utf-8"),
        ('<meta charset="utf-8">', "text/html; charset=utf-8", "gb18030"),
        ("", "", "utf-16"),
    ],
)
def test_every_declared_encoding_is_read_and_a_false_one_not_believed(
    head: str, content_type: str, encoding: str, new_crawl: NewCrawl, tmp_path: Path
) -> None:
    code, title = code_of(1), "城北新桥今日通车"
    home = Page(content_type, home_of({code: title}, head).encode(encoding))
    answer = json.dumps(article(code, f"<p>　　{title}。\r\n</p>", title), ensure_ascii=False)
    json_type = content_type.replace("text/html", "application/json") or "application/json; charset=" + encoding
    asked = list[tuple[str, str]]()

    with pages(source(home, {code: Page(json_type, answer.encode(encoding))}), asked) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        ended = crawl("finews", "since=2022-03-01")
        crawl("finews")

    archived = texts(crawl)[code]
    assert (archived.title, archived.body) == (title, f"<p>{title}。\n</p>"), ended
    assert made_again_alike(crawl)
    assert ended.code == OK, ended
    assert asked[-1] == ("/", '"1"'), "a page that was read has its validators kept"


def test_controls_in_a_string_are_read_and_a_title_is_one_line(new_crawl: NewCrawl, tmp_path: Path) -> None:
    code = code_of(1)
    said = json.dumps(article(code, "<p>一\n二</p>", "城北\x07新桥\n今日\u2028通车\x85\x9f")).replace("\\n", "\n")
    said = said.replace("\\u0007", "\x07")

    with pages(source(home_of({code: "x"}), {code: said})) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        ended = crawl("finews")

    assert ended.code == OK, ended
    assert texts(crawl)[code].title == "城北 新桥 今日 通车"
    assert texts(crawl)[code].body == "<p>一\n二</p>"
    assert made_again_alike(crawl)
