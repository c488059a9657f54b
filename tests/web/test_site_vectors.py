"""Every hostile vector we know, from the source to the built site: nothing runs, nobody is asked, no page is torn."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, sync_playwright

from newsarchive.frontmatter_handler import quoted
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import Piece
from newsarchive.replica.press import number_at
from newsarchive.replica.server import Replica
from newsarchive.site import missing_pages
from tests.test_site import tool
from tests.vectors import BODIES, HTML, LINKS, NAMES, TITLES
from tests.web.chromium import FLAGS, chromium
from tests.web.frames import POKE, frames

pytestmark = [pytest.mark.browser, pytest.mark.jekyll]

ROOT = Path(__file__).resolve().parents[2]
BUILT = {"jekyll": "_site", "hugo": "public"}


def encodable(text: str) -> bool:
    return not re.search("[\ud800-\udfff]", text)


VECTORS = [vector for kind in BODIES.values() for vector in kind if encodable(vector)]
ONE_LINE = [vector for vector in VECTORS if not re.search(r"[\r\n]", vector)]

TORN = (
    POKE
    + r"""
const wrong = [];
const names = (parent, selector) => [...parent.querySelector(selector)?.children ?? []].map((one) => one.localName);
const is = (what, found, wanted) => { if (`${found}` !== `${wanted}`) wrong.push(`${what}: ${found}`); };
const post = document.body.querySelector('.wrapper > article') !== null;
is('body', names(document, 'body'), ['div']);
is('wrapper', names(document, 'body > .wrapper'), ['header', post ? 'article' : 'section', 'footer']);
is('policy first', document.head.firstElementChild.httpEquiv, 'Content-Security-Policy');
is('footer', document.querySelector('.wrapper > footer').textContent, '金融消息');
is('header', document.querySelector('.wrapper > header').textContent, '金融消息');
for (const one of ['header', 'footer', 'article', 'main'])
    is(one, document.querySelectorAll(one).length, one === 'main' || (one === 'article' && !post) ? 0 : 1);
const section = document.querySelector(post ? '.wrapper > article > section' : '.wrapper > section');
if (post) {
    is('article', names(document, '.wrapper > article'), ['section']);
    const inner = names(document, '.wrapper > article > section');
    is('top', inner.slice(0, 2), ['small', 'h1']);
    is('tags', section.lastElementChild.localName + section.lastElementChild.textContent.slice(0, 5), 'smalltags:');
    is('back', section.lastElementChild.previousElementSibling.textContent, '返回向量新闻｜返回首页');
}
const forbidden = 'script, iframe, frame, object, embed, form, base, link, meta, style, svg, math, template, input';
for (const one of document.body.querySelectorAll(forbidden)) wrong.push(`<${one.localName}>`);
for (const one of document.querySelectorAll('*'))
    for (const {name, value} of one.attributes) {
        if (name.startsWith('on')) wrong.push(`${name} on <${one.localName}>`);
        if (/^[\s\x00-\x20]*(?!https?:|mailto:)[a-z][a-z0-9+.-]*:/i.test(value) && 'href' === name.split(':').pop())
            wrong.push(`${name}=${value}`);
    }
return [wrong, [...document.images].map((image) => image.src)];
"""
)


def pieces() -> list[Piece]:
    """Give an article for each body, with the titles in turn."""
    pattern = next(piece for piece in compose() if not piece.oddity and not piece.rolling)
    made = []
    for number, (vector, title) in enumerate(zip(VECTORS, cycle(TITLES), strict=False)):
        moment = NOW - timedelta(hours=2, seconds=10 * number)
        text = f"<p>　　第{number}段，之后是向量，它不属于这里。</p>\r\n{vector}"
        made.append(
            replace(
                pattern,
                number=number_at(moment),
                published=moment,
                newspaper="向量",
                title=title,
                text=text,
                content=text,
            )
        )
    return made


def imported(folder: Path) -> None:
    """Write posts as the mirror might have had them: every part of each is a vector, and nothing stands around it."""
    folder.mkdir(parents=True)
    parts = zip(VECTORS, cycle(reversed(ONE_LINE)), cycle(TITLES), cycle(NAMES), cycle(LINKS), strict=False)
    for number, (text, digest, title, tag, link) in enumerate(parts):
        post = (
            f"---\nlayout: post\ntitle: {quoted(title)}\ndate: 2022-03-02 10:{number // 60:02}:{number % 60:02} +0800\n"
            f"categories: xiangliang\ntags: {quoted(tag)}\n---\n> {digest}\n\n{text}\n\n<{link}>\n\n"
            "[返回向量新闻](//finews.withounder.com/emnews/)｜[返回首页](//finews.withounder.com/)"
        )
        (folder / f"2022-03-02-20220302{number:010}.md").write_bytes(post.encode())


def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def sites(new_crawl: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Crawl and import all of them into one archive, and build one folder of it with both generators."""
    for name in ("jekyll", "hugo"):
        tool(name)
    folder = tmp_path_factory.mktemp("vectors")
    codes = folder / "codes"
    articles = pieces()
    codes.write_text("\n".join(piece.code for piece in articles))
    with Replica(articles) as source:  # its mirror cannot show them: that would take a whole kramdown
        crawl = new_crawl(source.url, folder / "archive")
        crawl("newsshare", f"file={codes}")
        assert len(crawl.posts()) > 0.95 * len(articles)
    imported(folder / "mirror" / "_posts")
    scrapy("import", str(folder / "mirror"), "-s", f"ARCHIVE_DIR={folder / 'archive'}")
    site = folder / "site"
    ended = scrapy("site", str(site), "--build", "jekyll", "-s", f"ARCHIVE_DIR={folder / 'archive'}")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    subprocess.run([tool("hugo"), "--quiet", "-s", str(site)], check=True)
    assert missing_pages(site, site / BUILT["hugo"]) == []
    return {name: site / built for name, built in BUILT.items()}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


