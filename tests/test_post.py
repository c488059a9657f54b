"""How an article is written as a post, where it goes, and that it comes back from there."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from newsarchive import post
from newsarchive.article import Refused
from tests.post_cases import (
    ANY,
    BODIES,
    LINE,
    NAMES,
    NEWSPAPER,
    NEWSPAPER_POST,
    ROLLING,
    ROLLING_POST,
    STABLE,
    TWO_LINES,
    front_matter,
    through_a_file,
    yaml_values,
)


def test_a_newspaper_post_is_written_as_the_mirror_wrote_it() -> None:
    assert post.render(NEWSPAPER).decode() == NEWSPAPER_POST


def test_a_rolling_post_has_its_digest_its_own_link_and_its_own_back_link() -> None:
    assert post.render(ROLLING).decode() == ROLLING_POST


def test_the_documentation_shows_what_is_written() -> None:
    shown = (Path(__file__).parents[1] / "docs" / "format.md").read_text()
    for written in (NEWSPAPER_POST, ROLLING_POST):
        assert f"\n```\n{written}\n```\n" in shown


def test_a_newspaper_post_links_to_the_public_share_page_wherever_it_came_from() -> None:
    assert post.render(replace(NEWSPAPER, link="http://127.0.0.1:8000/x")).decode() == NEWSPAPER_POST


def test_a_rolling_post_without_digest_begins_with_its_body() -> None:
    assert "\n---\n<p>第一段。" in post.render(replace(ROLLING, digest=" ")).decode()


def test_a_rolling_post_without_link_has_empty_brackets() -> None:
    assert "\n\n<>\n\n[返回东财滚动新闻]" in post.render(replace(ROLLING, link="")).decode()


def test_line_breaks_in_a_digest_become_one_space() -> None:
    text = post.render(replace(ROLLING, digest="\n第一行。\r\n  \n第二行。\n")).decode()
    assert "\n---\n> 第一行。 第二行。\n\n<p>" in text


def test_characters_that_would_end_a_link_are_percent_encoded() -> None:
    text = post.render(replace(ROLLING, link="http://a.example/<b> c")).decode()
    assert "\n\n<http://a.example/%3Cb%3E%20c>\n\n" in text


def test_halves_of_a_character_are_joined_or_become_the_replacement_character() -> None:
    text = post.render(replace(ROLLING, title="a\ud83d", digest="b\udcc8", body="<p>\ud83d\udcc8</p>")).decode()
    assert 'title: "a\ufffd"' in text
    assert "> b\ufffd\n" in text
    assert "<p>📈</p>" in text


@pytest.mark.parametrize("body", ["<p>{{ x }}</p>", "<p>{%</p>", "{% raw %}", "{% endraw %}"])
def test_a_text_jekyll_would_take_for_liquid_says_that_it_is_none(body: str) -> None:
    content = post.render(replace(NEWSPAPER, body=body))
    assert front_matter(content).endswith("\ntags: 城北日报新闻\nrender_with_liquid: false")
    assert f"\n---\n{body}\n\n<http" in content.decode()


def test_a_digest_with_liquid_says_so_too() -> None:
    assert b"render_with_liquid: false" in post.render(replace(ROLLING, digest="{{ x }}"))


def test_an_ordinary_post_has_no_line_about_liquid() -> None:
    assert b"liquid" not in post.render(replace(NEWSPAPER, title="{{ x }}", body="<p>{ a } 50% }</p>"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": ""}, "the title is empty"),
        ({"title": " \u3000"}, "the title is empty"),
        ({"body": " \n"}, "there is no body"),
        ({"category": ""}, "cannot be a category"),
        ({"category": "a\nb"}, "cannot be a category"),
        ({"tag": "\x00"}, "cannot be a tag"),
        ({"date": "2022-03-04 09:10:11"}, "is no normalised date"),
        ({"date": "2022-02-30 09:10:11 +0800"}, "is no normalised date"),
        ({"date": "2022-03-04 24:10:11 +0800"}, "is no normalised date"),
        ({"date": "2022-03-04 09:10:11 +0000"}, "is no normalised date"),
        ({"date": "2022-03-04 09:10:11 +0800\n"}, "is no normalised date"),
        ({"date": ""}, "is no normalised date"),
    ],
)
def test_an_article_that_cannot_become_a_post_is_refused_by_name(change: dict[str, str], reason: str) -> None:
    with pytest.raises(post.PostError, match=rf"^NW202203041300000001: .*{reason}"):
        post.render(replace(NEWSPAPER, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("link", ["a/1.html", "javascript:alert(1)", "http:/x", "//"])
def test_a_link_that_is_no_absolute_url_is_refused(link: str) -> None:
    with pytest.raises(post.PostError, match=r"^202203041300000001: the link .* is no absolute URL"):
        post.render(replace(ROLLING, link=link))


def test_a_post_is_named_after_its_day_and_its_article() -> None:
    assert post.file_name(NEWSPAPER) == "2022-03-04-NW202203041300000001.md"
    assert post.file_name(ROLLING) == "2022-03-04-202203041300000001.md"


def test_a_post_lies_in_the_folder_of_its_month() -> None:
    assert post.relative_path(NEWSPAPER) == PurePosixPath("_posts/2022/03/2022-03-04-NW202203041300000001.md")


@pytest.mark.parametrize("day", ["../../../etc", "2022-13-01", "20220304", "２０２２-03-04", ""])
def test_no_path_is_made_of_a_date_that_is_not_normalised(day: str) -> None:
    for place in (post.file_name, post.relative_path):
        with pytest.raises(Refused, match="is no normalised date"):
            place(replace(NEWSPAPER, date=f"{day} 09:10:11 +0800"))


def test_an_article_comes_back_from_its_post() -> None:
    assert through_a_file(NEWSPAPER) == NEWSPAPER
    assert through_a_file(ROLLING) == ROLLING


@STABLE
@given(title=ANY.filter(str.strip), body=BODIES)
def test_every_title_and_body_of_a_newspaper_comes_back(title: str, body: str) -> None:
    article = replace(NEWSPAPER, title=title, body=body)
    assert through_a_file(article) == article


@STABLE
@given(digest=LINE.filter(str.strip), body=st.one_of(st.just(""), BODIES))
def test_every_digest_and_body_of_rolling_news_comes_back(digest: str, body: str) -> None:
    article = replace(ROLLING, digest=digest, body=body)
    assert through_a_file(article) == article


@STABLE
@given(category=NAMES, tag=NAMES)
def test_every_category_and_tag_comes_back(category: str, tag: str) -> None:
    article = replace(NEWSPAPER, category=category, tag=tag)
    assert through_a_file(article) == article
    values = yaml_values(post.render(article), yaml.SafeLoader)
    assert (values["categories"], values["tags"]) == (category, tag)


@STABLE
@given(body=BODIES)
def test_rolling_news_without_digest_or_link_comes_back_unless_its_body_begins_like_a_digest(body: str) -> None:
    line, _, rest = body.partition("\n")
    assume(not (line.startswith(">") and rest.startswith("\n")))
    article = replace(ROLLING, digest="", link="", body=body)
    assert through_a_file(article) == article


def test_a_body_that_begins_like_a_digest_is_the_one_thing_that_cannot_be_told() -> None:
    article = through_a_file(replace(ROLLING, digest="", body="> quoted\n\n<p>a</p>"))
    assert (article.digest, article.body) == ("quoted", "<p>a</p>")


def test_a_body_that_ends_like_a_foot_is_still_body() -> None:
    body = f"<p>a</p>{TWO_LINES}"
    assert through_a_file(replace(ROLLING, body=body)).body == body
