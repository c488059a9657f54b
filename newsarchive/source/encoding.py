"""Answers as text: the one decoder of everything that was served.

An encoding is found as browsers find it (WHATWG Encoding and HTML standards): a byte order mark, else the charset of
``Content-Type``, else what the page's ``<meta>`` or XML declaration says, else UTF-8. A declaration is not believed
against the bytes: text that is UTF-8 is read as such whatever it claims, since hardly any text of another encoding is
valid UTF-8 by chance; and where the declared encoding explains most bytes worse than another, the other is taken.

A sequence that is none becomes U+FFFD where it stands, the rest is read, and `readable` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

from newsarchive.markup import LARGEST_PAGE
from newsarchive.source.understanding import NotUnderstoodError

UTF_8 = "utf-8"
CHINESE = "gb18030"
"""What the HTML standard has a browser in mainland China take where nothing is declared; GBK and GB2312 are in it."""

_MARKS = ((b"\xef\xbb\xbf", UTF_8), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Python's names of the encodings of the WHATWG standard that can be declared; a codec like utf-7 or rot13 cannot.
_KNOWN = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949"}
    | {"koi8-r", "koi8-u", "mac-roman", "cp866", "cp874", *(f"cp125{number}" for number in range(9))}
    | {f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
)
_LONG = re.compile("[\u0800-\ufffc\U00010000-\U0010ffff]")  # what takes three or four bytes in UTF-8
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_STRICT = 10  # so many times as many long sequences as broken ones are no chance: it is UTF-8 with a fault
_FEW = 8  # broken sequences that may be faults of a text that has hardly any other
_GUESS = 4  # so many tell that nothing was declared, rather than that something was cut
_AROUND = 12
_SPACES = re.compile(r"\s+")


def decode(content: bytes) -> str:
    """Decode what was served, without a byte order mark; a broken sequence becomes U+FFFD.

    Raises:
        NotUnderstoodError: there is nothing, or the bytes are no text in any encoding that is declared or likely.
    """
    return _decoded(content, "")[0]


def readable(content: bytes, content_type: str = "") -> tuple[bytes, str]:
    """Give an answer as UTF-8, for the parsers, which know no headers, and what of it was broken.

    Args:
        content: the answer, with its content coding undone.
        content_type: the header's value.

    Returns:
        The same bytes where they are UTF-8 already, or no text at all (then the parser says so). And a sentence about
        the sequences that were not valid; empty where all were.
    """
    try:
        text, encoding, flaw = _decoded(content, content_type)
    except NotUnderstoodError:
        return content, ""
    if encoding == UTF_8 and not flaw:
        return content, ""
    return _MARKS[0][0] + text.encode(errors="replace"), flaw  # marked, so that nobody believes its <meta> again


def _decoded(content: bytes, content_type: str) -> tuple[str, str, str]:
    """Give the text, the encoding it was read in, and what of it was broken."""
    if not content.strip():
        raise NotUnderstoodError("an empty answer")
    if len(content) > LARGEST_PAGE:
        raise NotUnderstoodError(f"{len(content)} bytes; no page or answer of the source has more than {LARGEST_PAGE}")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _read(content, encoding, skip=len(mark))
    declared = list(_declared(content, content_type))
    if _is_utf_8(content, declared):
        return _read(content, UTF_8)
    first, *others = dict.fromkeys((*declared, UTF_8)) if declared else (UTF_8, CHINESE)
    text, encoding, flaw = _read(content, first)
    broken = _broken(content, text, encoding) if flaw else 0
    if 2 * broken <= len(_NOT_ASCII.findall(text)):
        return text, encoding, flaw
    for other in dict.fromkeys((*others, CHINESE) if broken >= _GUESS else others[: len(declared) - 1]):
        if (clean := _strictly(content, other)) is not None:
            return clean, other, ""
    if broken >= _FEW:
        raise NotUnderstoodError(f"{len(content)} bytes that are no UTF-8 text, nor in another encoding it declares")
    return text, encoding, flaw


def _is_utf_8(content: bytes, declared: list[str]) -> bool:
    """Tell whether bytes are UTF-8, but for a few faults, whatever they are declared to be."""
    text = _strictly(content, UTF_8)
    if text is not None and not declared:
        return True
    if any(encoding.startswith("utf-16") for encoding in declared) and b"\x00" in content:
        return False
    if text is not None:
        return _LONG.search(text) is not None
    text = content.decode(UTF_8, errors="replace")
    return len(_LONG.findall(text)) >= _STRICT * _broken(content, text, UTF_8)


def _declared(content: bytes, content_type: str) -> Iterator[str]:
    """Give the encodings that are declared, the weightier first, by Python's names."""
    header = http_content_type_encoding(content_type)
    if header and (known := _known(header)):
        yield known
    page = html_body_declared_encoding(content)
    if page and (known := _known(page)):
        yield UTF_8 if known.startswith("utf-16") else known  # what can be read as ASCII is not UTF-16 (HTML standard)


def _known(label: str) -> str:
    resolved = (resolve_encoding(label) or "").replace("_", "-").lower()
    names = (resolved, resolved.replace("-", "_"), "utf-16-le" if resolved == "utf-16" else resolved)
    return next((name for name in reversed(names) if name in _KNOWN), "")


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _broken(content: bytes, text: str, encoding: str) -> int:
    """Count the broken sequences; what was sent as U+FFFD is none."""
    try:
        sent = content.count("\ufffd".encode(encoding))
    except UnicodeEncodeError:
        sent = 0
    return max(0, text.count("\ufffd") - sent)


def _read(content: bytes, encoding: str, *, skip: int = 0) -> tuple[str, str, str]:
    content = content[skip:]
    try:
        return content.decode(encoding), encoding, ""
    except UnicodeDecodeError as error:
        place = error.start
    text = content.decode(encoding, errors="replace")
    number = max(1, _broken(content, text, encoding))
    before = _SPACES.sub(" ", content[:place].decode(encoding, errors="replace")[-_AROUND:])
    after = _SPACES.sub(" ", content[place : place + 8 * _AROUND].decode(encoding, errors="replace")[:_AROUND])
    more = f", the first of {number}" if number > 1 else ""
    flaw = f"a byte sequence that is no {encoding.upper()} at byte {place + skip}{more}, in {before + after!r}"
    return text, encoding, f"{flaw}; read as U+FFFD"
