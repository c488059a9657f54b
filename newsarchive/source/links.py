"""Links of the mirror: which article a URL means, and where it can be asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from newsarchive.article import ROLLING_CATEGORY, Name, Refused
from newsarchive.newspapers import category_named

# Every host the mirror and the share host have had (source: the mirror's repository). A link that names one of
# them is followed through the settings FINEWS_URL and NEWSSHARE_URL, never to the host itself.
MIRROR_HOSTS = frozenset({"finews.withounder.com", "finews.zning.me", "finnews.zning.me"})
SHARE_HOSTS = frozenset({"finews.zning.xyz", "choicewzp1.eastmoney.com", "app.jg.eastmoney.com"})

PUBLIC_MIRROR = "https://finews.withounder.com/"
PUBLIC_SHARE = "http://finews.zning.xyz/"
PUBLIC_ARTICLE = "https://finance.eastmoney.com/"

# Jekyll drops a dot before a slash, so that a category's last one takes the slash before the year with it.
_POST = re.compile(
    r"/(?:(?P<segments>.+?)/?)?(?P<year>\d{4})/(?P<month>\d{2})/(?P<day>\d{2})/"
    r"(?:\d{4}-\d{2}-\d{2}-)?(?P<name>(?:NW)?\d{14,24})(?:\.html|/)?",
    re.ASCII,
)
_CODE_IN_URL = re.compile(r"(?<![0-9A-Za-z])(?:NW)?(\d{14,24})(?![0-9A-Za-z])", re.ASCII)
_ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST = 2000  # of a path, in characters; a newspaper's name has some ten
_SAFE_IN_PATH = "/!$&'()*+,;=:@-._~"


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """A link to an article's page on the mirror.

    Attributes:
        name: the article's code and form.
        path: of the page on the mirror, decoded, beginning with ``/``; empty when no page is known.
        segments: category segments of the path, lower case; empty for a post without a category.
        day: the day in the path (Asia/Shanghai); ``None`` when no page is known.
        title: the link's text; a hint only, the lists are unreliable.
    """

    name: Name
    path: str = ""
    segments: tuple[str, ...] = ()
    day: date | None = None
    title: str = ""


def article_link(href: str, title: str = "", *, hosts: frozenset[str] = MIRROR_HOSTS) -> ArticleLink:
    """Understand a link to an article's page.

    Args:
        href: as it stands in the page: a path, or an absolute URL of one of `hosts`.
        title: the link's text.
        hosts: the mirror's hosts.

    Raises:
        Refused: it leads elsewhere, leaves its folder, or holds no code or no possible day. The message names it.
    """
    try:
        url = urlsplit(href.strip())
        path = unquote(url.path, errors="strict")
    except ValueError as error:
        raise Refused(f"the link {href[:120]!r} is no URL") from error
    if url.scheme not in {"", "http", "https"}:
        raise Refused(f"the link {href[:120]!r} is no http or https link")
    if url.netloc and url.hostname not in hosts:
        raise Refused(f"the link {href[:120]!r} leads to a host that is not the mirror")
    match = _POST.fullmatch(path)
    if match is None or _ENCODED_SLASH.search(url.path):
        raise Refused(f"the link {href[:120]!r} is no article's")
    segments = tuple(match["segments"].split("/")) if match["segments"] else ()
    if not is_inside(path):
        raise Refused(f"the link {href[:120]!r} is no article's: it leaves its folder")
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise Refused(f"the link {href[:120]!r} names a day that does not exist") from error
    return ArticleLink(Name.parse(match["name"]), path, segments, day, " ".join(title.split()))


def asked_link(text: str) -> ArticleLink:
    """Understand what a user asks for: a code, or any URL that carries one.

    A page of the mirror keeps its form (rolling or newspaper) and its path; a bare number or any other URL means the
    newspaper form, ``NW…``, which the share host is asked for. The host of the URL is not contacted, so any will do.

    Raises:
        Refused: there is no code in it, or several.
    """
    text = text.strip()
    if "/" not in text:
        return ArticleLink(Name(Name.parse(text).number))
    try:
        url = urlsplit(text)
    except ValueError as error:
        raise Refused(f"{text[:120]!r} is no URL") from error
    if url.hostname in MIRROR_HOSTS or not url.netloc or _POST.fullmatch(unquote(url.path)):
        try:
            return article_link(url._replace(scheme="", netloc="").geturl())
        except Refused:
            pass  # not a post's page; a code may stand elsewhere in it
    given = [value for key, value in parse_qsl(url.query) if key.lower() in {"infocode", "id", "code"}]
    numbers = {match[1] for match in map(_CODE_IN_URL.fullmatch, given) if match}
    numbers = numbers or {match[1] for match in _CODE_IN_URL.finditer(unquote(url.path))}
    if len(numbers) != 1:
        raise Refused(f"{text[:120]!r} carries {'several codes' if numbers else 'no article code'}")
    return ArticleLink(Name(numbers.pop()))


def fetch_url(base: str, path: str) -> str:
    """Put a path of the mirror onto the configured base; spaces and other characters are percent-encoded."""
    return base.rstrip("/") + quote(path, safe=_SAFE_IN_PATH)


def is_inside(path: str) -> bool:
    """Return whether a decoded path stays where it says: no part is empty, a dot or two, also to who decodes again."""
    if len(path) > _LONGEST:
        return False
    while (decoded := unquote(path)) != path:
        if decoded.count("/") != path.count("/"):
            return False
        path = decoded
    parts = re.split(r"[/\\]", path.removeprefix("/").removesuffix("/"))
    return not _CONTROL.search(path) and not any(part.strip(" ") in {"", ".", ".."} for part in parts)


def category_path(category: str) -> str:
    """Return the path of a category's page: as the mirror spells it, or as posts do where that would be no page."""
    path = f"/category/{category}.html"
    return path if is_inside(path) else f"/category/{category_named(category)}.html"


def rolling_guess(name: Name) -> str:
    """Give the path where the mirror would keep this rolling news, going by the day in its number."""
    number = name.number
    return f"/{ROLLING_CATEGORY}/{number[:4]}/{number[4:6]}/{number[6:8]}/{number}.html"


def share_json_url(base: str, name: Name) -> str:
    """Give the address of an article's JSON under the configured share host."""
    return f"{base.rstrip('/')}/NewsData/GetNewsText.do?id={name.code}"


def share_page_url(base: str, name: Name) -> str:
    """Give the address of an article's share page under the configured share host, or the public one."""
    return f"{base.rstrip('/')}/html_News/NewsShare.html?infoCode={name.code}"


def old_post_url(base: str, file_name: str) -> str:
    """Give the address of a post in the configured store of old posts."""
    return f"{base.rstrip('/')}/{file_name}"


def article_page_url(base: str, name: Name) -> str:
    """Give the address of an article's own page under its configured publisher, or the public one."""
    return f"{base.rstrip('/')}/a/{name.number}.html"
