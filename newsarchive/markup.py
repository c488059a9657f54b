"""The limits on markup that stand before every parser of HTML and XML.

What a parser builds of a page can cost the square of what the page is long: libxml2 6.1 took 0.2 s for 10,000
attributes of one element and 15 s for 40,000, in one call that no signal interrupts; nested headings cost their depth
for each of them. So a page is read once by libxml2's own tokenizer, which tells of each tag and builds nothing, in
time proportional to its length. Its limits are far above anything seen, and what exceeds them is no page of the source.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from newsarchive.article import Refused

LARGEST_PAGE: Final = 8 * 2**20
"""Bytes. The largest page seen is below 1 MiB; 2,000 newspapers with five links each would make 2 MiB."""
MOST_ELEMENTS: Final = 100_000
"""A home page of 2,000 newspapers would have 25,000."""
MOST_OF_AN_ARTICLE: Final = 30_000
"""Elements of a page with one article, which has some thousands; BeautifulSoup takes 15 µs for each."""
MOST_ATTRIBUTES: Final = 500
"""Of one element; pages have a dozen."""
MOST_ATTRIBUTES_IN_ALL: Final = 400_000
LONGEST_ATTRIBUTE: Final = 2**20
"""Characters; one layout of the mirror had the whole article in an attribute."""
DEEPEST: Final = 200
"""Elements inside each other; pages have thirty. At 256 libxml2 ends a tree and says nothing of the rest."""

_TAG = re.compile("<[^<>]*+>")
# Bytes given to the tokenizer at once: what exceeds a limit is still read to the end of its piece, and libxml2 takes
# the square of the open elements for end tags that close none of them.
_PIECE = 16_384
_TOO_SHORT = 16_384  # characters that hold too little of anything but depth to be worth a look


class MarkupError(Refused):
    """A text whose markup exceeds a limit; the message says which, and holds none of the text."""


def check_markup(text: str, *, xml: bool = False, most_elements: int = MOST_ELEMENTS, deepest: int = DEEPEST) -> None:
    """Refuse a text that would take a parser long out of proportion; call before any that builds a tree.

    Args:
        text: HTML, a page or a part of one; broken HTML too.
        xml: it is XML; a document type, which alone can declare entities, is refused.
        most_elements: how many it may have.
        deepest: how many may stand inside each other.

    Raises:
        MarkupError: it exceeds a limit.
    """
    if len(text) > LARGEST_PAGE:
        raise MarkupError(f"{len(text)} characters; no page of the source has more than {LARGEST_PAGE}")
    if len(text) < _TOO_SHORT and text.count("<") <= deepest and not xml:
        return
    counter = (_XmlCounter if xml else _Counter)(most_elements, deepest, has_long=len(text) > LONGEST_ATTRIBUTE)
    # huge_tree: the tokenizer's own limits would end the reading early, and the rest would be looked at by nobody.
    if xml:
        parser = etree.XMLParser(target=counter, encoding="utf-8", resolve_entities=False, huge_tree=True)
    else:
        parser = etree.HTMLParser(target=counter, encoding="utf-8", huge_tree=True)
    content = memoryview(text.encode(errors="replace"))
    try:
        for place in range(0, len(content), _PIECE):
            parser.feed(bytes(content[place : place + _PIECE]))
        parser.close()
    except etree.LxmlError:
        return  # no markup at all, or broken XML; the parser that comes next says so


def without_markup(text: str) -> str:
    """Return a text with a space in the place of each tag: for what has more markup than a parser may be given."""
    return _TAG.sub(" ", text)


class _Counter:
    """A target of libxml2's events that counts; it raises at the first limit exceeded, which ends the reading."""

    def __init__(self, most_elements: int, deepest: int, *, has_long: bool) -> None:
        self.most_elements = most_elements
        self.deepest = deepest
        self.elements = 0
        self.attributes = 0
        self.depth = 0
        self.has_long = has_long  # whether the text is long enough to hold an attribute that is too long

    def start(self, _: str, attributes: dict[str, str]) -> None:
        """Count a start tag."""
        self.elements += 1
        self.attributes += len(attributes)
        self.depth += 1
        if len(attributes) > MOST_ATTRIBUTES:
            raise MarkupError(f"an element has {len(attributes)} attributes; the limit is {MOST_ATTRIBUTES}")
        if self.depth > self.deepest:
            raise MarkupError(f"more than {self.deepest} elements stand inside each other")
        if self.elements > self.most_elements:
            raise MarkupError(f"it has more than {self.most_elements} elements")
        if self.attributes > MOST_ATTRIBUTES_IN_ALL:
            raise MarkupError(f"it has more than {MOST_ATTRIBUTES_IN_ALL} attributes")
        if self.has_long and any(len(value) > LONGEST_ATTRIBUTE for value in attributes.values()):
            raise MarkupError(f"an attribute has more than {LONGEST_ATTRIBUTE} characters")

    def end(self, _: str) -> None:
        """Count an end tag, written or implied."""
        self.depth -= 1

    def close(self) -> None:
        """Make nothing of it."""


class _XmlCounter(_Counter):
    """The same for XML."""

    def doctype(self, *_: str | None) -> None:
        """Refuse it: no feed needs one, and only here entities can be declared that unfold without end."""
        raise MarkupError("it declares a document type")
