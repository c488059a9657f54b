"""The plugin within a real Datasette, asked over HTTP: tables, facets, search, and nothing that could be written."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from newsarchive import post
from newsarchive.datasette.snapshot import ANALYSIS
from newsarchive.search.folding import fold
from newsarchive.search.plaintext import text_of
from newsarchive.search.query import parse
from tests.datasette.conftest import Crawled, Serve, Served


@pytest.fixture(scope="session")
def texts(crawled: Crawled) -> dict[str, str]:
    """Title and text of every post, folded, read from the posts themselves."""
    found = {}
    for path in crawled.root.glob("_posts/**/*.md"):
        read = post.read(path.read_bytes(), path.name)
        found[str(read.name)] = fold("\0".join((read.title, read.digest, text_of(read.body))))
    return found


def test_the_tables_are_listed_with_their_rows_and_what_is_not_for_people_is_hidden(served: Served) -> None:
    tables = {table["name"]: table for table in served.json("/analysis")["tables"]}
    shown = {name for name, table in tables.items() if not table["hidden"]}
    assert shown == {"articles", "newspapers", "days", "runs"}
    assert tables["articles"]["count"] == 50
    assert tables["runs"]["count"] == 2


def test_the_paged_table_has_every_article_newest_first_and_no_text(served: Served, texts: dict[str, str]) -> None:
    table = served.json("/analysis/articles")
    assert not {"body", "text", "content"} & set(table["columns"])
    rows = served.rows()
    assert len(rows) == len(texts) + 1, "the pending one too"
    moments = [row["published"] for row in rows if row["published"]]
    assert moments == sorted(moments, reverse=True)
    longest = max(texts.values(), key=len)
    assert longest not in fold(json.dumps(rows, ensure_ascii=False))


def test_facets_count_newspapers_days_categories_and_states(served: Served, crawled: Crawled) -> None:
    facets = served.json("/analysis/articles")["facet_results"]
    assert set(facets) == {"newspaper", "day", "category", "state"}
    rows = served.rows()
    for column, facet in facets.items():
        counted = Counter(row[column] for row in rows if row[column] is not None)
        shown = {value["value"]: value["count"] for value in facet["results"]}
        assert shown.items() <= counted.items()
        assert facet["truncated"] or shown == dict(counted)
    assert served.names(state="pending") == [crawled.pending]


@pytest.mark.parametrize(
    "words",
    [
        "公司",
        "同比",
        "穹石",
        "公",
        "699113",
        "公司 同比",
        "公司 -同比",
        "穹石 OR 檀泽",
        '"公司"',
        "(穹石 OR 公司) -(同比 项目)",
        "證券",
        "Ａ股",
        "量子纠缠态",
    ],
)
def test_the_search_box_finds_what_a_look_through_all_posts_finds(
    served: Served, texts: dict[str, str], words: str
) -> None:
    query = parse(words)
    expected = {name for name, text in texts.items() if query.root.stands_in(text)}
    found = served.names(_search=words)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_what_is_searched_for_above_is_there(texts: dict[str, str]) -> None:
    """Else the comparison would compare nothing with nothing."""
    for words in ("公司", "同比", "穹石", "699113", "证券", "公司 -同比", "公司 同比"):
        query = parse(words)
        hits = sum(query.root.stands_in(text) for text in texts.values())
        assert 0 < hits < len(texts), words


def test_a_search_is_facetted_filtered_and_paged(served: Served) -> None:
    everything = served.rows(_search="公司")
    newspaper = everything[0]["newspaper"]
    of_it = [row["name"] for row in everything if row["newspaper"] == newspaper]
    assert served.names(_search="公司", newspaper=newspaper) == of_it
    facets = served.json("/analysis/articles", _search="公司")["facet_results"]
    counts = {value["value"]: value["count"] for value in facets["newspaper"]["results"]}
    assert counts[newspaper] == len(of_it)
    first = served.json("/analysis/articles", _search="公司", _size="3")
    assert first["filtered_table_rows_count"] == len(everything)
    second = served.json("/analysis/articles", _search="公司", _size="3", _next=first["next"])
    names = [row[0] for row in (*first["rows"], *second["rows"])]
    assert names == [row["name"] for row in everything[:6]]


def test_the_page_for_people_has_a_search_box_the_words_and_what_the_columns_mean(served: Served) -> None:
    status, page = served.page("/analysis/articles", _search="公司")
    assert status == 200
    assert 'type="search" name="_search" value="公司"' in page
    assert "search matches &#34;公司&#34;" in page
    assert "Articles · 文章" in page
    assert "正文字数" in page
    assert 'type="search"' not in served.page("/analysis/newspapers")[1]
    assert "截至 2022-" in served.page("/analysis")[1]


def test_a_query_that_cannot_be_meant_is_refused_with_its_reason(served: Served) -> None:
    for asked, reason in (({"_search": '公司 "'}, "quotation mark"), ({"_search_title": "公司"}, "title and text")):
        status, said = served.page("/analysis/articles.json", **asked)
        assert (status, json.loads(said)["ok"]) == (400, False)
        assert reason in said


def test_questions_that_are_ready_count_by_day_and_newspaper_and_give_a_text(served: Served) -> None:
    hits = served.rows(_search="公司 -同比")
    by_day = served.json("/analysis/words_by_day", words="公司 -同比", _shape="array")
    assert {row["day"]: row["articles"] for row in by_day if row["articles"]} == Counter(row["day"] for row in hits)
    by_newspaper = served.json("/analysis/words_by_newspaper", words="公司 -同比", _shape="array")
    assert {row["newspaper"]: row["articles"] for row in by_newspaper} == Counter(row["newspaper"] for row in hits)
    (read,) = served.json("/analysis/read", name=hits[0]["name"], _shape="array")
    assert read["title"] == hits[0]["title"]
    assert "公司" in read["title"] + read["text"]
    assert served.json("/analysis/words_by_day", _shape="array")[0]["articles"] == 0, "no words are asked for yet"


def test_an_article_leads_to_its_text_here_or_to_the_pages_that_are_named(
    served: Served, serve: Serve, crawled: Crawled, tmp_path: Path
) -> None:
    name = next(name for name in served.names(state="captured") if name.startswith("NW"))
    assert f'<a href="/analysis/read?name={name}">_posts/' in served.page("/analysis/articles")[1]
    said = tmp_path / "metadata.json"
    said.write_text(json.dumps({"plugins": {"newsarchive": {"pages": "http://127.0.0.1:8000/"}}}))
    other = serve(crawled.root, "--metadata", str(said))
    page = other.page("/analysis/articles")[1]
    assert f'<a href="http://127.0.0.1:8000/article/{name}">_posts/' in page
    assert "正文字数" in page, "one's own metadata stands beside ours"


def test_nothing_is_written(served: Served, crawled: Crawled) -> None:
    def digests() -> dict[str, str]:
        files = (path for path in crawled.root.iterdir() if path.is_file())
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = digests()
    for sql in ("DELETE FROM articles", "CREATE TABLE x (y)", "ATTACH 'x.db' AS x", "PRAGMA journal_mode = DELETE"):
        status, said = served.page("/analysis.json", sql=sql)
        assert (status, json.loads(said)["ok"]) == (400, False), sql
    assert digests() == before
    assert {"analysis.db", "ledger.db"} <= before.keys()


def test_without_an_index_beside_it_there_is_no_search_and_it_is_said(
    serve: Serve, crawled: Crawled, tmp_path: Path
) -> None:
    shutil.copy(crawled.root / ANALYSIS, tmp_path)
    with closing(sqlite3.connect(tmp_path / "others.db")) as db:
        db.execute("CREATE TABLE articles (name TEXT PRIMARY KEY)")
    served = serve(tmp_path, str(tmp_path / "others.db"))
    status, page = served.page("/analysis/articles")
    assert (status, 'type="search"' in page) == (200, False)
    status, said = served.page("/analysis/articles.json", _search="公司")
    assert status == 503
    assert "scrapy datasette" in said
    assert served.page("/others/articles", _search="公司")[0] == 200, "another's table is left alone"
    shutil.copy(crawled.root / "search.db", tmp_path)
    assert served.names(_search="公司"), "once it stands there it is asked"
