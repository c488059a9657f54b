"""Odd posts, odd files and odd folders: what is imported works in every command, what is not is named, all ends."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pyarrow import parquet

from newsarchive.archive.capturereader import capture_files
from newsarchive.archive.files import sweep, walk
from newsarchive.archive.keeper import Archive
from newsarchive.archive.posts import Posts
from newsarchive.clock import Clock
from newsarchive.web.app import make_app
from newsarchive.web.library import Library
from tests.post_cases import NEWSPAPER_POST, ROLLING_POST

pytestmark = pytest.mark.usefixtures("_here")
Run = Callable[..., tuple[int, str, str]]
FOLDER = "_posts/2022/03"
TITLES = {  # as the mirror wrote them, and as they are meant
    '"城北"新桥"今日通车"': '城北"新桥"今日通车',
    '"C:\\新桥通车"': "C:\\新桥通车",
    '"通车"首日""': '通车"首日"',
    "快讯: 新桥: 通车": "快讯: 新桥: 通车",
    "[快讯]新桥通车": "[快讯]新桥通车",
    "%新桥通车": "%新桥通车",
    "@新桥通车": "@新桥通车",
    "'it's 新桥'": "it's 新桥",
    '"新\x08桥\x1b[31m通车"': "新\x08桥\x1b[31m通车",
    '"甲"\ntitle: "新桥"': "新桥",
}


@pytest.fixture
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def name(number: int) -> str:
    return f"2022-03-04-NW2022030413{number:08d}.md"


def post(number: int, title: str = '"城北新桥今日通车"') -> bytes:
    text = NEWSPAPER_POST.replace('"城北新桥今日通车"', title).replace("NW202203041300000001", name(number)[11:-3])
    return text.encode()


def clone_of(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_posts_that_are_broken_yaml_work_in_every_command(tmp_path: Path, run_command: Run) -> None:
    archive = tmp_path / "archive"
    files = {f"_posts/{name(number)}": post(number, title) for number, title in enumerate(TITLES, start=1)}
    wanted = {name(number)[11:-3]: title for number, title in enumerate(TITLES.values(), start=1)}
    code, out, err = run_command("import", str(clone_of(tmp_path / "clone", files)), ARCHIVE_DIR=archive, PROCESSES=1)
    assert code == 0, out + err
    assert {path.name: path.read_bytes() for path in (archive / FOLDER).iterdir()} == {
        path.rpartition("/")[2]: content for path, content in files.items()
    }

    assert run_command("verify", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    code, out, err = run_command("export", str(tmp_path / "all.jsonl"), "--json", ARCHIVE_DIR=archive, PROCESSES=1)
    assert code == 0, out + err
    assert json.loads(out)["mark"]
    records = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {record["name"]: record["title"] for record in records} == wanted

    code, out, err = run_command("search", "新桥 OR 通车", "--json", ARCHIVE_DIR=archive, PROCESSES=1)
    assert (code, err) == (0, ""), "nothing is said of posts that cannot be found"
    assert {hit["name"]: hit["title"] for hit in json.loads(out)["hits"]} == wanted

    assert run_command("datasette", str(tmp_path / "analysis.db"), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    with sqlite3.connect(tmp_path / "analysis.db") as database:
        rows = database.execute("SELECT name, title, length FROM articles").fetchall()
    database.close()
    assert {row[0]: row[1] for row in rows} == wanted
    assert all(row[2] for row in rows)

    for words in (["diff", next(iter(wanted))], ["status"], ["status", "--gaps"], ["rebuild", "--check"]):
        assert run_command(*words, ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0, words
    code, out, err = run_command("site", str(tmp_path / "site"), "--json", ARCHIVE_DIR=archive)
    if code == 3:
        assert len(json.loads(out)["refused"]) == len(TITLES)
    else:
        assert code == 1, out + err  # no post of the archive can be built


def test_posts_that_are_broken_yaml_are_served_as_any_other(tmp_path: Path, run_command: Run) -> None:
    httpx = pytest.importorskip("starlette.testclient")
    archive = tmp_path / "archive"
    title = '"城北"新桥"今日通车"'
    clone = clone_of(tmp_path / "clone", {f"_posts/{name(1)}": post(1, title)})
    assert run_command("import", str(clone), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    assert run_command("search", "新桥", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    library = Library(archive, Clock("2022-03-05 12:00"))
    with httpx.TestClient(make_app(library), base_url="http://127.0.0.1") as client:
        answer = client.get(f"/article/{name(1)[11:-3]}")
        assert answer.status_code == 200
        assert "城北&#34;新桥&#34;今日通车" in answer.text
        feed = client.get("/feed.xml")
    assert feed.status_code == 200
    assert "新桥" in feed.text


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "atom", "jsonfeed"])
def test_posts_that_are_broken_yaml_are_exported_in_every_format(ending: str, tmp_path: Path, run_command: Run) -> None:
    archive, dest = tmp_path / "archive", tmp_path / f"all.{ending}"
    files = {f"_posts/{name(number)}": post(number, title) for number, title in enumerate(TITLES, start=1)}
    assert run_command("import", str(clone_of(tmp_path / "clone", files)), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    code, out, err = run_command("export", str(dest), "--json", ARCHIVE_DIR=archive, PROCESSES=1)
    assert (code, err) == (0, ""), out
    if ending == "parquet":
        titles = parquet.read_table(dest)["title"].to_pylist()
    elif ending == "atom":
        titles = [one.text for one in ET.parse(dest).iterfind("{*}entry/{*}title")]  # noqa: S314 - ours
    elif ending == "jsonl":
        titles = [json.loads(line)["title"] for line in dest.read_text(encoding="utf-8").splitlines()]
    else:
        titles = [one["title"] for one in json.loads(dest.read_bytes())["items"]]
    wanted = [re.sub("[\x08\x1b]", "\ufffd", title) if ending == "atom" else title for title in TITLES.values()]
    assert sorted(titles) == sorted(wanted)


def test_nothing_that_is_no_text_is_served_of_an_imported_post(tmp_path: Path, run_command: Run) -> None:
    starlette = pytest.importorskip("starlette.testclient")
    archive = tmp_path / "archive"
    no_text = "\x1b]0;x\x07\x9b2J\x7f\x85\u2028\u202e\u2066\ufffe]]>"
    files = {
        f"_posts/{name(1)}": post(1, f'"新"桥{no_text}"').replace("第一段".encode(), f"第一段{no_text}".encode()),
        f"_posts/{name(2)}": post(2, '"新桥\\0\\e[31m\\x9B\\u202E\\uFFFE"').replace(
            "城北日报新闻\n".encode(), f"城北{no_text.replace(chr(0x85), '')}新闻\n".encode(), 1
        ),
    }
    assert run_command("import", str(clone_of(tmp_path / "clone", files)), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    assert run_command("search", "新桥", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    addresses = [
        "/",
        "/papers",
        "/category/chengbeiribao",
        "/day/2022-03-04",
        "/search?q=新",
        "/feed.xml",
        "/feed.json",
    ]
    addresses += ["/api/categories", "/api/articles", "/api/search?q=新", "/search?q=新%1b%c2%9b", "/nosuch%1b%c2%9b"]
    for number in (1, 2):
        addresses += [f"/article/{name(number)[11:-3]}", f"/api/articles/{name(number)[11:-3]}"]
    library = Library(archive, Clock("2022-03-05 12:00"))
    with starlette.TestClient(make_app(library), base_url="http://127.0.0.1") as client:
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == (404 if "nosuch" in address else 200), address
            served = re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", answer.text)
            assert served == [], address
        ET.fromstring(client.get("/feed.xml").content)  # noqa: S314 - ours


def test_a_lost_ledger_takes_posts_that_are_broken_yaml_with_what_they_say(tmp_path: Path, run_command: Run) -> None:
    archive = tmp_path / "archive"
    clone = clone_of(tmp_path / "clone", {f"_posts/{name(1)}": post(1, '"城北"新桥"今日通车"')})
    assert run_command("import", str(clone), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    (archive / "ledger.db").unlink()
    code, out, _ = run_command("export", "-", ARCHIVE_DIR=archive, PROCESSES=1)
    assert code == 0
    assert run_command("rebuild", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    assert run_command("verify", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    code, out, _ = run_command("search", "新桥", "--json", ARCHIVE_DIR=archive, PROCESSES=1)
    assert [hit["title"] for hit in json.loads(out)["hits"]] == ['城北"新桥"今日通车']


NAMELESS = ROLLING_POST.replace('"城北新桥今日通车"', '""').replace("2022-03-04 09:10:11 +0800", " +0800")


def test_the_mirrors_own_files_that_are_no_articles_are_named_and_nothing_is_missing(
    tmp_path: Path, run_command: Run
) -> None:
    files = {
        "_posts/2021-12-01-init.md": b"---\nlayout: post\ntitle: init\n---\nhello\n",
        "_posts/-202205262391921712.md": NAMELESS.encode(),
        f"_posts/{name(1)}": post(1),
    }
    clone = clone_of(tmp_path / "clone", files)
    code, out, err = run_command("import", str(clone), ARCHIVE_DIR=tmp_path / "archive", PROCESSES=1)
    assert code == 0, out + err
    assert "! _posts/2021-12-01-init.md: it is the file the mirror's _posts began with" in out
    assert "! _posts/-202205262391921712.md: it has neither title nor date nor a day in its name" in out
    code, out, _ = run_command("import", str(clone), "--json", ARCHIVE_DIR=tmp_path / "archive", PROCESSES=1)
    said = json.loads(out)
    assert (code, said["failures"], said["counts"]["known, and no article"], len(said["notes"])) == (0, [], 2, 2)
    assert len(list((tmp_path / "archive" / "_posts").rglob("*.md"))) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"_posts/2021-12-02-init.md": b"---\ntitle: init\n---\nx"},
        {"_posts/-202205262391921712.md": NAMELESS.replace('title: ""', 'title: "x"').encode()},
        {"_posts/-202205262391921712.md": NAMELESS.replace("date:  +0800", "date: soon").encode()},
        {"_posts/init.md": b"x"},
    ],
)
def test_what_only_looks_like_the_mirrors_own_files_is_missing(
    changed: dict[str, bytes], tmp_path: Path, run_command: Run
) -> None:
    clone = clone_of(tmp_path / "clone", changed)
    code, out, _ = run_command("import", str(clone), "--json", ARCHIVE_DIR=tmp_path / "archive", PROCESSES=1)
    assert (code, len(json.loads(out)["failures"])) == (3, 1)


def test_odd_files_are_named_with_the_reason_and_hold_nothing_up(tmp_path: Path, run_command: Run) -> None:
    clone = clone_of(
        tmp_path / "clone",
        {
            f"_posts/{name(1)}": post(1).replace(b"\n", b"\r\n"),
            f"_posts/{name(2)}": b"\xef\xbb\xbf" + post(2),
            f"_posts/{name(3)}": post(3).decode().encode("gb18030"),
            f"_posts/{name(4)}": b"",
            f"_posts/{name(5)}": post(5) + b"\0" * 4096,
            f"_posts/{name(6)}": b"\0" * 4096,
            f"_posts/{name(7)}": post(7, f"{'[' * 50_000}x"),
            f"_posts/{name(8)}": post(8)[:300] + b"\0" * 8192 + post(8)[300:],
            f"_posts/{name(9)}/inner.md": post(9),
        },
    )
    os.mkfifo(clone / "_posts" / name(10))
    with (clone / "_posts" / name(11)).open("wb") as large:
        large.truncate(100 * 2**20)
    (clone / "_posts" / name(12)).symlink_to("nowhere")
    (clone / "_posts" / name(13)).symlink_to(name(13))
    archive = tmp_path / "archive"
    code, out, err = run_command("import", str(clone), "--json", ARCHIVE_DIR=archive, PROCESSES=1)
    reasons = {one["what"].rpartition("/")[2]: one["reason"] for one in json.loads(out)["failures"]}
    assert code == 3, err
    for number, reason in {
        3: "iconv -f GB18030 -t UTF-8",
        4: "it is empty",
        5: "4096 NUL bytes behind its text",
        6: "NUL bytes and nothing else",
        8: "8192 NUL bytes within its text",
        9: "a folder with the name of a file",
        10: "no regular file",
        11: "too large for a post",
        12: "symbolic link",
        13: "symbolic link",
    }.items():
        assert reason in reasons.pop(name(number)), number
    assert not reasons
    assert sorted(path.name for path in (archive / FOLDER).iterdir()) == [name(1), name(2), name(7)]
    assert run_command("verify", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0


def test_verify_finds_posts_a_power_cut_tore_even_where_the_ledger_has_taken_them_so(
    tmp_path: Path, run_command: Run
) -> None:
    archive = tmp_path / "archive"
    clone = clone_of(tmp_path / "clone", {f"_posts/{name(number)}": post(number) for number in (1, 2)})
    assert run_command("import", str(clone), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    (archive / FOLDER / name(1)).write_bytes(post(1)[:200] + b"\0" * 300)
    code, out, _ = run_command("verify", ARCHIVE_DIR=archive, PROCESSES=1)
    assert (code, "is not what its digest" in out) == (5, True)
    (archive / "ledger.db").unlink()
    assert run_command("rebuild", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    code, out, _ = run_command("verify", ARCHIVE_DIR=archive, PROCESSES=1)
    assert code == 5
    assert f"{FOLDER}/{name(1)}: what is recorded as a post is none (there are 300 NUL bytes behind its text" in out
    assert name(2) not in out


def test_what_is_no_file_among_the_posts_of_an_archive_is_named_and_holds_no_command_up(
    tmp_path: Path, run_command: Run
) -> None:
    archive = tmp_path / "archive"
    clone = clone_of(tmp_path / "clone", {f"_posts/{name(1)}": post(1)})
    assert run_command("import", str(clone), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    os.mkfifo(archive / FOLDER / name(2))
    (archive / FOLDER / name(3)).mkdir()
    (archive / FOLDER / name(4)).symlink_to("nowhere")
    code, out, _ = run_command("verify", ARCHIVE_DIR=archive, PROCESSES=1)
    assert code == 5
    assert [number for number in (1, 2, 3, 4) if f"{name(number)}: this is no file" in out] == [2, 3, 4]
    (archive / "ledger.db").unlink()
    for words in (["export", "-"], ["rebuild"], ["site", str(tmp_path / "site")], ["status"]):
        assert run_command(*words, ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0, words


LINKED = ["_posts", "_posts/2022", "_posts/2022/03", "revisions", "revisions/2022", "captures", "runs"]


@pytest.fixture
def said_by_all(run_command: Run, tmp_path: Path) -> Callable[[Path], list[object]]:
    def say(archive: Path) -> list[object]:
        said: list[object] = []
        for words in (
            ["verify", "--json"],
            ["status", "--json"],
            ["status", "--edits", "--json"],
            ["search", "--since", "2021-01-01", "--limit", "500", "--json"],
            ["export", "-"],
            ["rebuild", "--check", "--json"],
        ):
            code, out, err = run_command(
                *words, ARCHIVE_DIR=archive, PROCESSES=1, NEWSARCHIVE_CLOCK="2022-03-05T12:00:00+08:00"
            )
            said.append((words, code, out.replace(str(archive), ""), err))
        site = tmp_path / f"site-{len(list(tmp_path.iterdir()))}"
        code, out, err = run_command("site", str(site), ARCHIVE_DIR=archive)
        said.append((code, sorted(str(p.relative_to(site)) for p in (site / "_posts").rglob("*.md"))))
        return said

    return say


@pytest.mark.parametrize("place", LINKED)
def test_a_folder_that_is_a_link_onto_another_disk_is_seen_by_every_command(
    place: str, small: Path, tmp_path: Path, said_by_all: Callable[[Path], list[object]], run_command: Run
) -> None:
    before = said_by_all(small)
    disk = tmp_path / "disk"
    (small / place).rename(disk)
    (small / place).symlink_to(disk)
    assert said_by_all(small) == before
    # Without a ledger the walk is all there is.
    (small / "ledger.db").unlink()
    found = [str(path) for _, path in Posts(small).names()]
    assert found == sorted(str(path) for path in {*found})
    assert len(found) == 6
    assert run_command("rebuild", ARCHIVE_DIR=small, PROCESSES=1)[0] == 0
    assert run_command("verify", ARCHIVE_DIR=small, PROCESSES=1)[0] == 0
    assert (small / place).is_symlink()
    assert capture_files(small / "captures")


def test_a_link_that_leads_back_or_is_a_second_one_finds_nothing_twice(tmp_path: Path) -> None:
    root, disk = tmp_path / "archive", tmp_path / "disk"
    clone_of(root, {f"{FOLDER}/{name(1)}": post(1)})
    clone_of(disk, {f"01/{name(2)}": post(2)})
    for link, target in (
        ("a", "2022"),
        ("0", "."),
        ("up", ".."),
        ("root", "/"),
        ("2021", disk),
        ("2021-too", disk),
        ("2022/self", "self"),
    ):
        (root / "_posts" / link).symlink_to(target)
    (disk / "back").symlink_to(root / "_posts")
    assert [path.name for _, path in Posts(root).names()] == [name(2), name(1)]
    assert [path.name for _, path in Posts(root).names(newest_first=True)] == [name(1), name(2)]


def test_no_temp_file_is_looked_for_behind_links_that_are_no_part_of_the_archive(tmp_path: Path) -> None:
    root, mine, foreign = tmp_path / "archive", tmp_path / "disk", tmp_path / "foreign"
    for folder in (mine, foreign):
        clone_of(folder, {".newsarchive-abcdefgh": b""})
    root.mkdir()
    (root / "_posts").symlink_to(mine)
    (root / "notes").symlink_to(foreign)
    assert sweep(root) == 1
    assert (foreign / ".newsarchive-abcdefgh").exists()


def test_a_folder_that_cannot_be_read_is_not_taken_for_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone_of(tmp_path, {f"{FOLDER}/{name(1)}": post(1)})
    real = os.scandir

    def refusing(path: Any) -> Any:
        if str(path).endswith("03"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(PermissionError):
        list(walk(tmp_path / "_posts"))


def test_a_post_that_is_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path, run_command: Run) -> None:
    archive, foreign = tmp_path / "archive", tmp_path / "foreign.md"
    digest_only = post(1).replace(b"<p>", b"").replace(b"</p>", b"")
    foreign.write_bytes(digest_only)
    clone = clone_of(tmp_path / "clone", {f"_posts/{name(1)}": digest_only})
    assert run_command("import", str(clone), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    (archive / FOLDER / name(1)).unlink()
    (archive / FOLDER / name(1)).symlink_to(foreign)
    assert run_command("verify", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    better = clone_of(tmp_path / "better", {f"_posts/{name(1)}": post(1)})
    assert run_command("import", str(better), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    assert foreign.read_bytes() == digest_only
    assert (archive / FOLDER / name(1)).read_bytes() == post(1)
    assert not (archive / FOLDER / name(1)).is_symlink()
    (kept,) = (archive / "revisions").rglob("*.md")
    assert kept.read_bytes() == digest_only
    assert run_command("verify", ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0


def test_a_link_to_nothing_in_the_place_of_a_new_post_is_replaced(tmp_path: Path, run_command: Run) -> None:
    archive = tmp_path / "archive"
    (archive / FOLDER).mkdir(parents=True)
    (archive / FOLDER / name(1)).symlink_to(tmp_path / "nowhere")
    clone = clone_of(tmp_path / "clone", {f"_posts/{name(1)}": post(1)})
    assert run_command("import", str(clone), ARCHIVE_DIR=archive, PROCESSES=1)[0] == 0
    assert not (tmp_path / "nowhere").exists()
    assert (archive / FOLDER / name(1)).read_bytes() == post(1)


@pytest.mark.parametrize("place", ["_posts", "_posts/2022", "_posts/2022/03"])
def test_an_import_enters_the_links_a_clone_on_several_disks_has(place: str, tmp_path: Path, run_command: Run) -> None:
    clone = clone_of(tmp_path / "clone", {f"_posts/2022/03/{name(1)}": post(1), f"old_post/{name(2)}": post(2)})
    (clone / place).rename(tmp_path / "disk")
    (clone / place).symlink_to(tmp_path / "disk")
    (clone / "_posts" / "2021").symlink_to(clone)  # a circle
    code, out, err = run_command("import", str(clone), ARCHIVE_DIR=tmp_path / "archive", PROCESSES=1)
    assert code == 0, out + err
    assert len(list((tmp_path / "archive" / "_posts").rglob("*.md"))) == 2


def test_an_import_does_not_wander_through_links_that_are_no_year_or_month(tmp_path: Path, run_command: Run) -> None:
    clone = clone_of(tmp_path / "clone", {f"_posts/{name(1)}": post(1)})
    (clone / "_posts" / "home").symlink_to("/")
    code, out, _ = run_command("import", str(clone), "--json", ARCHIVE_DIR=tmp_path / "archive", PROCESSES=1)
    assert code == 3
    assert [one["what"] for one in json.loads(out)["failures"]] == ["_posts/home"]


def test_an_archive_whose_folders_are_links_can_be_written(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    for folder in ("_posts", "captures", "revisions", "runs"):
        (tmp_path / "disk" / folder).mkdir(parents=True)
        (root / folder).symlink_to(tmp_path / "disk" / folder)
    Archive(root, Clock("2022-03-05 12:00")).close()
    assert (root / "_posts").is_symlink()
