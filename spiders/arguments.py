"""What users may say with ``-a``: checked before the first request, refused with a sentence."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from newsarchive import dates
from newsarchive.article import ROLLING_CATEGORY, Refused
from newsarchive.newspapers import category_of, newspaper_of, pinyin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from newsarchive.source.links import ArticleLink

_YES = frozenset({"1", "yes", "true", "on"})
_NO = frozenset({"0", "no", "false", "off", ""})


class ArgumentError(ValueError):
    """An argument cannot be meant; the message says what can."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles a run is to go after.

    Attributes:
        patterns: names or shell globs of categories, tags or newspapers, lower case and with single spaces; none
            means all.
        since, until: days in Asia/Shanghai, inclusive.
        limit: how many articles are tried.
        full: read every list, and look again at what is archived.
    """

    patterns: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    full: bool = False

    @classmethod
    def parse(cls, arguments: Mapping[str, str], today: date) -> Selection:
        """Understand the arguments of `finews`.

        Args:
            arguments: name to value, as given.
            today: in Asia/Shanghai, for the words ``today`` and ``yesterday``.

        Raises:
            ArgumentError: an unknown name, or a value that cannot be meant.
        """
        known(arguments, ("category", "since", "until", "limit", "full"))
        since, until = (_day(arguments, name, today) for name in ("since", "until"))
        if since and until and since > until:
            raise ArgumentError(f"since={since} is after until={until}; no day lies between")
        patterns = tuple(_plain(word) for word in arguments.get("category", "").split(",") if word.strip())
        if "category" in arguments and not patterns:
            raise ArgumentError("category= names nothing; give names or globs, like category=kejiribao,zhengquan*")
        return cls(patterns, since, until, limit_of(arguments), flag(arguments, "full"))

    def wants_section(self, tags: Iterable[str], segments: tuple[str, ...]) -> bool:
        """Tell whether a list, known by its headings and the path of its articles, was asked for.

        A name with spaces, which the mirror splits into several headings, answers to each of them and to the whole.
        """
        if not self.patterns:
            return True
        tags = tuple(tags)
        names = {" ".join(segments), "/".join(segments)}
        for tag in (*tags, " ".join(tags)):
            newspaper = newspaper_of(tag)
            names |= {tag, newspaper, category_of(newspaper), pinyin_of(newspaper)}
        plain = {_plain(name) for name in names if name}
        return any(name == pattern or fnmatchcase(name, pattern) for name in plain for pattern in self.patterns)

    def wants(self, link: ArticleLink, tags: Iterable[str]) -> bool:
        """Tell whether an article was asked for."""
        day = link.day or day_in_number(link.name.number)
        if day is not None and ((self.since and day < self.since) or (self.until and day > self.until)):
            return False
        return self.wants_section(tags, link.segments or ((ROLLING_CATEGORY,) if link.name.rolling else ()))

    def unmatched(self, sections: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
        """Give a sentence for each name that no list of the source answers to; likely a slip of the pen.

        Args:
            sections: heading and article path segments of each list.
        """
        sections = list(sections)
        sentences = []
        for pattern in self.patterns:
            alone = Selection((pattern,))
            if any(alone.wants_section((tag,), segments) for tag, segments in sections):
                continue
            names = sorted({" ".join(segments) for _, segments in sections})
            near = difflib.get_close_matches(pattern, names, n=3, cutoff=0.5)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            sentences.append(f"no newspaper on the home page answers to category={pattern}{hint}")
        return sentences


def known(arguments: Mapping[str, str], names: tuple[str, ...]) -> None:
    """Refuse an argument that no one will read; raises `ArgumentError` naming the nearest that exists."""
    for name in arguments:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"
            raise ArgumentError(f"there is no argument {name!r}{hint}")


def flag(arguments: Mapping[str, str], name: str) -> bool:
    """Read a yes or no; raises `ArgumentError` for anything else."""
    word = arguments.get(name, "").strip().lower()
    if word not in _YES | _NO:
        raise ArgumentError(f"{name}={word!r} is neither 1 nor 0")
    return word in _YES


def day_in_number(number: str) -> date | None:
    """Give the day an article's number begins with, where it does (observed: always since 2016)."""
    try:
        return date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    except ValueError:
        return None


def _plain(name: str) -> str:
    """Make a name comparable: lower case, one space between words."""
    return " ".join(name.lower().split())


def _day(arguments: Mapping[str, str], name: str, today: date) -> date | None:
    if name not in arguments:
        return None
    try:
        return dates.parse_day(arguments[name], today)
    except Refused as error:
        raise ArgumentError(f"{name}: {error}") from error


def limit_of(arguments: Mapping[str, str]) -> int | None:
    """Read the argument ``limit``; None where there is none, raises `ArgumentError` where it is no number."""
    if "limit" not in arguments:
        return None
    if not re.fullmatch(r"[1-9]\d{0,8}", arguments["limit"].strip(), re.ASCII):
        raise ArgumentError(f"limit={arguments['limit']!r} is no number of posts; give 1 or more")
    return int(arguments["limit"])
