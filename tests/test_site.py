"""A folder of archived posts that builds into the site they came from, with Jekyll and with Hugo."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path, PurePosixPath
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from newsarchive import post
from newsarchive.frontmatter_handler import quoted
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.newspapers import ROLLING_CATEGORY
from newsarchive.replica.site import Site as Mirror
from newsarchive.site import Reading, Site, SiteError, missing_pages, write_site
from newsarchive.sitepage import one_line, page_of, source_of
from spiders.arguments import Selection
from tests.vectors import NAMES, TITLES

ROOT = Path(__file__).resolve().parents[1]


def made(root: Path, dest: Path, selection: Selection | None = None) -> Site:
    return write_site(root, dest, selection or Selection(), progress=lambda *_: None)


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        message = f"{name} is missing; on Debian: apt install {name}"
        if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "site", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
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


def test_both_generators_read_the_same_file_of_a_post_and_not_the_post(root: Path, dest: Path) -> None:
    for path in root.rglob("*.md"):
        found = post.read(path.read_bytes(), path.name)
        read = dest / "jekyll" / path.relative_to(root)
        assert read.samefile(dest / "content" / path.relative_to(root / "_posts"))
        assert read.read_bytes() == source_of(found, page_of(found))


def test_every_page_stands_where_the_mirror_had_it(root: Path) -> None:
    pieces = tuple(piece for piece in compose() if piece.rendered and not piece.broken_title and not piece.bare)
    mirror = Mirror(pieces, NOW)
    site = made(root, root.parent / "addresses")
    mirrors = {unquote(mirror.url(piece)).lstrip("/") for piece in mirror.posts}
    assert mirrors <= set(site.pages.values())


def test_a_range_of_days_and_some_categories_can_be_chosen(root: Path, tmp_path: Path) -> None:
    day = made(root, tmp_path / "day", Selection(since=date(2022, 3, 2), until=date(2022, 3, 2)))
    assert {PurePosixPath(path).name[:10] for path in day.pages} == {"2022-03-02"}
    rolling = made(root, tmp_path / "rolling", Selection(patterns=("em*",)))
    assert set(rolling.tags) == {ROLLING_CATEGORY}
    with pytest.raises(SiteError, match="no post"):
        made(root, tmp_path / "none", Selection(since=date(1999, 1, 1), until=date(1999, 1, 2)))


def test_a_folder_made_before_is_made_anew_and_any_other_is_left_alone(root: Path, tmp_path: Path) -> None:
    made(root, tmp_path / "site")
    again = made(root, tmp_path / "site", Selection(since=date(2022, 3, 2), until=date(2022, 3, 2)))
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
        (["x", "--since", "gestern"], 2, "since: "),
        (["x", "--since", "2022-03-02", "--until", "2022-03-01"], 2, "no day lies between"),
        (["x", "-s", "ARCHIVE_DIR=/nowhere/at/all"], 1, "there is no archive"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(words: list[str], code: int, said: str) -> None:
    ended = run(*words)
    assert ended.returncode == code, ended.stderr
    assert said in ended.stderr + ended.stdout


def imported(root: Path, *fronts: str, body: str = "<p>一段文字。</p>") -> list[str]:
    """Import posts of these lines of front matter, as they are; gives their paths in the archive."""
    mirror = root.parent / "mirror" / "_posts"
    mirror.mkdir(parents=True)
    names = [f"2022-03-04-NW20220304{number:010}.md" for number in range(len(fronts))]
    for number, (name, front) in enumerate(zip(names, fronts, strict=True)):
        lines = front if "date: " in front else f"date: 2022-03-04 09:10:{number % 60:02} +0800\n{front}"
        lines = lines if "title: " in lines else f"title: 标题{number}\n{lines}"
        lines = lines if "layout: " in lines else f"layout: post\n{lines}"
        (mirror / name).write_text(f"---\n{lines}\n---\n{body}\n")
    ended = subprocess.run(
        [sys.executable, "-m", "scrapy", "import", str(mirror), "-s", f"ARCHIVE_DIR={root}"], cwd=ROOT, check=False
    )
    assert ended.returncode == 0
    return [f"_posts/2022/03/{name}" for name in names]


def everything_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("builder", ["jekyll", "hugo"])
def test_a_post_whose_category_leads_elsewhere_is_named_and_left_out_and_the_site_is_built(
    builder: str, tmp_path: Path
) -> None:
    tool(builder)
    root = tmp_path / "archive"
    bad = [
        "../../victim",
        str(tmp_path / "victim"),
        "..",
        "a/b",
        "a\\b",
        "x\0y",
        "x\ny",
        "中" * 90,
        "con",
        "index.html",
    ]
    good = [
        "kejiribao",
        "index",
        "feed",
        "404",
        "assets",
        "emnews",
        "category",
        "_x",
        "a%2Fb",
        "a#b",
        "TechWeb",
        "Techweb",
    ]
    posts = imported(root, *(f"categories: {json.dumps(name)}\ntags: 新闻" for name in [*bad, *good]))
    for victim in ("victim.html", "victim/x.html"):
        (tmp_path / victim).parent.mkdir(exist_ok=True)
        (tmp_path / victim).write_text("mine")
    before = everything_below(tmp_path)
    ended = run(str(tmp_path / "dest" / "site"), "--json", "--build", builder, "-s", f"ARCHIVE_DIR={root}")
    assert ended.returncode == 3, ended.stderr
    report = json.loads(ended.stdout)
    assert [refused["post"] for refused in report["refused"]] == posts[: len(bad)]
    assert report["posts"] == len(good)
    assert report["missing_pages"] == []
    shutil.rmtree(tmp_path / "dest" / "site")
    assert everything_below(tmp_path) == before, "something outside of the folder was written"


@pytest.mark.parametrize("builder", ["jekyll", "hugo"])
def test_front_matter_of_others_is_no_order_to_a_generator(builder: str, tmp_path: Path) -> None:
    tool(builder)
    root = tmp_path / "archive"
    orders = [
        "permalink: /../../evil.html",
        "permalink: /index.html",
        "url: /../../evil.html",
        "aliases: [/../../evil, /index.html]",
        "layout: nosuch",
        "layout: null",
        "published: false",
        "draft: true",
        "render_with_liquid: true",
        "outputs: [evil]",
        "markup: org",
        "slug: ../../evil",
        "category: evil",
        "excerpt_separator: x",
        "cascade: [x]",
        "type: category",
        "expiryDate: 2000-01-01",
        "date: !ruby/object:Object 2022-03-04 09:10:11",
    ]
    imported(root, *(f"{order}\ncategories: c\ntags: t" for order in orders), body="<p>{% x %} {{< x >}} {{ x }}</p>")
    ended = run(str(tmp_path / "site"), "--json", "--build", builder, "-s", f"ARCHIVE_DIR={root}")
    assert ended.returncode == 0, ended.stderr
    pages = [
        path for path in (tmp_path / "site").rglob("NW*.html") if path.parent.parts[-4:] == ("c", "2022", "03", "04")
    ]
    assert len(pages) == len(orders)
    for page in pages:
        assert "<p>{% x %} {{< x >}} {{ x }}</p>" in page.read_text()
        assert "Content-Security-Policy" in page.read_text()
    assert not list(tmp_path.rglob("evil*"))


def test_one_hostile_post_alone_is_no_reason_to_make_nothing(tmp_path: Path) -> None:
    (path,) = imported(tmp_path / "archive", "categories: ../../victim\ntags: t")
    ended = run(str(tmp_path / "site"), "-s", f"ARCHIVE_DIR={tmp_path / 'archive'}")
    assert ended.returncode == 3, ended.stderr
    assert f"{path}: left out" in ended.stdout.replace("\n", "")


@pytest.mark.parametrize("name", ["_posts", "jekyll", "content", "category", "layouts", "_layouts", "emnews", "_site"])
def test_no_link_in_the_folder_is_followed(name: str, root: Path, tmp_path: Path) -> None:
    made(root, tmp_path / "site")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "letter.txt").write_text("dear")
    if (tmp_path / "site" / name).exists():
        shutil.rmtree(tmp_path / "site" / name)
    (tmp_path / "site" / name).symlink_to(elsewhere)
    tool("jekyll")
    ended = run(str(tmp_path / "site"), "--build", "jekyll", "-s", f"ARCHIVE_DIR={root}")
    assert ended.returncode == 1
    assert "symbolic link" in ended.stderr
    assert [path.name for path in elsewhere.iterdir()] == ["letter.txt"]


def test_a_link_in_the_place_of_a_file_is_replaced(root: Path, tmp_path: Path) -> None:
    made(root, tmp_path / "site")
    (tmp_path / "mine.txt").write_text("dear")
    for name in ("_config.yml", "index.html", "newsarchive-site.json", "static/style.css"):
        (tmp_path / "site" / name).unlink()
        (tmp_path / "site" / name).symlink_to(tmp_path / "mine.txt")
    made(root, tmp_path / "site")
    assert (tmp_path / "mine.txt").read_text() == "dear"
    assert not any(path.is_symlink() for path in (tmp_path / "site").rglob("*"))


def test_a_folder_in_the_archive_or_around_it_is_refused(root: Path, tmp_path: Path) -> None:
    archive = tmp_path / "around" / "archive"
    shutil.copytree(root, archive)
    (tmp_path / "link").symlink_to(archive)
    (tmp_path / "around" / "newsarchive-site.json").write_text("{}")
    before = everything_below(archive)
    for dest in (
        archive,
        archive / "site",
        archive / "_posts" / "2022",
        tmp_path / "link" / "site",
        tmp_path / "around",
    ):
        ended = run(str(dest), "-s", f"ARCHIVE_DIR={archive}")
        assert ended.returncode == 1, dest
        assert "choose another folder" in ended.stderr
    (archive / "newsarchive-site.json").write_text("{}")
    with pytest.raises(SiteError, match="lies in the archive"):
        made(archive, archive)
    (archive / "newsarchive-site.json").unlink()
    assert everything_below(archive) == before


def test_a_folder_may_be_a_link_to_an_empty_one(root: Path, tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "site").symlink_to(tmp_path / "large disk")
    assert made(root, tmp_path / "site").pages
    assert (tmp_path / "large disk" / "_config.yml").exists()


def test_a_folder_half_made_is_made_anew(root: Path, tmp_path: Path) -> None:
    class KilledError(Exception):
        pass

    def kill(*_: object) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        write_site(root, tmp_path / "site", Selection(), progress=kill)
    assert made(root, tmp_path / "site").pages


def test_two_lists_that_would_be_one_file_are_told_apart_where_the_file_system_folds_case(tmp_path: Path) -> None:
    posts = imported(tmp_path / "archive", *(f"categories: {name}\ntags: t" for name in ("TechWeb", "Techweb", "x")))
    for folds, refused in ((False, []), (True, [posts[1]])):
        reading = Reading(tmp_path / "archive", Selection(), folds=folds)
        list(reading.posts(posts))
        assert [path for path, _ in reading.site.refused] == refused


def test_a_second_post_of_one_article_is_named_and_left_out(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    (path,) = imported(root, "categories: c\ntags: t")
    twin = root / "_posts" / "2022" / "04" / Path(path).name
    twin.parent.mkdir()
    twin.write_bytes((root / path).read_bytes())
    site = made(root, tmp_path / "site")
    assert list(site.pages) == [path]
    ((left_out, why),) = site.refused
    assert left_out == "_posts/2022/04/" + twin.name
    assert path in why


@pytest.mark.parametrize("builder", ["jekyll", "hugo"])
def test_a_date_no_generator_reads_never_stops_a_build(builder: str, tmp_path: Path) -> None:
    tool(builder)
    root = tmp_path / "archive"
    read = [
        "2022-03-04T09:10:11Z",
        "2022年03月04日 09:10",
        "2022/03/04 09:10:11",
        "1646356211",
        '"2022-03-04 09:10:11"',
    ]
    imported(root, *(f"date: {date}\ncategories: c\ntags: t" for date in read))
    broken = []
    for number, written in enumerate(
        ["0000-01-01 00:00:00", "99999-01-01 00:00:00", "2022-02-30 00:00:00", "gestern", "[]"]
    ):
        path = f"_posts/2022/03/2022-03-05-NW20220305{number:010}.md"
        (root / path).write_text(f"---\ntitle: t\ndate: {written}\ncategories: c\ntags: t\n---\n<p>x</p>\n")
        broken.append(path)
    for day in ("0000-01-01", "2022-02-30", "2022-13-01"):
        path = f"_posts/2022/03/{day}-NW202203060000000001.md"
        (root / path).write_text("---\ntitle: t\ndate: 2022-03-06 10:00:00\n---\n<p>x</p>\n")
        broken.append(path)
    ended = run(str(tmp_path / "site"), "--json", "--build", builder, "-s", f"ARCHIVE_DIR={root}")
    assert ended.returncode == 3, ended.stderr
    report = json.loads(ended.stdout)
    assert report["posts"] == len(read)
    assert report["missing_pages"] == []
    assert sorted(refused["post"] for refused in report["refused"]) == sorted(broken)


def test_a_title_that_breaks_its_yaml_is_named_and_left_out(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    paths = imported(root, "categories: c\ntags: t", 'title: "说"好"了"\ncategories: c\ntags: t')
    site = made(root, tmp_path / "site")
    assert [path for path, _ in site.refused] == [paths[1]]
    assert list(site.pages) == [paths[0]]


@pytest.mark.parametrize("start", range(0, len(TITLES), 10))
def test_the_feed_is_xml_whatever_titles_tags_and_bodies_hold(start: int, tmp_path: Path) -> None:
    tool("jekyll")
    root = tmp_path / "archive"
    titles = TITLES[start : start + 10]
    fronts = (
        f"title: {quoted(title)}\ncategories: c\ntags: {quoted(tag)}"
        for title, tag in zip(titles, NAMES[start:], strict=False)
    )
    imported(root, *fronts, body="<p>]]&gt; \x01\x1b\x85\u2028\ufffe &#1; &#xFFFE; ]]></p>")
    ended = run(str(tmp_path / "site"), "--build", "jekyll", "-s", f"ARCHIVE_DIR={root}")
    assert ended.returncode == 0, ended.stderr
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.parse(tmp_path / "site" / "_site" / "feed.xml").getroot()  # noqa: S314
    said = {entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")}
    assert len(said) == len({one_line(title) for title in titles[: len(NAMES[start:])]})
    for page in (tmp_path / "site" / "_site").rglob("*.html"):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe]", page.read_text()), page


def test_a_build_needs_no_locale(root: Path, tmp_path: Path) -> None:
    for builder in ("jekyll", "hugo"):
        tool(builder)
        site = tmp_path / f"网站 {builder}"
        ended = run(str(site), "--build", builder, "-s", f"ARCHIVE_DIR={root}", LC_ALL="C", LANG="")
        assert ended.returncode == 0, ended.stderr


def test_a_failed_build_names_the_post_whatever_else_it_says(root: Path, tmp_path: Path) -> None:
    path = sorted(str(path.relative_to(root)) for path in root.rglob("*.md"))[7]
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "hugo"
    fake.write_text(
        "#!/bin/sh\nyes 'from somewhere.rb' | head -500 >&2\n"
        f"echo 'in {Path(path).name}' >&2\nyes trace | head -999 >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    searched = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    ended = run(str(tmp_path / "site"), "--build", "hugo", "-s", f"ARCHIVE_DIR={root}", PATH=searched)
    assert ended.returncode == 1
    assert f"hugo failed with exit code 1 at {path}: " in ended.stderr
    assert len(ended.stderr) < 4000
