"""Which lists of the mirror have to be read, and what they say about an article."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, Name
from newsarchive.newspapers import newspaper_of, pinyin_of
from newsarchive.source.links import ArticleLink, category_path
from newsarchive.source.mirror import HOME_SHOWS, Section
from newsarchive.source.placing import explains

HOME = "/"
ROLLING_PAGE, ROLLING_SHOWS = "/emnews/", 20


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list of the mirror: its path, and the heading it is read for."""

    path: str
    tag: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of an article's page in a web archive: the moment it was taken (14 digits, UTC), and the page's URL."""

    timestamp: str
    original: str

    @property
    def place(self) -> str:
        """Where a web archive keeps it as it came, below its own address."""
        return f"{self.timestamp}id_/{self.original}"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list says of an article beyond its link; empty where it says nothing.

    Attributes:
        digest: of rolling news, one line.
        url: the article's address at its publisher.
        date: as written.
        newspaper: its name.
        copies: of its page in a web archive, the newest first.
        capture: where the list that gave the digest is kept, ``file#offset``; empty where it is not.
    """

    digest: str = ""
    url: str = ""
    date: str = ""
    newspaper: str = ""
    copies: tuple[Copy, ...] = ()
    capture: str = ""

    def merged(self, other: Listed | None) -> Listed:
        """Add what another list says; what was said first stays, so that two lists never take turns."""
        if other is None or other == self:
            return self
        copies = sorted({*self.copies, *other.copies}, key=lambda copy: (copy.timestamp, copy.original), reverse=True)
        return replace(
            self,
            digest=self.digest or other.digest,
            url=self.url or other.url,
            date=self.date or other.date,
            newspaper=self.newspaper or other.newspaper,
            copies=tuple(copies),
            capture=self.capture if self.digest else other.capture,
        )

    def as_text(self) -> str:
        """Give it as JSON, for the ledger."""
        copies = [[copy.timestamp, copy.original] for copy in self.copies]
        said = {"digest": self.digest, "url": self.url, "date": self.date, "newspaper": self.newspaper}
        kept = {"capture": self.capture} if self.capture else {}
        return json.dumps({**said, "copies": copies, **kept}, ensure_ascii=False)

    @classmethod
    def of_text(cls, text: str) -> Listed:
        """Read what `as_text` gave."""
        said = json.loads(text)
        return cls(**{**said, "copies": tuple(Copy(*copy) for copy in said["copies"])})


@dataclass(frozen=True, slots=True)
class Sighting:
    """A link in a list, the headings it stood under, in their order, and what the list says of it beyond that."""

    link: ArticleLink
    tags: tuple[str, ...]
    listed: Listed | None = None


def sightings(sections: Iterable[Section], *, tag: str = "") -> dict[str, Sighting]:
    """Gather the links of a page by name.

    Args:
        sections: of one page.
        tag: the heading the page was read for, where its layout leaves the heading blank. It is believed for links
            whose path it explains; the list of ``21世纪经济报道`` also holds those of ``21世纪经济报道 21财经APP``.
    """
    found: dict[str, Sighting] = {}
    for section in sections:
        heading = tag or section.tag
        for link in section.links:
            before = found.get(str(link.name))
            believed = not tag or explains(newspaper_of(tag), link.segments)
            tags: tuple[str, ...] = (heading,) if heading and believed else ()
            if before is not None:
                tags = tuple(dict.fromkeys(before.tags + tags))
            found[str(link.name)] = Sighting(before.link if before else link, tags)
    return found


def due_lists(sections: Iterable[Section], known: Callable[[Name], bool], *, shown: int = HOME_SHOWS) -> list[ListPage]:
    """Tell which category pages must be read after the home page.

    A tag shows its five newest. If the oldest of them is known, so is everything older. If it is not, a sixth may be
    hidden; a known one above it may have been asked for by its code. A link that was refused counts as shown.

    Args:
        sections: of the home page.
        known: whether an article was ever seen.
        shown: from how many links on a list is due.
    """
    pages: dict[str, ListPage] = {}
    for section in sections:
        links = section.links[:HOME_SHOWS]
        split = bool(links) and len(links[0].segments) > 1  # its page may not exist; ask only where it could help
        if not links or len(links) + len(section.refused) < (HOME_SHOWS if split else shown) or known(links[-1].name):
            continue
        page = list_of(section.tag, links[0].segments)
        pages.setdefault(page.path, page)
    return list(pages.values())


def list_of(tag: str, segments: tuple[str, ...]) -> ListPage:
    """Give the category page of a heading on the home page.

    The path in a link is lower case, the page's name is not: the heading tells. A name with spaces is several
    headings, each of which is asked for on its own, since the page of the whole name is empty.
    """
    if tag == ROLLING_TAG:
        return ListPage(category_path(ROLLING_CATEGORY), tag)
    newspaper = newspaper_of(tag)
    category = pinyin_of(newspaper)
    if len(segments) == 1 and not explains(newspaper, segments):
        category = segments[0]  # another reading of a character than the mirror's; its path is what we have
    return ListPage(category_path(category), tag)


def rolling_gap(section: Section, known: Callable[[Name], bool]) -> str:
    """Say why the newest of the rolling news cannot stand for all of it; empty where they can.

    A version of the mirror has no category page of it. Then its newest are read instead, and as on the home page: if
    the oldest of them is known, so is everything older; fewer than are shown are all.
    """
    links = section.links
    if len(links) + len(section.refused) < ROLLING_SHOWS or (links and known(links[-1].name)):
        return ""
    return f"there is no such page, and all that {ROLLING_PAGE} shows are new; older ones may be missing"


def headings(found: Iterable[Sighting]) -> frozenset[str]:
    """Give the headings a page has links under; a list whose heading the home page no longer has may be empty."""
    return frozenset(tag for sighting in found for tag in sighting.tags)


def is_split(page: ListPage, seen: Iterable[Sighting]) -> bool:
    """Tell whether the mirror split the name a list was read for, so that the list need not exist."""
    return any(page.tag in sighting.tags and len(sighting.link.segments) > 1 for sighting in seen)
