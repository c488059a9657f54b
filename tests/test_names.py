"""Every newspaper's name has a place: in posts, lists, filters, the search and the web, and on the built site."""

from __future__ import annotations

import html
import itertools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from newsarchive import post
from newsarchive.clock import Clock
from newsarchive.newspapers import category_of, plain_category, tag_of
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import Piece
from newsarchive.replica.server import Replica
from newsarchive.search.index import catch_up
from newsarchive.source.links import category_path, fetch_url
from newsarchive.web.background import served_at
from tests.conftest import PATIENCE, ROOT, Crawl

NAMES = [
    *("财新/彭博", "财新/彭博/路透", "观点: 财经", "财经:观点", "50%增长", "50%41报", "C#周刊", "~周报~"),
    *("[独家]财经", "问?答*报", "甲\\乙", "甲|乙", '"引"报', "O'Reilly报", "A&H股", "甲;乙", "甲^乙", "`报`"),
    *("{{ 报 }}", "{% 报 %}", "-rf报-", "..", "../../etc", "a..b报", ".NET报", "Inc.", "U.S. News", "A . B"),
    *("CON", "aux", "index.html", "📈日报👩\u200d💻", "甲　乙", "甲\xa0乙", "日报  周刊", "a,b报", "_报", "日报!"),
    *("e\u0301报", "العربية", "true", "123", "null", "@报", "=报", "<b>报</b>", "<script>alert(1)</script>"),
    *("报" * 130, "ab" * 130, "財新 / 彭博 ", "报](x){: onclick=y}"),
]
ORDINARY = [
    *("科技日报", "21世纪经济报道 21财经APP", "安信国际证券(香港)", "Career In 投行PEVC", "TechWeb"),
    *("Yahoo!财经", "第1.5财经"),
]
SPELLINGS = (str, tag_of, category_of, lambda name: plain_category(category_of(name)))
MANY = "财新/彭博"  # with more articles than the home page shows


def pieces() -> list[Piece]:
    """Articles of every name, seven of one."""
    papers = [piece for piece in compose(per_day=200) if not piece.oddity and not piece.rolling and piece.text]
    names = [*NAMES, *ORDINARY, *[MANY] * 6]
    assert len(papers) >= len(names)
    return [replace(piece, newspaper=name) for piece, name in zip(papers[-len(names) :], names, strict=True)]


PIECES = pieces()


@dataclass(frozen=True)
class Crawled:
    crawl: Crawl
    paths: list[str]
    archive: Path


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """An archive of one run over a mirror with all these names."""
    archive = tmp_path_factory.mktemp("names") / "archive"
    with Replica(PIECES) as source:
        crawl = Crawl(source.url, archive)
        ended = crawl("finews")
        assert ended.code == 0, ended
        yield Crawled(crawl, [seen.path for seen in source.log], archive)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def told(name: str) -> str:
    """The name as it can stand in a JSON answer and a line: no space at its ends."""
    return name.strip()


def test_every_newspaper_is_archived_under_its_name(crawled: Crawled) -> None:
    posts = crawled.crawl.posts()
    assert posts.keys() == {piece.relative_path for piece in PIECES}
    for piece in PIECES:
        found = post.read(posts[piece.relative_path], piece.file_name)
        assert found.tags == tag_of(told(piece.newspaper))
        assert found.categories == category_of(told(piece.newspaper))
        assert found.body == piece.body
        assert found.back_links[0].target.endswith(f"/category/{found.categories}.html")


@pytest.mark.parametrize("name", ORDINARY)
def test_the_post_of_an_ordinary_name_is_the_mirrors_to_the_byte(crawled: Crawled, name: str) -> None:
    piece = next(piece for piece in PIECES if piece.newspaper == name)
    assert crawled.crawl.posts()[piece.relative_path] == piece.archived()


def test_the_list_of_a_name_with_a_slash_is_read_when_more_than_five_are_new(crawled: Crawled) -> None:
    assert "/category/caixin/pengbo.html" in crawled.paths
    assert sum(piece.newspaper == MANY for piece in PIECES) == 7


@pytest.mark.parametrize(
    "name", ["观点财经:报", "50%增长", "C#周刊", "[独家]财经", "问?答*报", "甲\\乙", "..", "../../etc", "Inc."]
)
def test_more_than_five_of_a_name_are_found_by_its_list(name: str, crawl_into: Callable[[Replica], Crawl]) -> None:
    published = [replace(piece, newspaper=name) for piece in PIECES[-7:]]
    with Replica(published) as source:
        crawl = crawl_into(source)
        ended = crawl("finews")
        asked = [seen.path for seen in source.log if seen.path.startswith("/category/")]
    expected = fetch_url("", category_path(plain_category(category_of(name))))
    assert asked == [expected], ended
    if (
        name == "../../etc"
    ):  # its list would be outside of /category/: what stands on it is said to be missing, not guessed
        assert ended.code == 3, ended
        assert len(crawl.posts()) == 5
        return
    assert ended.code == 0, ended
    assert len(crawl.posts()) == 7


def test_nothing_is_asked_for_outside_of_the_mirrors_paths(crawled: Crawled) -> None:
    assert not [path for path in crawled.paths if ".." in path.split("/")]
    assert all(path.startswith(("/category/", "/NewsData/", "/robots.txt")) or path == "/" for path in crawled.paths)


def test_the_archive_is_whole_and_made_again_from_its_captures(crawled: Crawled, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(crawled.archive, tmp_path / "archive"))
    before = crawled.crawl.posts()
    assert run("verify", "-s", f"ARCHIVE_DIR={copy}").returncode == 0
    shutil.rmtree(copy / "_posts")
    (copy / "ledger.db").unlink()
    again = Crawl(crawled.crawl.url, copy)
    assert again.rebuild().code == 0
    assert again.posts() == before


