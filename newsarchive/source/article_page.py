"""An article's own page at its publisher, ``/a/<number>.html``, in the layouts of 2016 to today.

The layouts as public code that read them in their years has them (none was seen whole): today the text is in
``#ContentBody``, after the comment 文章主体, the title in ``div.title``, time and newspaper in ``div.infos > div``;
before, ``div.newsContent`` held all of them, and before that ``div.Body`` the text alone. Old articles may be shown in
any later layout, so the days of validity only say which one is tried first.

The text there is the rich form; `newsarchive.source.richform` makes the plain one of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bs4 import BeautifulSoup, NavigableString, Tag

from newsarchive.article import Name
from newsarchive.body import has_substance
from newsarchive.source.htmlpage import NOTICE, date_in, inside, is_notice, kind_of, soup_of
from newsarchive.source.richform import text_alone
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError, decode, looks_like


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """What the publisher's page says of an article.

    Attributes:
        title: plain text.
        date: as written, to the minute.
        newspaper: its name; empty where the page names none.
        content: the body in its rich form, HTML as on the page.
    """

    title: str
    date: str
    newspaper: str
    content: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one layout of the page has what.

    Attributes:
        name: for messages and tests.
        since, until: days on which new articles were shown in it; both inferred, ``until`` is None for today's.
        text, title, infos: CSS selectors of the element that holds the text, of the title, and of the lines with time
            and newspaper; of each the first that finds any counts.
    """

    name: str
    since: date
    until: date | None
    text: tuple[str, ...]
    title: tuple[str, ...]
    infos: tuple[str, ...]

    def was_valid(self, day: date | None) -> bool:
        """Tell whether an article of that day was shown in this layout when it was new."""
        return day is not None and self.since <= day and (self.until is None or day <= self.until)


LAYOUTS = (
    Layout(
        "infos",
        date(2020, 1, 1),
        None,
        ("#ContentBody",),
        ("div.title", "h1"),
        ("div.infos > div", "div.infos", ".time-source > *", ".Info > *"),
    ),
    Layout(
        "newsContent",
        date(2016, 6, 1),
        date(2019, 12, 31),
        ("div.newsContent #ContentBody", "div.newsContent div.Body", "div.newsContent"),
        ("div.newsContent h1", "h1", "div.title"),
        (".time-source > *", ".Info > *", ".Info", "div.infos > div", ".time, .source"),
    ),
    Layout(
        "Body",
        date(2016, 1, 1),
        date(2016, 5, 31),
        ("div.Body",),
        ("h1", "div.title"),
        (".Info > *", ".Info", ".time-source > *", "div.infos > div", ".time, .source"),
    ),
)
_NOT_THERE = re.compile(
    "404|(?:页面|文章|网页)(?:不存在|找不到|已删除|已被删除)|找不到.{0,8}(?:页面|网页|文章)|not found", re.IGNORECASE
)
_SCRIPT_ASKS = re.compile(r"newsinfo\.|/api/article/|XMLHttpRequest|\$\.(?:ajax|get|post)|fetch\(", re.IGNORECASE)
_SOURCE = re.compile(r"来源\s*[:：]\s*(\S[^|｜:：]{0,60}?)(?=\s+\S{2,6}[:：]|\s*[|｜]|\s*$)")
_LINES, _HEAD_LINES = 12, 3  # between a title and a text; more is something else
_BREAKS = re.compile(r"[\t\r\n\xa0]+ *")
_MEDIA = re.compile(r"（文章来源：([^（）]{1,60})）\s*$")
_OWN_TAG = re.compile(r"<(?:link|meta)\b[^<>]*+", re.IGNORECASE)
_OWN_NAME = re.compile(r"(?:rel|property)=[\"'](?:canonical|og:url)[\"']", re.IGNORECASE)
_OWN_ADDRESS = re.compile(r"/a/(?P<number>\d{14,24})\.html", re.IGNORECASE)


def article_page(content: bytes, name: Name) -> ArticlePage:
    """Read the publisher's page of an article.

    Args:
        content: the page.
        name: of the article it was asked for.

    Raises:
        NoArticleError: it is the publisher's page for what is not there, or a shell that holds no text.
        NotUnderstoodError: it is anything else (login wall, maintenance, another article's page), or it has a text but
            no title or time where any layout has them.
    """
    text = decode(content)
    soup = soup_of(text)
    own = _own_address(text)
    if own and own["number"] != name.number:
        raise NotUnderstoodError(f"the page is another article's ({own['number']})")
    for layout in _likeliest_first(name):
        place = _place(soup, layout)
        if place is not None and _has_text(place):
            return _read(text, soup, place, layout)
    raise _no_article(text, soup)


def _own_address(text: str) -> re.Match[str] | None:
    """Return the address a page names as its own; one tag after the other, each gone through once."""
    named = ((tag[0], _OWN_NAME.search(tag[0])) for tag in _OWN_TAG.finditer(text))
    found = (_OWN_ADDRESS.search(tag, name.end()) for tag, name in named if name)
    return next(filter(None, found), None)


