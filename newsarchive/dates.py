"""Dates as the source writes them, made into the one form a post holds.

Every time of the source is wall time in ``Asia/Shanghai``, whether it says so or not. The zone comes from the IANA
database: +0800 today, +0900 in the summers of 1986 to 1991.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil import parser as dateutil_parser

from newsarchive.article import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
POST_FORMAT = "%Y-%m-%d %H:%M:%S %z"

# Outside these years a number was misread: Eastmoney's own archive begins in 2004.
_FIRST_YEAR, _LAST_YEAR = 1986, 2100

# The mirror's page stands its time between a note on the zone and a no-break space.
_ZONE_NOTE = re.compile(r"^[\[(（]\s*GMT\+8[^\])）]*[\])）]\s*", re.IGNORECASE)

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_ZONE = r"(?:\s*(?P<zone>Z|CST|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?))?"
_KNOWN = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        # 2022-01-25 18:12:37 +0800 (posts), 2022-01-25 18:12:37 (JSON), 2022-01-25T18:12:37+08:00 (feed, meta)
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})[T\s]+{_CLOCK}{_ZONE}",
        # 2022/01/25 18:12:37 (newsinfo.eastmoney.com)
        rf"(?P<year>\d{{4}})/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}",
        # 2026年08月19日 17:46 (finance.eastmoney.com)
        rf"(?P<year>\d{{4}})年(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})日\s*{_CLOCK}{_ZONE}",
    )
)
# From 2001 to 2033: a number that begins with 2 is rather a year, a month, a day and an hour without its minute.
_EPOCH = re.compile(r"(1\d{9})(?:\d{3})?", re.ASCII)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(0?\d|1[0-4])(?::?([0-5]\d))?", re.ASCII)  # zones end at +14:00
_NAME_AND_OFFSET = re.compile(r"[A-Za-z]\s*[+-]\s*\d")
_YEAR_FIRST = re.compile(r"[12]\d{3}", re.ASCII)
_LONGEST = 80


@lru_cache(maxsize=8)  # one date is asked for several times in a row
def parse(text: str) -> datetime:
    """Make an aware time in Asia/Shanghai of a date as the source writes it.

    Args:
        text: one date with its time of day, in any form the source is known to use, or any other form that
            dateutil reads without having to guess a part of it.

    Raises:
        Refused: the text is empty, no date, lacks its year, month, day, hour or minute, names an unknown zone, or
            lies outside the years a news article can have.
    """
    if len(text) > _LONGEST:
        raise Refused(f"{text[:40]!r} is too long for a date ({len(text)} characters)")
    stripped = _ZONE_NOTE.sub("", text.replace("\xa0", " ").strip()).strip()
    if not stripped:
        raise Refused("the date is empty")
    try:
        moment = _known(stripped) or _epoch(stripped) or _by_dateutil(stripped)
        moment = moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)
    except OverflowError as error:
        raise Refused(f"the date {text[:40]!r} is out of range") from error
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise Refused(f"the date {text[:40]!r} lies in the year {moment.year}")
    return moment


def normalise(text: str) -> str:
    """Make ``YYYY-MM-DD HH:MM:SS +0800`` of any date that `parse` reads; raises `Refused` like it."""
    return parse(text).strftime(POST_FORMAT)


def last_day(now: datetime) -> date:
    """Give the last day in Asia/Shanghai that an article can be of; what says a later one has its year wrong.

    It is tomorrow, since a page may be dated ahead by some hours. Such an article keeps its date, and is no day's news.
    """
    return now.astimezone(SHANGHAI).date() + timedelta(days=1)


def newest_of(days: Iterable[str], last: date) -> str:
    """Give the newest of some days (``YYYY-MM-DD``) up to a last one, or of all where all are later; empty for none."""
    days = list(days)
    return max((day for day in days if day <= str(last)), default=max(days, default=""))


def parse_day(text: str, today: date) -> date:
    """Read a day in Asia/Shanghai as a user types it: ``2022-01-25``, ``20220125``, ``today``, ``yesterday``.

    Raises:
        Refused: it is none of these.
    """
    word = text.strip().lower()
    if word in {"today", "yesterday"}:
        return today if word == "today" else today - timedelta(days=1)
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise Refused(f"{text[:40]!r} is no day; write it like 2022-01-25 (or today, yesterday)") from error


def _known(text: str) -> datetime | None:
    for pattern in _KNOWN:
        if match := pattern.fullmatch(text):
            numbers = {name: int(value or 0) for name, value in match.groupdict().items() if name != "zone"}
            try:
                moment = datetime(**numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - the zone is attached below
            except ValueError as error:
                raise Refused(f"the date {text[:40]!r} does not exist: {error}") from error
            return _with_zone(moment, match["zone"])
    return None


def _with_zone(moment: datetime, zone: str | None) -> datetime:
    if zone is None or zone == "CST":  # this source's CST is China's
        return moment.replace(tzinfo=SHANGHAI)
    if zone in {"Z", "UTC", "GMT"}:
        return moment.replace(tzinfo=UTC)
    match = _OFFSET.fullmatch(zone)
    if match is None:
        raise Refused(f"{zone[:10]!r} is no time zone")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return (moment - (offset if match[1] == "+" else -offset)).replace(tzinfo=UTC)


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, as public JSON of the same publisher has them (inferred, not seen)."""
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _by_dateutil(text: str) -> datetime:
    """Let dateutil read what is left, but refuse whatever it would have to guess.

    dateutil fills missing parts from a default, and takes 01/02/03 for any order. Two readings, whose defaults and
    orders differ everywhere, show what it guessed.
    """
    if _NAME_AND_OFFSET.search(text):
        raise Refused(f"{text[:40]!r} is no date")  # dateutil reads GMT+8 as eight hours behind
    defaults = (datetime(2001, 2, 3, 4, 5), datetime(2012, 11, 21, 22, 43))  # noqa: DTZ001
    other_order = _YEAR_FIRST.match(text) is None  # a text that begins with its year goes on with the month
    first, second = (
        _read(text, default, other_order=other) for default, other in zip(defaults, (False, other_order), strict=True)
    )
    if first != second:
        raise Refused(f"the date {text[:40]!r} can be read in two ways, or lacks its year, month, day, hour or minute")
    return first


def _read(text: str, default: datetime, *, other_order: bool) -> datetime:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what dateutil is unsure of is a warning there and a refusal here
            return dateutil_parser.parse(
                text, default=default, dayfirst=other_order, yearfirst=other_order, tzinfos=_zone_named
            )
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, Warning) as error:
        raise Refused(f"{text[:40]!r} is no date") from error


def _zone_named(name: str | None, offset: int | None) -> tzinfo | None:
    """Tell dateutil what a zone means; without this it takes the machine's own zone for its name."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name is None or name == "CST":
        return SHANGHAI
    raise ValueError(f"{name!r} is no zone known here")
