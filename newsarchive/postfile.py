"""Posts as files: a post of any period taken apart, and put together again with the same bytes.

`newsarchive.post` is the door; it writes what this reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeGuard

import yaml

from newsarchive import dates, frontmatter_handler
from newsarchive.article import Name, Refused

MIRROR = "//finews.withounder.com/"
HOME = f"[返回首页]({MIRROR})"
"""What every post of today's format ends with."""

LINK = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^\s<>]+")
"""A link as it can stand between ``<`` and ``>``: absolute, nothing in it that would end it."""

_FILE_NAME = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})-(?P<name>(?:NW)?\d{14,24})\.md", re.ASCII)
_LINK_LINE = re.compile(rf"<(?P<link>(?:{LINK.pattern})?)>")
_BACK_LINKS = re.compile(r"\[返回[^\n]*\]\([^\n]*\)(?:\n\[返回[^\n]*\]\([^\n]*\))*")
_BACK_LINK = re.compile(r"\[(返回[^\n]*?)\]\(([^\n]*?)\)(?=｜\[返回|\n|\Z)")
_NULS = re.compile(r"\x00[\x00\s]*\Z|\x00{512}")  # at the end, or a sector of a disk
_LONGEST = 1 << 20  # characters of front matter; a title has a hundred
_REQUIRED = ("title", "date")
_EMPTY_DIGEST = re.compile(r">[ \t]*\n\n")
_SHIFT = timedelta(hours=8)
_LONGEST_FOOT = 4096  # characters of back links, which are a hundred; a line of openings alone takes its length squared


class PostError(Refused):
    """A file that is no post, or an article that cannot become one; the message names it and says why."""


class BackLink(NamedTuple):
    """A link at the foot of a post, back to the pages of the mirror: its words and its target."""

    text: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    r"""A post of any period, taken apart; line ends are ``\n`` in every piece.

    `dump` puts ``head``, digest, body and ``foot`` together again; the other fields say what ``head`` and ``foot``
    mean. To change a post, change its article and render that.

    Attributes:
        day: the day in the file name, ``YYYY-MM-DD``.
        name: the article's name, from the file name.
        title: as YAML reads it; never blank.
        date: as written, wall time in Asia/Shanghai; ``2021-12-08 10:46:18`` without a zone was seen.
        categories: as written; where it is a YAML list, its items with a space between.
        tags: like categories.
        layout: ``post``; empty where there is none.
        extra: the other lines of the front matter, in order.
        digest: the line quoted before the body of rolling news; empty where there is none.
        body: the text. Empty only in rolling news that has a digest.
        link: the source link; empty where the post has ``<>`` or none.
        back_links: the links to the mirror, in order; none in the oldest posts.
        head: the file from its first byte to where the digest or the body begins.
        foot: all that follows the body.
        newline: the file's line end, ``\r\n`` where every line has it.
        fault: why a strict YAML parser does not read its front matter, or reads it otherwise; empty in a post that is
            whole. Site generators cannot build a post that has one.
    """

    day: str
    name: Name
    title: str
    date: str
    categories: str
    tags: str
    layout: str
    extra: tuple[tuple[str, str], ...]
    digest: str
    body: str
    link: str
    back_links: tuple[BackLink, ...]
    head: str
    foot: str
    newline: str
    fault: str = ""


def read(content: bytes, file_name: str) -> Post:
    r"""Take a post of any period apart; `dump` is the inverse.

    Front matter that is broken YAML is read key by key: the mirror escaped neither a straight ``"`` nor a ``\`` in a
    title. `Post.fault` then says what is wrong.

    Args:
        content: the file.
        file_name: its name without folders; it says which article this is.

    Raises:
        PostError: the file is no valid post: no date in its name, not UTF-8, NUL bytes, no front matter or one that
            does not end, no title, no date or another day than the name's, no body.
    """
    day, name = _parse_file_name(file_name)
    text, newline = _decode(content, file_name)
    head, yaml_text, rest = _split(text, file_name)
    values, fault = _values(yaml_text, file_name)
    _check_meaning(values, day, file_name, fault)
    start, link, back_links = _parse_foot(rest)
    opening = _opening(rest[:start], rolling=name.rolling, today=rest.endswith(HOME))
    body = rest[opening:start]
    digest = _digest_of(body) if name.rolling else ""
    body = body[len(quote(digest)) :]
    if not body.strip() and not digest:
        raise PostError(f"{file_name}: there is no body")
    return Post(
        day=day,
        name=name,
        title=values.pop("title"),
        date=values.pop("date"),
        categories=values.pop("categories", ""),
        tags=values.pop("tags", ""),
        layout=values.pop("layout", ""),
        extra=tuple(values.items()),
        digest=digest,
        body=body,
        link=link,
        back_links=back_links,
        head=head + rest[:opening],
        foot=rest[start:],
        newline=newline,
        fault=fault,
    )


