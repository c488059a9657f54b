"""The one value that travels through the house: an article, its name, and where its text came from.

Nothing here knows Scrapy, files or the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

ROLLING_CATEGORY = "emnews"
ROLLING_TAG = "东财滚动新闻"
TAG_SUFFIX = "新闻"

_CODE = re.compile(r"(?:NW)?(\d{14,24})", re.ASCII)


class Refused(ValueError):  # noqa: N818 - the word people read in logs and tables
    """Something that arrived cannot become what it claims to be; the message says what and why."""


_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff"
_LINE_BREAK = re.compile(rf"[ \t]*[{_CONTROLS}][\s{_CONTROLS}]*")
_ENDS = re.compile(rf"^[{_CONTROLS}]+|[{_CONTROLS}]+$")


def one_line(text: str) -> str:
    """Make one line of text of what a source has for a title, a name or a digest.

    Controls (C0, DEL, C1), line breaks of any kind and U+FFFE and U+FFFF, which no XML may hold, become a space, with
    the spaces around them; at an end they go. Any other text is given back as it is.
    """
    return _LINE_BREAK.sub(" ", _ENDS.sub("", text))


class Origin(StrEnum):
    """The road an article's text took into the archive, the road with the best text first.

    That is not the order in which they are asked: a post of the store is the very file the mirror's page was made
    from, and better than what can be turned back from the page.
    """

    SHARE_JSON = "share-json"
    SHARE_PAGE = "share-page"
    OLD_POST = "old-post"
    MIRROR_PAGE = "mirror-page"
    WAYBACK = "wayback"
    ARTICLE_API = "article-api"
    ARTICLE_PAGE = "article-page"
    DIGEST = "digest"
    """No road had a text: the digest alone, of a list or of the article's page."""

    def is_better_than(self, other: Origin) -> bool:
        """Tell whether this road's text is the better one."""
        roads = list(Origin)
        return roads.index(self) < roads.index(other)


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """An article's name in the archive: its number, and whether it is the rolling-news form.

    The newspaper form is written with ``NW`` (``NW202201252261275824``), the rolling form without. The two are
    two posts, even where the number is one.
    """

    number: str
    rolling: bool = False

    def __post_init__(self) -> None:
        """Refuse what could not safely be a file name or a query."""
        if not re.fullmatch(r"\d{14,24}", self.number, re.ASCII):
            raise Refused(f"{self.number[:60]!r} is no article number (14 to 24 digits)")

    @classmethod
    def parse(cls, text: str) -> Name:
        """Make a name from ``NW2022…`` (newspaper) or ``2022…`` (rolling).

        Raises:
            Refused: the text is no code.
        """
        match = _CODE.fullmatch(text)
        if match is None:
            raise Refused(f"{text[:60]!r} is no article code (NW and 14 to 24 digits)")
        return cls(match[1], rolling=not text.startswith("NW"))

    @property
    def code(self) -> str:
        """The infoCode the share host is asked with; always with ``NW``."""
        return f"NW{self.number}"

    def __str__(self) -> str:
        return self.number if self.rolling else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    r"""One article, from the moment a source page is understood to the moment its post is written.

    Attributes:
        name: code and form.
        title: plain text, no markup, one line.
        date: as the source wrote it; after the dates pipeline ``YYYY-MM-DD HH:MM:SS +0800`` (Asia/Shanghai).
        category: the mirror's category, e.g. ``kejiribao`` or ``emnews``; may hold spaces.
        tag: the mirror's tag, e.g. ``科技日报新闻``; may hold spaces.
        body: HTML; as the source sent it, after the body pipeline with ``\n`` line ends and clean.
        link: absolute URL of the article at its publisher; empty where the source gave none.
        digest: rolling news only, plain text of one line; empty where there is none.
        origin: which road the body came by.
        capture: where the response that gave the body is kept, ``file#offset``; empty where captures are off.
        broken: whether bytes of it could not be read, and stand as U+FFFD: it is looked at again.
    """

    name: Name
    title: str
    date: str
    category: str
    tag: str
    body: str
    link: str
    digest: str = ""
    origin: Origin = Origin.SHARE_JSON
    capture: str = ""
    broken: bool = False
