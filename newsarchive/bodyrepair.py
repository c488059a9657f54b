"""The repair of a body that fails the check: parsed by BeautifulSoup, written again by the rules of the check.

The parser is lxml. The other choice, html.parser, takes quadratic time for ``<a <a <a`` before Python 3.11.14 and
3.12.12, corrupts ``&copy=3`` in URLs and nests every unclosed ``<p>`` in the one before; lxml loses a ``<b>`` around
whole paragraphs. Neither loses text.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement, PreformattedString

from newsarchive import bodycheck
from newsarchive.markup import check_markup

# Never seen by a reader, whatever they hold.
DROPPED = frozenset({"script", "style"})
# HTML5 reads what follows these as raw text up to their end tag; self-closed, as XHTML writes them, they would swallow
# the rest of the article. Renamed, they are unknown tags: removed, their content kept.
_RAW = re.compile(r"(</?)(?=(?:iframe|noembed|noframes|noscript)[\s/>])", re.IGNORECASE)

LINES = bodycheck.BLOCKS | bodycheck.PARTS | {"fieldset", "form", "legend", "option", "details", "summary", "title"}
"""Elements that stand on lines of their own: where one is removed, the words on both sides must not join."""

# HTML5 adds <tbody> and <colgroup> where they are left out; written at once, the depth is counted as it will be.
_CHILDREN = bodycheck.CHILDREN | {"table": bodycheck.CHILDREN["table"] - {"tr", "col"}}
_WRAPPER = {"table": "tbody", "tr": "td", "dl": "dd"} | dict.fromkeys(("thead", "tbody", "tfoot"), "tr")
_WRAPPER |= dict.fromkeys(("ul", "ol"), "li")
_DEEPEST = bodycheck.MAX_DEPTH - 3  # room for the tbody, tr and td that text directly in a table needs

_TREE_DEPTH = 5 * bodycheck.MAX_DEPTH  # `_shallow` counts roughly

_TAG_NAME = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_VOID = bodycheck.VOID - {"wbr"}  # what lxml nests it takes for no void element
_FOLLOWING = bodycheck.PARTS | {"option", "p"}
_SURROGATES = re.compile("[\ud800-\udfff]")
_SEGMENT = re.compile(r"[^:/?#]*+(?:[/?#]|\Z)")


def repair(html: str) -> str:
    """Write a body anew so that it passes the check's rules of tags, nesting, attributes and characters.

    Args:
        html: anything; time is proportional to its length.

    Returns:
        HTML with every ``<`` and ``&`` of the text escaped.

    Raises:
        MarkupError: it exceeds a limit of `newsarchive.markup`.
    """
    html = _shallow(_SURROGATES.sub("\ufffd", _RAW.sub(r"\1x-", html)))
    check_markup(html, deepest=_TREE_DEPTH)
    # A start that is plainly HTML keeps BeautifulSoup from guessing whether this is a file name, a URL or XML.
    soup = BeautifulSoup(f"<html><body>{html}", "lxml", multi_valued_attributes=None)
    return _Writer().write(soup)


def _shallow(html: str) -> str:
    """Rename the tags that open deeper than any article goes to a void one that is removed later.

    BeautifulSoup's time for a text grows with its depth. Rough on purpose: what counts is that the depth is bounded.
    """
    limit = 2 * bodycheck.MAX_DEPTH
    if html.count("<") <= limit:
        return html
    path: list[str] = []
    renamed: Counter[str] = Counter()

    def judge(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if not tag[1]:
            if len(path) >= limit and name not in _VOID:
                renamed[name] += 1
                return "<area"
            follows = name in _FOLLOWING and path[-1:] == [name]  # <p>a<p>b, <li>a<li>b are no deeper
            if not follows and name not in _VOID:
                path.append(name)
        elif renamed[name]:
            renamed[name] -= 1
            return "</area"
        elif name in path:
            while path.pop() != name:
                pass
        return tag[0]

    return _TAG_NAME.sub(judge, html)


class _Writer:
    """Writes a parsed tree as HTML that HTML5 reads just as the tags show it.

    Elements are opened only where ``bodycheck.misplaced`` lets them; otherwise they are left out and their content
    stays. Where lists and tables hold other things than items, rows and cells, those are put around them.
    """

    def __init__(self) -> None:
        self._out: list[str] = []
        self._path: list[str] = []
        self._implied: list[int] = []  # the lengths of the path at which an element of ours was opened

    def write(self, soup: BeautifulSoup) -> str:
        """Walk the tree without recursion: hostile bodies are ten thousands of elements deep."""
        todo: list[PageElement | int | str] = [soup]
        while todo:
            node = todo.pop()
            if isinstance(node, int):
                self._close_to(node)
            elif isinstance(node, Tag):
                if node.name not in DROPPED:
                    todo.extend(self._element(node))
            elif not isinstance(node, PreformattedString):  # comments, declarations, processing instructions
                self._text(str(node))
        self._close_to(0)
        return "".join(self._out)

    def _element(self, tag: Tag) -> list[PageElement | int | str]:
        """Open an element if it can stand here; gives what is to be written next, last first."""
        name = tag.name
        if name == "p" and _holds_a_block(tag):
            name = "div"
        content: list[PageElement | int | str] = list(reversed(tag.contents))
        if name not in bodycheck.TAGS or (name == "a" and "toplink" in str(tag.get("class", "")).split()):
            return ["\n", *content, "\n"] if name in LINES else content
        self._make_room_for(name)
        void = name in bodycheck.VOID
        if bodycheck.misplaced(name, self._path) or (len(self._path) >= _DEEPEST and not void):
            return ["\n", *content, "\n"] if name in LINES else content
        depth = len(self._path)
        self._out.append(f"<{name}{_kept_attributes(tag)}>")
        if not void:
            self._path.append(name)
        return [depth, *content]

    def _text(self, text: str) -> None:
        if text.strip(" \t\n"):
            self._make_room_for("")
        self._out.append(_escaped(text))

    def _make_room_for(self, name: str) -> None:
        """Close and open elements of our own until ``name`` (or text: empty) can stand where only parts can."""
        path = self._path
        while path and (path[-1] == "colgroup" or self._implied[-1:] == [len(path)]):
            if name in _CHILDREN.get(path[-1], ()) or not (name in bodycheck.PARTS or path[-1] == "colgroup"):
                break
            self._close_to(len(path) - 1)
        while path and (parts := _CHILDREN.get(path[-1])) is not None and name not in parts:
            wrapper = "colgroup" if name == "col" and path[-1] == "table" else _WRAPPER[path[-1]]
            self._out.append(f"<{wrapper}>")
            path.append(wrapper)
            self._implied.append(len(path))

    def _close_to(self, depth: int) -> None:
        while len(self._path) > depth:
            if self._implied[-1:] == [len(self._path)]:
                self._implied.pop()
            self._out.append(f"</{self._path.pop()}>")


def _holds_a_block(paragraph: Tag) -> bool:
    todo = paragraph.contents[::-1]  # not .descendants: it first walks down to the last one, each time
    while todo:
        node = todo.pop()
        if isinstance(node, Tag):
            if node.name in bodycheck.BLOCKS:
                return True
            todo.extend(node.contents[::-1])
    return False


def _kept_attributes(tag: Tag) -> str:
    kept = []
    for name, value in tag.attrs.items():
        mended = _mended(name, bodycheck.CONTROLS.sub("", str(value)))
        if (mended or not value) and not bodycheck.attribute_fault(name, mended):
            kept.append(f' {name}="{mended}"')
    return "".join(kept)


def _mended(name: str, value: str) -> str:
    """Make an attribute's value as harmless as it can be without losing what it says, and escape it."""
    if name in bodycheck.LINKS:
        value = value.strip()
        first = _SEGMENT.match(value)
        if bodycheck.attribute_fault(name, escape(value)) and first and not first[0].endswith(":"):
            value = f"./{value}"  # relative beyond doubt
    elif name == "style":
        value = ";".join(filter(bodycheck.is_harmless, bodycheck.declarations(value)))
    return escape(value)


def _escaped(text: str) -> str:
    return escape(bodycheck.CONTROLS.sub(_without_control, text), quote=False)


def _without_control(control: re.Match[str]) -> str:
    return "\n" if control[0] in "\r\x0b\x0c\x85" else ""
