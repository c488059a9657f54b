"""Every post of every period comes back with the same bytes; what is no post is refused by name."""

import os
import re
from dataclasses import replace
from pathlib import Path

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive import post
from newsarchive.article import ROLLING_TAG, Name
from tests.post_cases import (
    ANY,
    BODIES,
    LINE,
    NAMES,
    NEWSPAPER,
    NEWSPAPER_POST,
    OLD_NAME,
    OLDEST,
    ROLLING,
    ROLLING_POST,
    STABLE,
    TWO_LINES,
)

SAMPLE = Path(os.environ.get("NEWSARCHIVE_SAMPLE") or Path(__file__).resolve().parents[2] / "shared" / "source" / "dev")


def test_the_oldest_form_is_understood() -> None:
    found = post.read(OLDEST.encode(), OLD_NAME)
    assert found.day == "2021-12-08"
    assert found.name == Name("202112081000000001", rolling=True)
    assert (found.title, found.date) == ("城北新桥今日通车", "2021-12-08 10:46:18")
    assert (found.layout, found.categories, found.tags, found.extra) == ("post", "emnews", ROLLING_TAG, ())
    assert (found.digest, found.body) == ("", "新桥通车，往返只要十分钟。")
    assert found.link == "http://finance.eastmoney.com/news/1353,202112081000000001.html"
    assert found.back_links == ()
    assert post.dump(found) == OLDEST.encode()
    assert post.to_article(found).date == "2021-12-08 10:46:18 +0800"


def test_back_links_on_two_lines_and_an_empty_link_are_understood() -> None:
    found = post.read((OLDEST.partition("\n\n<")[0] + TWO_LINES).encode(), OLD_NAME)
    assert found.body == "新桥通车，往返只要十分钟。"
    assert found.link == ""
    assert found.back_links == (("返回东财滚动新闻", "../emnews/"), ("返回首页", "../"))


def test_an_empty_digest_that_was_written_is_no_part_of_the_body() -> None:
    content = ROLLING_POST.replace("> 新桥通车，往返只要十分钟。", "> ").encode()
    found = post.read(content, post.file_name(ROLLING))
    assert (found.digest, found.body) == ("", ROLLING.body)
    assert post.dump(found) == content


def test_rolling_news_may_have_a_digest_and_nothing_else() -> None:
    content = ROLLING_POST.replace(ROLLING.body, "").encode()
    assert post.to_article(post.read(content, post.file_name(ROLLING))) == replace(ROLLING, body="")


def test_back_links_of_a_category_with_parentheses_are_understood() -> None:
    content = post.render(replace(NEWSPAPER, category="a(b) c", tag="甲(乙)新闻"))
    assert post.read(content, post.file_name(NEWSPAPER)).back_links == (
        ("返回甲(乙)新闻", "//finews.withounder.com/category/a(b) c.html"),
        ("返回首页", "//finews.withounder.com/"),
    )


def test_windows_line_ends_are_understood_and_kept() -> None:
    content = ROLLING_POST.replace("\n", "\r\n").encode()
    found = post.read(content, post.file_name(ROLLING))
    assert post.to_article(found) == ROLLING
    assert post.dump(found) == content


def test_a_line_that_says_there_is_no_liquid_is_kept_among_the_others() -> None:
    content = post.render(replace(NEWSPAPER, body="{{ x }}"))
    assert post.read(content, post.file_name(NEWSPAPER)).extra == (("render_with_liquid", "false"),)


@STABLE
@given(title=ANY.filter(str.strip), digest=LINE.filter(str.strip), tag=NAMES, body=BODIES)
def test_every_rendered_post_is_dumped_as_it_was(title: str, digest: str, tag: str, body: str) -> None:
    for article in (NEWSPAPER, ROLLING):
        article = replace(article, title=title, digest=digest, tag=tag, body=body)  # noqa: PLW2901 - a variant of it
        content = post.render(article)
        assert post.dump(post.read(content, post.file_name(article))) == content


