"""Posts and ledger, made again from the captures: the same bytes, the same rows."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.archive.captures import Captures, Exchange, iterate
from newsarchive.archive.content_encoding import decode_body
from newsarchive.archive.options import Options
from newsarchive.archive.rebuild import Rebuilt, rebuild
from newsarchive.replica.compose import compose
from newsarchive.replica.server import Replica

LATER = datetime(2022, 4, 1, tzinfo=UTC)
NEVER_TOLD = {
    *("tries", "last_try", "error_kind", "error"),  # by captures, of attempts that no host answered
    *("change", "id"),  # numbers of a ledger's own
    "looked",  # captures tell of every look, the ledger of the last one only
}


def options(root: Path, *, write: bool = True) -> Options:
    return Options(root, settle_hours=6, settle_tries=6, processes=1, write=write, now=LATER)


def rebuilt(root: Path, *, write: bool = True) -> Rebuilt:
    return rebuild(options(root, write=write), changed=lambda *_: None, progress=lambda *_: None)


def kept(root: Path, folder: str = "_posts") -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in (root / folder).rglob("*") if path.is_file()}


def rows(root: Path, table: str, key: str = "name") -> dict[str, dict[str, object]]:
    with sqlite3.connect(root / "ledger.db") as db:
        db.row_factory = sqlite3.Row
        found = {row["key"]: dict(row) for row in db.execute(f"SELECT {key} AS key, * FROM {table}")}  # noqa: S608 - ours
    db.close()
    return found


def differing(one: dict[str, dict[str, object]], other: dict[str, dict[str, object]]) -> list[str]:
    assert one.keys() == other.keys()
    return [
        f"{name}: {column} {one[name][column]!r} became {other[name][column]!r}"
        for name in one
        for column in sorted(one[name].keys() - NEVER_TOLD)
        if one[name][column] != other[name][column]
    ]


def everything(root: Path) -> dict[str, bytes]:
    return kept(root, ".")


def test_every_post_is_made_again_byte_for_byte_from_captures_alone(archive: Path) -> None:
    posts = kept(archive)
    for other in ("_posts", "runs", "revisions"):
        shutil.rmtree(archive / other)
    (archive / "ledger.db").unlink()
    result = rebuilt(archive)
    assert (result.added, result.changed, result.same) == (len(posts), 0, 0)
    again = kept(archive)
    assert again.keys() == posts.keys()
    assert [path for path in posts if again[path] != posts[path]] == []


def test_a_rebuild_of_a_whole_archive_changes_no_byte(archive: Path) -> None:
    before = everything(archive)
    result = rebuilt(archive)
    assert not result.changes
    assert everything(archive) == before


def test_a_lost_ledger_comes_back_with_every_row_as_it_was(archive: Path) -> None:
    before = {table: rows(archive, table, key) for table, key in TABLES.items()}
    (archive / "ledger.db").unlink()
    assert rebuilt(archive).ledger == "ledger.db is missing"
    for table, key in TABLES.items():
        assert differing(before[table], rows(archive, table, key)) == []


TABLES = {
    "articles": "name",
    "lists": "path",
    "sightings": "list || name",
    "served": "url",
    "committed": "one",
    "runs": "file",
}


def test_a_ledger_that_is_there_is_left_as_it_is(small: Path) -> None:
    before = (small / "ledger.db").read_bytes()
    shutil.rmtree(small / "_posts")
    assert not rebuilt(small).written
    assert (small / "ledger.db").read_bytes() == before


def test_a_post_that_differs_is_replaced_and_kept_as_a_revision(small: Path) -> None:
    path = min((small / "_posts").rglob("*.md"))
    right = path.read_bytes()
    path.write_bytes(right + b"?")
    assert rebuilt(small).changed == 1
    assert path.read_bytes() == right
    assert right + b"?" in kept(small, "revisions").values()


def test_check_finds_the_same_and_writes_nothing(small: Path) -> None:
    changed, lost, *_ = sorted((small / "_posts").rglob("*.md"))
    changed.write_bytes(changed.read_bytes() + b"?")
    lost.unlink()
    before = everything(small)
    result = rebuilt(small, write=False)
    assert (result.added, result.changed) == (1, 1)
    assert everything(small) == before


def test_a_damaged_ledger_is_made_anew_and_kept(small: Path) -> None:
    damaged = bytearray((small / "ledger.db").read_bytes())
    damaged[5000] ^= 1
    (small / "ledger.db").write_bytes(damaged)
    assert "seal" in rebuilt(small).ledger
    assert bytes(damaged) in kept(small, "revisions").values()
    assert not rebuilt(small).changes


def test_a_post_whose_own_capture_is_lost_is_not_replaced_by_an_older_version(small: Path) -> None:
    revision = next(path for path in (small / "revisions").rglob("*-NW*.md"))
    path = next((small / "_posts").rglob(f"{revision.name.split('.')[0]}.md"))
    newest = path.read_bytes()
    place = next(row["capture"] for row in rows(small, "articles").values() if str(row["post"]).endswith(path.name))
    file, _, offset = str(place).partition("#")
    with (small / "captures" / file).open("r+b") as stream:
        stream.seek(int(offset) + 100)
        stream.write(b"\0\0\0\0")
    result = rebuilt(small)
    assert path.stem.endswith(result.kept[0][0])
    assert len(result.damage) == 1
    assert path.read_bytes() == newest


def test_a_post_no_capture_gives_stays_and_is_in_the_new_ledger(small: Path) -> None:
    source = min((small / "_posts").rglob("*-NW*.md"))
    imported = source.with_name(f"{source.name[:11]}NW202112310000000000.md")
    imported.write_bytes(source.read_bytes())
    (small / "ledger.db").unlink()
    rebuilt(small)
    row = rows(small, "articles")["NW202112310000000000"]
    assert (row["state"], row["post"]) == ("captured", str(imported.relative_to(small)))


def test_rows_captures_cannot_tell_of_are_carried_into_a_new_ledger(small: Path) -> None:
    with sqlite3.connect(small / "ledger.db") as db:
        db.execute(
            "INSERT INTO articles (name, state, first_seen, deadline, tries, error) "
            "VALUES ('NW202203010000000001', 'pending', 'a', 'c', 4, 'refused')"
        )
        db.execute("UPDATE articles SET category = 'anderes' WHERE name = (SELECT min(name) FROM articles)")
    db.close()
    (small / "runs" / "ledger.sums").unlink()
    result = rebuilt(small)
    assert [one.column for one in result.differences] == ["category"]
    carried = rows(small, "articles")["NW202203010000000001"]
    assert (carried["state"], carried["tries"], carried["error"]) == ("pending", 4, "refused")


def test_a_row_that_names_another_capture_of_the_same_answer_is_right(small: Path) -> None:
    name, place = next((name, str(row["capture"])) for name, row in rows(small, "articles").items())
    kept_twice = next(
        item for item in iterate(small / "captures") if isinstance(item, tuple) and item[0].place == place
    )
    with Captures(small / "captures", now=lambda: kept_twice[1].fetched_at) as captures:
        again = captures.write(kept_twice[1])
    with sqlite3.connect(small / "ledger.db") as db:
        db.execute("UPDATE articles SET capture = ? WHERE name = ?", (again.place, name))
    db.close()
    (small / "runs" / "ledger.sums").unlink()
    assert rebuilt(small, write=False).differences == []


@pytest.fixture(scope="module")
def settled(new_crawl: Callable[..., object], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One archive at three moments: two articles wait for their text; a lesser road had to do; the text is there."""
    folder = tmp_path_factory.mktemp("settled")
    pieces = [piece for piece in compose() if not piece.oddity][-12:]
    paper, rolling = (next(piece for piece in pieces if piece.rolling is form) for form in (False, True))
    with Replica(pieces) as source:
        crawl = new_crawl(source.url, folder / "archive")
        rule = {"match": f"GetNewsText.*({paper.number}|{rolling.number})", "do": "500", "times": -1}
        for moment, clock, code, faults, arguments in (
            ("waiting", "2022-03-03 20:00", 3, [rule], ()),
            ("settled", "2022-03-05 19:00", 0, [rule], ()),
            ("exact", "2022-03-05 20:00", 0, [], ("full=1",)),
        ):
            source.faults(faults)
            ended = crawl("finews", *arguments, NEWSARCHIVE_CLOCK=clock, RETRY_TIMES=0)
            assert ended.code == code, ended
            shutil.copytree(folder / "archive", folder / moment)
    return {moment: folder / moment for moment in ("waiting", "settled", "exact")}


