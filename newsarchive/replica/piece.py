"""One article of the replica: what the share host knows of it, and the post the mirror wrote of it.

This is a second, independent reading of the source's formats: nothing of newsarchive's own writer is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from newsarchive.replica.newspapers import ROLLING_CATEGORY, ROLLING_TAG, category_of

CHINA = timezone(timedelta(hours=8))
MIRROR = "//finews.withounder.com/"
SHARE_LINK = "http://finews.zning.xyz/html_News/NewsShare.html?infoCode="
KEPT = timedelta(days=3)
LATE = timedelta(hours=8)

_HIDDEN_CHARACTERS = {"\\": "\\\\", '"': '\\"'}


class Layout(StrEnum):
    """The version of the mirror's layout a post's page is shown in."""

    CURRENT = "current"
    """``[GMT+8, Asia/Shanghai, CST] …``"""
    PARENTHESES = "parentheses"
    """``(GMT+8, Asia/Shanghai, CST) …``"""
    TWICE = "twice"
    """The body stands, unescaped, in ``og:description`` too."""


class Era(StrEnum):
    """How the mirror's updater wrote the post's file."""

    CURRENT = "current"
    DECEMBER = "december"
    """Of December 2021: only a digest and a link, no zone behind the date, relative back links on two lines."""
    DECEMBER_BARE = "december-bare"
    """The same without back links; the file ends with a line end."""
    DECEMBER_ZONED = "december-zoned"
    """The same without back links, but with a zone; the file does not end with a line end."""
    BLANK_FIRST_LINE = "blank-first-line"
    """As December, with an empty line before the front matter, which Jekyll then takes for text."""
    NAMELESS = "nameless"
    """No title, date or link, and no date in the file's name: not rendered at all."""


