"""Posts of the store, of every period: the article they hold, or why they hold none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive import post
from newsarchive.article import Name, Origin, Refused
from newsarchive.replica.compose import compose
from newsarchive.replica.piece import Era, Piece, named
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.old_post import file_names, old_post
from newsarchive.source.understanding import NotUnderstoodError

QUICK = settings(max_examples=150, derandomize=True, deadline=None)
PIECES = compose()
PIECE = next(piece for piece in PIECES if not piece.oddity and not piece.rolling)


def in_todays_format(piece: Piece) -> bool:
    return piece.era is Era.CURRENT and "{" not in piece.body


def test_a_post_in_todays_format_comes_out_with_the_stores_bytes() -> None:
    pieces = [piece for piece in PIECES if in_todays_format(piece)]
    different = [
        piece.file_name for piece in pieces if post.render(old_post(piece.post(), piece.file_name)) != piece.archived()
    ]

    assert len(pieces) > 150
    assert different == []


@pytest.mark.parametrize(
    "oddity", ["digest-only", "digest-only-no-back-links", "digest-only-with-zone", "blank-first-line"]
)
def test_a_post_of_december_2021_is_its_digest_in_todays_format(oddity: str) -> None:
    (piece,) = named(PIECES, oddity)
    article = old_post(piece.post(), piece.file_name)
    made = post.render(article)

    assert (article.body, article.date) == (piece.digest, f"{piece.published:%Y-%m-%d %H:%M:%S} +0800")
    assert made.endswith(
        "[返回东财滚动新闻](//finews.withounder.com/emnews/)｜[返回首页](//finews.withounder.com/)".encode()
    )
    assert post.render(old_post(made, piece.file_name)) == made


@pytest.mark.parametrize("oddity", ["quote-in-title", "backslash-in-title"])
def test_a_title_that_breaks_the_yaml_is_read_as_it_was_meant(oddity: str) -> None:
    (piece,) = named(PIECES, oddity)

    assert old_post(piece.post(), piece.file_name).title == piece.title
    assert post.render(old_post(piece.post(), piece.file_name)) == piece.archived()


def test_an_article_from_the_store_says_so() -> None:
    assert old_post(PIECE.post(), PIECE.file_name).origin is Origin.OLD_POST


def test_a_category_of_the_store_that_cannot_stand_is_percent_encoded() -> None:
    article = old_post(changed(f"categories: {PIECE.category}", "categories: ../x#y"), PIECE.file_name)
    assert (article.category, article.tag) == ("%2E%2E%2Fx%23y", PIECE.tag)


def changed(old: str, new: str) -> bytes:
    text = PIECE.post().decode()
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "an empty answer"),
        (b"404: Not Found", "the front matter is missing"),
        (b"<html><body><h1>Sign in</h1></body></html>", "the front matter is missing.*a page headed 'Sign in'"),
        (b"\xff\xfe", "cut off"),
        (PIECE.post().decode()[:60].encode(), "cut off"),
        (PIECE.post().decode()[:250].encode(), "cut off"),
        (changed(f'title: "{PIECE.title}"', 'title: ""'), "the title is empty"),
        (changed(f'title: "{PIECE.title}"\n', "- [x\n"), "the title is missing; .*broken YAML"),
        (changed("date: 2022-", "date: 2021-"), "the name says 2022"),
        (changed(PIECE.code, "NW202203019999999999"), r"another article's \(202203019999999999\)"),
        (changed(f"categories: {PIECE.category}", "categories:"), "cannot be archived: it names no newspaper"),
        (changed(f"tags: {PIECE.tag}", 'tags: " "'), "cannot be archived: it names no newspaper"),
    ],
)
def test_what_is_no_post_or_another_articles_is_refused_by_name(content: bytes, why: str) -> None:
    with pytest.raises(NotUnderstoodError, match=why) as caught:
        old_post(content, PIECE.file_name)

    assert len(str(caught.value)) < 300


@QUICK
@given(st.integers(0, len(PIECE.post())), st.integers(0, 40), st.binary(max_size=12))
def test_no_damage_raises_anything_but_a_refusal(place: int, length: int, instead: bytes) -> None:
    content = PIECE.post()
    try:
        article = old_post(content[:place] + instead + content[place + length :], PIECE.file_name)
    except Refused:
        return
    assert article.name == Name.parse(PIECE.name)


@pytest.mark.parametrize(
    ("link", "said", "names"),
    [
        (
            article_link("/kejiribao/2022/03/01/NW202203012340000100.html"),
            ("2022-03-01 10:00:00",),
            ["2022-03-01-NW202203012340000100.md"],
        ),
        (article_link("/emnews/2022/03/01/202203012340000001.html"), (), ["2022-03-01-202203012340000001.md"]),
        (
            article_link("/emnews/2021/12/09/202112082206672900.html"),
            ("2021-12-08 18:00",),
            ["2021-12-09-202112082206672900.md", "2021-12-08-202112082206672900.md"],
        ),
        (
            ArticleLink(Name("202203012340000100")),
            ("", "昨天", "2022-03-02 00:01:00"),
            [
                "2022-03-02-NW202203012340000100.md",
                "2022-03-01-NW202203012340000100.md",
                "2022-03-02-202203012340000100.md",
                "2022-03-01-202203012340000100.md",
            ],
        ),
        (ArticleLink(Name("202203012340000100", rolling=True)), (), ["2022-03-01-202203012340000100.md"]),
        (ArticleLink(Name("99999999999999")), (), []),
    ],
)
def test_the_names_a_post_may_have(link: ArticleLink, said: tuple[str, ...], names: list[str]) -> None:
    assert file_names(link, said) == names


def test_the_posts_of_the_sample_are_read_and_todays_come_out_with_their_bytes(sample: Path) -> None:
    for path in sorted((sample / "_posts").glob("20*.md")):
        article = old_post(path.read_bytes(), path.name)
        if not path.name.startswith("2021-12"):
            assert post.render(article) == path.read_bytes(), path.name
        assert article.body.strip()
