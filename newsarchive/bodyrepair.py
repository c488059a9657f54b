"""The repair of a body that fails the check: each tag that is wrong is mended or left out, all else stays as it is.

The body is read tag by tag, as HTML5's tokenizer has them, and written again in the order of the check. No parser is
asked for a tree: each known one loses text behind a bare ``<`` (``ROE<WACC，则…``) and the bytes of all that was right.
What is no markup is text and stays, escaped: that is the rule where a writer and HTML5 do not agree.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from html import escape

from newsarchive import bodycheck
from newsarchive.bodycheck import ascii_lower, attribute_fault, misplaced
from newsarchive.htmlnames import (
    ATTRIBUTES,
    BLOCKS,
    CHILDREN,
    FORMATTING,
    HEADINGS,
    LINKS,
    PARTS,
    REFUSED_TAGS,
    RUBY_PARTS,
    TAGS,
    VOID,
)

DROPPED = frozenset({"script", "style"})
"""Elements that go with what they hold, which no reader ever sees."""

LINES = BLOCKS | PARTS | {"dialog", "form", "listing", "option", "title", "xmp"}
"""Elements that stand on lines of their own: where one is removed, the words on both sides must not join."""

# HTML5 adds <tbody> and <colgroup> where they are left out; written at once, the depth is counted as it will be.
_CHILDREN = CHILDREN | {"table": CHILDREN["table"] - {"tr", "col"}}
_WRAPPER = {"table": "tbody", "tr": "td", "dl": "dd"} | dict.fromkeys(("thead", "tbody", "tfoot"), "tr")
_WRAPPER |= dict.fromkeys(("ul", "ol", "menu", "dir"), "li")
_CELLS = frozenset({"td", "th", "caption"})
_DEEPEST = bodycheck.MAX_DEPTH - 3  # room for the tbody, tr and td that text directly in a table needs
_REOPENED = 8
_NO_LINE = TAGS - BLOCKS - PARTS

_SURROGATES = re.compile("[\ud800-\udfff]")
_SEGMENT = re.compile(r"[^:/?#]*+(?:[/?#]|\Z)")

# As the check reads them, but for what follows a "<" that is no tag's, and quotes that are opened and not closed.
_TAG_AHEAD = r"<(?=/?[A-Za-z][A-Za-z0-9:._-]*+[ \t\n/>]|!--)"
_CLOSED = r"(?=[ \t\n/>]|\Z)"
_LOOSE_ATTRIBUTE = re.compile(
    rf"""[ \t\n/]*+((?:[^ \t\n/<>]|(?!{_TAG_AHEAD})<)(?:[^ \t\n/<>=]|(?!{_TAG_AHEAD})<)*+)"""
    rf"""(?:[ \t\n]*+=[ \t\n]*+(?:"([^"]*+)"{_CLOSED}|'([^']*+)'{_CLOSED}|((?:[^ \t\n<>]|(?!{_TAG_AHEAD})<)*+)))?+"""
)
_NAME = re.compile(r"<(/?)([A-Za-z][^ \t\n/<>]*+)")
_TAIL = re.compile(r"[ \t\n/]*+(>?)")
_ELEMENT_NAME = re.compile(r"[a-z][a-z0-9._-]*+:[a-z][a-z0-9._-]*+", re.ASCII)
_QUOTED_VALUE = re.compile(r"""=[ \t\n]*+["']""")
_COMMENT_END = re.compile("--!?>")
_MARKUP_ENDS = re.compile(r"[<>]")
_DECLARATION = re.compile(
    r"<(?:!(?:doctype|element|attlist|entity|notation)\b[^<>]*+|\?(?:php\b|=)[^>]*+|\?[a-z][^<>]*+)>", re.IGNORECASE
)
_BOGUS = re.compile(r"<[!?][^<>]*+>")
_IN_TEXT = re.compile(r"<(?=[A-Za-z/!?]|\Z)")
_CUT_REFERENCE = re.compile(r"&[#A-Za-z0-9]*+\Z")
_LONGEST_REFERENCE = 40  # characters; the longest name has 31


@dataclass(slots=True)
class _Piece:
    """A piece of a body: text, a comment that stays, or a tag.

    Attributes:
        kind: ``text``, ``comment``, ``start``, ``end``; or ``gone``, which leaves no trace.
        raw: as it stands in the body.
        name: of a tag, in lower case.
        attributes: of a start tag; as they stand.
        empty: whether a tag ends with ``/>``.
        closed: whether a start tag has an end tag.
        right: whether the check would let the tag itself pass.
    """

    kind: str
    raw: str
    name: str = ""
    attributes: str = ""
    empty: bool = False
    closed: bool = False
    right: bool = True


