"""The strict check of an article's body: does it hold only what an article may hold, in the order HTML5 reads it?

A body that passes is kept as the source sent it, byte for byte, and stands later on web pages as it is. So the check
is an allow-list over every character: tags, attributes, URL schemes, style properties, and nesting an HTML5 parser
(https://html.spec.whatwg.org/multipage/parsing.html) would leave exactly as the tags show it. Nothing is parsed
leniently; what the check does not know is a fault. It reads the body once, in time proportional to its length.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from html import unescape


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_DEPTH = 100
"""Open elements at one place; articles have ten, the tree builders of browsers stop at 512."""

MAX_ATTRIBUTES = 100
"""Of one element; the source writes six. Parsers take the square of their number."""

MAX_FAULTS = 20
"""After so many faults the check stops: one is enough to have the body repaired, twenty for a log."""

HEADINGS = _words("h1 h2 h3 h4 h5 h6")
VOID = _words("br col hr img wbr")
BLOCKS = HEADINGS | _words(
    "address article aside blockquote center div dl figcaption figure footer header hr main ol p pre section table ul"
)
"""Elements whose start tag closes an open ``<p>``."""

_INLINE = _words(
    "a abbr b bdi bdo big br cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub "
    "sup time tt u var wbr"
)
CHILDREN = {
    "table": _words("caption colgroup col thead tbody tfoot tr"),
    **dict.fromkeys(("thead", "tbody", "tfoot"), _words("tr")),
    "tr": _words("td th"),
    "colgroup": _words("col"),
    **dict.fromkeys(("ul", "ol"), _words("li")),
    "dl": _words("dt dd"),
}
"""Elements that hold nothing but these elements, white space and comments."""

PARTS = frozenset().union(*CHILDREN.values())
"""Elements that stand nowhere else than directly in the elements of ``CHILDREN``."""

TAGS = BLOCKS | _INLINE | PARTS

LINKS = frozenset({"href", "src"})
ATTRIBUTES = LINKS | _words(
    "abbr align alt bgcolor border cellpadding cellspacing class clear color colspan datetime dir emheight "
    "emwidth face frame headers height hspace id lang noshade nowrap rel reversed rowspan rules scope size span start "
    "style summary target title type valign value vspace web width"
)
SCHEMES = frozenset({"http", "https", "mailto"})

_SIDES = ("", "-top", "-right", "-bottom", "-left")
STYLES = _words(
    "background background-color border-collapse border-color border-radius border-spacing border-style border-width "
    "box-sizing caption-side clear color display empty-cells float font font-family font-size font-style "
    "font-variant font-weight height letter-spacing line-height list-style list-style-type max-height max-width "
    "min-height min-width overflow overflow-wrap overflow-x overflow-y table-layout text-align text-align-last "
    "text-decoration text-indent text-justify text-overflow text-transform vertical-align visibility white-space "
    "width word-break word-spacing word-wrap"
) | {f"{name}{side}" for name in ("border", "margin", "padding") for side in _SIDES}
"""No property that takes an element out of its place (position, transform, z-index) or that loads something."""

# An attribute, and a tag or comment. Quantifiers are possessive: a part that fails is not tried in another way.
_ATTRIBUTE = (
    r"""[ \t\n]++([A-Za-z][A-Za-z0-9_.-]*+)(?:[ \t\n]*+=[ \t\n]*+(?:"([^"<>]*+)"|'([^'<>]*+)'|([^\s"'=<>`]++)))?+"""
)
ATTRIBUTE = re.compile(_ATTRIBUTE)
_ATTRIBUTE_LIST = re.compile(rf"(?:{_ATTRIBUTE})*+[ \t\n]*+(/?)")
TOKEN = re.compile(
    r"""<(?:(/?)([A-Za-z][A-Za-z0-9]*+)((?:[^<>"']++|"[^"<>]*+"|'[^'<>]*+')*+)>"""
    r"""|!--(?![#\[])[^<>-]*+(?:-[^<>-]++)*+-->"""
    r"""|(?=[A-Za-z/!?]|\Z))"""
)
"""A tag (slash, name, attributes), a plain comment, or a ``<`` that begins markup and cannot be read as either."""

# C0 but tab and newline, DEL and C1, lone surrogates, and the noncharacters no XML document may hold.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]++)|([0-9]++))")
_REFERENCE_DIGITS = 8

# A literal scheme, or a relative reference whose first segment cannot hide one: no colon, no character reference.
_URL = re.compile(r""" *+(?:https?:|mailto:|[^\s\xa0:&\\/?#]*+(?:[/?#]|\Z))""", re.IGNORECASE | re.ASCII)
_SCRIPT = re.compile(r"(?:javascript|vbscript|livescript|data):", re.IGNORECASE | re.ASCII)
_DATA = re.compile(r"data-[a-z0-9_.-]++")
_BLANK = re.compile(r"[\s\x00-\x20]+")

