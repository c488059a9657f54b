"""The replica's pages beside the ones the real Jekyll makes of the same posts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from newsarchive.replica import pages
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.site import Site
from tests.conftest import PATIENCE

pytestmark = pytest.mark.jekyll

CONFIG = """\
lang: zh-CN
title: 金融消息
url: https://finews.withounder.com
timezone: Asia/Shanghai
author: ZNing
time: 2022-03-03 20:00:00 +0800
plugins: [jekyll-feed]
feed: {posts_limit: 1000}
"""
POST_LAYOUT = (
    "---\n---\n<small>{{ page.date | date: '%Y-%m-%d %H:%M:%S' }}</small><h1>{{ page.title }}</h1>"
    "<section>{{ content }}</section><em>{{ page.tags | join: '</em> - <em>' }}</em>"
)
LISTS = (
    "---\n---\n{% for word in site.WHAT %}"
    "{% for post in word[1] %}{{ word[0] }}\t{{ post.url }}\t{{ post.title }}\n{% endfor %}{% endfor %}"
)


@dataclass(frozen=True)
class Built:
    site: Site
    folder: Path

    def read(self, path: str) -> str:
        return (self.folder / path.lstrip("/")).read_text()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    jekyll = shutil.which("jekyll")
    if jekyll is None:
        message = "jekyll is missing; on Debian: apt install jekyll"
        if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("jekyll")
    pieces = compose()
    for name, text in {
        "_config.yml": CONFIG,
        "_layouts/post.html": POST_LAYOUT,
        "tags.txt": LISTS.replace("WHAT", "tags"),
        "categories.txt": LISTS.replace("WHAT", "categories"),
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "_posts").mkdir()
    for piece in pieces:
        (folder / "_posts" / piece.file_name).write_bytes(piece.post())
    done = subprocess.run(
        [jekyll, "build", "--quiet"], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    return Built(Site(tuple(pieces), NOW), folder / "_site")


def test_jekyll_makes_a_page_of_the_same_posts_and_of_no_others(built: Built) -> None:
    made = {f"/{path.relative_to(built.folder)}" for path in built.folder.rglob("*.html")}

    assert made == {unquote(built.site.url(piece)) for piece in built.site.posts}


def test_the_body_of_every_page_is_jekylls_to_the_last_space(built: Built) -> None:
    for piece in built.site.posts:
        page = built.read(unquote(built.site.url(piece)))
        section = re.search(r"<section>(.*)</section>", page, re.DOTALL)
        body = section[1] if section else page  # no front matter, no layout: nothing but the body

        assert body == pages.page_content(piece), f"{piece.name} ({piece.oddity})"
        assert bool(section) != piece.bare, piece.name


def test_date_title_and_tags_of_every_page_are_jekylls(built: Built) -> None:
    for piece in built.site.posts:
        if piece.bare:
            continue
        ours = pages.post(built.site, piece).decode()
        page = built.read(unquote(built.site.url(piece)))
        stamp, title = re.findall(r"<small>(.*?)</small><h1>(.*?)</h1>", page, re.DOTALL)[0]
        tags = page.rpartition("</section>")[2]

        assert re.search(rf"<small>[\[(]GMT\+8, Asia/Shanghai, CST[\])] {stamp}[^<]*</small>", ours), piece.name
        assert f"<h1>{title}</h1>" in ours, piece.name
        assert f"<small>tags: {tags}</small>" in ours, piece.name


@pytest.mark.parametrize("what", ["tags", "categories"])
def test_the_lists_hold_the_same_posts_in_the_same_order(built: Built, what: str) -> None:
    listed = built.site.tags if what == "tags" else built.site.categories
    ours = [f"{word}\t{built.site.url(piece)}\t{piece.title}" for word, pieces in listed.items() for piece in pieces]

    assert built.read(f"{what}.txt").splitlines() == ours


def test_the_feed_is_jekyll_feeds_to_the_last_byte(built: Built) -> None:
    entries = built.read("feed.xml").split("<entry>")
    ours = pages.feed(built.site, shows=1000).decode().split("<entry>")

    assert len(entries) == len(built.site.posts) + 1
    for theirs, own in zip(entries, ours, strict=True):
        assert theirs == own