def dump(post: Post) -> bytes:
    """Put a post together again, with the bytes it was read from."""
    text = f"{post.head}{quote(post.digest)}{post.body}{post.foot}"
    return text.replace("\n", post.newline).encode()


def quote(digest: str) -> str:
    """Write a digest of one line as it stands before the body; nothing where it is blank."""
    return f"> {digest}\n\n" if digest.strip() else ""


def is_day(text: str) -> bool:
    """Tell whether the calendar has a day written ``YYYY-MM-DD``."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _decode(content: bytes, file_name: str) -> tuple[str, str]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        hint = _other_encoding(content)
        raise PostError(f"{file_name}: it is not UTF-8 (byte {error.start}: {error.reason}){hint}") from error
    if "\0" in text and (torn := _NULS.search(text)):
        raise PostError(f"{file_name}: {_nuls(text, torn)}")
    if "\r\n" in text and text.count("\r\n") == text.count("\n"):
        return text.replace("\r\n", "\n"), "\r\n"
    return text, "\n"


def _other_encoding(content: bytes) -> str:
    """Say how a file in another encoding becomes one in UTF-8; nothing where it is in none of them."""
    for encoding, mark in (("UTF-16", b"\xff\xfe"), ("UTF-16", b"\xfe\xff"), ("GB18030", b"---")):
        if content.startswith(mark):
            try:
                content.decode(encoding)
            except UnicodeDecodeError:
                return ""
            return f"; it reads as {encoding}, and iconv -f {encoding} -t UTF-8 makes it one"
    return ""


def _nuls(text: str, torn: re.Match[str]) -> str:
    """Say what NUL bytes in a file mean: a disk that lost power gives them back for what it had not written yet."""
    if not text.strip("\0 \t\r\n"):
        return "it holds NUL bytes and nothing else: the disk lost it, as in a power cut"
    where = "behind" if torn.end() == len(text) else "within"
    return f"there are {text.count(chr(0))} NUL bytes {where} its text, as after a power cut; something may be missing"


def _parse_file_name(file_name: str) -> tuple[str, Name]:
    match = _FILE_NAME.fullmatch(file_name)
    if match is None or not is_day(match["day"]):
        raise PostError(f"{file_name}: the file name is not YYYY-MM-DD-<article code>.md")
    return match["day"], Name.parse(match["name"])


def _split(text: str, file_name: str) -> tuple[str, str, str]:
    parts = frontmatter_handler.split(text)
    if parts is None:
        begun = text.lstrip("\ufeff \t\n").startswith("---")
        raise PostError(f"{file_name}: the front matter {'does not end' if begun else 'is missing'}")
    return parts


def _values(yaml_text: str, file_name: str) -> tuple[dict[str, str], str]:
    """Read the front matter, and say what a strict parser would hold against it; all values are texts."""
    if len(yaml_text) > _LONGEST:
        raise PostError(f"{file_name}: the front matter is too long ({len(yaml_text)} characters)")
    try:
        values = frontmatter_handler.load(yaml_text)
        fault = _misread(values, yaml_text)
    except (yaml.YAMLError, RecursionError) as error:
        fault = f"the front matter is broken YAML: {_problem(error, yaml_text)}"
    if fault:
        values = frontmatter_handler.load_by_line(yaml_text)
    return {str(key): _text(value) for key, value in values.items()}, fault


def _misread(values: Any, yaml_text: str) -> str:
    """Say what is wrong with front matter that is YAML; empty where it says what it should."""
    if not isinstance(values, dict):
        return "the front matter is not made of keys and values"
    if twice := frontmatter_handler.keys_twice(yaml_text):
        return f"the front matter has {twice[0][:40]!r} twice"
    for key in _REQUIRED:
        value = values.get(key)
        if value is not None and not isinstance(value, str) and not _is_list_of_texts(value):
            return f"{key!r} in the front matter is neither a text nor a list of texts"
        if not value and re.search(rf"^[ \t]*{key}[ \t]*:[ \t]*[^ \t\r\n]", yaml_text, re.MULTILINE):
            return f"the front matter is YAML in which the {key} is {'no key' if value is None else 'empty'}"
    return ""


def _problem(error: Any, yaml_text: str) -> str:
    """Say what is wrong and where; PyYAML's errors have a mark, but for characters that YAML does not know."""
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    mark = getattr(error, "problem_mark", None)
    lines = yaml_text.split("\n")
    line = lines[mark.line] if mark and mark.line < len(lines) else ""  # YAML knows more line breaks than \n
    hint = '; a straight " or \\ in a title must be escaped' if line.startswith("title:") else ""
    return f"{what}, at {line[:120]!r}{hint}" if line else str(what)


