"""``scrapy diff`` as users call it: whatever names the article, what changed is shown by sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from newsarchive.archive.posts import Posts
from newsarchive.article import Article, Name
from newsarchive.post import relative_path, render
from tests.ledgers import NOW, keep, lose, name_of, new_ledger, sighting

NAME = name_of(1)
BEFORE = "<p>今天开市。</p><p>新建产线已进入调试，产能为3.5万吨。</p><p>一。</p><p>二。</p><p>三。</p>"
BETWEEN = BEFORE.replace("3.5万吨", "3.8万吨")
NOT_KEPT = name_of(2)

Diff = Callable[..., tuple[int, str, str]]


def put(root: Path, name: Name, title: str, body: str, *, hours: int = 0) -> None:
    one = Article(
        name=name,
        title=title,
        date="2022-03-03 18:12:37 +0800",
        category="emnews" if name.rolling else "kejiribao",
        tag="东财滚动新闻" if name.rolling else "科技日报新闻",
        body=body,
        link="http://finance.eastmoney.com/news/1353,1.html" if name.rolling else "",
    )
    Posts(root).put(relative_path(one), render(one), now=NOW + timedelta(hours=hours))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article that was edited twice, one that never was, and one that is pending."""
    root = tmp_path_factory.mktemp("edited")
    put(root, NAME, "穹石新材：产线调试", BEFORE)
    put(root, NAME, "穹石新材：产线调试", BETWEEN, hours=1)
    put(root, NAME, "穹石新材：产线投产", BETWEEN, hours=2)
    rolling = Name(name_of(3).number, rolling=True)
    put(root, rolling, "快讯", "<p>快讯正文。</p>")
    ledger = new_ledger(root)
    ledger.list_read("/", [sighting(NAME), sighting(NOT_KEPT), sighting(rolling, "emnews", "东财滚动新闻")], now=NOW)
    keep(ledger, sighting(NAME))
    keep(ledger, sighting(rolling, "emnews", "东财滚动新闻"), "emnews")
    lose(ledger, NOT_KEPT, error="HTTP 503")
    ledger.close()
    return root


@pytest.fixture
def diff(run_command: Diff, archive: Path) -> Diff:
    return lambda *words: run_command("diff", *words, ARCHIVE_DIR=archive)


def test_the_last_edit_is_shown_with_what_differs_marked(diff: Diff) -> None:
    code, said, _ = diff(str(NAME))
    first = f"revisions/2022/03/2022-03-03-{NAME}.20220303T140000Z.md"
    assert code == 0
    assert said.split("\n") == [
        f"{NAME}  穹石新材：产线投产  (2 earlier versions)",
        "",
        f"--- 20220303T140000Z  {first}  (stood until 2022-03-03 22:00:00 +0800)",
        f"+++ current  _posts/2022/03/2022-03-03-{NAME}.md  (stands)",
        "@@ title @@",
        "- 穹石新材：产线[-调试-]",
        "+ 穹石新材：产线{+投产+}",
        "",
    ]


def test_a_sentence_that_changed_stands_between_its_neighbours(diff: Diff) -> None:
    code, said, _ = diff(str(NAME), "--from", "20220303T13", "--to", "20220303T14")
    assert code == 0
    assert said.split("\n")[4:] == [
        "@@ text @@",
        "  今天开市。",
        "- 新建产线已进入调试，产能为[-3.5-]万吨。",
        "+ 新建产线已进入调试，产能为{+3.8+}万吨。",
        "  一。",
        "  … 2 sentences the same",
        "",
    ]


def test_all_shows_every_step_and_colours_take_the_place_of_marks(diff: Diff) -> None:
    code, said, _ = diff(str(NAME), "--all", "--color")
    assert code == 0
    assert said.count("\x1b[1m+++ ") == 2
    assert "[-" not in said
    assert "{+" not in said


def test_machines_get_every_piece(diff: Diff) -> None:
    code, said, _ = diff(str(NAME), "--all", "--json")
    assert code == 0
    report = json.loads(said)
    assert [(step["from"], step["to"]) for step in report["steps"]] == [
        ("20220303T130000Z", "20220303T140000Z"),
        ("20220303T140000Z", "current"),
    ]
    first = report["steps"][0]
    assert first["fields"] == {}
    assert first["same_sentences"] == 4
    assert first["text"][0]["kind"] == "changed"
    assert first["text"][0]["after"] == [
        ["新建产线已进入调试，产能为", False],
        ["3.8", True],
        ["万吨。", False],
    ]
    assert list(report["steps"][1]["fields"]) == ["title"]


@pytest.mark.parametrize(
    "word",
    [
        NAME.number,
        f"https://finews.withounder.com/kejiribao/2022/03/03/{NAME}.html",
        f"https://finance.eastmoney.com/a/{NAME.number}.html",
        f"http://finews.zning.xyz/html_News/NewsShare.html?infoCode={NAME}",
    ],
    ids=["number", "mirror", "publisher", "share-page"],
)
def test_an_article_is_found_by_anything_that_carries_its_code(diff: Diff, word: str) -> None:
    assert diff(word)[1].startswith(f"{NAME}  ")


def test_rolling_news_is_found_by_its_bare_number_and_that_it_was_not_edited_is_said(diff: Diff) -> None:
    number = name_of(3).number
    assert diff(number) == (0, f"{number}  快讯: there are no earlier versions\n", "")


def test_an_article_that_is_not_archived_is_named_with_the_reason(diff: Diff) -> None:
    assert diff(str(NOT_KEPT)) == (3, "", f"newsarchive: {NOT_KEPT} is not archived: it is pending (HTTP 503)\n")


@pytest.mark.parametrize(
    "words",
    [
        (str(name_of(9)),),
        ("kejiribao",),
        (),
        (str(NAME), "--all", "--to", "current"),
        (str(NAME), "--from", "2021"),
        (str(NAME), "--from", "2022"),
    ],
    ids=["unknown", "no-code", "none", "both-ways", "no-version", "two-versions"],
)
def test_what_cannot_be_meant_is_usage(diff: Diff, words: tuple[str, ...]) -> None:
    code, said, error = diff(*words)
    assert (code, said) == (2, "")
    assert error


def test_without_a_ledger_versions_are_still_found(diff: Diff, archive: Path, tmp_path: Path) -> None:
    ledger = (archive / "ledger.db").rename(tmp_path / "ledger.db")
    try:
        assert diff(str(NAME))[1].startswith(f"{NAME}  穹石新材：产线投产  (2 earlier versions)")
    finally:
        ledger.rename(archive / "ledger.db")


def test_without_an_archive_it_cannot_start(run_command: Diff, tmp_path: Path) -> None:
    code, _, error = run_command("diff", str(NAME), ARCHIVE_DIR=tmp_path / "nowhere")
    assert code == 1
    assert error.startswith("newsarchive: there is no archive ")
