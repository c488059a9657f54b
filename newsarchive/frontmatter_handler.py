"""Front matter as the archive's posts have it: a handler for python-frontmatter that keeps every byte.

python-frontmatter's own YAML handler sorts the keys, takes the quotes off the title, adds a blank line and strips the
text. This one writes the keys in their order, the title always in double quotes, and leaves the text alone.

What may stand unquoted was taken from YAML 1.1 (https://yaml.org/spec/1.1/, https://yaml.org/type/), YAML 1.2's core
schema, PyYAML's ``resolver.py`` and Ruby's ``psych/scalar_scanner.rb``: only what all of them read as the same string.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import BaseHandler

_BaseLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C loader is missing where libyaml is

# PyYAML builds nested values by recursion in C: 50,000 brackets end the process, without an exception.
_SHORT_ENOUGH, _DEEPEST = 2000, 20
# Front matter has some hundred characters; the time libyaml takes for one key again and again grows with the square.
_LONGEST = 65_536

_TITLE = "title"
_KEY_LINE = re.compile(
    r"^(?:(?P<known>[ \t]*(?:layout|title|date|categories|tags))|(?P<other>[A-Za-z_][\w.-]*))[ \t]*:(?!//)(?P<rest>.*)$"
)
_NAMES = frozenset({"categories", "tags"})

# Blank lines before the first --- were seen; a byte order mark and a closing ... are what Jekyll accepts besides.
_FRONT_MATTER = re.compile(
    r"(?P<head>\ufeff?(?:[ \t\r]*\n)*---[ \t\r]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t\r]*(?:\n|\Z))",
    re.MULTILINE | re.DOTALL,
)

# NEL and the separators U+2028 and U+2029 are line breaks to YAML 1.1; controls, U+FFFE and U+FFFF may not stand in
# YAML at all; a byte order mark is a matter of opinion. U+00A0 is a character like any other to every parser.
_UNPRINTABLE = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_ESCAPED = re.compile(rf'["\\{_UNPRINTABLE}]')
_SHORT = {'"': r"\"", "\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}

_NOT_PLAIN = re.compile(
    rf"""\A(?:\Z|[,\[\]{{}}\#&*!|>'"%@`\ ]|[-?:](?:\ |\Z))|:(?:\ |\Z)|\ \#|\ \Z|[{_UNPRINTABLE}]""", re.VERBOSE
)
_OTHER_TYPE = re.compile(
    r"""~ | null | y | n | yes | no | on | off | true | false
        | = | <<                                     # YAML 1.1's default value and merge key
        | [-+]?\.inf | \.nan
        | :.*                                        # a symbol in Ruby
        | [-+]?0(?:x[0-9a-f_,]+|[bo][0-9_,]+)
        | [-+]?[0-9.][0-9_.,:]*(?:e[-+]?[0-9_]*)?    # integers, floats, sexagesimals; Ruby allows commas
        | -?[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t\s].*)?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def quoted(text: str) -> str:
    r"""Write a text as YAML's double-quoted scalar on one line: ``"``, ``\`` and what is unprintable escaped."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


@lru_cache(maxsize=4096)  # keys, newspapers and days come again and again
def is_plain(text: str) -> bool:
    """Tell whether a text may stand unquoted after ``key: ``, whatever type a parser then gives it."""
    return _NOT_PLAIN.search(text) is None


@lru_cache(maxsize=4096)
def is_plain_string(text: str) -> bool:
    """Tell whether a text may stand unquoted and is read back as this very string by YAML 1.1, 1.2 and Psych."""
    return is_plain(text) and _OTHER_TYPE.fullmatch(text) is None


def split(text: str) -> tuple[str, str, str] | None:
    r"""Cut a post with ``\n`` line ends at its front matter; ``None`` where it has none or it does not end.

    Returns:
        The front matter with its delimiters and all that precedes it, the YAML inside it, and the rest.
    """
    match = _FRONT_MATTER.match(text)
    return (match["head"], match["yaml"], text[match.end() :]) if match else None


def load(yaml_text: str) -> Any:
    """Read YAML so that every scalar stays the string it was written as, dates and ``true`` too.

    Raises:
        yaml.YAMLError: it is no YAML, or is longer or nests deeper than front matter ever does.
    """
    if len(yaml_text) > _LONGEST:
        raise yaml.MarkedYAMLError(problem=f"{len(yaml_text)} characters are too long")
    if len(yaml_text) > _SHORT_ENOUGH:
        _check_depth(yaml_text)
    return yaml.load(yaml_text, Loader=_BaseLoader)  # noqa: S506 - the base loader makes nothing but strings


def load_by_line(yaml_text: str) -> dict[str, Any]:
    r"""Read front matter that is broken YAML: each key on its own, so that what is wrong with one harms no other.

    A value that is no YAML by itself is what stands behind the colon, without the quotes around it: so the mirror wrote
    titles with a straight ``"`` or a ``\`` in them. Of a key that is there twice the last that says something counts.
    """
    pieces: dict[str, list[list[str]]] = {}
    lines: list[str] = []  # of the key at hand; what stands before the first key belongs to none
    for line in yaml_text.split("\n"):
        if match := _KEY_LINE.match(line):
            lines = [match["rest"]]
            pieces.setdefault((match["known"] or match["other"]).strip(), []).append(lines)
        else:
            lines.append(line)
    found: dict[str, Any] = {}
    for key, written in pieces.items():
        meant = next((one for one in reversed(written) if "".join(one).strip("\"' \t\r")), written[-1])
        found[key] = _value(meant)
    return found


def keys_twice(yaml_text: str) -> list[str]:
    """Return the keys that stand in front matter more than once; parsers disagree on what that means."""
    found = (match for match in map(_KEY_LINE.match, yaml_text.split("\n")) if match)
    counts = Counter((match["known"] or match["other"]).strip() for match in found)
    return [key for key, count in counts.items() if count > 1]


def _value(lines: list[str]) -> Any:
    """Return a key's value: as YAML, or as it is written."""
    written = " ".join(part for line in lines if (part := line.strip()))
    try:
        loaded = load("x: " + "\n".join(lines))["x"]
    except (yaml.YAMLError, RecursionError, TypeError, KeyError):
        loaded = None
    if isinstance(loaded, (str, list)) and loaded:
        return loaded
    if len(written) > 1 and written[0] == written[-1] and written[0] in "\"'":
        return written[1:-1]
    return written


def _check_depth(yaml_text: str) -> None:
    depth = 0
    for event in yaml.parse(yaml_text, Loader=_BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise yaml.MarkedYAMLError(problem="nested too deeply")


class PostHandler(BaseHandler):
    """Reads and writes the archive's posts for python-frontmatter, byte for byte.

    ``frontmatter.loads(text, handler=PostHandler())`` and ``frontmatter.dumps(post, handler=PostHandler())`` give back
    every post that `newsarchive.post.render` writes. python-frontmatter strips the file as a whole before a handler
    sees it: where blank lines at the ends, CRLF or another way of writing the same YAML matter, use
    `newsarchive.post.read` and `newsarchive.post.dump`.
    """

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def split(self, text: str) -> tuple[str, str]:
        """Cut a post into its YAML and its text; raises ValueError where there is no front matter."""
        parts = split(text)
        if parts is None:
            raise ValueError("no front matter")
        return parts[1], _Unstripped(parts[2])

    def load(self, fm: str) -> dict[str, Any]:
        """Read the YAML; every scalar stays a string. Raises yaml.YAMLError."""
        values = load(fm)
        return values if isinstance(values, dict) else {}

    def export(self, metadata: Mapping[str, object], **_: object) -> str:
        """Write one line a key, in the order of the mapping.

        The title is always quoted. Categories and tags are names and stay strings: quoted where they would be read as
        something else. All other strings were read untyped and are written so: ``date: 2022-01-25 18:12:37 +0800``.
        """
        lines = [f"{key if is_plain(key) else quoted(key)}: {_scalar(key, value)}" for key, value in metadata.items()]
        return "\n".join(lines)

    def format(self, post: frontmatter.Post, **_: object) -> str:
        """Write the whole post; nothing is added or stripped."""
        return f"---\n{self.export(post.metadata)}\n---\n{post.content}"


class _Unstripped(str):
    """A text that comes through python-frontmatter's ``content.strip()`` whole, and is an ordinary string then."""

    __slots__ = ()

    def strip(self, _: str | None = None, /) -> str:
        return str(self)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}")  # noqa: PLR2004


def _scalar(key: str, value: object) -> str:
    if isinstance(value, str):
        if key == _TITLE:
            return quoted(value)
        plain = is_plain_string(value) if key in _NAMES else is_plain(value)
        return value if plain else quoted(value)
    return json.dumps(value, ensure_ascii=False, default=str)  # JSON is YAML too
