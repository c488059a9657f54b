"""A post as a record: every field, and which words it holds."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from newsarchive import post
from newsarchive.archive.ledgerexport import Entry
from newsarchive.article import Article, Name
from newsarchive.dates import SHANGHAI
from newsarchive.export.record import FIELDS, Record, Words, record_of
from newsarchive.postfile import PostError

ROOT = Path(__file__).resolve().parents[2]
ROLLING = Article(
    name=Name("202203041300000001", rolling=True),
    title="城北新桥今日通车",
    date="2022-03-04 09:10:11 +0800",
    category="emnews",
    tag="东财滚动新闻",
    body="<p>第一段。<br />第二行。</p>\n<p>第二段。</p>",
    link="http://finance.eastmoney.com/news/1353,202203041300000001.html",
    digest="新桥通车，往返只要十分钟。",
)
CAPTURE = {"origin": "share-json", "capture": "20220304-0001.warc.gz#5120", "capture_sha256": "ab" * 32}


def recorded(article: Article, **known: Any) -> Record:
    content = post.render(article)
    entry = Entry(str(article.name), str(post.relative_path(article)), **known)
    return record_of(content, hashlib.sha256(content).hexdigest(), entry)


def test_every_field_says_what_the_post_and_the_ledger_say() -> None:
    assert recorded(ROLLING, **CAPTURE) == Record(
        name="202203041300000001",
        code="NW202203041300000001",
        title="城北新桥今日通车",
        date=datetime(2022, 3, 4, 9, 10, 11, tzinfo=SHANGHAI),
        category="emnews",
        tag="东财滚动新闻",
        newspaper="东财滚动",
        digest="新桥通车，往返只要十分钟。",
        body="<p>第一段。<br />第二行。</p>\n<p>第二段。</p>",
        text="第一段。\n第二行。\n第二段。",
        link="http://finance.eastmoney.com/news/1353,202203041300000001.html",
        url="https://finance.eastmoney.com/a/202203041300000001.html",
        post="_posts/2022/03/2022-03-04-202203041300000001.md",
        sha256=hashlib.sha256(post.render(ROLLING)).hexdigest(),
        origin="share-json",
        capture="20220304-0001.warc.gz#5120",
        capture_sha256="ab" * 32,
    )


def test_what_the_ledger_does_not_know_is_null() -> None:
    said = recorded(ROLLING).as_json()
    assert {name for name, value in said.items() if value is None} == {"origin", "capture", "capture_sha256"}


def test_what_is_no_post_is_refused_by_name() -> None:
    with pytest.raises(PostError, match=r"^2022-03-04-1\.md: "):
        record_of(b"", "", Entry("1", "_posts/2022/03/2022-03-04-1.md"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", True),
        ("新桥", True),
        ("第二段 城北", True),
        ("第二段 城南", False),
        ("只要十分钟", True),  # the digest
        ("第一段。第二行", False),  # not across a line
        ("ＡＩ芯片", True),
        ("ai芯片", True),
        ("50%", True),
        ("<p>", False),  # text, not markup
    ],
)
def test_words_are_found_in_title_digest_and_text_in_any_width_and_case(asked: str, found: bool) -> None:  # noqa: FBT001
    body = f"{ROLLING.body}<p>AI芯片涨５０％</p>"
    article = Article(**{name: getattr(ROLLING, name) for name in Article.__slots__} | {"body": body})
    assert Words(asked).are_in(recorded(article)) is found


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_documentation_shows_a_record_as_it_is() -> None:
    shown = next(json.loads(block) for block in blocks("export.md", "json") if '"sha256"' in block)
    article = next(block for block in blocks("format.md", "") if "chengbeiribao" in block).removesuffix("\n").encode()
    path = "_posts/2022/03/2022-03-04-NW202203041300000001.md"
    assert shown == record_of(article, hashlib.sha256(article).hexdigest(), Entry("", path, **CAPTURE)).as_json()


def test_the_documentation_explains_every_field_in_its_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/export.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(rows) == FIELDS
