"""``scrapy export`` as users call it: what it writes, what it says, and its exit codes."""

from __future__ import annotations

import argparse
import json
import re
import resource
import shlex
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from scrapy.exceptions import UsageError
from scrapy.utils.project import get_project_settings

from bench.exporting import make_archive
from newsarchive.commands.export import Command
from newsarchive.export.formats import FEED_LENGTH
from tests.conftest import PATIENCE
from tests.export.test_reading import everything, posts

ROOT = Path(__file__).resolve().parents[2]


def command(archive: Path, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "scrapy", "export", *map(str, arguments), "-s", f"ARCHIVE_DIR={archive}"]


def export(archive: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(archive, *arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def called(archive: Path, *arguments: str) -> Command:
    """Run the command in this process; gives it when it has ended."""
    command = Command()
    command.settings = get_project_settings().copy()
    command.settings.set("ARCHIVE_DIR", str(archive))
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    options, words = parser.parse_known_args(arguments)
    command.run(words, options)
    return command


def test_standard_output_takes_json_lines_and_nothing_else(small: Path) -> None:
    before = everything(small)
    ended = export(small, "-", "--since", "2022-03-01", "--category", "*")
    assert ended.returncode == 0, ended
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {line["post"] for line in lines} == set(posts(small))
    assert ended.stderr == f"{len(lines)} posts\n"
    assert everything(small) == before


def test_the_suffix_says_the_format_and_the_sum_is_for_machines_too(small: Path, tmp_path: Path) -> None:
    dest = tmp_path / "new folder" / "posts.parquet"
    ended = export(small, dest, "--json")
    assert ended.returncode == 0, ended
    said = json.loads(ended.stdout)
    count = len(posts(small))
    assert said.pop("mark")
    assert said == {
        "file": str(dest),
        "format": "parquet",
        "bytes": dest.stat().st_size,
        "posts": count,
        "looked_at": count,
        "faults": [],
        "notes": [],
    }
    assert pq.read_metadata(dest).num_rows == count
    assert [path.name for path in dest.parent.iterdir()] == ["posts.parquet"]


def test_a_mark_leads_to_what_is_new_since(small: Path, tmp_path: Path) -> None:
    mark = json.loads(export(small, tmp_path / "1.jsonl", "--json").stdout)["mark"]
    assert export(small, "-", "--after", mark).stdout == ""
    (small / "ledger.db").unlink()
    ended = export(small, "-", "--after", mark)
    assert (ended.returncode, ended.stdout) == (1, ""), ended
    assert ended.stderr.startswith("newsarchive: there is no ledger to ask what changed"), ended


def test_a_real_crawls_captures_become_a_wacz(small: Path, tmp_path: Path) -> None:
    ended = export(small, tmp_path / "all.wacz")
    assert ended.returncode == 0, ended
    assert ended.stdout.startswith(f"{tmp_path}/all.wacz: ")
    with zipfile.ZipFile(tmp_path / "all.wacz") as file:
        pages = [json.loads(line) for line in file.read("pages/pages.jsonl").splitlines()[1:]]
        for path in (small / "captures").iterdir():
            assert file.read(f"archive/{path.name}") == path.read_bytes()
    assert len(pages) == 1 + len(posts(small)), "the home page and every article"


def test_a_damaged_post_is_named_the_others_are_exported_and_the_exit_code_is_5(small: Path, tmp_path: Path) -> None:
    post = min((small / "_posts").rglob("*.md"))
    post.write_bytes(post.read_bytes()[:-1])
    ended = export(small, tmp_path / "feed.json", "--json")
    assert json.loads(ended.stdout)["mark"] is None, "the damaged post is still to come"
    ended = export(small, tmp_path / "feed.json", "--force")
    assert ended.returncode == 5, ended
    path = post.relative_to(small)
    assert f"✗ {path}: it is not what its digest in the ledger says; scrapy verify says more; left out" in ended.stdout
    items = json.loads((tmp_path / "feed.json").read_bytes())["items"]
    assert len(items) == len(posts(small)) - 1


def test_a_feed_says_that_it_has_only_the_newest_and_that_there_is_no_ledger(tmp_path: Path) -> None:
    make_archive(tmp_path / "many", FEED_LENGTH + 1)
    (tmp_path / "many" / "ledger.db").unlink()
    ended = export(tmp_path / "many", tmp_path / "news.atom")
    assert ended.returncode == 0, ended
    assert "there is no ledger" in ended.stdout
    assert f"a feed has the newest {FEED_LENGTH} posts; --limit N takes more" in ended.stdout
    assert (tmp_path / "news.atom").read_text(encoding="utf-8").count("<entry>") == FEED_LENGTH


def test_a_name_no_post_answers_to_is_said(small: Path, tmp_path: Path) -> None:
    ended = export(small, tmp_path / "none.jsonl", "--category", "emnwes")
    assert ended.returncode == 0, ended
    assert "no post of these days answers to category=emnwes; did you mean emnews?" in ended.stdout
    assert (tmp_path / "none.jsonl").read_bytes() == b""


def test_what_is_there_is_replaced_only_when_told(small: Path, tmp_path: Path) -> None:
    dest = tmp_path / "posts.jsonl"
    dest.write_text("mine", encoding="utf-8")
    ended = export(small, dest)
    assert (ended.returncode, ended.stderr) == (1, f"newsarchive: {dest} is there already; --force replaces it\n")
    assert dest.read_text(encoding="utf-8") == "mine"
    assert export(small, dest, "--force").returncode == 0
    assert dest.read_text(encoding="utf-8") != "mine"


def test_nothing_is_written_into_the_archive_or_for_an_archive_that_is_none(small: Path, tmp_path: Path) -> None:
    inside = export(small, small / "posts.jsonl")
    assert (inside.returncode, "lies within the archive" in inside.stderr) == (1, True), inside
    nowhere = export(tmp_path / "nowhere", tmp_path / "posts.jsonl")
    assert (nowhere.returncode, "there is no archive" in nowhere.stderr) == (1, True), nowhere
    (tmp_path / "empty").mkdir()
    empty = export(tmp_path / "empty", tmp_path / "posts.jsonl")
    assert (empty.returncode, "holds no archive" in empty.stderr) == (1, True), empty
    assert not (tmp_path / "posts.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "export takes one DEST"),
        (("posts",), "does not say its format"),
        (("-", "--format", "wacz"), "wacz cannot be written to standard output"),
        (("-", "--json"), "--json says on standard output how it went"),
        (("posts.jsonl", "--since", "monday"), "--since: 'monday' is no day"),
        (("posts.jsonl", "--since", "2022-03-02", "--until", "2022-03-01"), "--since=2022-03-02 is after"),
        (("posts.jsonl", "--limit", "0"), "--limit='0' is no number of posts"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_meant_is_usage(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        called(tmp_path, *arguments)


def test_every_example_of_the_documentation_can_be_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    examples = [shlex.split(line, comments=True) for line in re.findall(r"^scrapy export (.*)$", text, re.MULTILINE)]
    assert len(examples) > 4
    for words in examples:
        assert called(tmp_path, *words[: words.index("|") if "|" in words else None]).exitcode == 1
        assert (
            capsys.readouterr().err
            == f"newsarchive: {tmp_path} holds no archive; choose another with -s ARCHIVE_DIR=…\n"
        )


def test_usage_exits_2_with_a_sentence(tmp_path: Path) -> None:
    ended = export(tmp_path, "posts")
    assert ended.returncode == 2, ended
    assert "'posts' does not say its format; end it with one of .jsonl, " in ended.stdout + ended.stderr


def test_a_reader_that_has_had_enough_is_no_error_to_speak_of(stock: Path) -> None:
    with subprocess.Popen(
        command(stock, "-"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 128 + signal.SIGPIPE
        assert process.stderr.read() == ""


@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "wacz"])
def test_a_disk_that_becomes_full_leaves_what_was_there(stock: Path, tmp_path: Path, suffix: str) -> None:
    dest = tmp_path / "to" / f"news.{suffix}"
    dest.parent.mkdir()
    dest.write_bytes(b"yesterday's")
    ended = subprocess.run(
        command(stock, dest, "--force"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)),
    )
    assert ended.returncode == 1, ended
    assert ended.stderr.startswith("newsarchive: stopped: "), ended
    assert ended.stderr.endswith(f"{dest} was not written\n"), ended
    assert everything(dest.parent) == {dest.name: b"yesterday's"}


def test_a_signal_stops_it(stock: Path) -> None:
    with subprocess.Popen(  # its output is never read, so that it waits in the middle
        command(stock, "-"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 143
    assert said == "newsarchive: stopped; what was written is not complete\n"