@STABLE
@given(
    lead=st.sampled_from(["", "\n", "\n\n", "\ufeff"]),
    date=st.sampled_from(["2021-12-08 10:46:18", "2021-12-08 10:46:18 +0800", '"2021-12-08 10:46:18"']),
    gap=st.sampled_from(["", "\n", "\n\n"]),
    digest=st.sampled_from(["", "> a\n\n", "> a\n> b\n\n", "> \n\n", ">\n\n"]),
    body=BODIES.map("<p>{}</p>".format),
    foot=st.sampled_from(
        ["", "\n\n<>", "\n\n<http://a.example/1>", "\n\n[返回首页](../)", TWO_LINES, NEWSPAPER_POST[-90:]]
    ),
    end=st.sampled_from(["", "\n", "\n\n", " "]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_a_post_of_any_period_is_dumped_as_it_was(**piece: str) -> None:
    head = f"{piece['lead']}---\nlayout: post\ntitle: 'a'\ndate: {piece['date']}\ncategories: [a, b]\nx: y\n---\n"
    text = head + "".join(piece[name] for name in ("gap", "digest", "body", "foot", "end"))
    content = text.replace("\n", piece["newline"]).encode()
    found = post.read(content, OLD_NAME)
    assert post.dump(found) == content
    assert (found.title, found.categories, found.extra) == ("a", "a b", (("x", "y"),))


NAME = "2022-03-04-NW202203041300000001.md"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("---\nlayout", "layout", "the front matter is missing"),
        (NEWSPAPER_POST, "", "the front matter is missing"),
        ("\n---\n<p>", "\n<p>", "the front matter does not end"),
        ('"城北新桥今日通车"', '""', "the title is empty"),
        ('"城北新桥今日通车"', "", "the title is empty"),
        ('title: "城北新桥今日通车"\n', "", "the title is missing"),
        ("date: 2022-03-04 09:10:11 +0800\n", "", "the date is missing"),
        ("2022-03-04 09:10:11 +0800", "", "the date is empty"),
        ("layout: post\n", f"layout: {'x' * 2_000_000}\n", "the front matter is too long"),
        ("</p>\n\n<http", "</p>" + "\0" * 4096 + "\n\n<http", "NUL bytes within its text"),
        (NEWSPAPER_POST, NEWSPAPER_POST + "\0" * 100 + "\n", "100 NUL bytes behind its text"),
        (NEWSPAPER_POST, "\0" * 4096, "NUL bytes and nothing else"),
        ("2022-03-04 09:10:11 +0800", " +0800", "is no date"),
        ("2022-03-04 09:10:11 +0800", "2022-02-30 09:10:11", "does not exist"),
        ("2022-03-04 09:10:11 +0800", "2022-03-05 09:10:11", "the name says 2022-03-04, the date '2022-03-05"),
        (NEWSPAPER_POST[NEWSPAPER_POST.index("\n<p>") :], "", "there is no body"),
        ("<p>第一段。</p>\n<p>第二段。</p>", "", "there is no body"),
        ("<p>第一段。</p>\n<p>第二段。</p>\n\n", "", "there is no body"),
        ("<p>第一段。</p>\n<p>第二段。</p>", "\n \n", "there is no body"),
    ],
)
def test_a_file_that_is_no_post_is_refused_with_its_name_and_the_reason(old: str, new: str, reason: str) -> None:
    assert old in NEWSPAPER_POST
    with pytest.raises(post.PostError, match=rf"(?s)^{NAME}: .*{reason}"):
        post.read(NEWSPAPER_POST.replace(old, new, 1).encode(), NAME)


TITLE_LINE = 'title: "城北新桥今日通车"\n'


