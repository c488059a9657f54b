"""The archives the golden net looks at, each made by commands alone against the source in a box."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.golden.archive import plain_of
from tests.golden.running import Desk, Ended, Plain
from tests.golden.source import Replica, compose

FIRST = datetime.fromisoformat("2022-03-02T20:00:00+08:00")
"""The first run's moment; the source's oldest day is about to leave the mirror."""
SECOND = FIRST + timedelta(days=1)
NOW = SECOND + timedelta(hours=3)
"""The moment at which everything is looked at."""


@dataclass
class World:
    """An archive, and what the commands that made it said.

    Attributes:
        desk: where commands are run.
        name: of the archive's folder on the desk.
        clock: what NEWSARCHIVE_CLOCK is set to.
    """

    desk: Desk
    name: str
    clock: datetime = FIRST
    told: list[Ended] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)

    @property
    def archive(self) -> Path:
        """The archive's folder."""
        return self.desk.folder / self.name

    @property
    def plain(self) -> Plain:
        """What takes the archive's random names out of a text."""
        return plain_of(self.archive, self.words)

    def crawl(self, source: Replica, spider: str, *arguments: str, stdin: str = "", **settings: Any) -> Ended:
        """Run a spider against a source."""
        self.words[source.url.rstrip("/")] = "http://source"
        self.words[source.url[7:-1]] = "source"  # as Host says it
        pictures = f"*.dfcfw.com={source.url}pictures/, *.eastmoney.com={source.url}pictures/"
        places: dict[str, Any] = source.settings | source.further_settings | {"IMAGE_HOSTS": pictures}
        fixed: dict[str, Any] = {
            "ARCHIVE_DIR": self.name,
            "NEWSARCHIVE_CLOCK": self.clock.isoformat(),
            "RETRY_BACKOFF": 0.01,
        }
        words = ["crawl", spider, *(word for argument in arguments for word in ("-a", argument))]
        named = " ".join(["scrapy", *words, *(f"-s {name}={value}" for name, value in settings.items())])
        shown = f"{named}  # {self.name}, {self.clock:%Y-%m-%d %H:%M}"
        ended = self.desk.run(*words, stdin=stdin, shown=shown, **(places | fixed | settings))
        self.told.append(ended)
        return ended

    def run(self, *words: str, **settings: Any) -> Ended:
        """Run a command on the archive."""
        fixed: dict[str, Any] = {"ARCHIVE_DIR": self.name, "NEWSARCHIVE_CLOCK": self.clock.isoformat(), "PROCESSES": 1}
        extra = "".join(f" -s {name}={value}" for name, value in settings.items())
        shown = f"scrapy {' '.join(words)}{extra}  # {self.name}"
        return self.desk.run(*words, shown=shown, **(fixed | settings))

    def copy(self, name: str) -> World:
        """Return a copy of the archive under another name, to be damaged; its index is left behind."""
        shutil.copytree(self.archive, self.desk.folder / name, ignore=shutil.ignore_patterns("search.db*"))
        return World(self.desk, name, self.clock, words=self.words)