@pytest.mark.parametrize(
    "name", ["财新/彭博", "观点: 财经", "[独家]财经", "50%增长", "C#周刊", "甲;乙", "..", "CON", "日报  周刊"]
)
def test_a_run_is_narrowed_by_any_name_as_it_is_printed(name: str, crawl_into: Callable[[Replica], Crawl]) -> None:
    with Replica(PIECES) as source:
        crawl = crawl_into(source)
        ended = crawl("finews", f"category={name}")
    assert ended.code == 0, ended
    assert crawl.posts().keys() == {piece.relative_path for piece in PIECES if piece.newspaper == name}


@pytest.mark.parametrize("name", ["财新/彭博", "[独家]财经", "C#周刊", "CON"])
@pytest.mark.parametrize("spelled", SPELLINGS)
def test_export_and_search_take_name_tag_and_category(
    crawled: Crawled, tmp_path: Path, name: str, spelled: Callable[[str], str]
) -> None:
    dest, setting = tmp_path / "out.jsonl", f"ARCHIVE_DIR={crawled.archive}"
    exported = run("export", str(dest), "--category", spelled(name), "-s", setting)
    assert exported.returncode == 0, exported.stderr
    records = [json.loads(line) for line in dest.read_text(encoding="utf-8").splitlines()]
    assert {record["newspaper"] for record in records} == {name}
    found = run("search", "--json", "--category", spelled(name), "--limit", "50", "-s", setting)
    assert found.returncode == 0, found.stderr
    assert {hit["newspaper"] for hit in json.loads(found.stdout)["hits"]} == {name}


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_site_and_status_take_name_tag_and_category(
    crawled: Crawled, tmp_path: Path, spelled: Callable[[str], str]
) -> None:
    name, setting = "财新/彭博", f"ARCHIVE_DIR={crawled.archive}"
    made = run("site", str(tmp_path / "site"), "--json", "--category", spelled(name), "-s", setting)
    assert made.returncode == 0, made.stderr
    assert (json.loads(made.stdout)["posts"], json.loads(made.stdout)["categories"]) == (7, 1)
    told = run("status", "--json", "--category", spelled(name), "-s", setting)
    assert [one["category"] for one in json.loads(told.stdout)["categories"]] == [category_of(name)]
    gaps = run("status", "--gaps", "--json", "--category", spelled(name), "-s", setting)
    assert {one for day in json.loads(gaps.stdout)["days"] for one in day["categories"]} == {category_of(name)}


def test_the_web_takes_name_tag_and_category(crawled: Crawled) -> None:
    catch_up(crawled.archive)
    with served_at(crawled.archive, Clock(NOW.isoformat())) as url, httpx.Client(base_url=url, timeout=PATIENCE) as web:
        for name, spelled in itertools.product((*NAMES, *ORDINARY), SPELLINGS):
            newspaper, asked = told(name), spelled(told(name))
            if asked == ".." or ("," in asked and spelled is not category_of):
                continue  # a client takes dots for a way up, and commas stand between names
            page = web.get(f"/category/{quote(asked, safe='')}", follow_redirects=True)
            assert page.status_code == 200, asked
            assert page.url.path == f"/category/{category_of(newspaper)}"
            found = web.get("/api/articles", params={"category": asked, "limit": "100"}).json()["articles"]
            assert newspaper in {one["newspaper"] for one in found}, asked
            days = web.get("/api/days", params={"category": asked}).json()["days"]
            assert sum(day["count"] for day in days) == len(found)
            assert len(web.get("/feed.json", params={"category": asked, "limit": "100"}).json()["items"]) == len(found)
            assert web.get("/search", params={"category": asked, "q": "公司"}).status_code == 200
        assert web.get("/api/articles", params={"category": "没有这份报纸"}).json()["articles"] == []
        assert web.get("/api/days", params={"category": "没有这份报纸"}).json()["days"] == []
        several = web.get("/api/articles", params={"category": "财新/*，C#周刊"}).json()["articles"]
        assert {one["newspaper"] for one in several} == {"财新/彭博", "财新/彭博/路透", "C#周刊"}
        assert web.get("/feed.xml", params={"category": "财新*"}).status_code == 200


def test_every_newspaper_has_its_page_in_the_browser(crawled: Crawled) -> None:
    catch_up(crawled.archive)
    with served_at(crawled.archive, Clock(NOW.isoformat())) as url, httpx.Client(base_url=url, timeout=PATIENCE) as web:
        hrefs = set(re.findall(r'href="(/category/[^"]*)"', web.get("/papers").text))
        pages = [web.get(html.unescape(href)) for href in hrefs]
    assert [page.status_code for page in pages] == [200] * len(pages)
    shown = html.unescape("".join(page.text for page in pages))
    assert [name for name in NAMES if told(name) not in shown] == []
    assert not [page for page in pages if "<script>alert(1)" in page.text]


@pytest.mark.jekyll
def test_jekyll_builds_a_site_that_has_them(crawled: Crawled, tmp_path: Path) -> None:
    if shutil.which("jekyll") is None:
        pytest.skip("jekyll is missing; on Debian: apt install jekyll")
    dest = tmp_path / "site"
    done = run("site", str(dest), "--build", "jekyll", "--json", "-s", f"ARCHIVE_DIR={crawled.archive}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(json.loads((dest / "newsarchive-site.json").read_text())["pages"]) > len(PIECES)
