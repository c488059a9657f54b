"""The index follows the ledger: after edits, kills, lost and restored ledgers, and where it cannot be written."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsarchive.archive.ledger import Adopted, Ledger
from newsarchive.archive.posts import Posts
from newsarchive.article import Refused
from newsarchive.search import index
from newsarchive.search.index import CaughtUp, behind, catch_up
from newsarchive.search.reader import Reader

ROOT = Path(__file__).resolve().parents[2]


def found(root: Path, query: str) -> set[str]:
    with closing(Reader(root)) as reader:
        return {hit.document.title for hit in reader.search(query, limit=10_000).hits}


def content(root: Path) -> list[tuple[object, ...]]:
    """All the index says, but for which ledger it followed: documents, texts, and every term with its documents."""
    with closing(sqlite3.connect(root / "search.db")) as db:
        db.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab (main, terms, instance)")
        rows = db.execute("SELECT name, title, text, post_sha256 FROM documents JOIN bodies USING (id) ORDER BY name")
        terms = db.execute("SELECT term, name FROM temp.v JOIN documents ON id = doc ORDER BY term, name")
        orphans = db.execute("SELECT count(*) FROM temp.v WHERE doc NOT IN (SELECT id FROM documents)")
        return [*rows, *terms, *orphans]


def files(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_file()}


def test_new_edited_and_moved_posts_are_followed(library: Any) -> None:
    first, _ = library.put(1, "茅台涨价", "白酒板块走强"), library.put(2, "储能订单", "变流器")
    assert catch_up(library.root) == CaughtUp(indexed=2)
    assert found(library.root, "白酒") == {"茅台涨价"}
    library.put(1, "更正：茅台未涨价", "啤酒板块走强")
    old = library.root / "_posts/2022/03" / f"2022-03-02-{first}.md"
    library.put(1, "更正：茅台未涨价", "啤酒板块走强", date="2022-03-03 08:00:00")
    old.unlink()
    assert behind(library.root) == 1
    assert catch_up(library.root) == CaughtUp(indexed=1)
    assert found(library.root, "白酒") == set()
    assert found(library.root, "啤酒 未涨价") == {"更正：茅台未涨价"}
    assert files(library.root) == {"ledger.db", "search.db"}, "nothing beside the two is left"


def test_where_nothing_is_new_nothing_is_written(library: Any) -> None:
    library.put(1)
    catch_up(library.root)
    before = (library.root / "search.db").read_bytes()
    assert catch_up(library.root) == CaughtUp()
    assert (library.root / "search.db").read_bytes() == before


def test_an_index_that_followed_says_what_one_made_anew_says(library: Any) -> None:
    for version in range(3):
        for number in range(7 - version):
            library.put(number, f"第{number}篇第{version}版", "储能ETF600519" * (version + 1))
        catch_up(library.root)
    followed = content(library.root)
    assert catch_up(library.root, anew=True).indexed == 7
    assert content(library.root) == followed
    assert followed[-1] == (0,), "no term of an earlier version is left"


@pytest.mark.parametrize("processes", [1, 2])
def test_many_posts_with_several_processes(library: Any, processes: int) -> None:
    library.put_all(
        [(n, f"标题{n}", f"正文{n}", "2022-03-02 10:00:00", "kejiribao", "科技日报新闻") for n in range(1100)]
    )
    seen: list[tuple[str, int, int]] = []
    done = catch_up(library.root, processes=processes, progress=lambda *said: seen.append(said))
    assert done == CaughtUp(indexed=1100)
    assert found(library.root, "正文1099") == {"标题1099"}
    assert seen[-1] == ("indexing", 1100, 1100)


def test_it_stops_between_batches_and_goes_on(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_BATCH", 2)
    monkeypatch.setattr(index, "_JOB", 1)
    for number in range(5):
        library.put(number, f"标题{number}")
    assert catch_up(library.root, is_over=lambda: True) == CaughtUp(indexed=2, behind=3)
    assert behind(library.root) == 3
    assert catch_up(library.root) == CaughtUp(indexed=3)


KILLS = """
import os, signal, sys
from pathlib import Path
from newsarchive.search import index
index._BATCH, index._JOB = 3, 1
calls = 0
def killing(original, after):
    def call(*arguments, **words):
        global calls
        calls += 1
        if calls == int(sys.argv[3]) and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **words)
        if calls == int(sys.argv[3]) and after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call
