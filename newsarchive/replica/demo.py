"""``make demo``: the very spider users run, on the source in a box.

Starts the replica on loopback, archives it into ``build/demo``, runs once more to show that nothing is fetched twice,
and says where to look.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from newsarchive.archive.files import make_directory
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.server import Replica

ROOT = Path(__file__).resolve().parents[2]
_LINES_SHOWN = 8


def main() -> int:
    """Run the demo; gives the crawl's exit code."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--archive", type=Path, default=Path("build/demo"), help="where to; emptied first (%(default)s)"
    )
    archive = (ROOT / parser.parse_args().archive).resolve()
    console = Console(highlight=False)
    if archive.exists() and any(archive.iterdir()) and not (archive / "ledger.db").exists():
        console.print(f"{archive} holds something that is no archive; it is left alone. Choose another folder.")
        return 1
    shutil.rmtree(archive, ignore_errors=True)
    make_directory(archive)
    pieces = compose()
    with Replica(pieces) as replica:
        console.print(f"The source in a box: {len(pieces)} articles on {replica.url}\n")
        code = _crawl(replica.settings, archive, show=True)
        if code != 0:
            return code
        replica.reset()
        again = _crawl(replica.settings, archive, show=False)
        asked = ", ".join(f"{seen.path} ({seen.status})" for seen in replica.log)
        console.print(f"\nOnce more, exit code {again}: nothing is new, so all it asked for was {asked}\n")
    _show_one(console, archive)
    shown = archive.relative_to(Path.cwd()) if archive.is_relative_to(Path.cwd()) else archive
    console.print(f"\nEvery post is below {shown}/_posts, every response as it came in {shown}/captures.")
    console.print(
        f"Read it in a browser: {_scrapy()} serve -s ARCHIVE_DIR={shown} --open\n"
        "or some weeks of it, with pictures and edits: make demo-serve",
        soft_wrap=True,
    )
    return again


def _crawl(settings: dict[str, str], archive: Path, *, show: bool) -> int:
    command = [sys.executable, "-m", "scrapy", "crawl", "finews"]
    settings = settings | {"ARCHIVE_DIR": str(archive), "NEWSARCHIVE_CLOCK": NOW.isoformat()}
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    output = None if show else subprocess.DEVNULL
    return subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False).returncode  # noqa: S603 - ours


def _scrapy() -> str:
    """Give the command as it can be typed here."""
    command = Path(sys.executable).parent / "scrapy"
    return str(command.relative_to(Path.cwd())) if command.is_relative_to(Path.cwd()) else "scrapy"


def _show_one(console: Console, archive: Path) -> None:
    """Show how a post begins, so that nobody has to open one to see."""
    posts = sorted((archive / "_posts").rglob("*-NW*.md"))
    if posts:
        post = min(posts, key=lambda path: path.stat().st_size)
        lines = post.read_text(encoding="utf-8").split("\n")[:_LINES_SHOWN]
        console.print(Text(post.name, style="bold"))
        for line in lines:
            console.print(Text(f"  {line}"), overflow="ellipsis", no_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
