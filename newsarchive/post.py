"""Articles as posts: the Markdown files with front matter that the mirror published, byte for byte.

The format was taken from posts the mirror published; docs/format.md shows it. Nothing here knows files or the clock.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import frontmatter

from newsarchive import dates
from newsarchive.article import Article
from newsarchive.frontmatter_handler import PostHandler
from newsarchive.postfile import HOME, LINK, MIRROR, BackLink, Post, PostError, dump, is_day, quote, read

__all__ = [
    "BackLink",
    "Post",
    "PostError",
    "PostHandler",
    "dump",
    "file_name",
    "read",
    "relative_path",
    "render",
    "to_article",
]

POSTS = "_posts"

# A post names the public hosts, wherever its text was fetched.
_SHARE_PAGE = "http://finews.zning.xyz/html_News/NewsShare.html?infoCode="

_DATE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2}) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d \+0[89]00", re.ASCII
)  # +0900: the summers of 1986 to 1991
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LINE_BREAKS = re.compile(r"[ \t]*[\r\n]\s*")
_NOT_IN_LINK = re.compile(r"[\s\x00-\x20<>\x7f]")
# A name in a link's words is text: what would end it, open an element or give it attributes is written for HTML.
_WORDS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "<>[]{}\\`|"})
_SURROGATE = re.compile("[\ud800-\udfff]")

_HANDLER = PostHandler()


def render(article: Article) -> bytes:
    r"""Write an article as a post in today's format.

    Args:
        article: with its date normalised: ``YYYY-MM-DD HH:MM:SS +0800``, Asia/Shanghai.

    Returns:
        UTF-8, ``\n``, no newline at the end. Lone surrogates, which UTF-8 cannot hold, became U+FFFD.

    Raises:
        PostError: there is no title, category, tag or text, the date is not normalised, or the link is no URL.
    """
    _day_of(article)
    for what, text in (("category", article.category), ("tag", article.tag)):
        if not text.strip() or _CONTROL.search(text):
            raise PostError(f"{article.name}: {text[:60]!r} cannot be a {what}")
    if not article.title.strip():
        raise PostError(f"{article.name}: the title is empty")
    digest = _LINE_BREAKS.sub(" ", article.digest.strip("\r\n")) if article.name.rolling else ""
    if not article.body.strip() and not digest.strip():
        raise PostError(f"{article.name}: there is no body")
    text = f"{quote(digest)}{article.body}{_foot_of(article)}"
    post = frontmatter.Post(
        text,
        _HANDLER,
        layout="post",
        title=article.title,
        date=article.date,
        categories=article.category,
        tags=article.tag,
    )
    if "{" in text and ("{{" in text or "{%" in text):  # Jekyll's own question before it hands a text to Liquid
        post["render_with_liquid"] = False
    return _encode(frontmatter.dumps(post))


def file_name(article: Article) -> str:
    """Give the name of an article's post, ``YYYY-MM-DD-<name>.md``; raises `PostError` for a date not normalised."""
    return f"{_day_of(article)}-{article.name}.md"


def relative_path(article: Article) -> PurePosixPath:
    """Give the place of an article's post in an archive, ``_posts/YYYY/MM/<file name>``; raises like `file_name`."""
    day = _day_of(article)
    return PurePosixPath(POSTS, day[:4], day[5:7], f"{day}-{article.name}.md")


def to_article(post: Post) -> Article:
    """Give the article a post holds, its date normalised.

    The inverse of `render` for articles as they come out of the pipelines; docs/format.md lists what it cannot tell.
    """
    return Article(
        name=post.name,
        title=post.title,
        date=dates.normalise(post.date),
        category=post.categories,
        tag=post.tags,
        body=post.body,
        link=post.link,
        digest=post.digest,
    )


def _day_of(article: Article) -> str:
    match = _DATE.fullmatch(article.date)
    if match is None or not is_day(match["day"]):
        raise PostError(f"{article.name}: {article.date[:40]!r} is no normalised date (2022-01-25 18:12:37 +0800)")
    return match["day"]


def _foot_of(article: Article) -> str:
    if not article.name.rolling:
        link, page = f"{_SHARE_PAGE}{article.name.code}", f"category/{article.category}.html"
    else:
        link, page = _NOT_IN_LINK.sub(_percent, article.link), "emnews/"
        if link and not LINK.fullmatch(link):
            raise PostError(f"{article.name}: the link {article.link[:80]!r} is no absolute URL")
    return f"\n\n<{link}>\n\n[返回{article.tag.translate(_WORDS)}]({MIRROR}{page})｜{HOME}"


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _encode(text: str) -> bytes:
    """Encode; halves of a character outside the BMP, as cut JSON strings have them, are joined or become U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return _SURROGATE.sub("\ufffd", joined).encode()
