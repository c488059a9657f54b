"""The house stands: imports run one way, and what must stand in one room stands in that room alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOUSES = ("newsarchive", "spiders", "pipelines")

# From the ground up; a room imports rooms of its own floor and of those below.
FLOORS = (
    {
        "newsarchive",  # the package itself: its version
        "newsarchive.article",
        "newsarchive.body",
        "newsarchive.bodycheck",
        "newsarchive.bodyrepair",
        "newsarchive.clock",
        "newsarchive.dates",
        "newsarchive.escaping",
        "newsarchive.frontmatter_handler",
        "newsarchive.hosts",
        "newsarchive.htmlnames",
        "newsarchive.newspapers",
        "newsarchive.sentences",
        "newsarchive.spans",
    },
    {"newsarchive.source", "newsarchive.post", "newsarchive.postfile", "newsarchive.finish"},
    {"newsarchive.archive"},
    {"newsarchive.search"},
    {
        "newsarchive.datasette",
        "newsarchive.export",
        "newsarchive.extensions",
        "newsarchive.logs",
        "newsarchive.middlewares",
        "newsarchive.settings",
        "newsarchive.web",
        "pipelines",
        "spiders",
    },
    {"newsarchive.commands", "newsarchive.jobs", "newsarchive.replica"},
)
# What only turns bytes into values: told everything, asks nothing, the same answer every time.
PURE = FLOORS[0] | FLOORS[1] - {"newsarchive", "newsarchive.clock"}
OUTSIDE_WORLD = {
    "aiohttp",
    "asyncio",
    "fcntl",
    "http.client",
    "httpx",
    "newsarchive.clock",
    "os",
    "random",
    "requests",
    "scrapy",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "twisted",
    "urllib.request",
}
SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|"
    r"(CREATE|DROP|ALTER)\s+(VIRTUAL\s+)?(TABLE|INDEX|VIEW)|PRAGMA\s+\w+)\b",
    re.DOTALL,
)
CLOCKS = {"now", "utcnow", "today", "time", "localtime", "gmtime"}
WRITING_MODE = re.compile(r"[rbt]*[wax+][rbtwax+]*")

Found = Iterator[tuple[ast.AST, str]]


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the house, by its dotted name."""
    found = {}
    for house in HOUSES:
        for path in sorted((ROOT / house).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    return found


def place(name: str, node: ast.AST) -> str:
    path = name.replace(".", "/")
    file = f"{path}.py" if (ROOT / f"{path}.py").exists() else f"{path}/__init__.py"
    return f"{file}:{getattr(node, 'lineno', 1)}"


def imports(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Give every import: the module where it is one, else the module it is taken from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield node, inner if inner in modules() else node.module


def for_types_only(tree: ast.Module) -> set[ast.AST]:
    """Give what is only there for the type checker."""
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    return {inner for block in blocks for line in block.body for inner in ast.walk(line)}


def room(name: str) -> str:
    """Give the room a module belongs to: its package, or itself."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "newsarchive" else parts[0]


@cache
def floor(asked: str) -> int:
    """Give the floor of a room; one that is not in the list stands where its own imports put it."""
    for number, rooms in enumerate(FLOORS):
        if asked in rooms:
            return number
    below = {
        room(found)
        for name, tree in modules().items()
        if room(name) == asked
        for _, found in imports(tree)
        if found in modules() and room(found) != asked
    }
    return max((floor(found) for found in below), default=0)


def complaints(find: Callable[[ast.Module], Found], *, but_in: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Give file, line and what was found there, in every module that isn't named."""
    return [
        f"{place(name, node)}: {what}"
        for name, tree in modules().items()
        if name not in but_in
        for node, what in find(tree)
    ]


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str, str]]:
    """Give every call with the name that is called and what it is called on (empty for a bare name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node, node.func.attr, ast.unparse(node.func.value)
            elif isinstance(node.func, ast.Name):
                yield node, node.func.id, ""


def test_imports_run_one_way() -> None:
    upwards = [
        f"{place(name, node)}: {room(name)} imports {imported}, which stands above it"
        for name, tree in modules().items()
        for node, imported in imports(tree)
        if imported in modules() and floor(room(imported)) > floor(room(name))
    ]
    assert not upwards, "\n".join(upwards)


def test_no_import_goes_in_a_circle() -> None:
    graph = {
        name: {found for node, found in imports(tree) if found in modules() and node not in for_types_only(tree)}
        for name, tree in modules().items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports in a circle: {' -> '.join(error.args[1])}")


def test_what_turns_bytes_into_values_asks_nobody_and_nothing() -> None:
    asking = [
        f"{place(name, node)}: {imported}"
        for name, tree in modules().items()
        if room(name) in PURE
        for node, imported in imports(tree)
        if any(imported == thing or imported.startswith(f"{thing}.") for thing in OUTSIDE_WORLD)
    ]
    assert not asking, "\n".join(asking)


def test_one_place_tells_the_time() -> None:
    def asks_the_time(tree: ast.Module) -> Found:
        for node, called, on in calls(tree):
            if called in CLOCKS and on in {"datetime", "date", "time", "datetime.datetime", "datetime.date"}:
                yield node, f"{on}.{called}()"

    # A Retry-After date is meant by the server's clock, whatever ours was set to.
    allowed = {"newsarchive.clock", "newsarchive.middlewares.retry", "newsarchive.middlewares.giveup"}
    found = complaints(asks_the_time, but_in=allowed | {n for n in modules() if room(n) == "newsarchive.replica"})
    assert not found, "\n".join(found)


def docstrings(tree: ast.Module) -> set[ast.AST]:
    return {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def speaks_sql(tree: ast.Module) -> Found:
    prose = docstrings(tree)
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if node not in prose and (match := SQL.search(text)):
            yield node, f"{match[0][:40]!r}"
    for node, called, on in calls(tree):
        if (on, called) == ("sqlite3", "connect"):
            yield node, "sqlite3.connect()"


def test_sql_stands_in_the_ledgers_room_alone() -> None:
    ledger = {name for name in modules() if name.startswith("newsarchive.archive.ledger")}
    # Private temporary databases that no other program ever sees.
    sorting = {"newsarchive.archive.attempts", "newsarchive.archive.scratch"}
    index = {f"newsarchive.search.{name}" for name in ("store", "index", "reader", "matching")}  # its own search.db
    # A database of its own, analysis.db, made for those who ask in SQL, and questions they may begin with.
    analysts = {f"newsarchive.datasette.{name}" for name in ("snapshot", "metadata", "plugins.newsarchive_search")}
    found = complaints(speaks_sql, but_in=ledger | sorting | index | analysts)
    assert not found, "\n".join(found)


def test_all_that_reaches_a_terminal_goes_through_one_room() -> None:
    def goes_round(tree: ast.Module) -> Found:
        from_rich = {
            alias.asname or alias.name
            for node, imported in imports(tree)
            if isinstance(node, ast.ImportFrom) and imported in {"rich", "rich.console"}
            for alias in node.names
        }
        for node, called, on in calls(tree):
            own = called in {"Console", "print"} and (not on or on.startswith("rich"))
            if (own and (called in from_rich or called == "print" or on)) or on in {"sys.__stdout__", "sys.__stderr__"}:
                yield node, f"{on}.{called}()"

    demos = {name for name in modules() if room(name) == "newsarchive.replica"}  # show what they made themselves
    found = complaints(goes_round, but_in={"newsarchive.terminal"} | demos)
    assert not found, "\n".join(found)


def writes(tree: ast.Module) -> Found:
    """Give every call that writes a file in place, or could."""
    for node, called, on in calls(tree):
        said = f"{on}.{called}" if on else called
        words = [*node.args, *(keyword.value for keyword in node.keywords)]
        modes = [word.value for word in words if isinstance(word, ast.Constant) and isinstance(word.value, str)]
        flags = " ".join(ast.unparse(word) for word in words)
        if called in {"write_text", "write_bytes", "copyfileobj", "mkstemp", "NamedTemporaryFile"} or said in {
            "os.link",
            "os.replace",
            "os.rename",
            "shutil.copy",
            "shutil.copy2",
            "shutil.copyfile",
            "shutil.move",
        }:
            yield node, said
        elif said == "os.open":
            if re.search(r"O_(WRONLY|RDWR|CREAT|APPEND|TRUNC)", flags) and "os.devnull" not in flags:
                yield node, f"{said}({flags})"
        elif called in {"open", "fdopen"} and any(WRITING_MODE.fullmatch(mode) for mode in modes):
            yield node, f"{said}({flags})"


def test_bytes_reach_the_disk_through_the_files_room_and_the_captures_alone() -> None:
    allowed = {
        "newsarchive.archive.files",
        "newsarchive.archive.newfiles",
        "newsarchive.archive.appendfile",
        "newsarchive.archive.captures",  # cuts a torn record off
        "newsarchive.archive.ledgeranew",  # copies the ledger into a temporary folder
        "newsarchive.export.package",  # opens members of a ZIP, in a file that came from the files room
        *(name for name in modules() if room(name) == "newsarchive.replica"),  # keeps nothing
    }
    found = complaints(writes, but_in=allowed)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "open(path, 'w')",
        "open(path, mode='ab')",
        "path.open('r+b')",
        "path.open('x', encoding='utf-8')",
        "path.write_text('x')",
        "os.open(path, os.O_WRONLY | os.O_CREAT)",
        "os.replace(a, b)",
        "os.link(a, b)",
        "shutil.copyfile(a, b)",
    ],
)
def test_the_net_catches_a_write(line: str) -> None:
    assert list(writes(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["open(path)", "open(path, 'rb')", "path.open('rb')", "os.open(path, os.O_RDONLY)", "stream.write('x')"]
)
def test_the_net_lets_a_reading_through(line: str) -> None:
    assert not list(writes(ast.parse(line)))
