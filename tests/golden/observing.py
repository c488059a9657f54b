"""Everything the golden net looks at, as texts by the name of their pin."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.golden import archive, exports
from tests.golden.pages import pages
from tests.golden.running import Bulk, Desk, Ended, Plain, help_text
from tests.golden.worlds import WORLDS, World, mirror

_SCRAPYS_OWN = {
    *("bench", "check", "edit", "fetch", "genspider", "list", "parse"),
    *("runspider", "settings", "shell", "startproject", "version", "view"),
}
_WRONG = (
    ("nothing", "status"),
    ("nothing", "import", "nowhere"),
    ("nothing", "crawl", "images"),
    ("empty", "crawl"),
    ("empty", "crawl", "nothing"),
    ("empty", "crawl", "finews", "-a", "since=soon"),
    ("empty", "crawl", "finews", "-a", "limit=0"),
    ("empty", "crawl", "newsshare", "-a", "code=x"),
    ("empty", "status"),
    ("empty", "status", "--days", "x"),
    ("empty", "search", "("),
    ("empty", "diff", "x"),
    ("empty", "export", "news.doc"),
    ("empty", "site"),
    ("empty", "serve", "--port", "99999"),
)
"""What cannot be done: an archive that is not there or holds nothing, and words."""


def observe(folder: Path) -> Path:
    """Make the archives and look at them from all sides; returns the folder with the pins of today.

    Args:
        folder: to work in; afterwards ``seen/`` has the pins and ``bulk/`` the texts that are pinned by digest.
    """
    desk, bulk = Desk(folder / "desk"), Bulk(folder / "bulk")
    with ThreadPoolExecutor(min(os.cpu_count() or 2, 4)) as pool:
        first = pool.submit(mirror, desk)
        others = [pool.submit(_other, world, desk, bulk) for world in WORLDS]
        found = {"help.txt": _together(pool, [lambda: _help(desk)])}
        (desk.folder / "empty").mkdir()
        found |= {"usage.txt": [pool.submit(_usage, desk, *words) for words in _WRONG]}
        found |= _mirror(pool, first.result(), bulk)
        texts = {name: "\n".join(part.result() for part in parts) for name, parts in found.items()}
        for other in others:
            texts |= other.result()
    seen = folder / "seen"
    seen.mkdir()
    for name, text in texts.items():
        (seen / name).write_text(text, encoding="utf-8")
    return seen


def _together(pool: ThreadPoolExecutor, looks: list[Callable[[], str]]) -> list[Future[str]]:
    return [pool.submit(look) for look in looks]


def _usage(desk: Desk, name: str, *words: str) -> str:
    return str(desk.run(*words, ARCHIVE_DIR=name))


def _help(desk: Desk) -> str:
    """Return the list of commands and the help of each of ours."""
    listed = desk.run("--help")
    names = [name for name in re.findall(r"(?m)^  (\w+) {2,}", listed.out) if name not in _SCRAPYS_OWN]
    shown = [desk.run(name, "--help") for name in names]
    return "\n".join([str(listed), *(help_text(str(one)) for one in shown)])


def _other(make: Callable[[Desk], World], desk: Desk, bulk: Bulk) -> dict[str, str]:
    """Make one of the lesser archives; return its pins."""
    world = make(desk)
    plain = world.plain
    checked = _told(world, "verify --json", "rebuild --check --json")
    return _kept(world, plain, bulk) | {f"{world.name}.checked.txt": _transcript(checked, plain)}


def _kept(world: World, plain: Plain, bulk: Bulk) -> dict[str, str]:
    """Return what is in an archive, and what the commands said that made it."""
    return {
        f"{world.name}.crawls.txt": _transcript(world.told, plain),
        f"{world.name}.ledger.txt": archive.ledger(archive.rows(world.archive, plain)),
        f"{world.name}.captures.txt": archive.captures(world.archive, plain, bulk),
        f"{world.name}.files.txt": archive.posts(world.archive, bulk) + "\n" + archive.other_files(world.archive),
        f"{world.name}.runs.txt": archive.run_records(world.archive, plain),
    }


def _transcript(ended: list[Ended], plain: Plain) -> str:
    return "\n".join(plain(str(one)) for one in ended)


def _mirror(pool: ThreadPoolExecutor, world: World, bulk: Bulk) -> dict[str, list[Future[str]]]:
    """Look at the large archive: what is in it, what every command says of it, and its pages."""
    plain = world.plain
    kept = _kept(world, plain, bulk)
    with archive.ledger_of(world.archive) as db:
        kept["schema.txt"] = archive.schema(db)
    copies = world.copy("copy"), world.copy("hurt")
    indexed = world.run("search", "公司", "--limit", "3")  # and no other command has to bring the index up to date
    edited = sorted({path.name[11:].partition(".")[0] for path in world.archive.glob("revisions/*/*/*.md")})
    stamps = sorted(path.name.split(".")[1] for path in world.archive.glob(f"revisions/*/*/*{edited[-1]}.*.md"))

    def command(*words: str) -> Callable[[], str]:
        return lambda: plain(str(world.run(*words)))

    looks: dict[str, list[Callable[[], str]]] = {
        "pages.txt": [lambda: pages(world, plain, bulk, _articles(world, edited))],
        "mirror.rebuilt.txt": [lambda: _rebuilt(copies[0], plain, bulk)],
        "mirror.hurt.txt": [lambda: _hurt(copies[1], plain)],
        "status.txt": [
            command("status"),
            command("status", "--max-age", "30m", "--days", "2", "--category", "emnews,*ribao"),
            command("status", "--json"),
            command("status", "--gaps"),
            command("status", "--gaps", "--days", "2", "--category", "emnews,*ribao", "--json"),
            command("status", "--edits"),
            command("status", "--edits", "--json"),
        ],
        "diff.txt": [
            command("diff", edited[-1]),
            command("diff", edited[0], "--color"),
            command("diff", edited[-1], "--all", "--json"),
            command("diff", edited[-1], "--from", stamps[0], "--to", "current"),
            command("diff", edited[-1], "--from", "1999"),
            command("diff", "NW202203019999999999"),
        ],
        "search.txt": [
            lambda: plain(str(indexed)),
            command("search", "公司", "--limit", "2", "--json"),
            command("search", '"同比增长"', "OR", "新桥", "--category", "emnews,*ribao", "--json", "--limit", "2"),
            command("search", "公司", "--since", "2022-03-03", "--until", "today", "--limit", "2"),
            command("search", "没有这个词", "--json"),
        ],
        "exports.txt": _exports(world, plain, bulk),
    }
    there = {name: [pool.submit(str, text)] for name, text in kept.items()}
    return there | {name: _together(pool, parts) for name, parts in looks.items()}


def _exports(world: World, plain: Plain, bulk: Bulk) -> list[Callable[[], str]]:
    """Return what exports each format and reads it back."""
    folder = world.desk.folder

    def export(name: str, read: Callable[[Path], str], *words: str) -> Callable[[], str]:
        return lambda: plain(str(world.run("export", name, *words, "--json"))) + read(folder / name)

    def lines(path: Path) -> str:
        return exports.lines(path, plain, bulk)

    def text(path: Path) -> str:
        return f"{bulk(plain(path.read_text(encoding='utf-8')))}\n"

    def site() -> str:
        ended = world.run("site", "built", "--since", "2022-03-02", "--until", "2022-03-03")
        return plain(str(ended)) + exports.folder(folder / "built", plain, bulk)

    def datasette() -> str:
        ended = world.run("datasette", "analysis.db", "--json")
        return plain(str(ended)) + exports.database(folder / "analysis.db", plain, bulk)

    return [
        export("posts.jsonl", lines),
        export("some.jsonl", lines, "--since", "2022-03-02", "--category", "emnews,*ribao", "--words", "公司"),
        lambda: plain(str(world.run("export", "-", "--limit", "2"))),
        export("posts.parquet", lambda path: exports.table(path, plain, bulk)),
        export("news.atom", text),
        lambda: plain(str(world.run("export", "-", "--format", "atom", "--category", "emnews", "--limit", "2"))),
        export("news.json", text, "--limit", "20"),
        export("all.wacz", lambda path: exports.package(path, plain, bulk)),
        export("some.wacz", lambda path: exports.package(path, plain, bulk), "--words", "公司", "--limit", "5"),
        site,
        datasette,
    ]


_CHOSEN = (
    "SELECT 'text from ' || origin, min(name) FROM articles WHERE origin IS NOT NULL GROUP BY origin",
    "SELECT state, min(name) FROM articles WHERE state != 'captured' GROUP BY state",
    "SELECT 'imported', min(name) FROM articles WHERE state = 'captured' AND capture IS NULL",
)


def _articles(world: World, edited: list[str]) -> dict[str, str]:
    """Choose articles whose pages are looked at from all sides: edited ones, one of each text source, lost ones."""
    found = {f"edited {number}": name for number, name in enumerate(edited, 1)}
    with archive.ledger_of(world.archive) as db:
        for question in _CHOSEN:
            found |= dict(db.execute(question))
    return found


def _told(world: World, *lines: str) -> list[Ended]:
    return [world.run(*line.split()) for line in lines]


def _rebuilt(copy: World, plain: Plain, bulk: Bulk) -> str:
    """Check a copy, make it again, lose what can be made again, make that; return what was said and what differs."""
    told = _told(copy, "verify", "verify --json", "rebuild --check", "rebuild --json")
    before = archive.rows(copy.archive, plain), _bytes(copy)
    (copy.archive / "ledger.db").unlink()
    for path in [*sorted(copy.archive.glob("_posts/2022/03/*.md"))[::6], min(copy.archive.glob("revisions/*/*/*.md"))]:
        path.unlink()
    told += _told(copy, "status", "rebuild --check --json")
    told += [copy.run("rebuild", PROCESSES=2), *_told(copy, "verify --json")]
    after = archive.rows(copy.archive, copy.plain), _bytes(copy)
    other = sorted(path for path in before[1].keys() | after[1].keys() if before[1].get(path) != after[1].get(path))
    return "\n".join(
        [
            _transcript(told, plain),
            "# what differs in the ledger that was made again",
            *archive.difference(before[0], after[0], bulk),
            "# posts and earlier versions that differ from what they were",
            *other,
            "",
        ]
    )


def _bytes(world: World) -> dict[str, bytes]:
    return {str(path.relative_to(world.archive)): path.read_bytes() for path in world.archive.glob("[_r]*/**/*.md")}


def _hurt(copy: World, plain: Plain) -> str:
    """Damage a copy in several places; return what is said of it."""
    posts = sorted(copy.archive.glob("_posts/2022/03/*.md"))
    posts[0].write_bytes(posts[0].read_bytes()[:-1])
    posts[1].unlink()
    (posts[2].with_name("notes.txt")).write_text("not ours")
    revision = min(copy.archive.glob("revisions/*/*/*.md"))
    revision.write_bytes(revision.read_bytes() + b"\n")
    record = min(copy.archive.glob("runs/*.json"))
    record.write_bytes(record.read_bytes().replace(b'"pending": ', b'"pending": 1', 1))
    told = _told(copy, "verify", "verify --json", "rebuild --check --json", "export hurt.jsonl --json")
    capture = min(copy.archive.glob("captures/*.warc.gz"))
    capture.write_bytes(capture.read_bytes()[:-100])
    told += _told(copy, "verify --json", "rebuild --json", "export hurt.wacz --json")
    return _transcript(told, plain)