def repair(html: str) -> str:
    """Mend a body so that it passes the check.

    Args:
        html: anything; time is proportional to its length.

    Returns:
        HTML with all the text a reader was to see.
    """
    html = bodycheck.CONTROLS.sub(_without_control, _SURROGATES.sub("\ufffd", html))
    html = bodycheck.REFERENCE.sub(lambda found: found[0] if bodycheck.is_text(found) else "\ufffd", html)
    return _Writer().write(_judged(_Reader(_without_cdata(html)).pieces()))


def _without_control(control: re.Match[str]) -> str:
    return "\n" if control[0] in "\r\x0b\x0c\x85" else ""


def _without_cdata(html: str) -> str:
    """Take the marks off CDATA sections, which are XML's: what they hold is text and markup like any other."""
    out, position = [], 0
    while (start := html.find("<![CDATA[", position)) >= 0:
        out.append(html[position:start])
        position = start + len("<![CDATA[")
        end = html.find("]]>", position)
        if end < 0:
            break
        out.append(html[position:end])
        position = end + len("]]>")
    return "".join(out) + html[position:]


class _Reader:
    """Reads a body into pieces; what cannot be read as markup is text."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._comments_end = True  # cleared by the first that does not: then none behind it does
        self._no_tag = (0, 0)  # where the attributes, and the end, of the last broken tag are that was none
        self._pieces: list[_Piece] = []

    def pieces(self) -> list[_Piece]:
        html, at, text = self._html, 0, 0
        while (at := html.find("<", at)) >= 0:
            piece, end = self._piece(at)
            if piece is None:
                at += 1
                continue
            if text < at:
                self._pieces.append(_Piece("text", html[text:at]))
            self._pieces.append(piece)
            at = text = end
        if text < len(html):
            self._pieces.append(_Piece("text", html[text:]))
        return self._pieces

    def _piece(self, at: int) -> tuple[_Piece | None, int]:
        """Read what a ``<`` begins; None where that is text."""
        html = self._html
        if html.startswith("<!--", at):
            return self._comment(at)
        match = bodycheck.TAG.match(html, at)
        if match:
            slash, name, attributes, tail = match.groups()
            kind = "end" if slash else "start"
            piece = _Piece(kind, match[0], ascii_lower(name), attributes, tail[-1:] == "/")
            return piece, match.end()
        if name_match := _NAME.match(html, at):
            return self._broken_tag(name_match)
        if match := _DECLARATION.match(html, at) or _BOGUS.match(html, at):
            if not bodycheck.comment_fault(match[0]):
                return _Piece("comment", match[0]), match.end()
            if _DECLARATION.match(match[0]):
                return _Piece("gone", match[0]), match.end()
        return None, at

    def _comment(self, at: int) -> tuple[_Piece, int]:
        html = self._html
        short = next((mark for mark in ("<!-->", "<!--->") if html.startswith(mark, at)), "")
        if short:
            return _Piece("comment", short), at + len(short)
        end = _COMMENT_END.search(html, at + 4) if self._comments_end else None
        if end is None:  # HTML5 would have the rest of the article unseen: only what the first tag or ">" ends goes
            self._comments_end = False
            mark = _MARKUP_ENDS.search(html, at + 4)
            stop = len(html) if mark is None else mark.end() if mark[0] == ">" else mark.start()
            return _Piece("gone", html[at:stop]), stop
        raw = html[at : end.end()]
        return _Piece("gone" if bodycheck.comment_fault(raw) else "comment", raw), end.end()

    def _broken_tag(self, start: re.Match[str]) -> tuple[_Piece | None, int]:
        """Read a tag that is not the check's: cut off by the next tag, with odd signs, or no tag at all."""
        html, name = self._html, ascii_lower(start[2])
        known = name in TAGS or name in REFUSED_TAGS
        if start[1]:
            mark = _MARKUP_ENDS.search(html, start.end())
            stop = len(html) if mark is None else mark.end() if mark[0] == ">" else mark.start()
            return (_Piece("end", html[start.start() : stop], name, right=False), stop) if known else (None, 0)
        if not known:
            return None, 0
        end, stop = self._no_tag
        whole = valued = False
        if start.end() > end:  # else what began before it was read to the same end, and nothing in it has a value
            end = start.end()
            while attribute := _LOOSE_ATTRIBUTE.match(html, end):
                end, valued = attribute.end(), valued or attribute.end() > attribute.end(1)
            tail = _TAIL.match(html, end)
            stop = tail.end() if tail else end
            whole = html[stop - 1] == ">"
        if not (whole or valued or name in VOID):
            self._no_tag = end, stop
            return None, 0
        raw = html[start.start() : stop]
        return _Piece("start", raw, name, html[start.end() : end], "/" in raw[-2:], right=False), stop


