"""The strict check of an article's body: is all that a browser gives a meaning harmless, and does HTML5 read it so?

A body that passes is kept as the source sent it, byte for byte, and stands later on web pages as it is. So two things
are asked. Of everything to which a specification gives a meaning (elements, attributes, URL schemes, style properties;
`newsarchive.htmlnames` has the lists and their sources) whether that is harmless; what has none does nothing in a
browser and passes, whatever its name. And whether an HTML5 parser (https://html.spec.whatwg.org/multipage/parsing.html)
leaves the nesting exactly as the tags show it; tags, attributes and comments end where its tokenizer ends them.
The check reads the body once, in time proportional to its length.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from html import unescape
from html.entities import html5

from newsarchive.htmlnames import (
    ATTRIBUTES,
    BLOCKS,
    CHILDREN,
    HEADINGS,
    LINKS,
    LOADING,
    PARTS,
    REFUSED_ATTRIBUTES,
    REFUSED_TAGS,
    RUBY_PARTS,
    TAGS,
    VOID,
)

MAX_DEPTH = 100
"""Open elements at one place; articles have ten, the tree builders of browsers stop at 512."""

MAX_ATTRIBUTES = 100
"""Of one element; the source writes six. Parsers take the square of their number."""

MAX_FAULTS = 20
"""After so many faults the check stops: one is enough to have the body repaired, twenty for a log."""

SCHEMES = frozenset({"http", "https", "mailto"})

# An attribute, as the tokenizer of HTML5 reads it: any name, after any number of blanks and slashes. Two things are
# left out, since they are a tag or a text behind one that was never closed: "<" in a name or an unquoted value, and
# markup in a quoted one. Quantifiers are possessive: a part that fails is not tried in another way.
_QUOTED = "{0}([^{0}<]*+(?:<(?![A-Za-z/!?])[^{0}<]*+)*+){0}"
_ATTRIBUTE = (
    r"""[ \t\n/]*+([^ \t\n/<>][^ \t\n/<>=]*+)(?:[ \t\n]*+=[ \t\n]*+(?:"""
    rf"""{_QUOTED.format('"')}|{_QUOTED.format("'")}|([^ \t\n<>"'][^ \t\n<>]*+)|(?=>|\Z))|(?![ \t\n]*+=))"""
)
ATTRIBUTE = re.compile(_ATTRIBUTE)
_UNGROUPED = re.sub(r"\((?!\?)", "(?:", _ATTRIBUTE)
TAG = re.compile(rf"<(/?)([A-Za-z][^ \t\n/<>]*+)((?:{_UNGROUPED})*+)([ \t\n/]*+)>")
"""A tag: slash, name, attributes, and what stands before its ``>``."""

_COMMENT = r"<!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+--!?>)"
TOKEN = re.compile(rf"{TAG.pattern}|{_COMMENT}|<[!?](?!--)[^>]*+>|<(?=[A-Za-z/!?]|\Z)")
"""A tag, a comment, a bogus comment, or a ``<`` that begins markup and cannot be read as any of them."""

# Comments that something else than a browser acts on: a server that includes, a program that still reads conditions
# (Outlook, Internet Explorer to 9). PHP, and declarations by which a reader would take the body for another document.
_CONDITION = re.compile(r"<!--\[if\b", re.IGNORECASE)
_ACTING = re.compile(r"<script|[\s/\"']on\w+\s*+=|javascript:", re.IGNORECASE)
_HARMLESS_BOGUS = re.compile(
    r"<!\[(?:if\b[^<>\[\]]*+|endif)\](?:--)?>|<\?(?!php|import\b|xml(?:[\s?-]|\Z))[a-z][a-z0-9:-]*+(?=[\s/?>])[^<>]*+>",
    re.IGNORECASE | re.ASCII,
)

# C0 but tab and newline, DEL and C1, lone surrogates, and the noncharacters no XML document may hold.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]++)|([0-9]++));?")
_REFERENCE_DIGITS = 8

# A literal scheme, or a relative reference whose first segment cannot hide one: no colon, no character reference.
_URL = re.compile(r""" *+(?:https?:|mailto:|[^\s\xa0:&\\/?#]*+(?:[/?#]|\Z))""", re.IGNORECASE | re.ASCII)
_INLINE_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[a-z0-9+/=]*+", re.IGNORECASE | re.ASCII)
_SCRIPT = re.compile(r"(?:javascript|vbscript|livescript|data):", re.IGNORECASE | re.ASCII)
_HANDLER = re.compile(r"/on[a-z]+=", re.IGNORECASE)  # not one to HTML5, which reads on to the next blank
_BLANK = re.compile(r"[\s\x00-\x20]+")
_TABINDEX = re.compile(r"\s*+(?:-[0-9]++|0)?\s*+", re.ASCII)
_QUIET = (ATTRIBUTES - REFUSED_ATTRIBUTES - LINKS) - {"contenteditable", "name", "style", "tabindex"}


@cache
def _shapes() -> re.Pattern[str]:
    """The shapes the source itself writes, as one expression: nearly every body is this and needs no closer look.

    It accepts a part of what the check below accepts, never more. Attributes come in the source's order; nothing nests
    deeper than it does there.
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
        closing, name, attributes, tail = token.groups()
        if name is None:
            wrong = comment_fault(token[0])
            if wrong:
                found.append(f"{wrong} at {start}")
                return found  # where the next token begins is anyone's guess
            continue
        if closing:
            walk.close(ascii_lower(name), attributes, start)
        else:
            walk.open(ascii_lower(name), attributes, tail, start)
        if len(found) >= MAX_FAULTS or len(walk.path) > MAX_DEPTH:
            return found[:MAX_FAULTS]
    found.extend(f"{_named(name)} is never closed" for name in walk.path if name[-1] != "/")
    return found[:MAX_FAULTS]


class _Walk:
    """The open elements of a body while its tags are read in order; what is wrong is added to ``found``.

    An unknown element that is written as an empty one (``<o:p/>``) stays open to HTML5 until what it stands in is
    closed; it is in the path with a slash behind its name.
    """

    __slots__ = ("_found", "_html", "path")

    def __init__(self, html: str, found: list[str]) -> None:
        self.path: list[str] = []
        self._html = html
        self._found = found

    def open(self, name: str, attributes: str, tail: str, at: int) -> None:
        known = name in TAGS
        if not known and name in REFUSED_TAGS:
            self._found.append(f"<{name}> is not allowed, at {at}")
            return
        path = self.path
        wrong = misplaced(name, path)
        if wrong:
            self._found.append(f"{wrong}, at {at}")
        if attributes:
            self._attributes(name, attributes, at)
        if name in VOID:
            return
        if tail[-1:] == "/":
            if known:
                self._found.append(f"<{name}/> is no empty element, at {at}")
            name += "/"
        path.append(name)
        if len(path) > MAX_DEPTH:
            self._found.append(f"more than {MAX_DEPTH} elements deep at {at}")

    def close(self, name: str, attributes: str, at: int) -> None:
        path = self.path
        if attributes:
            self._found.append(f"end tag with attributes at {at}")
        if path and path[-1] == name:
            path.pop()
            return
        if name not in path and f"{name}/" not in path:
            if name in TAGS or name in REFUSED_TAGS:  # an unknown one does nothing
                self._found.append(f"</{name}> closes nothing, at {at}")
            return
        while (last := path.pop()).rstrip("/") != name:
            if last[-1] != "/":
                self._found.append(f"{_named(last)} is not closed before {_named(name, '/')} at {at}")

    def between(self, start: int, end: int) -> None:
        """Judge the text between two tags where only white space may stand."""
        if self._html[start:end].strip(" \t\n"):
            self._found.append(f"text directly in <{self.path[-1]}> at {start}")

    def _attributes(self, tag: str, listed: str, at: int) -> None:
        found = ATTRIBUTE.findall(listed)
        if len(found) > MAX_ATTRIBUTES:
            self._found.append(f"more than {MAX_ATTRIBUTES} attributes in {_named(tag)} at {at}")
            return
        for name, double, single, bare in found:
            wrong = attribute_fault(tag, ascii_lower(name), double or single or bare)
            wrong = wrong or (bare and _HANDLER.search(bare) and "attribute in an unquoted value") or ""
            if wrong:
                self._found.append(f"{wrong} in {_named(tag)} at {at}")
                return


def tokens(html: str) -> Iterator[re.Match[str]]:
    """Give the tokens of `TOKEN` of any HTML, clean or not, in time proportional to its length.

    Where a comment does not end, none behind it does: from there on only tags are looked for. Behind the last ``>``
    there are none.
    """
    pattern, position, last = TOKEN, 0, html.rfind(">")
    while position <= last + 1 and (token := pattern.search(html, position)):
        if token[0] == "<" and html.startswith("<!--", token.start()):
            pattern = TAG
        yield token
        position = token.end()


def ascii_lower(name: str) -> str:
    """Return a name in lower case as HTML5 has it, which leaves letters beyond ASCII alone."""
    return name.lower() if name.isascii() else re.sub("[A-Z]+", lambda letters: letters[0].lower(), name)


def _named(name: str, slash: str = "") -> str:
    """Return what a fault calls an element: its name, unless that could be a piece of the text."""
    return f"<{slash}{name}>" if name in TAGS else f"an unknown element's {slash and 'end'}tag"


def comment_fault(token: str) -> str:
    """Return what is wrong with a token of `TOKEN` that is no tag; empty for a comment that does nothing anywhere."""
    if token == "<":  # noqa: S105 - of markup
        return "broken tag, comment or declaration"
    if token.startswith("<!--"):
        acting = token.startswith("<!--#") or (_CONDITION.match(token) and _ACTING.search(token))
        return "comment that a server or mail program would act on" if acting else ""
    return "" if _HARMLESS_BOGUS.fullmatch(token) else "declaration, CDATA section or processing instruction"


def misplaced(name: str, path: list[str]) -> str:
    """Say why an element cannot open inside the open elements ``path`` (outermost first); empty when it can.

    The rules are those by which HTML5 would move or close something, and three of our own: only ``<li>`` in lists,
    only ``<dt>`` and ``<dd>`` in ``<dl>``, and neither of them anywhere else.
    """
    parent = path[-1] if path else ""
    if parent in CHILDREN:
        return "" if name in CHILDREN[parent] else f"{_named(name)} directly in <{parent}>"
    if name in PARTS:
        return f"<{name}> outside its table or list"
    if name in BLOCKS and "p" in path:
        return f"<{name}> inside <p>"
    if name in {"a", "nobr"} and name in path:
        return f"<{name}> inside <{name}>"
    if name in HEADINGS and parent in HEADINGS:
        return f"<{name}> in <{parent}>"
    if name in RUBY_PARTS and parent != "ruby":
        return f"<{name}> outside <ruby>"
    return ""


def attribute_fault(tag: str, name: str, raw: str) -> str:
    """Say what is wrong with an attribute; empty when nothing is.

    Args:
        tag: the element's name in lower case.
        name: in lower case.
        raw: the value as it stands between the quotes, character references not yet resolved.
    """
    if name in _QUIET:
        return ""
    if name == "style":
        text = resolved(raw)
        bad = [""] if text is None else [d for d in declarations(text) if not is_harmless(d)]
        return f"style {bad[0].strip()[:20]!r}" if bad else ""
    wrong = ""
    if name in REFUSED_ATTRIBUTES:
        wrong = "" if name in LOADING and not raw.strip() else f"attribute {name}"
    elif name in LINKS:
        inline = tag == "img" and name == "src" and _INLINE_PICTURE.fullmatch(raw)
        wrong = "" if inline or _URL.match(raw) else f"{name} with another scheme than {', '.join(sorted(SCHEMES))}"
    elif name.startswith("on"):
        wrong = f"attribute {re.sub('[^a-z-]', '?', name[:30])}"
    elif name.startswith("data-"):
        # For the scripts of a page, which copy such an address to where it acts; other names are nobody's.
        scripted = (":" in raw or "&" in raw) and _SCRIPT.match(_BLANK.sub("", unescape(raw)))
        wrong = "script in a data attribute" if scripted and not _INLINE_PICTURE.fullmatch(raw) else ""
    elif (
        (name == "contenteditable" and raw.lower() != "false")
        or (name == "tabindex" and not _TABINDEX.fullmatch(raw))
        or (name == "name" and tag == "img")  # hides a property of the document from its scripts, as of forms
    ):
        wrong = f"attribute {name}"
    return wrong


# Style declarations. A property that no specification defines, or a declaration that is none, does nothing.
_TEXT = (
    r"""[\w-]++(?!\()|[^\w\x00-\x08\x0b-\x1f\x7f-\x9f()\[\]{}<>@\\;:"'/-]++|/(?!\*)"""
    r"""|"[^"\\<>\n]*+"|'[^'\\<>\n]*+'"""
)
_FUNCTION = (
    r"(?:rgba?|hsla?|hwb|(?:ok)?lab|(?:ok)?lch|color|color-mix|calc|min|max|clamp|var|env|alpha|minmax|repeat"
    r"|fit-content|steps|cubic-bezier|rect|inset|circle|ellipse|polygon|blur|brightness|contrast|drop-shadow|grayscale"
    r"|hue-rotate|invert|opacity|saturate|sepia|(?:-webkit-|-moz-|-o-)?(?:repeating-)?(?:linear|radial|conic)-gradient)"
)
_VALUE = f"(?:{_FUNCTION}\\((?:{_FUNCTION}\\((?:{_FUNCTION}\\((?:{_TEXT})*+\\)|{_TEXT})*+\\)|{_TEXT})*+\\)|{_TEXT})*+"
_NAME = r"""\s*+([^\s()\[\]{}<>@\\;:"'/]*+)\s*+"""
DECLARATION = re.compile(rf"{_NAME}(?::({_VALUE}))?", re.IGNORECASE | re.ASCII)
"""One style declaration: property and value. Its functions load nothing; no escape, no comment."""

# Word's and Excel's own properties, and a font's name, may hold escapes: these mean nothing else than a character.
_ESCAPED = re.compile(
    rf"\s*+mso-[\w-]*+\s*+:(?:{_TEXT}|\\[@.,#%_$ /-]|"
    r'"(?:[^"\\<>\n]|\\[^\n<>])*+"'
    r"|'(?:[^'\\<>\n]|\\[^\n<>])*+')*+"
    rf"|\s*+font(?:-family)?\s*+:(?:{_TEXT}|\\[0-9a-f]{{2,6}})*+",
    re.IGNORECASE | re.ASCII,
)
_DECLARATION_END = re.compile(r"""(?:[^;"'\\]|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|\\.|["'\\])++""", re.DOTALL)
_LEAVES_ITS_PLACE = re.compile(
    r"(?:-(?:webkit|moz|ms|o|khtml)-)?(?:z-index|transform\S*|translate|rotate|scale|perspective\S*|offset\S*|motion\S*"
    r"|content|behaviou?r|binding|link\S*|position-\S+|inset-area|zoom)"
)
_AS_IT_IS = re.compile(r"\s*+(?:none|auto|normal|initial|unset|static|relative|0|1|100%)?\s*+(?:!\s*+important\s*+)?")
_NEAR = re.compile(r"(?:-\w+-)?(?:margin\S*|text-indent|vertical-align|letter-spacing|word-spacing)")
_NEAR_BOTH_WAYS = re.compile(r"(?:-\w+-)?(?:top|right|bottom|left|inset\S*|box-shadow|text-shadow|outline\S*|filter)")
_COLOUR = re.compile(r"(?:rgba?|hsla?)\([^()]*+\)|#\w++")
_NUMBER = re.compile(r"(?<![a-z_])([-+]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:e[-+]?[0-9]++)?)([a-z%]*+)")
_PIXELS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 3.8, "cm": 38, "in": 96, "em": 16, "rem": 16, "%": 8}
_NEARBY = 100  # pixels


def declarations(style: str) -> list[str]:
    """Split a style attribute's value (character references resolved) into its declarations."""
    return [part for part in _DECLARATION_END.findall(style) if not part.isspace()]


def is_harmless(declaration: str) -> bool:
    """Whether a style declaration loads and runs nothing, and leaves the element near its place in the text."""
    match = DECLARATION.fullmatch(declaration)
    if match is None:
        return _ESCAPED.fullmatch(declaration) is not None
    name, value = match[1].lower().lstrip("*_+"), (match[2] or "").lower()
    if name == "position" or _LEAVES_ITS_PLACE.fullmatch(name):
        return _AS_IT_IS.fullmatch(value) is not None
    if name.startswith("mso-"):
        return True
    both = _NEAR_BOTH_WAYS.fullmatch(name) is not None
    if both or _NEAR.fullmatch(name):
        value = _COLOUR.sub("", value)
        if "(" in value and name != "filter":
            return False
    elif "-" not in value:
        return True
    return all(_is_near(number, unit, both=both) for number, unit in _NUMBER.findall(value))


def _is_near(number: str, unit: str, *, both: bool) -> bool:
    size = float(number) * _PIXELS.get(unit, _NEARBY)
    return size > -_NEARBY and (size < _NEARBY or not both)


def resolved(raw: str) -> str | None:
    """Resolve the character references of an attribute; None where readers could disagree on one."""
    if "&" not in raw:
        return raw
    for reference in re.findall(r"&[^;&]*+;?", raw):
        if not (reference[1:] in html5 and reference[-1] == ";") and not re.fullmatch(
            r"&#(?:[0-9]+|[xX][0-9A-Fa-f]+);", reference
        ):
            return None
    return unescape(raw)


def _character_faults(html: str) -> list[str]:
    found = []
    control = CONTROLS.search(html)
    if control:
        found.append(f"control character U+{ord(control[0]):04X} at {control.start()}")
    if "&#" in html:
        bad = next((match.start() for match in REFERENCE.finditer(html) if not is_text(match)), None)
        if bad is not None:
            found.append(f"reference to a control character at {bad}")
    return found


def is_text(reference: re.Match[str]) -> bool:
    """Whether a numeric reference stands for a character of text (0x80 to 0x9F are windows-1252, as HTML5 has it)."""
    hexadecimal, decimal = reference.groups()
    if len(hexadecimal or decimal) > _REFERENCE_DIGITS:
        return False
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return code <= sys.maxunicode and (0x80 <= code <= 0x9F or not CONTROLS.match(chr(code)))  # noqa: PLR2004 - as above