def _text(value: object) -> str:
    """Return a value as one text; of what is neither a text nor a list of texts, its Python form."""
    if isinstance(value, str):
        return value
    return " ".join(value) if _is_list_of_texts(value) else str(value)


def _is_list_of_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _check_meaning(values: dict[str, str], day: str, file_name: str, fault: str) -> None:
    """Refuse a post without title or date, or with another day than its name's.

    A day more or less is no error where eight hours explain it: the name or the date was made in UTC.
    """
    for key in _REQUIRED:
        if not values.get(key, "").strip():
            why = f"; {fault}" if fault else ""
            raise PostError(f"{file_name}: the {key} is {'empty' if key in values else 'missing'}{why}")
    try:
        moment = dates.parse(values["date"])
    except Refused as error:
        raise PostError(f"{file_name}: {error}") from error
    if day not in {f"{moment + shift:%Y-%m-%d}" for shift in (timedelta(0), _SHIFT, -_SHIFT)}:
        raise PostError(f"{file_name}: the name says {day}, the date {values['date'][:40]!r}")


def _parse_foot(text: str) -> tuple[int, str, tuple[BackLink, ...]]:
    """Find the foot from the end: back links, before them the source link; either may be missing.

    Returns:
        Where the foot begins, the source link, and the back links.
    """
    foot = end = len(text.rstrip(" \t\n"))
    link, back_links = "", tuple[BackLink, ...]()
    before, start = _last_block(text, end)
    if end - start <= _LONGEST_FOOT and _BACK_LINKS.fullmatch(text, start, end):
        back_links = tuple(BackLink(*found) for found in _BACK_LINK.findall(text[start:end]))
        foot = end = before
        before, start = _last_block(text, end)
    if match := _LINK_LINE.fullmatch(text, start, end):
        link, foot = match["link"], before
    return foot, link, back_links


def _last_block(text: str, end: int) -> tuple[int, int]:
    """Give where the blank line before the last block begins, and where the block does."""
    blank = text.rfind("\n\n", 0, end)
    return (blank, blank + 2) if blank >= 0 else (0, len(text) - len(text.lstrip("\n")))


def _opening(text: str, *, rolling: bool, today: bool) -> int:
    """Give the length of what stands before digest and body and means nothing.

    Older posts have a blank line after the front matter; in today's format it would be the body's own. A digest that
    was empty left an empty quote.
    """
    start = 0 if today else len(text) - len(text.lstrip("\n"))
    empty = _EMPTY_DIGEST.match(text, start) if rolling else None
    return empty.end() if empty else start


def _digest_of(text: str) -> str:
    """Give the quoted line before the body; only one line and a blank line are a digest, anything else is body."""
    line, _, rest = text.partition("\n")
    return line[2:] if line.startswith("> ") and line[2:].strip() and rest.startswith("\n") else ""
