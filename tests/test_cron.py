"""The page on running it for years is true: its lines run, its files are there, its unit files are systemd's."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsarchive import settings
from newsarchive.archive import runs
from newsarchive.replica.compose import NOW
from newsarchive.replica.server import Replica
from spiders.finews import FinewsSpider
from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "cron.md").read_text(encoding="utf-8")
CONTRIB = ROOT / "contrib"
UNITS = sorted((CONTRIB / "systemd").iterdir())
FIELD = r"(?:\*(?:/\d+)?|\d+)"

CRON = [
    match.groups()
    for block in re.findall(r"```cron\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if (match := re.fullmatch(rf"((?:{FIELD}\s+){{5}})(\S+)\s+(.*)", line))
]


def unit(path: Path) -> dict[str, dict[str, str]]:
    """Read a unit file: its sections, and their values by name."""
    sections: dict[str, dict[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = {}
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            sections[next(reversed(sections))][name] = value
    return sections


EXECUTED = [unit(path)["Service"]["ExecStart"] for path in UNITS if path.suffix == ".service"]
COMMANDS = [*(command for _, _, command in CRON), *EXECUTED]


def test_every_line_of_the_crontab_is_one() -> None:
    lines = re.findall(r"^(?:\*|\d).*newsarchive  cd .*$", PAGE, re.MULTILINE)
    assert len(lines) == len(CRON) == 4
    limits = (59, 23, 31, 12, 7)
    for when, user, command in CRON:
        numbers = [re.findall(r"\d+", field) for field in when.split()]
        assert all(int(number) <= limit for found, limit in zip(numbers, limits, strict=True) for number in found)
        assert user == "newsarchive"
        assert "%" not in command, "cron takes it for a line's end"


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_every_command_setting_and_argument_is_there(command: str) -> None:
    (verb,) = re.findall(r"\.venv/bin/scrapy (\w+)", command)
    assert (ROOT / "newsarchive" / "commands" / f"{verb}.py").is_file()
    for name in re.findall(r"-s (\w+)=", command) + re.findall(r"-s (\w+)=", PAGE):
        assert hasattr(settings, name), f"there is no setting {name}"
    for name in re.findall(r"-a (\w+)=", command):
        assert name in FinewsSpider.arguments


def test_the_log_that_is_written_is_the_log_that_is_rotated() -> None:
    written = {path for _, _, command in CRON for path in re.findall(r"2>>(\S+)", command)}
    rotated = re.findall(r"^(/\S+) \{$", (CONTRIB / "logrotate" / "newsarchive").read_text(), re.MULTILINE)
    assert written == set(rotated)


def test_the_first_line_archives_says_so_in_its_log_and_mails_nothing(small_replica: Replica, tmp_path: Path) -> None:
    command = CRON[0][2]
    ours = f"-s FINEWS_URL={small_replica.url} -s NEWSSHARE_URL={small_replica.url}"
    for theirs, here in {
        ".venv/bin/scrapy crawl finews": f"{shlex.quote(sys.executable)} -m scrapy crawl finews {ours}",
        "/srv/newsarchive": shlex.quote(str(ROOT)),
        "/var/lib/newsarchive": f"{tmp_path}/archive -s NEWSARCHIVE_CLOCK={NOW.isoformat()}",
        "/var/log/newsarchive": str(tmp_path),
    }.items():
        assert theirs in command
        command = command.replace(theirs, here)
    ended = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=False, cwd="/", timeout=PATIENCE
    )
    log = (tmp_path / "crawl.log").read_text(encoding="utf-8")
    assert ended.returncode == 0, log
    assert (ended.stdout, ended.stderr) == ("", ""), "cron mails whatever is printed"
    assert log.rstrip().endswith("finews: complete (exit code 0)")
    assert len(list((tmp_path / "archive").glob("_posts/**/*.md"))) == len(small_replica.pieces)


def test_each_service_has_its_timer_and_the_page_links_to_both() -> None:
    names = [path.name for path in UNITS]
    assert names == [f"{name}.{kind}" for name in ("newsarchive-full", "newsarchive") for kind in ("service", "timer")]
    for name in names:
        assert f"(../contrib/systemd/{name})" in PAGE


def test_the_daily_look_differs_from_the_service_in_what_it_asks_for_alone() -> None:
    ordinary, full = (unit(CONTRIB / "systemd" / f"newsarchive{kind}.service") for kind in ("", "-full"))
    full["Service"]["ExecStart"] = full["Service"]["ExecStart"].replace(" -a full=1", "")
    for service in (ordinary, full):
        service["Service"].pop("TimeoutStartSec")
        service["Unit"].pop("Description")
    assert full == ordinary


def test_a_run_that_needs_nobody_is_no_failure_for_systemd() -> None:
    codes = {
        int(code) for code in unit(CONTRIB / "systemd" / "newsarchive.service")["Service"]["SuccessExitStatus"].split()
    }
    assert codes == {runs.INCOMPLETE, runs.BUSY, 143}
    assert not codes & {runs.CANNOT_START, runs.USAGE, runs.SOURCE_CHANGED, runs.DAMAGED}


def test_systemd_finds_no_fault_with_the_unit_files(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        message = "systemd-analyze is missing; on Debian: apt install systemd"
        if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/srv/newsarchive/.venv/bin/scrapy", "/bin/true")
        (tmp_path / path.name).write_text(text.replace("/srv/newsarchive", "/"), encoding="utf-8")
    files = [str(tmp_path / path.name) for path in UNITS]
    ended = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
