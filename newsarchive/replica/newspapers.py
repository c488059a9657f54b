"""The newspapers of the replica, and how much of a window's news each brings.

The names have every form the mirror's category list has: Latin letters of both cases, digits, one space and two
spaces in a row, parentheses, two names that share a path. The articles in them are invented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from xpinyin import Pinyin

ROLLING_CATEGORY = "emnews"
ROLLING_TAG = "东财滚动新闻"


@dataclass(frozen=True, slots=True)
class Newspaper:
    """A newspaper of the replica.

    Attributes:
        name: as the share host gives it in ``medianame``.
        share: how many of the 120 cards of a deck are its own; in the default window that many articles.
        both: how many of these are rolling news as well, under the same number.
        rolling: how many further cards are rolling news only.
    """

    name: str
    share: int
    both: int = 0
    rolling: int = 0


# Two with more than the five articles the home page shows, four with exactly five, the others with fewer.
NEWSPAPERS = (
    Newspaper("证券时报", 12, both=4, rolling=8),
    Newspaper("财联社", 9, both=3, rolling=9),
    Newspaper("中国证券报", 5, both=1, rolling=3),
    Newspaper("上海证券报", 5, both=1, rolling=3),
    Newspaper("科技日报", 5),
    Newspaper("每日经济新闻", 5),
    Newspaper("经济参考报", 4),
    Newspaper("第一财经", 4),
    Newspaper("中国新闻网", 4),
    Newspaper("证券日报", 4),
    Newspaper("界面新闻", 3),
    Newspaper("新京报", 3),
    Newspaper("北京商报", 3),
    Newspaper("36氪", 3),
    Newspaper("经济日报", 3),
    Newspaper("21世纪经济报道", 3),
    Newspaper("21世纪经济报道 21财经APP", 3),
    Newspaper("21世纪经济报道  南财理财通", 1),
    Newspaper("华夏时报", 2),
    Newspaper("安信国际证券(香港)", 2),
    Newspaper("CFC大宗商品研究", 2),
    Newspaper("IPO早知道", 2),
    Newspaper("TechWeb", 2),
    Newspaper("Techweb", 2),
    Newspaper("澎湃新闻", 2),
    Newspaper("科创板日报", 2),
    Newspaper("Career In 投行PEVC", 1),
    Newspaper("99期货", 1),
)

# Category pages whose heading is blank, as one version of the mirror's layout left it.
BLANK_HEADINGS = frozenset({"蓝鲸财经", "经济参考报"})


def words(text: str) -> list[str]:
    """Split a category or tag as Jekyll does: Ruby's ``split`` knows no white space but ASCII's."""
    return [word for word in re.split(r"[ \t-\r]+", text) if word]


@lru_cache(maxsize=1)
def _pinyin() -> Pinyin:
    return Pinyin()  # reads a table of 20,000 characters; once is enough


@lru_cache(maxsize=1024)
def category_of(newspaper: str) -> str:
    """Give the mirror's category of a newspaper: its pinyin without tones and separators, all else left as it is."""
    return str(_pinyin().get_pinyin(newspaper, ""))