def mirror(desk: Desk) -> World:
    """The mirror's feed over two days: every oddity, failures and their mending, edits, expiry, pictures, an import."""
    world = World(desk, "mirror")
    pieces = compose(start=date(2022, 2, 28), days=4, per_day=6)
    older = compose(start=date(2022, 2, 22), days=1, per_day=6, odd=False)  # have left the mirror for the store
    plain = [piece for piece in pieces if not piece.oddity and piece.text]
    papers = [piece for piece in plain if not piece.rolling]
    lasting = [piece for piece in papers if FIRST - timedelta(days=1) < piece.published < FIRST]
    paper, hurt, cut, gone = lasting[-1], lasting[-2], lasting[-3], lasting[-4]
    rolling = [piece for piece in plain if piece.rolling and piece.published < FIRST][-1]
    lost = next(piece for piece in papers if piece.published.date() == date(2022, 2, 28))
    late = next(piece for piece in papers if piece.published > FIRST)
    odd = next(piece for piece in pieces if piece.oddity == "digest-only")
    never = [{"match": piece.number, "do": "500", "times": -1} for piece in (lost, late)]
    with Replica([*older, *pieces], FIRST) as source:
        source.faults(
            [
                *never,
                {"match": f"GetNewsText.*{hurt.number}", "do": "badjson", "times": -1},
                {"match": f"GetNewsText.*{cut.number}", "do": "truncate", "times": -1},
                {"match": "^/category/zhengquanshibao", "do": "404", "times": -1},
            ]
        )
        world.crawl(source, "newsshare", f"code=NW{odd.number},{paper.code}")
        world.crawl(source, "finews", "category=emnews", "limit=5", RETRY_TIMES=0)
        world.crawl(source, "finews", RETRY_TIMES=0)
        source.faults(never)
        world.crawl(source, "finews", "since=2022-03-01", "until=today", RETRY_TIMES=0)
        world.clock = source.now = SECOND
        source.edit(paper.number, title="更正：标题已改")
        source.edit(rolling.number, text="<p>更正后的正文。</p>")
        source.delete(gone.number)
        world.crawl(source, "finews", "full=1", RETRY_TIMES=0)
        world.clock = source.now = SECOND + timedelta(hours=1)
        source.edit(paper.number, text=paper.text.replace("</p>", "　以定期报告为准。</p>", 1))
        world.crawl(source, "finews", "full=1", f"category=emnews,{paper.category}", RETRY_TIMES=0)
        source.faults([*never, {"match": "^/$", "do": "html", "times": 1}])
        world.crawl(source, "finews", RETRY_TIMES=0)
        again = {"match": f"GetNewsText.*{older[0].number}", "do": "500", "times": 2}
        source.faults([*never, again, {"match": f"old_post/.*{older[1].number}", "do": "404", "times": -1}])
        source.share_forgets = True
        wanted = f"{older[0].code}\nhttps://finance.eastmoney.com/a/{older[1].number}.html\nNW202203019999999999\n"
        world.crawl(source, "newsshare", "file=-", stdin=wanted)
        no_picture = {"match": "GetPic", "do": "html", "times": 1}
        source.faults([no_picture, {"match": "/download/", "do": "404", "times": -1}])
        world.crawl(source, "images")
        world.clock = NOW
        world.crawl(source, "images", "limit=1")
    folder = clone(desk.folder / "clone", lasting[0])
    world.told.append(world.run("import", folder.name, "--json"))
    return world


def publisher(desk: Desk) -> World:
    """The publisher's lists, without the mirror: while the share host is down, and when it is back."""
    world = World(desk, "publisher", SECOND)
    pieces = compose()
    papers = [piece for piece in pieces if not piece.rolling and not piece.oddity]
    chosen = [piece for piece in pieces if piece.oddity in {"both-forms", "unknown-to-share-host"}]
    with Replica([*papers[-9:-1], *chosen], SECOND) as source:
        source.faults([{"match": "GetNewsText|NewsShare", "do": "500", "times": -1}])
        world.crawl(source, "eastmoney", RETRY_TIMES=0)
        source.faults([])
        source.add(papers[-1])
        world.clock = source.now = SECOND + timedelta(hours=13)
        world.crawl(source, "eastmoney")
        world.crawl(source, "eastmoney", "columns=350,fast:102", "since=2022-03-03")
    return world


def copies(desk: Desk) -> World:
    """Expired pages from a web archive, part of whose index fails at first."""
    world = World(desk, "copies", SECOND + timedelta(days=30))
    pieces = [piece for piece in compose() if not piece.oddity][-8:]
    days = ("since=2022-03-03", "until=2022-03-03")
    elsewhere = {"match": "old_post|/a/", "do": "404", "times": -1}
    with Replica(pieces, SECOND) as source:
        source.keep_copies()
        source.share_forgets = True
        source.now = world.clock
        source.faults([elsewhere, {"match": "from=20220304", "do": "500", "times": -1}])
        world.crawl(source, "wayback", *days, "limit=3", RETRY_TIMES=0)
        source.faults([elsewhere])
        world.crawl(source, "wayback", *days)
    return world


def imported(desk: Desk) -> World:
    """A clone's posts alone: an archive without a capture."""
    world = World(desk, "imported", SECOND)
    folder = clone(desk.folder / "clone-alone", next(piece for piece in compose() if not piece.oddity))
    world.told += [world.run("import", folder.name), world.run("import", folder.name)]
    return world


WORLDS: tuple[Callable[[Desk], World], ...] = (publisher, copies, imported)

_POST = """---
layout: post
title: "{title}"
date: {date}
categories: {category}
tags: {tag}
---
{text}

<{link}>

[返回{tag}](//finews.withounder.com/{place})｜[返回首页](//finews.withounder.com/)"""


