"""``make demo-serve``: some weeks of the source in a box, archived as a cron job would, to be read in a browser.

The mirror keeps three days, so the spider comes by every third one. The last day an article is edited, its pictures
are fetched too, and the archive is served until Ctrl-C. What is there already is served at once.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from datetime import datetime, time, timedelta
from pathlib import Path

from newsarchive.archive.files import make_directory
from newsarchive.replica.compose import START, compose
from newsarchive.replica.piece import CHINA, Piece
from newsarchive.replica.server import Replica

ROOT = Path(__file__).resolve().parents[2]
DAYS = 21
PER_DAY = 40
_STEP = 3  # days between two runs: as long as the mirror keeps an article
_LATER = timedelta(hours=1)
_ENDS = 20  # o'clock
_LEAST_PARAGRAPHS = 6


def main(arguments: list[str] | None = None) -> int:
    """Fill the archive where it is not there, and serve it; gives the exit code."""
    parser = argparse.ArgumentParser(prog="make demo-serve", description=__doc__.split("\n\n")[0])
    parser.add_argument("--archive", type=Path, default=Path("build/demo-serve"), help="where (%(default)s)")
    parser.add_argument("--days", type=int, default=DAYS, help="of news (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="0 for any free one (%(default)s)")
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    given = parser.parse_args(arguments)
    archive = (ROOT / given.archive).resolve()
    if not (archive / "ledger.db").exists():
        sys.stdout.write(f"Archiving {given.days} days of invented news …\n")
        sys.stdout.flush()
        begun = archive.with_name(f"{archive.name}.part")
        shutil.rmtree(begun, ignore_errors=True)
        if code := fill(begun, days=given.days):
            return code
        begun.rename(archive)
    command = [sys.executable, "-m", "scrapy", "serve", "--port", str(given.port), "-s", f"ARCHIVE_DIR={archive}"]
    clock = f"NEWSARCHIVE_CLOCK={(end_of(given.days) + _LATER).isoformat()}"
    os.chdir(ROOT)
    return os.execv(sys.executable, [*command, "-s", clock, *(["--open"] if given.open else [])])  # noqa: S606 - ours


def end_of(days: int) -> datetime:
    """Give the moment at which so many days of news are out."""
    return datetime.combine(START + timedelta(days=days - 1), time(_ENDS), CHINA)


def fill(archive: Path, *, days: int = DAYS, per_day: int = PER_DAY) -> int:
    """Archive some days of news with pictures and an edit; gives the exit code of the run that failed, or 0."""
    make_directory(archive)
    pieces = compose(days=days, per_day=per_day)
    stops = [*range(days, 0, -_STEP)][::-1]
    with Replica(pieces, end_of(stops[0])) as replica:
        for day in stops:
            replica.now = end_of(day)
            if code := _crawl(replica, archive, "finews", replica.now):
                return code
        edit(replica, pieces)
        later = replica.now + _LATER
        return _crawl(replica, archive, "finews", later, "-a", "full=1") or _crawl(replica, archive, "images", later)


def edit(replica: Replica, pieces: list[Piece]) -> Piece:
    """Edit an article of the last day, as newspapers do: another word in the title, a paragraph less, a figure more."""
    day = replica.now.date()
    those = [piece for piece in pieces if not piece.rolling and not piece.oddity and piece.published.date() == day]
    piece = max(those, key=lambda one: one.text.count("</p>") if "<img" not in one.text else 0)
    paragraphs = piece.text.split("</p>")
    if len(paragraphs) >= _LEAST_PARAGRAPHS:
        del paragraphs[2]
    paragraphs[1] = paragraphs[1] + "　公司表示，上述数据未经审计，以定期报告为准。"
    replica.edit(piece.number, title=f"{piece.title}（更新）", text="</p>".join(paragraphs))
    return piece


def _crawl(replica: Replica, archive: Path, spider: str, now: datetime, *arguments: str) -> int:
    command = [sys.executable, "-m", "scrapy", "crawl", spider, *arguments]
    hosts = f"*.dfcfw.com={replica.url}pictures/, *.eastmoney.com={replica.url}pictures/"
    for setting in (
        f"FINEWS_URL={replica.url}",
        f"NEWSSHARE_URL={replica.url}",
        f"IMAGE_HOSTS={hosts}",
        f"ARCHIVE_DIR={archive}",
        f"NEWSARCHIVE_CLOCK={now.isoformat()}",
        "LOG_LEVEL=ERROR",
    ):
        command += ["-s", setting]
    ended = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=None, check=False
    )
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
