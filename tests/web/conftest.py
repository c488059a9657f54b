"""A served archive to look at: a day and a half of invented news with an edit, pictures, and a hostile article."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from newsarchive import dates, post
from newsarchive.archive.ledger import Kept, Ledger
from newsarchive.article import Article, Name, Origin
from newsarchive.clock import Clock
from newsarchive.replica.showcase import end_of, fill
from newsarchive.search.index import catch_up
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting
from newsarchive.web.background import served_at
from tests.conftest import PATIENCE

DAYS = 2
NOW = end_of(DAYS)
HOSTILE = Name("202203029999999999")
HOSTILE_BODY = (
    "<p>敌意的正文</p><script>window.stolen = 1; fetch('http://127.0.0.1:9/stolen')</script>"
    '<img src="http://127.0.0.1:9/beacon.png" onerror="window.stolen = 1" alt="信标">'
    '<p onclick="window.stolen = 1" style="background:url(http://127.0.0.1:9/style)">点这里</p>'
    '<a id="bad" href="javascript:window.stolen=1">链接</a> <a href="data:text/html,x">数据</a>'
    '<iframe src="http://127.0.0.1:9/frame"></iframe><svg onload="window.stolen=1"><script>x()</script></svg>'
    '<form action="http://127.0.0.1:9/"><input name="q"></form><style>body{display:none}</style>'
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/"><base href="http://127.0.0.1:9/">'
    '<p id="content" class="skip">同名</p><math><mtext><table><mglyph><style><img src=x onerror=x()></style>'
)


def put(root: Path, name: Name, title: str, body: str, when: str = "2022-03-02 12:00:00") -> None:
    """Archive an article as a crawl does, but with any body."""
    article = Article(
        name=name, title=title, date=f"{when} +0800", category="kejiribao", tag="科技日报新闻", body=body, link=""
    )
    path, content = post.relative_path(article), post.render(article)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)
    ledger = Ledger(root / "ledger.db")
    kept = Kept(
        category=article.category,
        origin=Origin.SHARE_JSON,
        capture=None,
        capture_sha256=None,
        post=str(path),
        post_sha256=hashlib.sha256(content).hexdigest(),
        published=dates.parse(when),
    )
    ledger.captured(Sighting(ArticleLink(name), ()), kept, now=datetime(2022, 3, 2, 12, tzinfo=UTC))
    ledger.close()


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that is served; made once for all workers of a test run, to be looked at, not changed."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    root = shared / "web-archive"
    with (shared / "web-archive.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "web-archive.made").exists():
            assert fill(root, days=DAYS, per_day=30) == 0
            put(root, HOSTILE, "敌意<b>的标题</b>", HOSTILE_BODY)
            catch_up(root)
            (shared / "web-archive.made").touch()
    return root


@pytest.fixture(scope="session")
def site(shown: Path) -> Iterator[str]:
    """The address at which it is served."""
    with served_at(shown, Clock(NOW.isoformat())) as url:
        yield url


@pytest.fixture(scope="session")
def web(site: str) -> Iterator[httpx.Client]:
    """A client of it, whose browser speaks Chinese."""
    with httpx.Client(base_url=site, headers={"Accept-Language": "zh-CN"}, timeout=PATIENCE) as client:
        yield client


@dataclass(frozen=True, slots=True)
class Names:
    """Articles of the archive by what they are good for."""

    edited: str
    pictured: str
    rolling: str
    hostile: str


@pytest.fixture(scope="session")
def names(web: httpx.Client, shown: Path) -> Names:
    """Some articles to look at."""
    (edited,) = {path.name.split(".")[0][11:] for path in shown.glob("revisions/*/*/*.md") if "NW" in path.name}
    listed = web.get("/api/articles", params={"limit": 100}).json()["articles"]
    pictured = next(
        one["name"]
        for one in listed
        if not one["rolling"] and "/picture/" in web.get(f"/api/articles/{one['name']}").json()["html"]
    )
    rolling = next(one["name"] for one in listed if one["rolling"])
    return Names(edited, pictured, rolling, str(HOSTILE))
