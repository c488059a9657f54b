"""The mirror's lists: home page, category pages, rolling news, feed. Bytes in, links out.

Layouts as `newsarchive` has seen them (2021-12 to 2022-06): an ``<h2>`` per tag followed by a ``<ul>`` of links on
the home page; one ``<h2>`` (blank in one version) and one ``<ul>`` on a category page; one ``<ul>`` without a heading
on the rolling page; jekyll-feed's Atom at ``/feed.xml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as lxml_html

from newsarchive.article import ROLLING_TAG, Refused
from newsarchive.newspapers import words_of
from newsarchive.source.encoding import decode
from newsarchive.source.endings import LIST, check_end
from newsarchive.source.links import MIRROR_HOSTS, ArticleLink, article_link
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError, check_parsable, looks_like

HOME_SHOWS = 5
MOST_LINKS = 20_000
"""Of a list. About 2,000 newspapers have existed, of which the home page shows five articles each; more than twice that
is no news, and 200,000 requests for it would keep every later run from what is."""
_ATOM = "{http://www.w3.org/2005/Atom}"
_FEED = re.compile(r"\s*(?:<(?:\?(?:x(?:m(?:l\b|\Z)|\Z)|\Z)|f(?:e(?:e(?:d\b|\Z)|\Z)|\Z)|\Z))")
_FEED_END = re.compile(r"</feed\s*>\s*(?:<!--.*)?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """One list of a page.

    Attributes:
        tag: the heading above it; empty where the layout leaves it blank.
        links: newest first, as listed.
        refused: for every link that cannot be an article's, the sentence that says so.
    """

    tag: str
    links: tuple[ArticleLink, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of the feed: the article's link, its categories and tags as listed (the feed mixes them)."""

    link: ArticleLink
    terms: tuple[str, ...]


@dataclass(slots=True)
class _Open:
    """A section while its links are still being read; a heading may stand without a list."""

    tag: str
    has_list: bool = False
    links: list[ArticleLink] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def close(self) -> Section:
        return Section(self.tag, tuple(self.links), tuple(self.refused))


def home(content: bytes, *, hosts: frozenset[str] = MIRROR_HOSTS) -> tuple[Section, ...]:
    """Read the home page: one section a tag, up to five newest posts each; a heading without a list has none.

    Raises:
        TruncatedError: it does not come to its end.
        NotUnderstoodError: no tag with a list is there; a home page without news has never been.
    """
    text = decode(content)
    check_end(text, LIST)
    sections = tuple(opened.close() for opened in _sections(text, hosts) if opened.tag or opened.links)
    if not any(section.links or section.refused for section in sections):
        raise NotUnderstoodError(f"no tag with posts on the home page; it is {looks_like(text)}")
    return sections


def category(content: bytes, *, hosts: frozenset[str] = MIRROR_HOSTS) -> Section:
    """Read a category's page: its heading, which may be blank, and every post of the last three days.

    An empty list is no error here: the page of a category with spaces has one, and so may a quiet newspaper.

    Raises:
        TruncatedError: it does not come to its end.
        NotUnderstoodError: there is no list in the page's section, or there are several with headings of their own.
    """
    text = decode(content)
    check_end(text, LIST)
    sections = [opened.close() for opened in _sections(text, hosts) if opened.has_list]
    if not sections:
        raise NotUnderstoodError(f"no list on the category page; it is {looks_like(text)}")
    if len({section.tag for section in sections if section.tag}) > 1:
        raise NotUnderstoodError(f"several lists on the category page, as on the home page; it is {looks_like(text)}")
    return Section(
        next((section.tag for section in sections if section.tag), ""),
        tuple(link for section in sections for link in section.links),
        tuple(sentence for section in sections for sentence in section.refused),
    )


def rolling(content: bytes, *, hosts: frozenset[str] = MIRROR_HOSTS) -> Section:
    """Read ``/emnews/``, the 20 newest of the rolling news.

    Raises:
        TruncatedError: it does not come to its end.
        NotUnderstoodError: there is no list, or it is empty.
    """
    section = category(content, hosts=hosts)
    if not section.links and not section.refused:
        raise NotUnderstoodError("the list of the rolling news is empty")
    return Section(ROLLING_TAG, section.links, section.refused)


def feed(content: bytes, *, hosts: frozenset[str] = MIRROR_HOSTS) -> tuple[tuple[FeedEntry, ...], tuple[str, ...]]:
    """Read ``/feed.xml``, the 10 newest posts of all categories, those too that no list shows.

    Returns:
        The entries, and a sentence for each that is no article's.

    Raises:
        TruncatedError: it does not come to its end.
        NotUnderstoodError: it is no Atom feed.
    """
    text = decode(content)
    check_parsable(text, xml=True)
    try:
        root = etree.fromstring(
            text.encode(), parser=etree.XMLParser(resolve_entities=False, no_network=True, encoding="utf-8")
        )
    except etree.XMLSyntaxError as error:
        if _FEED.match(text) and not _FEED_END.search(text):
            raise TruncatedError("the feed was cut off: it has no </feed>") from error
        raise NotUnderstoodError(f"the feed is no Atom; it is {looks_like(text)}") from error
    if root.tag != f"{_ATOM}feed":
        raise NotUnderstoodError(f"the feed is no Atom; its root is {str(root.tag)[:40]!r}")
    entries, refused = [], []
    for entry in root.iterfind(f"{_ATOM}entry"):
        link = entry.find(f"{_ATOM}link[@rel='alternate']")
        href = link.get("href", "") if link is not None else ""
        terms = tuple(term.get("term", "") for term in entry.iterfind(f"{_ATOM}category"))
        try:
            entries.append(FeedEntry(article_link(href, entry.findtext(f"{_ATOM}title", ""), hosts=hosts), terms))
        except Refused as error:
            refused.append(str(error))
    return tuple(entries), tuple(refused)


def _sections(text: str, hosts: frozenset[str]) -> list[_Open]:
    """Read the lists inside the page's ``<section>``; header and footer are not looked at.

    Only what stands in a list is a list's link: a heading or a line between the lists may hold links of its own.
    """
    check_parsable(text)
    try:
        document = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise NotUnderstoodError("no HTML at all") from error
    sections: list[_Open] = []
    # Not ".//section//*", which gives what stands in nested sections once for each of them.
    outer = (one for one in document.iter("section") if next(one.iterancestors("section"), None) is None)
    listed = 0
    for element in (inner for section in outer for inner in section.iterdescendants()):
        if element.tag == "h2" and not _is_listed(element):
            sections.append(_Open(" ".join(words_of(element.text_content()))))
        elif element.tag == "ul":
            if not sections or sections[-1].has_list:
                sections.append(_Open(""))
            sections[-1].has_list = True
        elif element.tag == "a" and "href" in element.attrib and sections and _is_listed(element):
            listed += 1
            if listed > MOST_LINKS:
                raise NotUnderstoodError(f"more than {MOST_LINKS} links; the mirror never had so many articles")
            try:
                sections[-1].links.append(article_link(element.get("href"), element.text_content(), hosts=hosts))
            except Refused as error:
                sections[-1].refused.append(str(error))
    return sections


def _is_listed(element: etree._Element) -> bool:
    return next(element.iterancestors("ul"), None) is not None