def test_the_three_moments_are_what_they_are_called(settled: dict[str, Path]) -> None:
    states = {
        moment: [(row["state"], row["origin"]) for row in rows(root, "articles").values()]
        for moment, root in settled.items()
    }
    assert states["waiting"].count(("pending", None)) == 2
    assert states["settled"].count(("captured", "mirror-page")) == 2
    assert set(states["exact"]) == {("captured", "share-json")}


@pytest.mark.parametrize("moment", ["waiting", "settled", "exact"])
def test_an_article_that_waits_for_its_text_waits_in_a_rebuild_too(settled: dict[str, Path], moment: str) -> None:
    root = settled[moment]
    posts, articles = kept(root), rows(root, "articles")
    assert not rebuilt(root, write=False).changes
    shutil.rmtree(root / "_posts")
    (root / "ledger.db").unlink()
    rebuilt(root)
    assert kept(root) == posts
    assert differing(articles, rows(root, "articles")) == []


def rewritten(archive: Path, change: Callable[[Exchange], list[Exchange]]) -> Path:
    """Give an archive with the captures of another, each exchange changed, and nothing else."""
    other = archive.with_name("rewritten")
    with Captures(other / "captures", now=lambda: LATER) as captures:
        for item in iterate(archive / "captures"):
            assert isinstance(item, tuple)
            for exchange in change(item[1]):
                captures.write(exchange)
    return other


