"""No command lets anything but text through to a terminal or a pipe, whatever was archived, named or answered."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsarchive.article import Name
from newsarchive.escaping import json_text, one_line, visible, xml_text
from newsarchive.replica.compose import compose
from newsarchive.replica.server import Replica
from tests.conftest import Crawl
from tests.post_cases import NEWSPAPER_POST

ROOT = Path(__file__).resolve().parents[2]
# A window's title, the clipboard, a link behind words, a colour no command of ours uses, an 8-bit CSI, the cursor home,
# letters turned round, an overwritten line, Rich's markup, and what other programs take for line ends.
HOSTILE = (
    "恶\x1b]0;HACKED\x07意\x1b]52;c;SEFDSw==\x07\x1b]8;;http://evil.example/\x1b\\X\x1b]8;;\x1b\\\x1b[5;31;47m"
    "\x9b5;31m\x1b[H\x1b[2J\u202e反\u2066转\u061c\x7f\b\r盖\x0c[bold]粗[/bold][link=http://evil.example/]x[/link]\x85\u2028"
)
FORGED = f"{HOSTILE}\n✗ FORGED line"
OURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # what Rich and the progress line write on a terminal
FOREIGN = re.compile(r"\x1b\[(?:5;31;47m|H|2J)|\x9b|\x1b\]|HACKED\x07")
CODE = "NW202203041300000001"
SAYING = {"diff", "import", "search", "site", "status", "verify"}
COMMANDS = sorted(path.stem for path in (ROOT / "newsarchive" / "commands").glob("[a-z]*.py"))


def yaml_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'


def post(number: int, title: str, *, category: str = "chengbeiribao", tag: str = "城北日报新闻", text: str = "第一段"):
    return (
        NEWSPAPER_POST.replace('"城北新桥今日通车"', yaml_text(title))
        .replace("NW202203041300000001", f"NW2022030413{number:08d}")
        .replace("categories: chengbeiribao", f"categories: {yaml_text(category)}")
        .replace("tags: 城北日报新闻", f"tags: {yaml_text(tag)}")
        .replace("第一段", text)
    )


@pytest.fixture(scope="module")
def hostile_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, list[str]]]:
    """Give an archive with hostile data in every field, a hostile clone, and how a hostile source is crawled."""
    folder = tmp_path_factory.mktemp("hostile")
    clone, archive = folder / "clone", folder / "archive"
    files = {
        f"_posts/2022-03-04-{CODE}.md": post(1, FORGED, category=FORGED, tag=f"{FORGED}新闻", text=f"{HOSTILE}词"),
        f"old_post/2022-03-04-{CODE}.md": post(1, f"旧{FORGED}", category=FORGED, text=f"旧的 {HOSTILE}词"),
        "_posts/2022-03-04-NW202203041300000002.md": post(2, "x").replace('title: "x"', f'title: "{HOSTILE}"'),
        f"_posts/{HOSTILE.replace('/', '')[:60]}\n.md": post(3, HOSTILE),
        "_posts/2022-03-04-NW202203041300000004.md": post(4, "x").replace("2022-03-04 09", f"{HOSTILE}2022-03-05 09"),
        "_posts/2022-03-04-NW202203041300000005.md": post(5, "x").replace("layout: post", f"layout: [{HOSTILE}"),
    }
    for name, content in files.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(content, encoding="utf-8")
    pieces = [
        replace(piece, title=HOSTILE.replace("\\", ""), digest=piece.digest and HOSTILE, text=f"<p>{HOSTILE}</p>")
        for piece in compose()
        if not piece.oddity
    ][-8:]
    with hostile_share_host() as share, Replica(pieces) as source:
        crawl = Crawl(source.url, archive)
        yield archive, clone, crawl.command("finews", RETRY_TIMES=0, NEWSSHARE_URL=share)[4:]


@contextlib.contextmanager
def hostile_share_host() -> Iterator[str]:
    """Be a share host whose answers, errors and redirects are hostile wherever a server has a word."""
    escaped = HOSTILE.replace("\n", " ")

    class Source(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "GetNewsText" in self.path and self.path[-1] in "02468":
                fields = {"Title": escaped, "Date": escaped, "From": escaped, "text": f"<p>{escaped}</p>"}
                self.answer(200, json.dumps(fields).encode(), "application/json")
            elif "GetNewsText" in self.path:
                self.send_response(302)
                self.send_header("Location", "http://evil\x1b[31m.example/\x9b?\x07")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.answer(404, f"<html><h1>{escaped}</h1></html>".encode(), f"text/html; x={escaped[:9]}")

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status, "\x1b[5;31;47mOK")
            self.send_header("Content-Type", kind.encode("utf-8").decode("latin-1"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Source) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


def words_of(archive: Path, clone: Path, crawl: list[str]) -> dict[str, list[list[str]]]:
    """Give how each command is called, once or more, in an order in which each finds what it shows."""
    out = archive.parent / f"out\x1b[5;31;47m{os.getpid()}"
    return {
        "import": [[str(clone)], [str(clone), "--json"]],
        "crawl": [crawl],
        "search": [["词"], ["词", "--json"], ['"' + HOSTILE], ["词", "--category", HOSTILE.replace("\x00", "")]],
        "diff": [[CODE, "--all"], [CODE, "--all", "--color"], [CODE, "--json"], [HOSTILE]],
        "status": [[], ["--json"], ["--edits"], ["--edits", "--json"], ["--gaps"], ["--gaps", "--json"], ["--color"]],
        "verify": [[], ["--json"]],
        "rebuild": [["--check"], ["--check", "--json"], ["--search"]],
        "export": [
            *(["-", "--format", form] for form in ("jsonl", "atom", "jsonfeed")),
            [f"{out}.parquet", "--force"],
            [f"{out}.jsonl", "--force", "--json"],
            ["-", "--category", HOSTILE],
        ],
        "site": [[f"{out}-site"], [f"{out}-site", "--json"], [str(clone)]],
        "datasette": [[], ["--json"], [f"{out}.db"]],
        "serve": [["--port", "0"]],
    }


@pytest.fixture(scope="module")
def filled(hostile_archive: tuple[Path, Path, list[str]]) -> dict[str, list[list[str]]]:
    archive, clone, crawl = hostile_archive
    words = words_of(archive, clone, crawl)
    for name in ("import", "crawl"):
        piped(name, words[name][0], archive)
    # What is no post, under a hostile name, where verify and rebuild look; a record of a run that is damaged.
    broken = archive / "_posts" / "2022" / "03" / f"\x1b]0;HACKED\x07\n{HOSTILE.replace('/', '')[:40]}.md"
    broken.write_text("---\ntitle: \x1b[5;31;47m\n---\n", encoding="utf-8")
    (archive / "runs" / "20220304T000000Z-x\x1b]0;HACKED\x07.json").write_text("{}", encoding="utf-8")
    return words


def command(name: str, words: list[str], archive: Path) -> list[str]:
    said = [] if name == "crawl" else ["-s", f"ARCHIVE_DIR={archive}", "-s", "PROCESSES=1"]
    return [sys.executable, "-m", "scrapy", name, *words, *said]


def piped(name: str, words: list[str], archive: Path) -> str:
    if name == "serve":
        with subprocess.Popen(
            command(name, words, archive), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            while b"The archive is at" not in first and process.poll() is None:
                first += process.stdout.readline()
            process.send_signal(signal.SIGINT)
            return (first + process.stdout.read()).decode()
    ended = subprocess.run(command(name, words, archive), cwd=ROOT, capture_output=True, check=False, timeout=120)
    return ended.stdout.decode() + ended.stderr.decode()


def on_a_terminal(name: str, words: list[str], archive: Path) -> str:
    ours, theirs = pty.openpty()
    said = b""
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "300"}
    with subprocess.Popen(
        command(name, words, archive), cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        with contextlib.suppress(OSError):  # Linux says by an error that the other end is closed
            while chunk := os.read(ours, 65536):
                said += chunk
                if name == "serve" and b"The archive is at" in said:
                    process.send_signal(signal.SIGINT)
        process.wait(timeout=120)
    os.close(ours)
    return said.decode()


def control_characters(text: str, *, but: str) -> list[str]:
    """Give what is no text; `newsarchive.escaping` is not asked what that is."""
    lines = {"\u2028", "\u2029"}
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return [
        c
        for c in text
        if c not in but
        and (unicodedata.category(c) == "Cc" or c in lines or c == "\u061c" or unicodedata.bidirectional(c) in bidi)
    ]


def test_no_command_was_forgotten(filled: dict[str, list[list[str]]]) -> None:
    assert sorted(filled) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_no_control_character_reaches_a_pipe_or_a_terminal(
    name: str, filled: dict[str, list[list[str]]], hostile_archive: tuple[Path, Path, list[str]]
) -> None:
    archive = hostile_archive[0]
    told = ""
    for words in filled[name]:
        text = piped(name, words, archive)
        told += text
        colours = "--color" in words
        assert text, words
        assert "Traceback" not in text, text
        assert not FOREIGN.search(text), (words, text)
        found = control_characters(OURS.sub("", text) if colours else text, but="\n\t")
        assert not found, (words, found, text)
        if words[:1] != ["-"]:
            assert not any(line.lstrip().startswith("✗ FORGED") for line in text.splitlines()), text

        if "--json" in words:
            continue  # the same bytes
        shown = on_a_terminal(name, words, archive)
        assert not FOREIGN.search(shown), (words, shown)
        found = control_characters(OURS.sub("", shown), but="\n\t\r")
        assert not found, (words, found, shown)
    if name in SAYING:
        assert "␛" in told, "what is hostile did not get as far as this command"


def test_what_is_json_says_the_same_as_before_it_was_made_safe() -> None:
    value = {HOSTILE: [FORGED, "\ud83d", "茅台", "\u200d"], "n": 1.5}
    text = json_text(value)
    assert json.loads(text) == value
    assert "茅台" in text
    assert not control_characters(text, but="\n")


def test_a_field_is_one_line_and_readable() -> None:
    assert one_line("一\r\n二\t三\u2028四") == "一 二 三 四"
    assert one_line("\x1b[31m红\x07\x7f\x9b\u202e") == "␛[31m红␇␡\ufffd\ufffd"
    assert visible("甲\n乙\t丙\r\n👩\u200d👧") == "甲\n乙\t丙\n👩\u200d👧"


def test_xml_holds_no_character_it_forbids_and_none_a_terminal_obeys() -> None:
    assert xml_text("a\x1bb\x9bc\u202ed\ud800") == "a\ufffdb&#x9b;c&#x202e;d\ufffd"


def test_a_name_of_an_article_is_no_way_round() -> None:
    with pytest.raises(ValueError, match=r"\\x1b"):
        Name.parse("\x1b[31m")


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_what_an_output_cannot_encode_is_written_as_an_escape(
    encoding: str, filled: dict[str, list[list[str]]], hostile_archive: tuple[Path, Path, list[str]]
) -> None:
    ended = subprocess.run(
        command("search", ["词"], hostile_archive[0]),
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert ended.returncode == 0, ended.stderr
    assert codecs.decode(ended.stdout, encoding)
