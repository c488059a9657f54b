"""Names of newspapers, and the tags and categories the mirror makes of them."""

from __future__ import annotations

import re
from functools import lru_cache

from xpinyin import Pinyin

from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, TAG_SUFFIX, Refused

# What a category may be made of. It becomes part of a request and of a link in the post, so everything with a
# meaning in a URL, in Markdown, in YAML or in a shell glob stays out. Spaces, parentheses, dots and & were seen.
_FORBIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f/\\?#%<>\"'`{}\[\]|*^~:;\u2028\u2029\ufeff\ufffd\ud800-\udfff]"
    r"|\.\.|^\.|^-|^\s|\s$"
)
_LONGEST = 120
_ASCII_SPACE = re.compile(r"[\t-\r ]+")


@lru_cache(maxsize=1)
def _pinyin() -> Pinyin:
    return Pinyin()  # reads a table of 20,000 characters; only once, only when asked


@lru_cache(maxsize=4096)
def category_of(newspaper: str) -> str:
    """Make the mirror's category of a newspaper's name: 科技日报 -> ``kejiribao``.

    The mirror's updater used xpinyin without tones or separators: the first reading of each character, everything
    that is not Chinese left as it stands, spaces and upper case too. The rolling news is ``emnews``.
    """
    if newspaper == ROLLING_TAG.removesuffix(TAG_SUFFIX):
        return ROLLING_CATEGORY
    return str(_pinyin().get_pinyin(newspaper, ""))


def tag_of(newspaper: str) -> str:
    """Make the mirror's tag of a newspaper's name: 科技日报 -> 科技日报新闻."""
    return newspaper + TAG_SUFFIX


def newspaper_of(tag: str) -> str:
    """Give the newspaper's name of a mirror's tag: 每日经济新闻新闻 -> 每日经济新闻."""
    return tag.removesuffix(TAG_SUFFIX)


def segments_of(category: str) -> tuple[str, ...]:
    """Give the path segments Jekyll makes of a category: split on ASCII's white space, lower case, each only once."""
    return tuple(dict.fromkeys(words_of(category.lower())))


def words_of(text: str) -> list[str]:
    """Split a name where Jekyll does: Ruby's ``split`` knows ASCII's white space only, neither ``　`` nor U+00A0."""
    return [word for word in _ASCII_SPACE.split(text) if word]


def check_category(category: str) -> str:
    """Give the category back if it may become part of a link and a request.

    Raises:
        Refused: it is empty, too long, or holds a character that has a meaning in a URL or a path.
    """
    if not category or len(category) > _LONGEST or _FORBIDDEN.search(category):
        raise Refused(f"{category[:60]!r} cannot be a category")
    return category


def check_tag(tag: str) -> str:
    """Give the tag back if it may stand on a line of its own; raises `Refused` like `check_category`."""
    if not tag.strip() or len(tag) > _LONGEST or re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\[\]<>\ud800-\udfff]", tag):
        raise Refused(f"{tag[:60]!r} cannot be a tag")
    return tag
