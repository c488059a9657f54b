"""Names of newspapers, and the tags and categories the mirror makes of them."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import unquote

from xpinyin import Pinyin

from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, TAG_SUFFIX, one_line

# What cannot stand in a category as it is: it becomes a part of a path, a URL, a link in Markdown, YAML and a shell
# glob. Spaces, parentheses, dots, & and the like were seen, and stay.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
_NOT_AS_IT_IS = re.compile(
    rf"""
      [{_CONTROLS}/\\?\#%<>"`{{}}\[\]|*:\ufeff\ufffd-\uffff\ud800-\udfff]
    | ^[-~\s] | \s$                        # an option, a home folder; Ruby's split leaves nothing of a space
    | (?<![^ ])\. | (?<=\.)\. | \.(?=[ ]|$)  # Jekyll's URL#sanitize_url makes "/" of ".." and nothing of "./"
    | (?<![^ ])(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=[. ]|$)  # Windows keeps these for devices
    | \.(?=(?:html|xml|css)(?:[ ]|$))      # a folder that would be named like a page
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST = 200  # bytes; a name in a file system has 255 at most, and .html and the like come on top
_CUT_ESCAPE = re.compile("%[0-9A-F]?$")
_ASCII_SPACE = re.compile(r"[\t-\r ]+")


@lru_cache(maxsize=1)
def _pinyin() -> Pinyin:
    return Pinyin()  # reads a table of 20,000 characters; only once, only when asked


@lru_cache(maxsize=4096)
def pinyin_of(newspaper: str) -> str:
    """Return what the mirror's updater makes of a newspaper's name: 科技日报 -> ``kejiribao``.

    It used xpinyin without tones or separators: the first reading of each character, everything that is not Chinese
    left as it stands, spaces and upper case too. The rolling news is ``emnews``.
    """
    if newspaper == ROLLING_TAG.removesuffix(TAG_SUFFIX):
        return ROLLING_CATEGORY
    return str(_pinyin().get_pinyin(newspaper, ""))


def category_of(newspaper: str) -> str:
    """Return the category of a newspaper's posts: the mirror's, as `category_named` writes it."""
    return category_named(pinyin_of(one_line(newspaper)))


@lru_cache(maxsize=4096)
def category_named(text: str) -> str:
    """Return a category of the mirror as it stands in posts: percent-encoded where a character cannot stand.

    Any text has one, whose words are names no file system refuses; `plain_category` is the inverse. One that would be
    too long for a name is cut, and ends with a digest of the whole: then only the tag tells the newspaper.
    """
    encoded = _NOT_AS_IT_IS.sub(_percent, text)
    if max(len(encoded.encode()), len(encoded.lower().encode())) <= _LONGEST:
        return encoded
    digest = f"~{hashlib.sha256(encoded.encode()).hexdigest()[:16]}"
    room = (_LONGEST - len(digest)) * len(encoded.encode()) // max(len(encoded.encode()), len(encoded.lower().encode()))
    return _CUT_ESCAPE.sub("", encoded.encode()[:room].decode(errors="ignore")) + digest


def plain_category(category: str) -> str:
    """Return the mirror's spelling of a category of a post."""
    return unquote(category, errors="surrogatepass")


def tag_of(newspaper: str) -> str:
    """Return the mirror's tag of a newspaper's name: 科技日报 -> 科技日报新闻."""
    return one_line(newspaper) + TAG_SUFFIX


def newspaper_of(tag: str) -> str:
    """Give the newspaper's name of a mirror's tag: 每日经济新闻新闻 -> 每日经济新闻."""
    return tag.removesuffix(TAG_SUFFIX)


def segments_of(category: str) -> tuple[str, ...]:
    """Return the path segments Jekyll makes of a category: split on ASCII's white space, lower case, each only once.

    Then its URL is tidied (``URL#sanitize_url``): two dots are a slash, a dot before a slash goes, empty segments too.
    """
    path = "/".join(("", *dict.fromkeys(words_of(category.lower())), ""))
    return tuple(segment for segment in path.replace("..", "/").replace("./", "").split("/") if segment)


def words_of(text: str) -> list[str]:
    """Split a name where Jekyll does: Ruby's ``split`` knows ASCII's white space only, neither ``　`` nor U+00A0."""
    return [word for word in _ASCII_SPACE.split(text) if word]


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode(errors="surrogatepass"))
