"""A folder of archived posts that builds into the site they came from, with Jekyll and with Hugo."""

from __future__ import annotations

import html
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest

from newsarchive import post
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.newspapers import ROLLING_CATEGORY
from newsarchive.replica.site import Site as Mirror
from newsarchive.site import Choice, Site, SiteError, missing_pages, write_site

ROOT = Path(__file__).resolve().parents[1]


def made(root: Path, dest: Path, choice: Choice | None = None) -> Site:
    return write_site(root, dest, choice or Choice(), progress=lambda *_: None)


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        message = f"{name} is missing; on Debian: apt install {name}"
        if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "site", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of every ordinary and odd post that a generator can read."""
    archive = tmp_path_factory.mktemp("site") / "archive"
    for piece in compose():
        if piece.rendered and not piece.broken_title and not piece.bare:
            target = archive / piece.relative_path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(piece.archived())
    return archive


@pytest.fixture(scope="module")
def dest(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "site"
    made(root, folder)
    return folder


def test_every_post_is_there_with_the_bytes_it_has_in_the_archive(root: Path, dest: Path) -> None:
    posts = {path.relative_to(root): path.read_bytes() for path in root.rglob("*.md")}
    assert {path.relative_to(dest): path.read_bytes() for path in (dest / "_posts").rglob("*.md")} == posts
    twins = [path for path in (dest / "content").rglob("*.md") if path.name.removeprefix("NW")[:3] == "202"]
    assert sorted(path.read_bytes() for path in twins) == sorted(posts.values())


def test_every_page_stands_where_the_mirror_had_it(root: Path) -> None:
    pieces = tuple(piece for piece in compose() if piece.rendered and not piece.broken_title and not piece.bare)
    mirror = Mirror(pieces, NOW)
    site = made(root, root.parent / "addresses")
    mirrors = {unquote(mirror.url(piece)).lstrip("/") for piece in mirror.posts}
    assert mirrors <= set(site.pages.values())


def test_a_range_of_days_and_some_categories_can_be_chosen(root: Path, tmp_path: Path) -> None:
    day = made(root, tmp_path / "day", Choice(date(2022, 3, 2), date(2022, 3, 2)))
    assert {PurePosixPath(path).name[:10] for path in day.pages} == {"2022-03-02"}
    rolling = made(root, tmp_path / "rolling", Choice(categories=("em*",)))
    assert set(rolling.tags) == {ROLLING_CATEGORY}
    with pytest.raises(SiteError, match="no post"):
        made(root, tmp_path / "none", Choice(date(1999, 1, 1), date(1999, 1, 2)))


def test_a_folder_made_before_is_made_anew_and_any_other_is_left_alone(root: Path, tmp_path: Path) -> None:
    made(root, tmp_path / "site")
    again = made(root, tmp_path / "site", Choice(date(2022, 3, 2), date(2022, 3, 2)))
    assert len(list((tmp_path / "site" / "_posts").rglob("*.md"))) == len(again.pages)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(SiteError, match="holds something that is no site"):
        made(root, tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["letter.txt"]


def test_a_post_no_generator_could_read_is_left_out_and_named(root: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(root, archive)
    broken = archive / "_posts" / "2022" / "03" / "2022-03-01-NW202203010000000001.md"
    broken.write_bytes(b"no front matter")
    ended = run(str(tmp_path / "site"), "-s", f"ARCHIVE_DIR={archive}", "--json")
    assert ended.returncode == 3, ended.stderr
    (refused,) = json.loads(ended.stdout)["refused"]
    assert refused["post"].endswith(broken.name)
    assert not list((tmp_path / "site").rglob(broken.name))


@pytest.mark.parametrize("builder", ["jekyll", "hugo"])
def test_a_real_generator_makes_every_page(builder: str, root: Path, tmp_path: Path) -> None:
    tool(builder)
    ended = run(str(tmp_path / "site"), "-s", f"ARCHIVE_DIR={root}", "--build", builder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "every page is there" in ended.stdout
    built = tmp_path / "site" / ("_site" if builder == "jekyll" else "public")
    posts = [post.read(path.read_bytes(), path.name) for path in root.rglob("*.md")]
    for found in posts:
        (page,) = built.rglob(f"{found.name}.html")
        assert found.title.split()[0] in html.unescape(page.read_text())
    rolling = (built / "emnews" / "index.html").read_text()
    assert rolling.count("<li>") == min(20, sum(found.name.rolling for found in posts))
    home = (built / "index.html").read_text()
    assert "东财滚动新闻" in home
    (built / "index.html").unlink()
    assert missing_pages(tmp_path / "site", built) == ["index.html"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "say one folder"),
        (["x", "--since", "gestern"], 2, "--since"),
        (["x", "--since", "2022-03-02", "--until", "2022-03-01"], 2, "no day lies between"),
        (["x", "-s", "ARCHIVE_DIR=/nowhere/at/all"], 1, "there is no archive"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(words: list[str], code: int, said: str) -> None:
    ended = run(*words)
    assert ended.returncode == code, ended.stderr
    assert said in ended.stderr + ended.stdout
