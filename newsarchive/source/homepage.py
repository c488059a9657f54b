"""What the mirror's home page says: links, the lists it makes due, and what of it cannot be right.

The spider and a rebuild read it here, so that both come to the same ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from newsarchive.article import Name
from newsarchive.source.lists import ListPage, Sighting, due_lists, headings, list_of, sightings
from newsarchive.source.mirror import Section

FEWEST_NAMES, FEWER = 20, 4  # newspapers it takes to judge by, and the factor that is no chance
NAMED = 3  # of the tags whose lists are empty, in the sentence that says so
INSTEAD = 20  # category pages at most that are read for them: a broken template empties hundreds
Expected = Mapping[str, tuple[str, ...]]  # headings that should be there, and the segments of their articles' paths


@dataclass(frozen=True, slots=True)
class HomePage:
    """A home page that was read.

    Attributes:
        found: its links by name.
        due: the category pages it makes due.
        refused: for every link that is no article's, the sentence that says so.
        nameless: says that lists have no heading; else empty.
        alarms: what is far from what the mirror showed before, each a sentence.
        flaw: says which byte sequences of it could not be read; else empty.
    """

    found: dict[str, Sighting]
    due: tuple[ListPage, ...]
    refused: tuple[str, ...]
    nameless: str
    alarms: tuple[str, ...]
    flaw: str = ""

    @property
    def headings(self) -> frozenset[str]:
        """The headings it has links under."""
        return headings(self.found.values())

    @property
    def is_clear(self) -> bool:
        """Whether all of it was understood; where it was not, the next run must not be told 304."""
        return not (self.refused or self.nameless or self.alarms or self.flaw)


def read_home(
    sections: tuple[Section, ...], known: Callable[[Name], bool], expected: Expected, flaw: str = ""
) -> HomePage:
    """Tell what a home page says.

    Args:
        sections: as `newsarchive.source.mirror.home` gives them.
        known: whether an article was ever seen.
        expected: the headings of articles that are within their three days.
        flaw: says which byte sequences of the page could not be read.
    """
    empty, less = emptied(sections, expected), shrunk(sections, expected)
    pages = (list_of(tag, path) for tag, path in empty.items() if len(path) == 1)  # a split name has none
    instead = islice(filter(None, pages), 0 if less else INSTEAD)
    due: dict[str, ListPage] = {}
    for page in (*due_lists(sections, known), *instead):
        due.setdefault(page.path, page)
    return HomePage(
        found=sightings(sections),
        due=tuple(due.values()),
        refused=tuple(sentence for section in sections for sentence in section.refused),
        nameless=nameless(sections),
        alarms=tuple(filter(None, (less, _without_links(list(empty))))),
        flaw=flaw,
    )


def nameless(sections: Iterable[Section]) -> str:
    """Say how many lists of the home page have no heading; empty where each has one.

    Without it a list's own page cannot be found, and every sixth article would be hidden.
    """
    number = sum(1 for section in sections if section.links and not section.tag)
    return f"{number} of the home page's lists have no heading" if number else ""


def emptied(sections: tuple[Section, ...], expected: Expected) -> Expected:
    """Give of the expected headings those that are there without a link.

    One whose articles were all withdrawn is no longer there; one that stayed lost its links on the way.
    """
    shown = {section.tag for section in sections if section.links or section.refused}
    bare = dict.fromkeys(section.tag for section in sections if section.tag not in shown)
    return {tag: expected[tag] for tag in bare if tag in expected}


def _without_links(tags: list[str]) -> str:
    if not tags:
        return ""
    named = ", ".join(tags[:NAMED]) + (f" and {len(tags) - NAMED} more" if len(tags) > NAMED else "")
    return f"the home page's list of {named} is empty, though articles of it are within their three days"


def shrunk(sections: Iterable[Section], expected: Collection[str]) -> str:
    """Say that the home page shows far fewer newspapers than it should; empty where it does not.

    Single ones come and go, with their only article or its deletion.

    Args:
        sections: of the home page.
        expected: headings of articles that are within their three days.
    """
    shown = {section.tag for section in sections if section.links or section.refused}
    if len(expected) < FEWEST_NAMES or len(shown) * FEWER >= len(expected):
        return ""
    return (
        f"the home page shows {len(shown)} newspapers, though articles of {len(expected)} are within their three days"
    )
