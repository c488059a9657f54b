"""Which language a page speaks, and how it says things in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlencode

from newsarchive.web.library import wall
from newsarchive.web.messages import MESSAGES

DEFAULT = "zh"
_WEEKDAYS = {
    "zh": "一二三四五六日",
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    "",
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TAGS = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language, and whether it was asked for by ``?lang=``; links then keep it, so that no cookie is needed."""

    code: str
    asked: bool = False

    @property
    def tag(self) -> str:
        """For the attribute ``lang``."""
        return _TAGS[self.code]

    @property
    def other(self) -> str:
        """The code of the other language."""
        return "en" if self.code == "zh" else "zh"

    def say(self, key: str, **values: object) -> str:
        """Give a message with its values filled in."""
        catalogue = MESSAGES[self.code]
        text = catalogue[key]
        if str(values.get("count")) == "1":
            text = catalogue.get(f"{key}_one", text)
        return text.format_map(values) if values else text

    def url(self, path: str, /, **query: object) -> str:
        """Give a link within the pages: the path quoted, values that are None or empty left out."""
        given = {key: str(value) for key, value in query.items() if value not in (None, "")}
        if self.asked and "lang" not in given:
            given["lang"] = self.code
        quoted = quote(path, safe="/:@!$&'()*,;=~")
        return f"{quoted}?{urlencode(given, quote_via=quote)}" if given else quoted

    def day(self, day: date | str) -> str:
        """Write a day out, with its weekday."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        if self.code == "zh":
            return f"{day.year}年{day.month}月{day.day}日 星期{_WEEKDAYS['zh'][day.weekday()]}"
        return f"{_WEEKDAYS['en'][day.weekday()]}, {day.day} {_MONTHS[day.month]} {day.year}"

    def short_day(self, day: date | str) -> str:
        """Write a day without its year."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return f"{day.month}月{day.day}日" if self.code == "zh" else f"{day.day} {_MONTHS[day.month][:3]}"

    def month(self, year: int, month: int) -> str:
        """Write a month."""
        return f"{year}年{month}月" if self.code == "zh" else f"{_MONTHS[month]} {year}"

    def moment(self, moment: datetime) -> str:
        """Write a moment as clocks in Shanghai show it."""
        there = wall(moment)
        return f"{self.day(there.date()).split(' 星期')[0] if self.code == 'zh' else there.date()} {there:%H:%M}"

    def say_or(self, key: str, otherwise: str) -> str:
        """Give a message, or something else where there is none."""
        return MESSAGES[self.code].get(key, otherwise)

    def number(self, count: int) -> str:
        """Write a number so that large ones can be read."""
        return f"{count:,}"


def choose(query: Mapping[str, str], accepted: str) -> Language:
    """Choose by ``?lang=``, else by the browser's Accept-Language, else Chinese, as the articles are."""
    asked = query.get("lang", "").lower()[:2]
    if asked in MESSAGES:
        return Language(asked, asked=True)
    best, code = 0.0, DEFAULT
    for part in accepted.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if primary in MESSAGES and weight > best:
            best, code = weight, primary
    return Language(code)


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