def _likeliest_first(name: Name) -> list[Layout]:
    """Order the layouts: first those of the article's day, which its number begins with."""
    try:
        day = date.fromisoformat(name.number[:8])
    except ValueError:
        day = None
    return sorted(LAYOUTS, key=lambda layout: not layout.was_valid(day))


def _place(soup: BeautifulSoup, layout: Layout) -> Tag | None:
    return next((found for found in map(soup.select_one, layout.text) if found is not None), None)


def _has_text(place: Tag) -> bool:
    words = place.get_text(strip=True)
    return (bool(words) or place.find("img") is not None) and not is_notice(words)


def _read(text: str, soup: BeautifulSoup, place: Tag, layout: Layout) -> ArticlePage:
    content = text_alone(inside(text, place) or _mended(place), with_head="newsContent" in (place.get("class") or ()))
    if not has_substance(content):
        raise _no_article(text, soup)
    heading = next(filter(None, (_title(soup, place, selector) for selector in layout.title)), None)
    title = _words(heading) if heading else ""
    lines = next((lines for selector in layout.infos if any(map(date_in, lines := _lines(soup, selector)))), [])
    lines = lines or (_between(heading, place) if heading else [])
    moment = next(filter(None, map(date_in, lines)), "")
    if not (title and moment):
        missing = " and no ".join(what for what, there in (("title", title), ("time", moment)) if not there)
        raise NotUnderstoodError(f"the page has a text, but no {missing}; it is {looks_like(text)}")
    return ArticlePage(title, moment, _newspaper(lines, place), content)


def _mended(place: Tag) -> str:
    """Give the inside of an element that is broken on the page, written as the publisher would, as far as known."""
    written = place.decode_contents()
    written = re.sub(r"<[a-zA-Z][^<>]*>", lambda tag: tag[0].replace("&amp;", "&"), written)
    return re.sub(r"(?<=\S)/>", " />", written)


def _words(element: Tag) -> str:
    return " ".join(element.get_text(" ", strip=True).split())


def _title(soup: BeautifulSoup, place: Tag, selector: str) -> Tag | None:
    """Give the title: what stands nearest before the text, since menus have titles too, or else the first there is."""
    before = set(map(id, place.find_all_previous()))
    found = [element for element in soup.select(selector) if element is not place and _words(element)]
    nearest = [element for element in found if id(element) in before]
    return nearest[-1] if nearest else next(iter(found), None)


def _between(heading: Tag, place: Tag) -> list[str]:
    """Give the lines between title and text, in whatever they stand; nothing where the text is not near.

    In an element that holds both they are the first ones after the title.
    """
    own, both = set(map(id, heading.descendants)), place in heading.parents
    lines: list[str] = []
    for after in heading.next_elements:
        if after is place or (both and len(lines) == _HEAD_LINES):
            return lines
        if type(after) is NavigableString and id(after) not in own and after.strip():
            lines.append(_BREAKS.sub(" ", after.strip()))
        if len(lines) > _LINES:
            break
    return []


def _lines(soup: BeautifulSoup, selector: str) -> list[str]:
    """Give the lines under a title; one layout has the newspaper's name in an attribute, for its logo."""
    lines = []
    for element in soup.select(selector):
        named = element.get("data-source")
        words = _BREAKS.sub(" ", element.get_text(" ", strip=True))  # a newspaper's name may hold two spaces in a row
        lines.append(f"来源：{named}" if isinstance(named, str) and named.strip() else words)
    return lines


def _newspaper(lines: list[str], place: Tag) -> str:
    """Give the newspaper's name: as its line says, as the line after the time does, or as the text's last one does."""
    for line in lines:
        if match := _SOURCE.search(line):
            return match[1].strip()
    after = next((index for index, line in enumerate(lines, 1) if date_in(line)), len(lines))
    if after < len(lines) and lines[after] and not re.search("[:：]", lines[after]):
        return lines[after]
    media = _MEDIA.search(place.get_text("", strip=True))
    return media[1].strip() if media else ""


def _no_article(text: str, soup: BeautifulSoup) -> NoArticleError | NotUnderstoodError:
    """Say what a page without an article is."""
    headings = " ".join(element.get_text(" ", strip=True) for element in soup.select("title, h1, h2, h3"))
    if _NOT_THERE.search(headings):
        return NoArticleError("the publisher has no such page (404)")
    places = [place for layout in LAYOUTS if (place := _place(soup, layout)) is not None]
    notice = next((kind for place in places if (kind := kind_of(place.get_text(strip=True)[:NOTICE]))), "")
    if places and not notice and _SCRIPT_ASKS.search(text):
        return NoArticleError("a page without text (shell)")
    if kind := notice or kind_of(soup.get_text(" ")):
        return NotUnderstoodError(f"no article but a page of another kind ({kind}); it is {looks_like(text)}")
    return NotUnderstoodError(f"no layout of the publisher's that is known; it is {looks_like(text)}")