def addresses(built: Path) -> list[str]:
    return [quote(f"/{path.relative_to(built)}") for path in sorted(built.rglob("*.html"))]


def section(page: str) -> str:
    """Give what stands between a post's title and its tags."""
    return page.split("</h1>", 2)[2].rpartition("<small>tags:")[0].strip()


def once(built: Path) -> Iterator[str]:
    """Give every list, and each post's page with a title or text that none before has: cleaned, many are the same."""
    seen: set[str] = set()
    for address in addresses(built):
        page = (built / unquote(address).lstrip("/")).read_text()
        if "/2022/" not in address:
            yield address
            continue
        _, title, text = page.split("</h1>", 2)
        shown = {title.rpartition("<h1>")[2], re.sub(r"第\d+段|\d{14,}", "", text)}
        if not shown <= seen:
            yield address
        seen |= shown


def test_the_corpus_is_large_and_most_of_it_gets_as_far_as_a_page(sites: dict[str, Path]) -> None:
    assert len(VECTORS) + len(TITLES) + len(NAMES) + len(LINKS) >= 400
    for built in sites.values():
        assert len(addresses(built)) > 1.95 * len(VECTORS)


def test_both_generators_show_the_same_text(sites: dict[str, Path]) -> None:
    jekyll, hugo = (
        {path.name: section(path.read_text()) for path in built.rglob("*20220*.html")} for built in sites.values()
    )
    assert jekyll == hugo
    assert all(jekyll.values())


def test_no_script_runs_nobody_is_asked_and_no_page_is_torn(sites: dict[str, Path], browser: Browser) -> None:
    pages = list(once(sites["jekyll"]))
    with frames(browser, sites["jekyll"], policy=False) as window:
        found = window.look(pages, TORN)
    assert window.ran == []
    assert {page: wrong for page, (wrong, _) in found.items() if wrong} == {}
    # The one thing an article may ask for is its pictures; the policy lets it ask their publisher alone.
    pictures = {source for _, sources in found.values() for source in sources}
    assert set(window.asked) <= {*pictures, *(f"{urlsplit(one).netloc}:443" for one in pictures)}
    assert window.asked, "the proxy would have seen it"
    # Hugo's pages show the same texts. So the policy, which only takes away, has each picture to keep from being asked
    # for, and what else differs is what stands around a text: each title, tag and link once, and the lists.
    imported = [page for page in pages if "/2022/03/02/2022" in page]
    around = imported[: max(len(TITLES), len(NAMES), len(LINKS))]
    assert len(around) == max(len(TITLES), len(NAMES), len(LINKS))
    lists = [page for page in addresses(sites["hugo"]) if "/2022/" not in page]
    shown = {picture: page for page in imported for picture in found[page][1]}.values()
    with frames(browser, sites["hugo"], policy=True) as window:
        found = window.look(list(dict.fromkeys([*lists, *around, *shown])), TORN)
    assert window.ran == []
    assert {page: wrong for page, (wrong, _) in found.items() if wrong} == {}
    assert window.asked == []


def unchecked(sites: dict[str, Path], vectors: list[str], folder: Path) -> list[str]:
    """Make pages as the site's are, but of bodies that nobody checked; gives their addresses."""
    shell = next(sites["hugo"].rglob("*20220302*.html")).read_text()
    for number, vector in enumerate(filter(encodable, vectors)):
        (folder / f"{number}.html").write_text(shell.replace(section(shell), vector))
    return addresses(folder)


def test_the_policy_alone_lets_no_script_run(sites: dict[str, Path], browser: Browser, tmp_path: Path) -> None:
    pages = unchecked(sites, [vector for kind in HTML.values() for vector in kind], tmp_path)
    with frames(browser, tmp_path, policy=True) as window:
        window.look(pages, POKE)
    assert window.ran == []


def test_without_check_and_policy_all_that_is_looked_for_is_there(
    sites: dict[str, Path], browser: Browser, tmp_path: Path
) -> None:
    pages = unchecked(sites, [*BODIES["known attacks"][::3], *BODIES["torn"]], tmp_path)
    with frames(browser, tmp_path, policy=False) as window:
        found = window.look(pages, TORN)
    assert len(window.ran) > 10
    assert any("x.example" in one for one in window.asked)
    wrong = " ".join(one for looked in found.values() if isinstance(looked, list) for one in looked[0])
    for one in ("<script>", "onerror on <img>", "href=javascript:", "wrapper: ", "footer: 2", "tags: "):
        assert one in wrong


def test_the_feed_of_them_is_xml(sites: dict[str, Path]) -> None:
    entries = ET.parse(sites["jekyll"] / "feed.xml").getroot().findall("{http://www.w3.org/2005/Atom}entry")  # noqa: S314
    assert len(entries) == 10
