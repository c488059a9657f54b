"""The replica as files, and the saved copy of the real source beside it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from newsarchive.replica import pages, share
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.copies import write_copy
from newsarchive.replica.kramdown import page_body
from newsarchive.replica.piece import CHINA, Era, Piece, named
from newsarchive.replica.site import Site

SAMPLE = Path(os.environ.get("NEWSARCHIVE_SAMPLE") or Path(__file__).parents[3] / "shared/source/dev")


def test_a_copy_has_site_api_and_posts(tmp_path: Path) -> None:
    pieces = compose(days=1, per_day=20)
    write_copy(tmp_path, pieces, NOW)
    site = Site(tuple(pieces), NOW)

    assert (tmp_path / "site/index.html").read_bytes() == pages.home(site)
    assert (tmp_path / "site/emnews/index.html").read_bytes() == pages.rolling(site)
    assert (tmp_path / "site/404.html").read_bytes() == pages.missing()
    assert (tmp_path / "site/category/21shijijingjibaodao 21caijingAPP.html").is_file()
    assert len([*(tmp_path / "_posts").iterdir()]) == len(pieces)
    for piece in pieces:
        assert (tmp_path / "_posts" / piece.file_name).read_bytes() == piece.post()
        assert (tmp_path / "api" / f"{piece.code}.json").is_file()
    nameless = named(pieces, "nameless")[0]
    assert (tmp_path / "_posts" / f"-{nameless.number}.md").is_file()


def test_a_copy_holds_nothing_of_the_future(tmp_path: Path) -> None:
    pieces = compose()
    noon = NOW.replace(day=2, hour=12)
    write_copy(tmp_path, pieces, noon)

    assert len([*(tmp_path / "_posts").iterdir()]) == sum(piece.published <= noon for piece in pieces)


@dataclass(frozen=True)
class Sampled:
    """A post of the real mirror, and the piece that says the same."""

    file: Path
    piece: Piece


def sampled() -> list[Sampled]:
    return [Sampled(file, _piece(file)) for file in sorted((SAMPLE / "_posts").glob("*.md"))] if SAMPLE.is_dir() else []


def _piece(file: Path) -> Piece:
    """Make a piece of what the share host and the front of a real post say."""
    post = file.read_text()
    name = file.stem.rpartition("-")[2]
    said = json.loads((SAMPLE / "api" / f"NW{name.removeprefix('NW')}.json").read_text())
    date = re.search(r"^date: ([\d: -]{19})(?P<zone> \+0800)?$", post, re.MULTILINE)
    era = Era.CURRENT
    if date is None:
        era = Era.NAMELESS
    elif "[返回首页](../)" in post:
        era = Era.DECEMBER
    elif "返回首页" not in post:
        era = Era.DECEMBER_ZONED if date["zone"] else Era.DECEMBER_BARE
    body = post.split("\n---\n", 1)[1]
    link = re.search(r"^<([^>\s]*)>$", body, re.MULTILINE)
    return Piece(
        number=name.removeprefix("NW"),
        rolling=not name.startswith("NW"),
        newspaper=said["medianame"],
        title=said["Title"] if era is not Era.NAMELESS else "",
        published=datetime.strptime(date[1] if date else said["Date"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA),
        text=said["text"],
        content=said.get("content", ""),
        digest=body.strip().split("\n\n")[0].removeprefix("> "),
        link=link[1] if link else "",
        era=era,
    )


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="no sample: set NEWSARCHIVE_SAMPLE to a saved copy of the source")
class TestBesideTheRealSource:
    def test_the_posts_are_the_mirrors_to_the_last_byte(self) -> None:
        for real in sampled():
            assert real.piece.post().decode() == real.file.read_text(), real.file.name

    def test_the_bodies_of_the_pages_are_the_mirrors(self) -> None:
        for real in sampled():
            if real.piece.rendered:
                path = Site((real.piece,), real.piece.shown).url(real.piece)
                page = (SAMPLE / "site" / path.lstrip("/")).read_text()
                assert page_body(real.piece.markdown()) in page, real.file.name

    def test_the_json_has_the_same_fields(self) -> None:
        ours = json.loads(share.answer(compose(days=1, per_day=1, odd=False)[0]))
        for file in (SAMPLE / "api").glob("*.json"):
            said = json.loads(file.read_text())
            assert ours.keys() - {"content"} == said.keys() - {"content"}, file.name
            assert [type(said[key]) for key in said] == [type(ours[key]) for key in said], file.name

    @pytest.mark.parametrize(
        ("path", "marks"),
        [
            ("/", r"<h2|</h2>|<ul>|</ul>|<hr />"),
            ("/category/kejiribao.html", r"<h2|</h2>|<ul>|</ul>"),
            ("/emnews/", r'<ul>|</ul>|target="_blank"'),
            ("/404.html", r"<h2 .*</h2>"),
        ],
    )
    def test_the_pages_are_built_alike(self, path: str, marks: str) -> None:
        """Each page's markup between ``<section>`` and ``</section>``, with everything repeated taken once."""
        real = (SAMPLE / "site" / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))).read_text()
        ours = pages.page(Site(tuple(compose()), NOW), path)
        assert ours is not None

        assert _skeleton(ours.decode(), marks) == _skeleton(real, marks)


def _skeleton(page: str, marks: str) -> set[str]:
    return set(re.findall(marks, page.partition("<section>")[2].partition("</section>")[0]))
