"""A judge of bodies that shares no code and no list with the check: html5lib, the reference parser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import html5lib
from html5lib import constants
from html5lib._tokenizer import HTMLTokenizer


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SAFE_TAGS = _words(
    """
    a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup data dd del
    details dfn dir div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins
    kbd label legend li main mark menu nav nobr ol output p picture pre q rb rp rt rtc ruby s samp search section slot
    small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
    """
)
# Whatever the parser treats apart, and what acts without its help.
_ACTIVE_TAGS = (
    {
        name
        for space, name in constants.specialElements | constants.scopingElements | constants.formattingElements
        if space == constants.namespaces["html"]
    }
    | constants.voidElements
    | constants.cdataElements
    | constants.rcdataElements
    | _words("svg math audio video canvas dialog datalist template portal fencedframe marquee animate set use")
) - _SAFE_TAGS
_DECLARATION = re.compile(r"(?:[^;\"']|\"[^\"]*\"|'[^']*'|[\"'])+")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{1,6})\s?")
_LOADS = re.compile(r"(?:url|expression|image-set|image|src|element|paint)\s*\(|[{}<>]|/\*", re.IGNORECASE)
_FAR = re.compile(r"(?<![\w#])-\d{3,}(?:px|pt|em|%)", re.IGNORECASE)
_PLACES = {"static", "relative", "initial", "unset", "auto", "none", "0", "1", "100%", "normal"}
_MOVING = re.compile(r"position|z-index|(?:-\w+-)?transform|behaviou?r|-moz-binding|-o-link(?:-source)?|translate")
_UNSAFE_NAMES = _words("srcdoc action formaction ping autofocus accesskey popover popovertarget attributionsrc")
_LOADING_NAMES = _words("srcset background poster dynsrc lowsrc")
_LINKS = _words("href src cite longdesc xlink:href usemap")
_IMPLIED = {"tbody", "colgroup"}
_LEADING = "".join(map(chr, range(33)))  # what browsers skip before a URL
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
_PICTURE = re.compile(r"data:image/(?:png|gif|jpe?g|webp|bmp);base64,[\w+/=]*\Z", re.IGNORECASE)


def objections(body: str) -> list[str]:
    """Judge a body by html5lib, the reference parser: what is unsafe in it, and where its tags lie about its tree.

    Its tokenizer says what the tags are, its tree builder what a browser makes of them.
    """
    found: list[str] = []
    tree = html5lib.parseFragment(body, container="div", treebuilder="etree", namespaceHTMLElements=False)
    written, left_open = as_written(body)
    read = _Events(left_open)
    _walk(tree, read, found, root=True)
    if read.listed() != written.listed(written=True):
        found.append(f"HTML5 reads {read.listed()}, the tags say {written.listed(written=True)}")
    return found


class _Events:
    """Start tags, end tags and text in order.

    Left out are tbody and colgroup, which HTML5 adds, and unknown elements that nothing closes, which make no
    difference to what stands in them.
    """

    def __init__(self, left_out: Iterable[str] = ()) -> None:
        self.all: list[str] = []
        self.left_out = _IMPLIED | set(left_out)

    def start(self, tag: str, attributes: Iterable[str]) -> None:
        if tag not in self.left_out:
            self.all.append("<" + " ".join([tag, *sorted(attributes)]))

    def end(self, tag: str) -> None:
        if tag not in self.left_out:
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


def as_written(body: str) -> tuple[_Events, set[str]]:
    """Tokenize a body; gives its events, and the names of unknown elements written as empty ones or only closed."""
    tokens: list[Any] = list(HTMLTokenizer(body))
    kinds = constants.tokenTypes
    known = _SAFE_TAGS | _ACTIVE_TAGS
    starts = {t["name"] for t in tokens if t["type"] == kinds["StartTag"]}
    left_open = {
        token["name"]
        for token in tokens
        if token["type"] in {kinds["StartTag"], kinds["EndTag"]}
        and token["name"] not in known
        and (token["selfClosing"] or token["name"] not in starts or _uneven(tokens, token["name"]))
    }
    events = _Events(left_open)
    for token in tokens:
        if token["type"] == kinds["StartTag"]:
            events.start(token["name"], dict(reversed(list(_pairs(token["data"])))))
        elif token["type"] == kinds["EndTag"]:
            events.end(token["name"])
        elif token["type"] in {kinds["Characters"], kinds["SpaceCharacters"]}:
            events.text(token["data"])
    return events, left_open


def _uneven(tokens: list[Any], name: str) -> bool:
    """Whether an end tag of that name comes where nothing of it is open."""
    depth = 0
    for token in tokens:
        if token.get("name") == name:
            depth += 1 if token["type"] == constants.tokenTypes["StartTag"] else -1
            if depth < 0:
                return True
    return False


def _pairs(data: Any) -> Iterable[tuple[str, str]]:
    return data.items() if hasattr(data, "items") else ((name, value) for name, value in data)


def _walk(element: Any, read: _Events, found: list[str], *, root: bool = False) -> None:
    if not root and isinstance(element.tag, str):
        if element.tag in _ACTIVE_TAGS:
            found.append(f"element {element.tag}")
        found.extend(_unsafe(element.tag, element.attrib))
        read.start(element.tag, element.attrib)
    if root or isinstance(element.tag, str):
        read.text(element.text or "")
        for child in element:
            _walk(child, read, found)
            read.text(child.tail or "")
        if not root and element.tag not in {"br", "col", "hr", "img", "wbr"}:
            read.end(element.tag)


def _unsafe(tag: str, attributes: dict[str, str]) -> list[str]:
    found = [f"attribute {name}" for name in attributes if name in _UNSAFE_NAMES or name.lower().startswith("on")]
    for name, value in attributes.items():
        scheme = _SCHEME.match(re.sub(r"[\t\n\r]", "", value.lstrip(_LEADING)).lower())
        picture = _PICTURE.match(value.strip()) and (name.startswith("data-") or (tag, name) == ("img", "src"))
        if scheme and name in _LINKS and scheme[1] not in {"http", "https", "mailto"} and not picture:
            found.append(f"{name}={value!r}")
        if scheme and name.startswith("data-") and scheme[1] in {"javascript", "vbscript", "data"} and not picture:
            found.append(f"{name}={value!r}")
        if name in _LOADING_NAMES and value.strip():
            found.append(f"{name}={value!r}")
        if (name, tag) == ("name", "img") or (name == "contenteditable" and value.lower() != "false"):
            found.append(f"{name}={value!r}")
        if name == "style" and _is_unsafe_style(value):
            found.append(f"style={value!r}")
    return found


def _is_unsafe_style(style: str) -> bool:
    """Judge a style by its declarations, as they stand and with their escapes resolved; invalid ones do nothing."""
    plain = _ESCAPE.sub(lambda code: chr(min(int(code[1], 16), 0x10FFFF)), style).replace("\\", "")
    return any(map(_is_unsafe_declaration, _DECLARATION.findall(style) + _DECLARATION.findall(plain)))


def _is_unsafe_declaration(declaration: str) -> bool:
    name, _, value = (part.strip().lower() for part in declaration.partition(":"))
    shown = _STRING.sub("", value)
    if _LOADS.search(shown):
        return True
    if not value or not re.fullmatch(r"[*_]?-{0,2}[a-z][\w-]*", name, re.ASCII) or name.startswith("mso-"):
        return False
    if _MOVING.fullmatch(name.lstrip("*_")) and shown.replace("!important", "").strip() not in _PLACES:
        return True
    return bool(_FAR.search(shown)) or (name.startswith("margin") and "(" in re.sub(r"rgba?\(", "", shown))
