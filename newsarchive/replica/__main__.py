"""Serve the replica by hand: ``python -m newsarchive.replica``."""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import datetime, time, timedelta

from newsarchive.replica.article import TEMPLATES
from newsarchive.replica.compose import DAYS, PER_DAY, SEED, START, compose
from newsarchive.replica.piece import CHINA
from newsarchive.replica.server import Replica


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m newsarchive.replica",
        description="The source on loopback, with invented news, to try newsarchive on: the mirror, the share host, "
        "the store of old posts (/old_post/), the publisher's pages (/a/NUMBER.html), lists and article API.",
        epilog="The mirror's clock stands at 20:00 of the last day. What was published more than three days before "
        "has left the mirror and is in the store.",
    )
    parser.add_argument("--port", type=int, default=8765, help="0 for any free port (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="another number, other news (default: %(default)s)")
    parser.add_argument("--days", type=int, default=DAYS, help="how many days of news (default: %(default)s)")
    parser.add_argument("--per-day", type=int, default=PER_DAY, help="articles of a working day (default: %(default)s)")
    parser.add_argument(
        "--template", choices=sorted(TEMPLATES), default="", help="the publisher's pages in this year's template"
    )
    given = parser.parse_args(arguments)
    if given.days < 1 or given.per_day < 0:
        parser.error("--days must be 1 or more, --per-day not negative")
    now = datetime.combine(START + timedelta(days=given.days - 1), time(20), CHINA)
    pieces = compose(given.seed, days=given.days, per_day=given.per_day)
    try:
        replica = Replica(pieces, now, port=given.port)
    except OSError as error:
        parser.exit(1, f"port {given.port} cannot be had ({error}); --port 0 takes any free one\n")
    replica.template = given.template
    settings = " ".join(f"-s {name}={value}" for name, value in replica.settings.items())
    further = " ".join(f"-s {name}={value}" for name, value in replica.further_settings.items())
    with replica:
        sys.stdout.write(
            f"{len(pieces)} pieces, the mirror's clock at {now:%Y-%m-%d %H:%M %z}, on {replica.url}\n"
            f"Archive it:  scrapy crawl finews {settings} -s ARCHIVE_DIR=build/replica\n"
            f"Without the mirror, scrapy crawl eastmoney with these as well: {further}\n"
            "Ctrl-C ends it.\n"
        )
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