name, after = sys.argv[2].split(":")
setattr(index._CatchUp, name, killing(getattr(index._CatchUp, name), after == "after"))
index.catch_up(Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("point", "call", "indexed"),
    [
        ("_remove:before", 1, 0),  # a transaction was begun
        ("_insert:after", 2, 3),  # posts are in, their number is not
        ("_set:after", 2, 3),  # before the commit
        ("_write:after", 1, 3),  # after it
        ("_write:after", 2, 5),  # with an edited post among them
    ],
)
def test_killed_at_any_point_it_catches_up(library: Any, point: str, call: int, indexed: int) -> None:
    library.put(1, "旧标题一", "旧文")
    library.put(2, "旧标题二", "旧文")
    catch_up(library.root)
    for number in (3, 1, 4, 2, 5):
        library.put(number, f"新标题{number}", "新文")
    killed = subprocess.run(
        [sys.executable, "-c", KILLS, str(library.root), point, str(call)], cwd=ROOT, check=False, capture_output=True
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert behind(library.root) == 5 - indexed
    assert len(found(library.root, "新文")) == indexed, "what is indexed is searched, whole posts alone"
    assert catch_up(library.root) == CaughtUp(indexed=5 - indexed)
    assert found(library.root, "新文") == {f"新标题{number}" for number in range(1, 6)}
    assert found(library.root, "旧文") == set()
    followed = content(library.root)
    catch_up(library.root, anew=True)
    assert content(library.root) == followed
    assert files(library.root) == {"ledger.db", "search.db"}


def test_a_ledger_made_anew_indexes_only_what_is_not_the_same(library: Any) -> None:
    names = [library.put(number, f"标题{number}", "正文") for number in range(6)]
    catch_up(library.root)
    (library.root / "ledger.db").unlink()
    library.post_of(names[0]).unlink()
    edited = library.post_of(names[1])
    edited.write_bytes(edited.read_bytes().replace("正文".encode(), "改了".encode()))
    ledger = Ledger(library.root / "ledger.db")
    posts = [
        Adopted(name, str(path), hashlib.sha256((library.root / path).read_bytes()).hexdigest())
        for name, path in Posts(library.root).names()
    ]
    ledger.adopt(posts, now=datetime(2022, 3, 3, tzinfo=UTC))
    ledger.close()
    assert behind(library.root) == 5
    assert catch_up(library.root) == CaughtUp(indexed=1, removed=1)
    assert found(library.root, "正文") == {f"标题{number}" for number in range(2, 6)}
    assert found(library.root, "改了") == {"标题1"}
    assert catch_up(library.root) == CaughtUp()


@pytest.mark.parametrize("since", [(), (3,), (3, 4), (3, 4, 5)])
def test_a_ledger_put_back_from_a_backup_is_followed(library: Any, since: tuple[int, ...]) -> None:
    library.put(1, "标题一")
    shutil.copyfile(library.root / "ledger.db", library.root / "backup")
    library.put(2, "标题二")
    catch_up(library.root)
    (library.root / "backup").replace(library.root / "ledger.db")
    for number in since:
        library.put(number, f"标题{number}")
    assert catch_up(library.root) == CaughtUp(indexed=len(since), removed=1)
    assert found(library.root, "标题") == {"标题一", *(f"标题{number}" for number in since)}
    assert catch_up(library.root) == CaughtUp()


def test_a_post_that_cannot_be_read_is_named_and_tried_again(library: Any) -> None:
    name, _ = library.put(1, "标题一"), library.put(2, "标题二")
    post = library.post_of(name)
    whole = post.read_bytes()
    post.write_bytes(b"no post")
    done = catch_up(library.root)
    assert (done.indexed, [broken for broken, _ in done.unread]) == (1, [name])
    assert [reason for _, reason in catch_up(library.root).unread] == [f"{post.name}: the front matter is missing"]
    post.write_bytes(whole)
    assert catch_up(library.root) == CaughtUp(indexed=1)
    assert found(library.root, "标题") == {"标题一", "标题二"}


def test_a_damaged_index_is_made_anew(library: Any) -> None:
    library.put(1, "标题一")
    (library.root / "search.db").write_bytes(b"this is no database, by no means at all" * 100)
    assert catch_up(library.root) == CaughtUp(indexed=1)
    assert found(library.root, "标题") == {"标题一"}


def test_an_index_made_another_way_is_made_anew(library: Any) -> None:
    library.put(1, "标题一")
    catch_up(library.root)
    with closing(sqlite3.connect(library.root / "search.db", isolation_level=None)) as db:
        db.execute("UPDATE meta SET value = 'of old' WHERE key = 'made'")
    assert behind(library.root) == 1
    assert catch_up(library.root) == CaughtUp(indexed=1)


def test_another_programs_database_is_left_alone(library: Any) -> None:
    library.put(1)
    with closing(sqlite3.connect(library.root / "search.db", isolation_level=None)) as db:
        db.execute("CREATE TABLE theirs (x)")
    before = (library.root / "search.db").read_bytes()
    with pytest.raises(Refused, match="another program's"):
        catch_up(library.root)
    assert (library.root / "search.db").read_bytes() == before


def test_while_another_process_writes_the_index_it_is_left_to_it(library: Any) -> None:
    library.put(1, "标题一")
    catch_up(library.root)
    library.put(2, "标题二")
    with closing(sqlite3.connect(library.root / "search.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert catch_up(library.root) == CaughtUp(behind=1, busy=True)
        assert found(library.root, "标题") == {"标题一"}, "who reads is not kept waiting"
        other.execute("ROLLBACK")
    assert catch_up(library.root) == CaughtUp(indexed=1)


def test_beside_a_run_its_committed_posts_are_indexed(library: Any) -> None:
    library.put(1, "标题一")
    catch_up(library.root)
    library.put(2, "标题二")
    held = Ledger(library.root / "ledger.db")
    held.flush()
    assert catch_up(library.root) == CaughtUp(indexed=1)
    held.close()
    assert files(library.root) == {"ledger.db", "search.db"}


def test_without_a_ledger_there_is_nothing_to_follow(library: Any) -> None:
    assert catch_up(library.root) == CaughtUp()
    assert behind(library.root) == 0
    assert files(library.root) == set()