_STYLE_VALUE = r"""(?:rgba?\([0-9\s.,%]*+\)|[\w\s.,%#!+]|[^\x00-\x9f]|-(?![0-9.])|/(?!\*)|"[^"\\<>]*+"|'[^'\\<>]*+')"""
DECLARATION = re.compile(rf"\s*+([a-z-]++)\s*+:({_STYLE_VALUE}*+)", re.IGNORECASE | re.ASCII)
"""One style declaration: property and value. No function but rgb(), no escape, no comment, no negative length."""


@cache
def _shapes() -> re.Pattern[str]:
    """The shapes the source itself writes, as one expression: nearly every body is this and needs no closer look.

    It accepts a part of what the check below accepts, never more. Attributes come in the source's order, so that none
    can come twice; nothing nests deeper than it does there.
    """
    url, value, plain = r'"https?://[^"<>]*+"', r'"[^"<>]*+"', r'"[^"<>&:]*+"'
    text, look = "[^<]++", f"(?: class={value})?+(?: target={value})?+"
    codes = f"(?: data-code={plain})?+(?: data-code2={plain})?+"
    style = r' style="(?:(?:text-align|border|padding|margin|display|height|overflow):[\w .,%#!]++;?)*+"'
    size = f"(?: width={value})?+(?: height={value})?+"
    img = f"<img src={url}(?: border={value})?+(?: alt={value})?+{codes}(?:{style}{size}|{size}(?:{style})?+) ?/?>"
    basic = f"{text}|<br ?/?>|{img}"
    a = f"<a href={url}(?:{codes}{look}|{look}{codes})>(?:{basic})*+</a>"
    span = f"<span(?: id={value}| web={value} href={url} class={value}{codes})>(?:{basic}|{a})*+</span>"
    strong = "|".join(f"<{name}>(?:{basic}|{a}|{span})*+</{name}>" for name in ("strong", "b", "em"))
    inline = f"{basic}|{a}|{span}|{strong}"
    paragraph = f"<p(?: class={value})?+(?:{style})?+>(?:{inline})*+</p>"
    comment = r"<!--(?![#\[])[^<>-]*+-->"
    return re.compile(f"(?:{inline}|{paragraph}|{comment}|<center>(?:{inline}|{paragraph})*+</center>)*+")


def faults(html: str) -> list[str]:
    r"""Say what keeps a body from being kept and shown as it is.

    Args:
        html: a body after ``normalise``: a fragment with ``\n`` line ends. Text without markup is a body too. Bare
            ``&`` and ``<`` before anything but a letter, ``/``, ``!`` or ``?`` are text, as HTML5 has it.

    Returns:
        Short English phrases, each with its place (a character offset), at most ``MAX_FAULTS``; empty when clean.
        They name tags and attributes, never the text of the body.
    """
    found = _character_faults(html)
    if found:
        return found  # what such characters hide in a tag need not be judged any more
    if _shapes().fullmatch(html):
        return found
    walk = _Walk(html, found)
    end = 0
    for token in TOKEN.finditer(html):
        start = token.start()
        if walk.path and walk.path[-1] in CHILDREN:
            walk.between(end, start)
        end = token.end()
        closing, name, rest = token.groups()
        if name is None:
            if end - start > 1:
                continue  # a comment
            found.append(f"broken tag, comment or declaration at {start}")
            return found  # where the next token begins is anyone's guess
        if closing:
            walk.close(name, rest, start)
        else:
            walk.open(name, rest, start)
        if len(found) >= MAX_FAULTS or len(walk.path) > MAX_DEPTH:
            return found[:MAX_FAULTS]
    found.extend(f"<{name}> is never closed" for name in walk.path)
    return found[:MAX_FAULTS]


