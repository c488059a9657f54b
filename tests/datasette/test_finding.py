"""What SQL is given to search with."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from newsarchive.datasette.finding import Finder, is_ours
from newsarchive.datasette.snapshot import ANALYSIS
from newsarchive.search.index import catch_up
from newsarchive.search.matching import OverError
from newsarchive.search.query import QueryError
from newsarchive.search.store import IndexNewError
from tests.datasette.conftest import ROOT, Crawled


def test_names_and_texts_are_given_and_no_words_find_nothing(crawled: Crawled) -> None:
    finder = Finder(crawled.root, 60)
    names = json.loads(finder.names("公司"))
    assert names
    assert names == json.loads(finder.names("公司")), "once remembered, the same"
    assert "公司" in (finder.text(names[0]) or "")
    assert [finder.names(words) for words in (None, "", " ")] == ["[]", "[]", "[]"]
    assert finder.text(None) is None


def test_what_cannot_be_meant_or_takes_too_long_is_refused(crawled: Crawled) -> None:
    with pytest.raises(QueryError):
        Finder(crawled.root, 60).names("-公司")
    with pytest.raises(OverError):
        Finder(crawled.root, -1).names("公司")


def test_an_index_that_grows_or_is_made_anew_is_asked_as_it_is_now(small: Path) -> None:
    finder = Finder(small, 60)
    (small / "search.db").unlink()
    assert not finder.is_there()
    with pytest.raises(IndexNewError):
        finder.names("公司")
    catch_up(small)
    assert finder.is_there()
    before = finder.names("公司")
    catch_up(small, anew=True)
    assert finder.names("公司") == before
    (small / "search.db").unlink()
    catch_up(small)
    assert finder.names("公司") == before


def test_only_our_databases_are_ours(crawled: Crawled, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "others.db")) as db:
        db.execute("CREATE TABLE articles (name TEXT)")
    (tmp_path / "short.db").write_bytes(b"SQLite")
    assert is_ours(str(crawled.root / ANALYSIS))
    for path in (crawled.root / "ledger.db", crawled.root / "search.db", *tmp_path.iterdir(), tmp_path, "no.db"):
        assert not is_ours(str(path)), path
    assert not is_ours(None), "a database in memory has no file"


def test_what_the_plugin_imports_needs_little_of_what_newsarchive_needs() -> None:
    code = (
        "import sys, newsarchive.datasette.finding, newsarchive.datasette.metadata\n"
        "print(sorted({'scrapy', 'lxml', 'yaml', 'frontmatter', 'dateutil', 'rich', 'xpinyin'} & sys.modules.keys()))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