def test_an_answer_met_behind_a_redirect_is_the_answer_to_what_was_asked(archive: Path) -> None:
    def moved(exchange: Exchange) -> list[Exchange]:
        if "GetNewsText" not in exchange.url:
            return [exchange]
        to = exchange.url.replace("NewsData/GetNewsText.do?id=", "api/v2/")
        location = (b"Location", to.partition(":")[2].encode())
        return [replace(exchange, status=301, headers=(location,), body=b""), replace(exchange, url=to)]

    posts = kept(archive)
    other = rewritten(archive, moved)
    rebuilt(other)
    assert kept(other) == posts


def test_hosts_and_folders_may_change_between_runs(archive: Path) -> None:
    posts = kept(archive)
    other = rewritten(
        archive, lambda one: [replace(one, url=f"https://example.org/a/mirror/{one.url.split('/', 3)[3]}")]
    )
    rebuilt(other)
    assert kept(other) == posts


def test_a_retry_that_was_answered_hides_the_error_before_it(archive: Path) -> None:
    posts = kept(archive)
    other = rewritten(archive, lambda one: [replace(one, status=503, body=b"busy", headers=()), one])
    rebuilt(other)
    assert kept(other) == posts


def test_every_content_coding_is_undone_as_the_crawl_undid_it(small: Path) -> None:
    exchanges = [item[1] for item in iterate(small / "captures") if isinstance(item, tuple)]
    coded = [one for one in exchanges if (b"Content-Encoding", b"gzip") in one.headers]
    assert coded
    assert all(decode_body(one)[:1] in b"<{" for one in coded)
    with pytest.raises(ValueError, match="no such stream"):
        decode_body(replace(coded[0], body=b"no gzip"))


def test_a_code_whose_number_is_known_as_rolling_news_keeps_its_own_post(
    new_crawl: Callable[..., object], tmp_path: Path
) -> None:
    """Both forms ask the share host with the same address; the captures say for which of them."""
    rolling = [piece for piece in compose() if piece.rolling and not piece.oddity and piece.text]
    piece = max(rolling, key=lambda one: one.published)
    with Replica([piece]) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        source.faults([{"match": "GetNewsText", "do": "500", "times": 1}])
        assert crawl("finews", RETRY_TIMES=0).code == 3
        assert crawl("newsshare", f"code={piece.code}").code == 0
        assert crawl("finews").code == 0
    root = crawl.archive
    posts, articles = kept(root), rows(root, "articles")
    assert sorted(articles) == sorted([piece.number, piece.code])
    assert len(posts) == 2
    shutil.rmtree(root / "_posts")
    (root / "ledger.db").unlink()
    rebuilt(root)
    assert kept(root) == posts
    assert differing(articles, rows(root, "articles")) == []
