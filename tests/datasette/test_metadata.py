"""What is said of tables and columns is said of such as there are, and the documentation names them all."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from newsarchive.datasette.metadata import of_database
from newsarchive.datasette.snapshot import ANALYSIS
from tests.datasette.conftest import ROOT, Crawled


def columns_of(crawled: Crawled) -> dict[str, list[str]]:
    with closing(sqlite3.connect(f"file:{crawled.root / ANALYSIS}?immutable=1", uri=True)) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [row[1] for row in db.execute(f"PRAGMA table_info({name})")] for name in tables}


def test_every_table_has_a_title_and_only_columns_that_are_there_are_spoken_of(crawled: Crawled) -> None:
    columns = {name: found for name, found in columns_of(crawled).items() if not name.startswith("sqlite_")}
    tables = of_database("2022-03-03")["tables"]
    assert tables.keys() == columns.keys()
    for name, said in tables.items():
        assert said.get("hidden") or said["title"]
        spoken = {*said.get("columns", ()), *said.get("facets", ()), *filter(None, [said.get("sort_desc")])}
        assert spoken <= set(columns[name])


def test_the_documentation_names_every_table_column_question_and_function(crawled: Crawled) -> None:
    page = (ROOT / "docs" / "datasette.md").read_text(encoding="utf-8")
    columns = columns_of(crawled)
    functions = ("newsarchive_search(words)", "newsarchive_text(name)")
    for name in (*columns["articles"], "newspapers", "days", "runs", *of_database("")["queries"], *functions):
        assert f"`{name}`" in page, name
