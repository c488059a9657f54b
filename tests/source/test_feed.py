"""The mirror's feed: the newest posts of all categories, those too that no list shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsarchive.source import mirror
from newsarchive.source.understanding import NotUnderstoodError

FIXTURES = Path(__file__).parents[1] / "fixtures"
LINK = "/kejiribao/2022/03/01/NW202203012340000100.html"


def saved(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def test_the_feed_shows_posts_without_tag_or_category_too() -> None:
    entries, refused = mirror.feed(saved("2022-03-01-feed.xml"))
    bare = next(entry for entry in entries if str(entry.link.name) == "NW202203012340000208")
    spaced = next(entry for entry in entries if str(entry.link.name) == "NW202203012340000200")

    assert refused == ()
    assert len(entries) == 10
    assert (bare.terms, bare.link.segments) == ((), ())
    assert "21世纪经济报道" in spaced.terms
    assert "21财经APP新闻" in spaced.terms


def test_an_entry_of_the_feed_that_is_no_articles_is_refused_with_a_sentence() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title></entry>'
        '<entry><link rel="alternate" href="https://evil.example/a"/></entry></feed>'
    )

    entries, refused = mirror.feed(atom.encode())

    assert entries == ()
    assert refused[0] == "the link '' is no article's"
    assert "'https://evil.example/a'" in refused[1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<feed",
        b"<feed/>",
        b"<?xml version='1.0' encoding='nonsense'?><feed/>",
        b"<rss><channel/></rss>",
        saved("2022-03-01-home.html"),
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><feed>&a;</feed>",
    ],
)
def test_what_is_no_atom_is_no_feed(content: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        mirror.feed(content)


def test_a_feed_never_reads_a_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kept to itself")
    atom = (
        f'<!DOCTYPE feed [<!ENTITY x SYSTEM "{secret.as_uri()}">]><feed xmlns="http://www.w3.org/2005/Atom"><entry>'
        f'<title>&x;</title><link rel="alternate" href="{LINK}"/></entry></feed>'
    )

    with pytest.raises(NotUnderstoodError, match="it declares a document type") as refused:
        mirror.feed(atom.encode())

    assert "kept to itself" not in str(refused.value)
