"""A body as a page shows it: nothing in it can run, load or leave; its pictures come from the archive alone.

nh3 first, which parses as browsers do and writes well-formed HTML of allowed tags. Then each tag of that is written
once more: what a stylesheet can say better becomes a class, pictures and links become ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Final
from urllib.parse import urlsplit

import nh3

from newsarchive.archive.ledgershown import Shown
from newsarchive.article import Name, Refused
from newsarchive.body import LAZY_SOURCES, picture_sources
from newsarchive.htmlnames import BLOCKS
from newsarchive.markup import MarkupError, check_markup, without_markup
from newsarchive.source.links import MIRROR_HOSTS, SHARE_HOSTS, asked_link

_TAGS: Final = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em figcaption figure h1 h2 h3 "
        "h4 h5 h6 hr i img ins li mark ol p pre q rp rt ruby s small span strike strong sub sup table tbody td tfoot "
        "th thead tr u ul",
    )
)
_ATTRIBUTES: Final = {
    "*": {"align", "hidden", "style"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", *LAZY_SOURCES},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_RENAMED: Final = {
    **dict.fromkeys(BLOCKS - _TAGS, "div"),  # no rules of their own on our pages, but lines of their own
    "center": "div",
    "dir": "ul",
    "h1": "h2",
    "legend": "div",
    "menu": "ul",
    "strike": "s",
}
_VOID: Final = frozenset({"br", "col", "hr", "img"})
_KEPT: Final[tuple[str, ...]] = ("title", "start", "colspan", "rowspan")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [a-z_-]+=\"[^\"]*\")*) ?/?>")
_ATTRIBUTE = re.compile(r" ([a-z_-]+)=\"([^\"]*)\"")
_STYLES = {
    "center": re.compile(r"text-align\s*:\s*center", re.IGNORECASE),
    "right": re.compile(r"text-align\s*:\s*right", re.IGNORECASE),
    "strong": re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE),
}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_CODE = re.compile(r"\d{14,24}", re.ASCII)
_PUBLISHER = re.compile(r"(?:[a-z0-9-]+\.)*eastmoney\.com", re.ASCII)
_CLEANER = nh3.Cleaner(
    tags=_TAGS | set(_RENAMED),
    clean_content_tags={"script", "style", "noscript", "iframe", "object", "template"},
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    url_schemes={"http", "https"},
    link_rel=None,
    strip_comments=True,
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a body is shown with.

    Attributes:
        picture: gives the kept picture of an address, or None.
        article: gives our page of an article, or None where it is not archived.
        base: put before our own addresses; feeds need absolute ones.
        words: what stands for a picture, a picture that is not kept, and a table.
    """

    picture: Callable[[str], Shown | None]
    article: Callable[[Name], str | None]
    base: str = ""
    words: tuple[str, str, str] = ("图片", "图片未保存", "表格")


def cleaned(body: str) -> str:
    """Give a body of allowed tags, attributes and schemes alone, well-formed.

    Of one with more markup than a parser may be given, as an imported post can have, the text alone.
    """
    body = body.encode(errors="replace").decode()
    try:
        check_markup(body)
    except MarkupError:
        return f"<p>{escape(unescape(without_markup(body)))}</p>"
    return _CLEANER.clean(body)


def picture_addresses(clean: str) -> list[str]:
    """Give the addresses of the pictures in a cleaned body; of one that was to load later, all it may have."""
    return [
        address(source)
        for match in _TAG.finditer(clean)
        if match[2] == "img"
        for source in picture_sources(_values(match[3]))
    ]


def address(src: str) -> str:
    """Give a picture's address as the ledger has it: one without a scheme is taken for https."""
    src = src.strip()
    return f"https:{src}" if src.startswith("//") else src


def shown(clean: str, shelf: Shelf) -> str:
    """Write a cleaned body as a page shows it."""
    return "".join(_written(clean, shelf))


def _written(clean: str, shelf: Shelf) -> Iterator[str]:
    place = 0
    for match in _TAG.finditer(clean):
        yield _text(clean[place : match.start()])
        place = match.end()
        closing, tag, attributes = match.groups()
        yield _closed(tag) if closing else _opened(tag, _values(attributes), shelf)
    yield _text(clean[place:])


def _text(between: str) -> str:
    """Give what stands between two tags; a tag that was not understood, which nh3 writes none of, is shown as text."""
    return between.replace("<", "&lt;")


def _values(attributes: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}


def _closed(tag: str) -> str:
    if tag in _VOID or not (tag in _TAGS or tag in _RENAMED):
        return ""
    return f"</{_RENAMED.get(tag, tag)}>{'</div>' if tag == 'table' else ''}"


def _opened(tag: str, values: dict[str, str], shelf: Shelf) -> str:
    if not (tag in _TAGS or tag in _RENAMED):  # cannot be after nh3; were it so, it is left out
        return ""
    if tag == "img":
        return _image(values, shelf)
    said: dict[str, str] = {name: values[name] for name in _KEPT if name in values}
    classes = _classes(tag, values)
    if classes:
        said["class"] = " ".join(classes)
    if "hidden" in values or _HIDDEN.search(values.get("style", "")):
        said["hidden"] = ""
    if tag == "a":
        said |= _link(values.get("href", ""), shelf)
    written = f"<{_RENAMED.get(tag, tag)}{_attributes(said)}>"
    if tag == "table":  # wide ones scroll in themselves, by keyboard too
        return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(shelf.words[2])}">{written}'
    return written


def _attributes(said: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in said.items())


def _classes(tag: str, values: dict[str, str]) -> list[str]:
    style = values.get("style", "")
    found = [name for name, pattern in _STYLES.items() if pattern.search(style)]
    aligned = values.get("align", "").lower()
    if tag == "center" or aligned == "center":
        found.append("center")
    elif aligned == "right":
        found.append("right")
    return list(dict.fromkeys(found))


def _link(href: str, shelf: Shelf) -> dict[str, str]:
    """Lead to our own page of an article that is archived, else out, without a trace of where the reader came from."""
    href = href.strip()
    href = f"https:{href}" if href.startswith("//") else href
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
    except ValueError:
        return {}
    if parts.scheme not in {"http", "https"} or not host:
        return {}
    if (host in MIRROR_HOSTS | SHARE_HOSTS or _PUBLISHER.fullmatch(host)) and _CODE.search(href):
        try:
            ours = shelf.article(asked_link(href).name)
        except Refused:
            ours = None
        if ours is not None:
            return {"href": f"{shelf.base}{ours}"}
    return {"href": href, "rel": "noopener noreferrer nofollow", "class": "out"}


def _image(values: dict[str, str], shelf: Shelf) -> str:
    alt = values.get("alt", "").strip()
    kept = next(filter(None, (shelf.picture(address(source)) for source in picture_sources(values))), None)
    if kept is None:
        word = f"{shelf.words[1]}{f'：{alt}' if alt else ''}"
        return f'<span class="no-picture">{escape(word)}</span>'
    said = {
        "src": f"{shelf.base}/picture/{kept.sha256}",
        "alt": alt or shelf.words[0],
        "loading": "lazy",
        "decoding": "async",
    }
    if kept.width and kept.height:
        said |= {"width": str(kept.width), "height": str(kept.height)}
    return f"<img{_attributes(said)}>"
