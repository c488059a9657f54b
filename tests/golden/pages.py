"""What the golden net sees in a browser: pages of ``scrapy serve``, found by following links from the home page."""

from __future__ import annotations

import html
import re
import signal
import subprocess
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

from tests.golden.running import Bulk, Plain
from tests.golden.worlds import World

EACH = 8
"""Pages of one kind (``/article/…``, ``/day/…``) that are followed; a kind and a language."""

_LINK = re.compile(r'\b(?:href|src|action)="(/[^"]*)"')
_IGNORED = {"date", "content-length"}
_OWN = ("location", "x-capture", "etag")  # headers of which every answer has its own
_QUERIES = (
    *("公司", "公司 新桥", '"今日通车"', "公司 OR 新桥", "公司 -同比", "臺", "12.3%", "R&D", "<b>", "ribao"),
    *("通", "没有这个词", '"', "-公司", "OR", "(公司", "a" * 300, "date:x"),
)
_ADDRESSES = (
    "/?lang=en",
    "/?lang=xx",
    "/day/2022-03-02?lang=en",
    *("/day/2022-13-01", "/day/2031-01-01", "/day/0001-01-01", "/calendar/1970", "/calendar/99999"),
    *("/papers?name=ribao", "/papers?name=%E8%AF%81%E5%88%B8", "/category/nothing", "/category/emnews?before=x"),
    *("/search?q=%E5%85%AC%E5%8F%B8&part=results", "/search?q=%E5%85%AC%E5%8F%B8&since=2022-03-02&until=2022-03-02"),
    *("/search?q=%E5%85%AC%E5%8F%B8&category=emnews", "/search?q=%E5%85%AC%E5%8F%B8&since=soon"),
    *("/article/nothing", "/article/NW202203019999999999", "/article/NW202203019999999999/served"),
    *("/go?link=NW202203019999999999", "/go?link=", "/go?link=https://finance.eastmoney.com/a/202203019999999999.html"),
    *("/picture/x", f"/picture/{'0' * 64}", "/static/nothing.css", "/favicon.ico", "/nothing", "/robots.txt"),
    *("/sitemap.xml", "/sitemap/2022-03-1.xml", "/sitemap/1999-01.xml", "/static/style.css", "/static/search.js"),
    *("/feed.xml", "/feed.json", "/feed.xml?category=emnews&limit=2", "/feed.json?category=nothing"),
    *("/feed.xml?q=%E5%85%AC%E5%8F%B8", "/feed.json?q=%22&limit=2", "/feed.xml?limit=1000"),
    *("/api/articles", "/api/articles?limit=3&category=emnews", "/api/articles?limit=x", "/api/articles?before=x"),
    *("/api/articles?since=2022-03-02&until=2022-03-02&limit=100", "/api/articles/nothing"),
    *("/api/articles/NW202203019999999999", "/api/search", "/api/search?q=%E5%85%AC%E5%8F%B8&limit=2"),
    *("/api/search?q=%22", "/api/days", "/api/days?category=emnews", "/api/categories", "/api/status"),
    *("/api/openapi.json", "/api/nothing", "/api/"),
)


