"""Titles and names mean the same to every YAML parser, and python-frontmatter gives our posts back."""

import timeit
from dataclasses import replace

import frontmatter
import pytest
import yaml

from newsarchive import post
from newsarchive.article import Article
from tests.post_cases import (
    HARD_NAMES,
    HARD_TITLES,
    NEWSPAPER,
    NEWSPAPER_POST,
    OLDEST,
    PLAIN_NAMES,
    QUOTED_NAMES,
    ROLLING,
    front_matter,
    loaders,
    yaml_values,
)


@pytest.mark.parametrize("title", HARD_TITLES, ids=lambda title: ascii(title)[:30])
def test_a_hard_title_is_read_back_by_every_yaml_parser_and_stays_on_one_line(title: str) -> None:
    if not title.strip():
        title = f"a{title}"
    content = post.render(replace(NEWSPAPER, title=title))
    assert len(front_matter(content).splitlines()) == 5
    for loader in loaders():
        assert yaml_values(content, loader)["title"] == title, loader
    assert post.read(content, post.file_name(NEWSPAPER)).title == title


def test_what_can_be_read_is_left_readable_in_a_title() -> None:
    assert b'\ntitle: "\xe6\xb6\xa8\xf0\x9f\x93\x88 a\xc2\xa0b \\"c\\" \\\\ \\t\\x85\\u2028"\n' in post.render(
        replace(NEWSPAPER, title='涨📈 a\xa0b "c" \\ \t\x85\u2028')
    )


@pytest.mark.parametrize("name", PLAIN_NAMES, ids=ascii)
def test_a_name_that_yaml_reads_as_itself_is_written_plain(name: str) -> None:
    lines = post.render(replace(NEWSPAPER, category=name, tag=name)).decode().split("\n")
    assert lines[4:6] == [f"categories: {name}", f"tags: {name}"]


@pytest.mark.parametrize("name", QUOTED_NAMES, ids=ascii)
def test_a_name_that_yaml_would_read_as_something_else_is_quoted(name: str) -> None:
    lines = post.render(replace(NEWSPAPER, category=name, tag=name)).decode().split("\n")
    assert lines[4].startswith('categories: "')
    assert lines[5].startswith('tags: "')


@pytest.mark.parametrize("name", HARD_NAMES, ids=ascii)
def test_a_name_stays_the_same_string_whatever_types_a_parser_knows(name: str) -> None:
    content = post.render(replace(NEWSPAPER, category=name, tag=name))
    for loader in [*loaders(), yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]:
        values = yaml_values(content, loader)
        assert (values["categories"], values["tags"]) == (name, name), loader


@pytest.mark.parametrize("article", [NEWSPAPER, ROLLING, replace(NEWSPAPER, body="\n {{ x }} \n", title='"\u2028"')])
def test_python_frontmatter_gives_our_posts_back_byte_for_byte(article: Article) -> None:
    text = post.render(article).decode()
    loaded = frontmatter.loads(text, handler=post.PostHandler())
    assert loaded["title"] == article.title
    assert loaded["date"] == article.date
    assert type(loaded.content) is str
    assert loaded.content.startswith(
        post.read(text.encode(), post.file_name(article)).body[:1] if not article.digest else "> "
    )
    assert frontmatter.dumps(loaded, handler=post.PostHandler()) == text


def test_python_frontmatter_gives_the_oldest_posts_back_but_for_the_ends_of_the_file() -> None:
    loaded = frontmatter.loads(OLDEST, handler=post.PostHandler())
    assert loaded.content.startswith("\n新桥通车")
    assert frontmatter.dumps(loaded) == OLDEST.strip("\n")


def test_a_title_changed_through_python_frontmatter_is_escaped() -> None:
    loaded = frontmatter.loads(NEWSPAPER_POST, handler=post.PostHandler())
    loaded["title"] = 'a "b"'
    loaded["tags"] = "true"
    loaded["pinned"] = True
    loaded["also"] = ["x", 1]
    text = frontmatter.dumps(loaded)
    assert text.startswith('---\nlayout: post\ntitle: "a \\"b\\""\ndate: 2022-03-04 09:10:11 +0800\n')
    assert '\ntags: "true"\npinned: true\nalso: ["x", 1]\n---\n<p>' in text


def test_a_text_without_front_matter_is_all_content_to_python_frontmatter() -> None:
    assert frontmatter.loads("a: b", handler=post.PostHandler()).metadata == {}
    assert frontmatter.loads("---\n- a\n---\nb", handler=post.PostHandler()).metadata == {}


def test_rendering_is_much_faster_than_python_frontmatters_own_dumps() -> None:
    plain = frontmatter.loads(NEWSPAPER_POST)
    ours = min(timeit.repeat(lambda: post.render(NEWSPAPER), number=200, repeat=7))
    theirs = min(timeit.repeat(lambda: frontmatter.dumps(plain), number=200, repeat=7))
    assert theirs > 3 * ours, f"only {theirs / ours:.1f} times as fast; 5 to 7 on a quiet machine"
