"""The search: how long a question takes at a thousand, ten thousand and a hundred thousand articles, and what it costs.

Not beside a peer, so in milliseconds of this machine; a brute-force look through the same texts stands beside it.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from newsarchive import post
from newsarchive.archive.ledger import Adopted, Ledger
from newsarchive.archive.pool import processors
from newsarchive.article import Article, Name
from newsarchive.dates import SHANGHAI
from newsarchive.replica.dice import Dice
from newsarchive.replica.prose import story
from newsarchive.search.index import catch_up
from newsarchive.search.reader import Reader
from newsarchive.search.store import SEARCH

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 30
BEGAN = datetime(2020, 1, 1, 6, 0, tzinfo=SHANGHAI)
PAPERS = (
    ("kejiribao", "科技日报"),
    ("zhengquanshibao", "证券时报网"),
    ("jingjicankaobao", "经济参考报"),
    ("emnews", "东财滚动"),
)
QUERIES = (
    ("two characters", "穹石"),
    ("four characters", "穹石新材"),
    ("a phrase of eight", "首次覆盖穹石新材"),
    ("one character", "穹"),
    ("ticker", "309006"),
    ("common word", "公司"),
    ("common words", "公司 项目 同比"),
    ("Latin and Chinese", "NW2022 OR A股"),
    ("OR", "穹石新材 OR 檀泽能源"),
    ("not", "穹石 -预增"),
    ("nothing", "量子纠缠"),
    ("nearly nothing", "穹石 檀泽 鹭屿 玄圃 栖霜"),
)


def articles(count: int) -> Iterator[Article]:
    """Compose that many, some hundred characters to three thousand long, one every five minutes."""
    for number in range(count):
        when = BEGAN + timedelta(minutes=5 * number)
        dice = Dice(f"search/{number}")
        told = story(dice, when, length=dice.pick((3, 6, 12, 24, 40, 60)))
        category, paper = PAPERS[number % len(PAPERS)]
        yield Article(
            name=Name(f"{when:%Y%m%d%H%M%S}{number:06}"),
            title=told.title,
            date=f"{when:%Y-%m-%d %H:%M:%S} +0800",
            category=category,
            tag=f"{paper}新闻",
            body="".join(f"<p>　　{text}</p>\n" for text in (told.lead, *told.paragraphs)),
            link="",
        )


def fill(root: Path, count: int) -> int:
    """Put composed posts and their rows into an archive; gives the characters of all posts."""
    root.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(root / "ledger.db")
    characters = 0

    def adopted() -> Iterator[Adopted]:
        nonlocal characters
        for article in articles(count):
            path, content = post.relative_path(article), post.render(article)
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
            characters += len(content.decode())
            yield Adopted(article.name, str(path), hashlib.sha256(content).hexdigest())

    ledger.adopt(adopted(), now=datetime.now(UTC))
    ledger.close()
    return characters


def show(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure and print."""
    console = Console(highlight=False)
    table = Table(title="search, ms a page of twenty with snippets: median (95 %)", title_justify="left")
    table.add_column("question")
    costs = Table(title="index", title_justify="left")
    for column in ("articles", "posts/s", "bytes an article", "of the posts' UTF-8"):
        costs.add_column(column, justify="right")
    found: dict[str, list[str]] = {what: [] for what, _ in QUERIES}
    for size in sizes:
        table.add_column(f"{size:,}", justify="right")
        with tempfile.TemporaryDirectory() as folder, console.status(f"composing {size:,} articles …") as status:
            root = Path(folder)
            fill(root, size)
            status.update(f"indexing {size:,} articles …")
            began = time.perf_counter()
            catch_up(root, processes=processors())
            took = time.perf_counter() - began
            index, posts = (root / SEARCH).stat().st_size, sum(p.stat().st_size for p in root.glob("_posts/**/*.md"))
            costs.add_row(f"{size:,}", f"{size / took:,.0f}", f"{index / size:,.0f}", f"{index / posts:.2f}")
            reader = Reader(root)
            for what, query in QUERIES:
                status.update(f"{size:,} articles: {what} …")
                found[what].append(_latency(reader, query))
            reader.close()
    for what, query in QUERIES:
        table.add_row(f"{what}: {query}", *found[what])
    console.print(costs)
    console.print(table)


def _latency(reader: Reader, query: str) -> str:
    reader.search(query)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        reader.search(query)
        times.append((time.perf_counter() - began) * 1000)
    return f"{statistics.median(times):.1f} ({statistics.quantiles(times, n=20)[-1]:.1f})"