def _judged(pieces: list[_Piece]) -> list[_Piece]:
    """Find the end tag of each start tag, and say which start tags without one are text."""
    starts: dict[str, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.kind == "start":
            starts[piece.name].append(piece)
        elif piece.kind == "end" and starts[piece.name]:
            starts[piece.name].pop().closed = True
    for piece in pieces:
        if piece.kind == "start" and not piece.closed and _is_text(piece):
            piece.kind = "text"
            piece.raw = piece.raw.replace("<", "&lt;").replace(">", "&gt;")
    return pieces


def _is_text(piece: _Piece) -> bool:
    """Whether a start tag without end tag is what an author wrote with a bare ``<``, as in ``a<b and c>d``."""
    if piece.name in TAGS or piece.name in REFUSED_TAGS:
        names = [ascii_lower(found[0]) for found in _LOOSE_ATTRIBUTE.findall(piece.attributes)]
        doubtful = names and "=" not in piece.attributes and piece.name not in VOID
        return bool(doubtful) and not any(name in ATTRIBUTES or name.startswith("on") for name in names)
    if piece.name.startswith("http") and piece.name.endswith(":"):
        return True
    is_element = piece.empty or _ELEMENT_NAME.fullmatch(piece.name) or _QUOTED_VALUE.search(piece.attributes)
    return not is_element


class _Writer:
    """Writes pieces so that HTML5 reads them just as the tags show it.

    Elements are opened only where ``bodycheck.misplaced`` lets them, after those were closed that HTML5 closes there;
    otherwise their tags are left out and their content stays. Where lists and tables hold other things than items,
    rows and cells, those are put around them.
    """

    def __init__(self) -> None:
        self._out: list[str] = []
        self._path: list[str] = []
        self._tags: list[str] = []  # the start tags of the path, as written
        self._implied: list[int] = []  # the lengths of the path at which an element of ours was opened

    def write(self, pieces: list[_Piece]) -> str:
        within = ""  # a script or style
        for piece in pieces:
            if within:
                within = "" if piece.kind == "end" and piece.name == within else within
            elif piece.kind == "text":
                self._text(piece.raw)
            elif piece.kind == "comment":
                self._out.append(piece.raw)
            elif piece.kind == "gone":
                self._left_out("")
            elif piece.kind == "end":
                self._end(piece)
            elif piece.name in DROPPED and piece.closed and not piece.empty:
                within = piece.name
                self._left_out("")
            else:
                self._start(piece)
        self._close_to(0)
        return "".join(self._out)

    def _left_out(self, name: str) -> None:
        """Leave no piece of a text that, with what follows, is more than a piece of a text."""
        if self._out and (cut := _CUT_REFERENCE.search(self._out[-1][-_LONGEST_REFERENCE:])):
            self._out[-1] = f"{self._out[-1][: -len(cut[0])]}&amp;{cut[0][1:]}"
        if name in LINES:
            self._out.append("\n")

    def _text(self, text: str) -> None:
        if text.strip(" \t\n"):
            self._make_room_for("")
        self._out.append(_IN_TEXT.sub("&lt;", text))

    def _start(self, piece: _Piece) -> None:
        name, path = piece.name, self._path
        known = name in TAGS
        if not known and (name in REFUSED_TAGS or not piece.closed or piece.empty or (path and path[-1] in CHILDREN)):
            self._left_out(name)
            return
        reopened: list[str] = []
        if known:
            reopened = self._close_for(name)
            self._make_room_for(name)
        void = name in VOID
        if misplaced(name, path) or (len(path) >= _DEEPEST and not void):
            self._left_out(name)
            return
        tag = _mended(piece)
        self._out.append(tag)
        if void:
            return
        self._push(name, tag)
        if piece.empty and not piece.closed:
            self._close_to(len(path) - 1)
        for again in reopened if name not in CHILDREN and name not in VOID else ():
            again_name = ascii_lower(re.match("<([A-Za-z]+)", again)[1])  # type: ignore[index]
            if len(path) < _DEEPEST and not misplaced(again_name, path):
                self._out.append(again)
                self._push(again_name, again)

    def _push(self, name: str, tag: str) -> None:
        self._path.append(name)
        self._tags.append(tag)

    def _end(self, piece: _Piece) -> None:
        name, path = piece.name, self._path
        if name == "br":
            self._out.append("<br>")
            return
        for index in range(len(path) - 1, -1, -1):
            if path[index] == name:
                self._close_to(index)
                if piece.right and not piece.attributes:
                    self._out[-1] = piece.raw
                return
            if path[index] == "table" or (path[index] in _CELLS and name not in PARTS and name != "table"):
                break
        self._left_out(name)

    def _close_for(self, name: str) -> list[str]:
        """Close what HTML5 closes before ``name``; gives the start tags of what it opens again behind it."""
        path, cut = self._path, None
        if name in PARTS:
            cut = self._place_of(name)
        elif name in BLOCKS and "p" in path:
            cut = path.index("p")
        elif path and any(name in alike and path[-1] in alike for alike in (HEADINGS, RUBY_PARTS)):
            cut = len(path) - 1
        elif name in {"a", "nobr"} and name in path and _NO_LINE.issuperset(path[path.index(name) :]):
            cut = path.index(name)
        if cut is None:
            return []
        reopened = [tag for tag, of in zip(self._tags[cut:], path[cut:], strict=True) if of in FORMATTING]
        self._close_to(cut)
        return reopened[:_REOPENED] if name in BLOCKS else []

    def _place_of(self, part: str) -> int | None:
        """Find the list, row or table an item, cell or row belongs to; gives the length of the path down to it."""
        for index in range(len(self._path) - 1, -1, -1):
            here = self._path[index]
            if part in _CHILDREN.get(here, ()):
                return index + 1
            if here == "table" or (here in _CELLS and part in {"li", "dt", "dd"}):
                break
        return None

    def _make_room_for(self, name: str) -> None:
        """Close and open elements of our own until ``name`` (or text: empty) can stand where only parts can."""
        path = self._path
        if path and path[-1] == "colgroup" and name != "col":
            self._close_to(len(path) - 1)
        while path and (parts := _CHILDREN.get(path[-1])) is not None and name not in parts:
            wrapper = "colgroup" if name == "col" and path[-1] == "table" else _WRAPPER[path[-1]]
            self._out.append(f"<{wrapper}>")
            self._push(wrapper, f"<{wrapper}>")
            self._implied.append(len(path))

    def _close_to(self, depth: int) -> None:
        while len(self._path) > depth:
            if self._implied[-1:] == [len(self._path)]:
                self._implied.pop()
            self._out.append(f"</{self._path.pop()}>")
            self._tags.pop()


def _mended(piece: _Piece) -> str:
    """Write a start tag with the attributes it may have; as it stands where it may have all of them."""
    name = piece.name
    kept, right = [], piece.right and not (piece.empty and name not in VOID)
    for attribute in _LOOSE_ATTRIBUTE.finditer(piece.attributes):
        key, *values = attribute.groups()
        value = next((value for value in values if value is not None), None)
        written = _kept(name, ascii_lower(key), value, attribute[0], quoted=attribute[4] is None)
        right = right and written == attribute[0]
        if not key.startswith("="):  # could be the value of the one before
            kept.append(written if written[:1] in {"", " ", "\n", "\t"} else f" {written.lstrip('/')}")
    written_name = piece.raw[1 : 1 + len(name)]
    return piece.raw if right else f"<{written_name}{''.join(kept)}{' /' if piece.empty and name in VOID else ''}>"


def _kept(tag: str, name: str, value: str | None, raw: str, *, quoted: bool) -> str:
    """Give what stays of an attribute: all, what is harmless of it, or nothing."""
    if "<" in name or "<" in (value or "") or (not quoted and re.search("[\"'`]|/on", value or "")):
        value = None if value is None or not quoted else escape(value, quote=False)
        if value is None or "<" in name:
            return ""
        raw = f' {name}="{value.replace(chr(34), "&quot;")}"'
    if not attribute_fault(tag, name, value or ""):
        return raw
    if name == "style":
        text = bodycheck.resolved(value or "") or ""
        value = escape(";".join(filter(bodycheck.is_harmless, bodycheck.declarations(text))))
    elif name in LINKS and value:
        value = value.strip()
        first = _SEGMENT.match(value.replace("&amp;", "&"))
        if first and not first[0].endswith(":"):
            value = f"./{value}"  # relative beyond doubt
        value = value.replace('"', "&quot;")
    else:
        return ""
    return f' {name}="{value}"' if value and not attribute_fault(tag, name, value) else ""