@pytest.mark.parametrize(
    ("old", "new", "title", "fault"),
    [
        (TITLE_LINE, 'title: "城北"新桥"通车"\n', '城北"新桥"通车', r"broken YAML: .*a straight \" or \\ in a title"),
        (TITLE_LINE, 'title: "C:\\Qx"\n', "C:\\Qx", "broken YAML: .*unknown escape"),
        (TITLE_LINE, 'title: "通车\\"\n', "通车\\", "broken YAML"),
        (TITLE_LINE, 'title: ""新桥"通车"\n', '"新桥"通车', "broken YAML"),
        (TITLE_LINE, 'title: "新桥\n', '"新桥', "broken YAML"),
        (TITLE_LINE, 'title: "新桥" 通车\n', '"新桥" 通车', "broken YAML"),
        (TITLE_LINE, "title: 'it's'\n", "it's", "broken YAML"),
        (TITLE_LINE, "title: 快讯: 新桥: 通车\n", "快讯: 新桥: 通车", "broken YAML"),
        (TITLE_LINE, "title: [快讯]新桥\n", "[快讯]新桥", "broken YAML"),
        (TITLE_LINE, "title: %新桥\n", "%新桥", "broken YAML"),
        (TITLE_LINE, "title: @新桥\n", "@新桥", "broken YAML"),
        (TITLE_LINE, "title: *新桥\n", "*新桥", "broken YAML"),
        (TITLE_LINE, "title: `新桥`\n", "`新桥`", "broken YAML"),
        (TITLE_LINE, "title:\t新桥\n", "新桥", ""),
        (TITLE_LINE, 'title:"新桥"\n', "新桥", "broken YAML"),
        (TITLE_LINE, ' \ttitle: "新桥"\n', "新桥", "broken YAML"),
        (TITLE_LINE, 'title: "新"桥\n通车"\n', '新"桥 通车', "broken YAML"),
        (TITLE_LINE, 'title: "新\x08桥\x1b"\n', "新\x08桥\x1b", "broken YAML"),
        (TITLE_LINE, "title: {a: b}\n", "{a: b}", "'title' in the front matter is neither a text"),
        (TITLE_LINE, "title: #1\n", "#1", "the title is empty"),
        (TITLE_LINE, TITLE_LINE + 'title: "另一个"\n', "另一个", "'title' twice"),
        (TITLE_LINE, TITLE_LINE + 'title: ""\n', "城北新桥今日通车", "'title' twice"),
        ("tags: 城北日报新闻\n", "tags: @城北日报新闻\n", "城北新桥今日通车", "broken YAML"),
        ("layout: post\n", "- a\n", "城北新桥今日通车", "broken YAML"),
        ("layout: post\n", "a: 'b\u2028\u2028\u2028\u2028\u2028\u2028\n", "城北新桥今日通车", "broken YAML"),
        ("layout: post\n", f"layout: {'[' * 50_000}\n", "城北新桥今日通车", "broken YAML: nested too deeply"),
        ("layout: post\n", f"layout: {'[' * 1500}\n", "城北新桥今日通车", "broken YAML"),
        ("layout: post\n", f"layout: {'{a: ' * 1500}\n", "城北新桥今日通车", "broken YAML"),
    ],
)
def test_front_matter_that_no_strict_parser_reads_is_read_and_said_to_be_so(
    old: str, new: str, title: str, fault: str
) -> None:
    assert old in NEWSPAPER_POST
    content = NEWSPAPER_POST.replace(old, new, 1).encode()
    found = post.read(content, NAME)
    assert (found.title, found.date) == (title, "2022-03-04 09:10:11 +0800")
    assert re.search(fault, found.fault), found.fault
    assert post.dump(found) == content


def test_a_post_that_strict_yaml_reads_has_no_fault() -> None:
    assert not post.read(NEWSPAPER_POST.encode(), NAME).fault