def _post(name: str, title: str, **changes: str) -> str:
    """Return a post as the mirror wrote it in 2022; with `changes`, as it should not have."""
    number = name.removeprefix("NW")
    date = f"{number[:4]}-{number[4:6]}-{number[6:8]} 09:10:11 +0800"
    paper = {
        "category": "chengbeiribao",
        "tag": "城北日报新闻",
        "text": "<p>第一段。</p>\n<p>第二段，说的是城北的新桥。</p>",
        "link": f"http://finews.zning.xyz/html_News/NewsShare.html?infoCode={name}",
        "place": "category/chengbeiribao.html",
    }
    rolling = {
        "category": "emnews",
        "tag": "东财滚动新闻",
        "text": "> 新桥通车，往返只要十分钟。\n\n<p>第一段。</p>\n<p>第二段。</p>",
        "link": f"http://finance.eastmoney.com/news/1353,{number}.html",
        "place": "emnews/",
    }
    form = paper if name != number else rolling
    return _POST.format(**({"title": title, "date": date} | form | changes))


def clone(folder: Path, known: Any) -> Path:
    """Make a folder of posts of every period, of ones that were broken, and of what is no post.

    All but one have a folder each: import takes the files of a folder in the order the file system has them.

    Args:
        folder: where.
        known: an article of the source; the folder has another text of it.
    """
    again = known.archived().decode().replace("<p>", '<p class="x">', 1)
    files = {f"_posts/{known.published:%Y-%m-%d}-{known.name}.md": again, **_POSTS, **_DECEMBER, **_NO_POSTS}
    for number, (name, text) in enumerate(files.items()):
        place, _, file = name.rpartition("/")
        path = folder / place / (f"{number:02}" if number else "") / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


_POSTS = {
    "_posts/2022-02-04-NW202202041300000001.md": _post("NW202202041300000001", "城北新桥今日通车"),
    "_posts/2022-02-04-202202041300000001.md": _post("202202041300000001", "城北新桥今日通车"),
    "_posts/2022/02/2022-02-05-NW202202051300000002.md": _post(
        "NW202202051300000002", "{{ x }}与{% y %}", text="<p>{{ price }}元</p>"
    ),
    "_posts/2022-02-05-NW202202051300000003.md": _post(
        "NW202202051300000003", "城北日报：A&B <b>", category="城北 日报", tag="城北 日报新闻"
    ),
    "_posts/2022-02-06-NW202202061300000004.md": _post("NW202202061300000004", "分行写的").replace("\n", "\r\n"),
    "_posts/2022-02-06-NW202202061300000005.md": _post(
        "NW202202061300000005", "不闭合的", text="<p>第一段。<div>第二段"
    ),
    "_posts/2022-02-06-NW202202061300000006.md": _post(
        "NW202202061300000006", "有脚本", text="<p>一</p><script>alert(1)</script>"
    ),
    "old_post/2022/02/2022-02-07-NW202202071300000007.md": _post("NW202202071300000007", '城北"新桥"通车'),
    "old_post/2022-02-07-NW202202071300000008.md": _post("NW202202071300000008", "目录 C:\\新桥"),
    "_posts/2022-02-08-NW202202081300000013.md": _post("NW202202081300000013", "无"),
}
_OLDEST = """---
layout: post
title: "城北新桥今日通车"
date: 2021-12-08 10:46:18
categories: emnews
tags: 东财滚动新闻
---

新桥通车，往返只要十分钟。

<http://finance.eastmoney.com/news/1353,202112082207030001.html>"""
_LATER = _OLDEST.replace("12-08", "12-09").replace("202112082207030001", "202112092207030002")
_DECEMBER = {
    "old_post/2021-12-08-202112082207030001.md": f"{_OLDEST}\n",
    "old_post/2021-12-09-202112092207030002.md": f"{_LATER}\n\n[返回东财滚动新闻](../emnews/)\n[返回首页](../)",
}
_NO_POSTS = {
    "_posts/-202202071300000009.md": _post("202202071300000009", "没有日子").replace("2022-02-07 09:10:11", ""),
    "_posts/2022-02-08-NW202202081300000010.md": "",
    "_posts/2022-02-08-NW202202081300000011.md": "no front matter",
    "_posts/2022-02-08-NW202202081300000012.md": _post(
        "NW202202081300000012", "别的日子", date="2022-02-20 09:10:11 +0800"
    ),
    "_posts/2022-02-08-NW202202081300000014.md": _post("NW202202081300000014", "没有正文", text=""),
    "_posts/2021-12-01-init.md": _post("NW202112011300000015", "网站开张"),
    "_posts/notes.txt": "a note",
}