class _Walk:
    """The open elements of a body while its tags are read in order; what is wrong is added to ``found``."""

    __slots__ = ("_found", "_html", "path")

    def __init__(self, html: str, found: list[str]) -> None:
        self.path: list[str] = []
        self._html = html
        self._found = found

    def open(self, name: str, rest: str, at: int) -> None:
        if name not in TAGS:
            name = name.lower()
            if name not in TAGS:
                self._found.append(f"<{name[:30]}> is not allowed, at {at}")
                return
        path = self.path
        wrong = misplaced(name, path)
        if wrong:
            self._found.append(f"{wrong}, at {at}")
        if rest:
            self._attributes(name, rest, at)
        if name in VOID:
            return
        path.append(name)
        if len(path) > MAX_DEPTH:
            self._found.append(f"more than {MAX_DEPTH} elements deep at {at}")

    def close(self, name: str, rest: str, at: int) -> None:
        path = self.path
        if rest and rest.strip(" \t\n"):
            self._found.append(f"end tag with attributes at {at}")
        if path and path[-1] == name:
            path.pop()
            return
        name = name.lower()
        if name not in path:
            self._found.append(f"</{name[:30]}> closes nothing, at {at}")
            return
        while (last := path.pop()) != name:
            self._found.append(f"<{last}> is not closed before </{name}> at {at}")

    def between(self, start: int, end: int) -> None:
        """Judge the text between two tags where only white space may stand."""
        if self._html[start:end].strip(" \t\n"):
            self._found.append(f"text directly in <{self.path[-1]}> at {start}")

    def _attributes(self, tag: str, rest: str, at: int) -> None:
        shape = _ATTRIBUTE_LIST.fullmatch(rest)
        if shape is None:
            self._found.append(f"attributes of <{tag}> cannot be read, at {at}")
            return
        if shape[5] and tag not in VOID:
            self._found.append(f"<{tag}/> is no empty element, at {at}")
        names = set()
        listed = ATTRIBUTE.findall(rest)
        for name, double, single, bare in listed:
            names.add(name.lower())
            wrong = attribute_fault(name.lower(), double or single or bare)
            if wrong:
                self._found.append(f"{wrong} in <{tag}> at {at}")
                return
        if len(listed) > MAX_ATTRIBUTES:
            self._found.append(f"more than {MAX_ATTRIBUTES} attributes in <{tag}> at {at}")
        if len(names) < len(listed):
            self._found.append(f"the same attribute twice in <{tag}> at {at}")


def misplaced(name: str, path: list[str]) -> str:
    """Say why an element cannot open inside the open elements ``path`` (outermost first); empty when it can.

    The rules are those by which HTML5 would move or close something, and three of our own: only ``<li>`` in lists,
    only ``<dt>`` and ``<dd>`` in ``<dl>``, and neither of them anywhere else.
    """
    parent = path[-1] if path else ""
    if parent in CHILDREN:
        return "" if name in CHILDREN[parent] else f"<{name}> directly in <{parent}>"
    if name in PARTS:
        return f"<{name}> outside its table or list"
    if name in BLOCKS and "p" in path:
        return f"<{name}> inside <p>"
    if name == "a" and "a" in path:
        return "<a> inside <a>"
    if name in HEADINGS and parent in HEADINGS:
        return f"<{name}> in <{parent}>"
    return ""


def attribute_fault(name: str, raw: str) -> str:
    """Say what is wrong with an attribute; empty when nothing is.

    Args:
        name: in lower case.
        raw: the value as it stands between the quotes, character references not yet resolved.
    """
    if name in LINKS:
        return "" if _URL.match(raw) else f"{name} with another scheme than {', '.join(sorted(SCHEMES))}"
    if name == "style":
        bad = [d for d in declarations(unescape(raw)) if not is_harmless(d)]
        return f"style {bad[0].strip()[:20]!r}" if bad else ""
    if name in ATTRIBUTES:
        return ""
    if not _DATA.fullmatch(name):
        return f"attribute {name[:30]}"
    if (":" in raw or "&" in raw) and _SCRIPT.match(_BLANK.sub("", unescape(raw))):
        return f"script in {name[:30]}"
    return ""


def declarations(style: str) -> list[str]:
    """Split a style attribute's value (character references resolved) into its declarations."""
    return [part for part in style.split(";") if part and not part.isspace()]


def is_harmless(declaration: str) -> bool:
    """Whether a style declaration is one of ``STYLES`` with a value that loads, runs and moves nothing."""
    match = DECLARATION.fullmatch(declaration)
    return match is not None and match[1].lower() in STYLES


def _character_faults(html: str) -> list[str]:
    found = []
    control = CONTROLS.search(html)
    if control:
        found.append(f"control character U+{ord(control[0]):04X} at {control.start()}")
    if "&#" in html:
        bad = next((match.start() for match in _REFERENCE.finditer(html) if not _is_text(match)), None)
        if bad is not None:
            found.append(f"reference to a control character at {bad}")
    return found


def _is_text(reference: re.Match[str]) -> bool:
    """Whether a numeric reference stands for a character of text (0x80 to 0x9F are windows-1252, as HTML5 has it)."""
    hexadecimal, decimal = reference.groups()
    if len(hexadecimal or decimal) > _REFERENCE_DIGITS:
        return False
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return code <= sys.maxunicode and (0x80 <= code <= 0x9F or not CONTROLS.match(chr(code)))  # noqa: PLR2004 - as above