class Answer(StrEnum):
    """What the share host answers when asked for the article."""

    FULL = "full"
    UNKNOWN = "unknown"
    """``{}``"""
    EMPTY_TEXT = "empty-text"
    """All fields, text and content empty."""
    NO_CONTENT = "no-content"
    """All fields but ``content``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    r"""An article of the replica.

    Attributes:
        number: the digits of the infoCode.
        rolling: whether this is the rolling form; one number can be both, in two pieces.
        newspaper: as the share host names it.
        title: plain text.
        published: aware, +0800.
        text: the plain form, as the share host sends it (``\r\n``, ``　　``).
        content: the rich form, as the share host sends it.
        digest: one line; rolling news only.
        link: the address the post ends with; empty for none.
        oddity: name of what is odd about it, a key of `newsarchive.replica.oddities.ODDITIES`; empty for ordinary.
        layout: of the post's page.
        era: of the post's file.
        answer: of the share host.
        text_in_page: whether the share page carries the text itself.
        date_form: strftime form of ``Date`` in the share host's answer.
    """

    number: str
    rolling: bool
    newspaper: str
    title: str
    published: datetime
    text: str
    content: str
    digest: str = ""
    link: str = ""
    oddity: str = ""
    layout: Layout = Layout.CURRENT
    era: Era = Era.CURRENT
    answer: Answer = Answer.FULL
    text_in_page: bool = False
    date_form: str = "%Y-%m-%d %H:%M:%S"

    @property
    def code(self) -> str:
        """The infoCode, always with ``NW``."""
        return f"NW{self.number}"

    @property
    def name(self) -> str:
        """The article's name in the archive: rolling news without ``NW``."""
        return self.number if self.rolling else self.code

    @property
    def category(self) -> str:
        """The mirror's category, spaces and upper case kept."""
        return ROLLING_CATEGORY if self.rolling else category_of(self.newspaper)

    @property
    def tag(self) -> str:
        """The mirror's tag, spaces kept."""
        return ROLLING_TAG if self.rolling else f"{self.newspaper}新闻"

    @property
    def file_name(self) -> str:
        """Name of the post's file on the mirror."""
        day = "" if self.era is Era.NAMELESS else f"{self.published:%Y-%m-%d}"
        return f"{day}-{self.name}.md"

    @property
    def relative_path(self) -> str:
        """Where an archive keeps the post, relative to ``ARCHIVE_DIR``."""
        return f"_posts/{self.published:%Y/%m/%Y-%m-%d}-{self.name}.md"

    @property
    def digest_only(self) -> bool:
        """Whether the post is a digest and a link, without a body."""
        return self.era not in {Era.CURRENT, Era.NAMELESS}

    @property
    def zoneless(self) -> bool:
        """Whether the post's date names no zone."""
        return self.digest_only and self.era is not Era.DECEMBER_ZONED

    @property
    def rendered(self) -> bool:
        """Whether Jekyll makes a page of the post."""
        return self.era is not Era.NAMELESS

    @property
    def broken_title(self) -> bool:
        """Whether the title breaks the front matter's YAML, as the mirror's updater writes it."""
        return self.era is not Era.NAMELESS and any(character in self.title for character in _HIDDEN_CHARACTERS)

    @property
    def bare(self) -> bool:
        """Whether Jekyll cannot read the front matter: no title, tag, category or layout, and in no list."""
        return self.broken_title or self.era is Era.BLANK_FIRST_LINE

    @property
    def shown(self) -> datetime:
        """The moment Jekyll understands, aware, +0800.

        Eight hours late where the post names no zone, the midnight of its file name where that is all there is. A
        post whose YAML is broken counts as published at each build; that is not known here.
        """
        if self.era is Era.BLANK_FIRST_LINE:
            return self.published.replace(hour=0, minute=0, second=0)
        return self.published + LATE if self.zoneless else self.published

    def expired(self, now: datetime) -> bool:
        """Whether the mirror has dropped the article: three days after it was published."""
        return self.published <= now - KEPT

    @property
    def body(self) -> str:
        r"""The post's body: text or content with ``\n`` line ends and without the pairs ``　　``."""
        return (self.content if self.rolling else self.text).replace("\r\n", "\n").replace("　　", "")

    def post(self) -> bytes:
        """Give the post as the mirror's updater wrote it: UTF-8, no newline at the end save in `Era.DECEMBER_BARE`."""
        return self._post(self.title)

    def archived(self) -> bytes:
        r"""Give the post as an archive should hold it: like `post`, but ``"`` and ``\`` of the title escaped."""
        return self._post("".join(_HIDDEN_CHARACTERS.get(character, character) for character in self.title))

    def _post(self, title: str) -> bytes:
        zone = "" if self.zoneless else " +0800"
        date = "" if self.era is Era.NAMELESS else f"{self.published:%Y-%m-%d %H:%M:%S}"
        front = f'---\nlayout: post\ntitle: "{title}"\ndate: {date}{zone}\n'
        front += f"categories: {self.category}\ntags: {self.tag}\n---\n"
        start = "\n" if self.era is Era.BLANK_FIRST_LINE else ""
        return (start + front + self._markdown()).encode()

    def markdown(self) -> str:
        """Give what Jekyll takes for the post's text: digest, body, link, back links."""
        if self.era is Era.BLANK_FIRST_LINE:
            return self.post().decode()
        return self._markdown()

    def _markdown(self) -> str:
        if self.digest_only:
            back = f"\n\n[返回{self.tag}](../emnews/)\n[返回首页](../)"
            ends = {Era.DECEMBER_BARE: "\n", Era.DECEMBER_ZONED: ""}
            return f"\n{self.digest}\n\n<{self.link}>{ends.get(self.era, back)}"
        digest = f"> {self.digest}\n\n" if self.rolling else ""
        place = f"{ROLLING_CATEGORY}/" if self.rolling else f"category/{self.category}.html"
        back = f"[返回{self.tag}]({MIRROR}{place})｜[返回首页]({MIRROR})"
        return f"{digest}{self.body}\n\n<{self.link}>\n\n{back}"


def named(pieces: Iterable[Piece], oddity: str) -> tuple[Piece, ...]:
    """Give the pieces with this oddity, oldest first.

    Raises:
        LookupError: there is none; a test that looks for it would pass by accident.
    """
    found = tuple(piece for piece in pieces if piece.oddity == oddity)
    if not found:
        raise LookupError(f"no piece is {oddity!r}")
    return found
