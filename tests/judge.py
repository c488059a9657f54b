"""A judge of bodies that shares no code with the check: html5lib, the reference parser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import html5lib

_SAFE_TAGS = """
a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section small
span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_UNSAFE_STYLE = re.compile(
    r"url|expression|import|binding|behaviou?r|position|z-index|javascript|[\\@{}<>]|/\*|:\s*-\d", re.IGNORECASE
)
_UNSAFE_NAMES = {"srcdoc", "srcset", "background", "action", "formaction", "name", "contenteditable"}
_NAME = re.compile(r"(?!on)[a-z][a-z0-9_.-]*")
_IMPLIED = {"tbody", "colgroup"}
_LEADING = "".join(map(chr, range(33)))  # what browsers skip before a URL
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")


def objections(body: str) -> list[str]:
    """Judge a body by html5lib, the reference parser: what is unsafe in it, and where its tags lie about its tree."""
    found: list[str] = []
    tree = html5lib.parseFragment(body, container="div", treebuilder="etree", namespaceHTMLElements=False)
    read = _Events()
    _walk(tree, read, found, root=True)
    written = _AsWritten()
    written.feed(body)
    written.close()
    if read.listed() != written.events.listed(written=True):
        found.append(f"HTML5 reads {read.listed()}, the tags say {written.events.listed(written=True)}")
    return found


class _Events:
    """Start tags, end tags and text in order; tbody and colgroup, which HTML5 adds, are left out."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def start(self, tag: str, attributes: Iterable[str]) -> None:
        if tag not in _IMPLIED:
            self.all.append("<" + " ".join([tag, *sorted(attributes)]))

    def end(self, tag: str) -> None:
        if tag not in _IMPLIED:
            self.all.append(f">{tag}")

    def text(self, text: str) -> None:
        if text and self.all and self.all[-1].startswith("="):
            self.all[-1] += text
        elif text:
            self.all.append(f"={text}")

    def listed(self, *, written: bool = False) -> list[str]:
        lines: list[str] = []
        for event in self.all:
            line = event
            if written and event.startswith("=\n") and lines and lines[-1].startswith("<pre"):
                line = "=" + event[2:]  # a parser drops the line break that follows <pre>
            lines += [line] if line != "=" else []
        return lines


class _AsWritten(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.events = _Events()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.start(tag, (name for name, _ in attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.events.end(tag)

    def handle_data(self, data: str) -> None:
        self.events.text(data)


def _walk(element: Any, read: _Events, found: list[str], *, root: bool = False) -> None:
    if not root and isinstance(element.tag, str):
        if element.tag not in _SAFE_TAGS.split():
            found.append(f"element {element.tag}")
        found.extend(_unsafe(element.attrib))
        read.start(element.tag, element.attrib)
    if root or isinstance(element.tag, str):
        read.text(element.text or "")
        for child in element:
            _walk(child, read, found)
            read.text(child.tail or "")
        if not root and element.tag not in {"br", "col", "hr", "img", "wbr"}:
            read.end(element.tag)


def _unsafe(attributes: dict[str, str]) -> list[str]:
    found = [f"attribute {name}" for name in attributes if name in _UNSAFE_NAMES or not _NAME.fullmatch(name)]
    for name, value in attributes.items():
        scheme = _SCHEME.match(re.sub(r"[\t\n\r]", "", value.lstrip(_LEADING)).lower())
        if scheme and name in {"href", "src"} and scheme[1] not in {"http", "https", "mailto"}:
            found.append(f"{name}={value!r}")
        if scheme and name.startswith("data-") and scheme[1] in {"javascript", "vbscript", "data"}:
            found.append(f"{name}={value!r}")
        if name == "style" and _UNSAFE_STYLE.search(value):
            found.append(f"style={value!r}")
    return found