@contextmanager
def served(world: World, log: Path) -> Iterator[str]:
    """Serve an archive as users do; yields the address. What is said on standard error goes to `log`."""
    settings = {"ARCHIVE_DIR": world.name, "NEWSARCHIVE_CLOCK": world.clock.isoformat()}
    with (
        log.open("w", encoding="utf-8") as complaints,
        subprocess.Popen(
            world.desk.command(("serve", "--port", "0"), settings),
            cwd=world.desk.folder,
            env=world.desk.environment,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://[0-9.:]+/", line)
            assert found, f"serve said {line!r} and no address"
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)


def pages(world: World, plain: Plain, bulk: Bulk, articles: dict[str, str]) -> str:
    """Return what was served under each address: status, digest of the body, and which headers.

    Args:
        world: whose archive.
        plain: takes its random names out.
        bulk: keeps the bodies.
        articles: articles to look at from all sides, by what they are good for.
    """
    log = world.desk.folder / "serve.log"
    with served(world, log) as url, httpx.Client(base_url=url, timeout=60) as client:
        words = {url.rstrip("/"): "http://serve", url[7:-1]: "serve"}
        seen = _Seen(client, Plain(words | plain.words, plain.places, plain.bodies), bulk)
        for language in ("zh-CN", "en"):
            seen.heading(f"links followed from /, the browser speaks {language}")
            seen.follow("/", language)
        seen.heading("more of some articles")
        for what, name in articles.items():
            for address in _of_article(name):
                seen.look(address, "zh-CN", note=what)
        seen.heading("asked for by address")
        for address in (*_ADDRESSES, *(f"/search?q={quote(query)}" for query in _QUERIES)):
            seen.look(address, "zh-CN")
        seen.heading("errors in English")
        for address in _ADDRESSES:
            if seen.status.get(address, 0) >= 400:
                seen.look(address, "en")
        seen.heading("asked otherwise")
        seen.look("/", "zh-CN", method="HEAD")
        seen.look("/", "zh-CN", method="POST")
        seen.look("/api/articles", "en", method="DELETE")
        seen.look("/", "zh-CN", host="news.example")
        seen.look("/", "zh-CN", host="localhost")
    seen.heading("what serve said on standard error")
    seen.lines.append(seen.plain(log.read_text(encoding="utf-8")))
    return seen.pin()


def _of_article(name: str) -> tuple[str, ...]:
    page = f"/article/{name}"
    return (page, f"{page}?lang=en", f"{page}/served", f"/api/articles/{name}", f"/go?link={name}")


class _Seen:
    def __init__(self, client: httpx.Client, plain: Plain, bulk: Bulk) -> None:
        self.client, self.plain, self.bulk = client, plain, bulk
        self.lines: list[str] = []
        self.headers: dict[str, int] = {}
        self.status: dict[str, int] = {}

    def heading(self, text: str) -> None:
        self.lines.append(f"\n# {text}")

    def look(self, address: str, language: str, *, method: str = "GET", host: str = "", note: str = "") -> str:
        """Ask for an address and note what came; returns the body as text, empty where it is none."""
        given = {"Accept-Language": language, **({"Host": host} if host else {})}
        answer = self.client.request(method, address, headers=given)
        self.status[address] = answer.status_code
        headers = sorted(f"{name}: {value}" for name, value in answer.headers.items() if name not in _IGNORED)
        known = re.sub(r"(?m)^(x-capture.*|etag|location): .*$", r"\1: …", "\n".join(headers))
        known = known.replace("allow: HEAD, GET", "allow: GET, HEAD")  # a set's order, which differs by process
        number = self.headers.setdefault(self.plain(known), len(self.headers) + 1)
        own = [f"{name}={self.plain(answer.headers[name])}" for name in _OWN if name in answer.headers]
        is_text = not answer.headers.get("content-type", "").startswith("image/png")
        text = self.plain(answer.text) if is_text else ""
        body = self.bulk(text) if is_text else "PNG"
        line = f"{answer.status_code} h{number} {body if answer.content else '-'} {method} {self.plain(address)}"
        notes = [*own, *([f"Host: {host}"] if host else []), *([f"({note})"] if note else [])]
        self.lines.append(" ".join([line, *notes]))
        return answer.text if is_text and "html" in answer.headers.get("content-type", "") else ""

    def follow(self, start: str, language: str) -> None:
        """Follow links from an address on, so many of each kind; nearest first."""
        queue, known, counts = deque([start]), {start}, Counter[str]()
        while queue:
            address = queue.popleft()
            for link in _LINK.findall(self.look(address, language)):
                target = html.unescape(link).partition("#")[0]
                kind = _kind(target)
                if target in known or target.startswith("//") or counts[kind] >= EACH:
                    continue
                counts[kind] += 1
                known.add(target)
                queue.append(target)

    def pin(self) -> str:
        """Return the lines, before them the headers they speak of."""
        sets = [known.split("\n") for known in self.headers]
        common = [line for line in sets[0] if all(line in one for one in sets)]
        legend = ["# every answer has these headers, besides Date and Content-Length", *common]
        for number, one in enumerate(sets, 1):
            legend += [f"h{number}", *(f"  {line}" for line in one if line not in common)]
        return "\n".join([*legend, *self.lines]) + "\n"


def _kind(address: str) -> str:
    """Return what kind of a page an address leads to: its path without what it is about, and its query's names."""
    parts = urlsplit(address)
    segments = parts.path.split("/")[1:]
    names = sorted(part.partition("=")[0] for part in parts.query.split("&") if part)
    return " ".join([segments[0], *segments[2:], *names])