@STABLE
@given(title=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r")).filter(str.strip))
def test_whatever_stood_between_the_quotes_the_other_lines_are_read(title: str) -> None:
    content = NEWSPAPER_POST.replace("城北新桥今日通车", title, 1).encode()
    try:
        found = post.read(content, NAME)
    except post.PostError as error:
        assert "the title is empty" in str(error) or "NUL bytes" in str(error)  # noqa: PT017 - some of them only
        return
    assert (found.date, found.tags) == ("2022-03-04 09:10:11 +0800", "城北日报新闻")
    assert post.dump(found) == content
    if '"' in title and found.fault:
        assert found.title == title.strip() or found.title == title


@STABLE
@given(st.text(st.sampled_from("title:date\"'[]{}&*#|>%@`\\ \t\n-?!,x新"), max_size=200))
def test_no_front_matter_raises_anything_but_a_refusal(soup: str) -> None:
    content = NEWSPAPER_POST.replace("layout: post\n", f"{soup}\n", 1).encode()
    try:
        assert post.dump(post.read(content, NAME)) == content
    except post.PostError as error:
        assert str(error).startswith(NAME)  # noqa: PT017 - whatever is refused


def test_a_file_in_another_encoding_is_told_how_to_become_one() -> None:
    with pytest.raises(post.PostError, match="it reads as GB18030, and iconv -f GB18030 -t UTF-8 makes it one"):
        post.read(NEWSPAPER_POST.encode("gb18030"), NAME)
    with pytest.raises(post.PostError, match="it reads as UTF-16"):
        post.read(NEWSPAPER_POST.encode("utf-16"), NAME)


def test_front_matter_with_windows_line_ends_above_a_text_without_is_read() -> None:
    head, _, rest = NEWSPAPER_POST.partition("\n---\n")
    content = (head.replace("\n", "\r\n") + "\r\n---\r\n" + rest).encode()
    found = post.read(content, NAME)
    assert (found.title, found.fault, post.dump(found)) == ("城北新桥今日通车", "", content)


def test_front_matter_that_is_only_a_list_is_refused() -> None:
    with pytest.raises(post.PostError, match="the title is missing; the front matter is not made of keys and values"):
        post.read(b"---\n- a\n---\nb", NAME)


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(post.PostError, match=rf"^{NAME}: it is not UTF-8 \(byte 25"):
        post.read(NEWSPAPER_POST.encode("gbk"), NAME)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "-202205262391921712.md",
            "NW202203041300000001.md",
            "2022-03-04-.md",
            "2022-03-04-a.md",
            "2022-02-30-NW20220304130000.md",
        ),
        *(
            "x/2022-03-04-NW202203041300000001.md",
            "2022-03-04-NW202203041300000001.md\n",
            "2022-03-04-NW202203041300000001.txt",
        ),
        *("2022-3-4-NW202203041300000001.md", "", "../2022-03-04-NW202203041300000001.md"),
    ],
)
def test_a_file_name_without_day_or_code_is_refused(name: str) -> None:
    with pytest.raises(post.PostError, match="the file name is not YYYY-MM-DD-<article code>"):
        post.read(NEWSPAPER_POST.encode(), name)


@pytest.mark.parametrize("written", ["2022-03-05 07:59:59 +0800", "2022-03-04 00:00:00", "2022-03-03 16:00:00 +0800"])
def test_a_day_that_a_shift_of_eight_hours_explains_is_not_refused(written: str) -> None:
    content = NEWSPAPER_POST.replace("2022-03-04 09:10:11 +0800", written).encode()
    assert post.read(content, NAME).date == written


@pytest.mark.sample
@pytest.mark.skipif(not (SAMPLE / "_posts").is_dir(), reason="no sample (NEWSARCHIVE_SAMPLE)")
def test_every_valid_post_of_the_sample_is_dumped_as_it_was_and_the_invalid_one_is_named() -> None:
    refused = []
    for path in sorted((SAMPLE / "_posts").rglob("*.md")):
        content = path.read_bytes()
        try:
            found = post.read(content, path.name)
        except post.PostError as error:
            refused.append(str(error))
            continue
        assert post.dump(found) == content, path.name
        assert found.title, path.name
        assert found.body, path.name
        assert "返回" not in found.body, path.name
        if found.foot.endswith("(//finews.withounder.com/)"):
            assert post.render(post.to_article(found)) == content, path.name
            assert (
                frontmatter.dumps(frontmatter.loads(content.decode(), handler=post.PostHandler())) == content.decode()
            )
    assert refused == ["-202205262391921712.md: the file name is not YYYY-MM-DD-<article code>.md"]
