"""A post as a site generator reads it: an address that is safe on every disk, and its text as HTML.

No generator reads the post itself. Its front matter and its text are a publisher's: Markdown, Liquid, shortcodes,
``permalink`` and ``layout`` mean something to Jekyll and Hugo there. What is made here is front matter of ours with
the whole text in ``body``, which layouts print as it is, and no content: nothing of it is read as a language.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

from newsarchive import body, bodycheck, dates
from newsarchive.article import Refused
from newsarchive.bodyrepair import LINES
from newsarchive.frontmatter_handler import quoted
from newsarchive.newspapers import segments_of, words_of
from newsarchive.post import Post

# Separators, what Windows forbids in names (https://learn.microsoft.com/windows/win32/fileio/naming-a-file), and what
# no text has: controls, line breaks, byte order marks, characters that are none. Jekyll makes one slash of two dots,
# and Hugo panics at a % that begins no escape.
_NOT_IN_NAMES = re.compile(
    r"""[/\\<>:"|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd-\uffff\ud800-\udfff]|\.\.|%(?![0-9A-Fa-f]{2})"""
)
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_PAGES = (".html", ".xml", ".css")
_LONGEST = 255  # bytes in a name, on every file system in use

_LINE_BREAKS = re.compile("[\t\n\u2028\u2029]")
# A page has one of each, and they are not the article's. A <section> is: editors write whole articles of them.
_LANDMARK = re.compile(r"(</?)(?:article|footer|header|main)(?=[\s/>])", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def page_of(post: Post) -> str:
    """Return the path of a post's page below the site's folder, as the mirror had it.

    Raises:
        Refused: its category or date cannot be a part of a path.
    """
    if fault := _category_fault(post.categories):
        raise Refused(f"the category {post.categories[:60]!r} cannot be a part of an address: {fault}")
    return "/".join((*segments_of(post.categories), dates.parse(post.date).strftime("%Y/%m/%d"), f"{post.name}.html"))


def list_of(category: str) -> str:
    """Return the path of a category's list."""
    return f"category/{category}.html"


def _category_fault(category: str) -> str:
    """Say why a category cannot be a part of a path; empty where it can."""
    if found := _NOT_IN_NAMES.search(category):
        return f"it holds {found[0]!r}"
    for name in words_of(category.lower()):  # as written: a list's address has the dots that a page's loses
        if name.startswith(".") or name.endswith("."):
            return "it begins or ends with a dot"
        if _DEVICES.fullmatch(name):
            return "Windows keeps that name for itself"
        if name.endswith(_PAGES):
            return "a folder cannot be named like a page"
        if len(name.encode()) > _LONGEST or len(f"{category}.html".encode()) > _LONGEST:
            return f"it is longer than {_LONGEST} bytes"
    return ""


def source_of(post: Post, page: str) -> bytes:
    """Return the file both generators make a post's page of: front matter, nothing behind it."""
    return front_matter(
        {
            "layout": "post",
            "title": one_line(post.title) or str(post.name),
            "categories": post.categories,
            "tags": one_line(post.tags),
            "body": html_of(post),
        },
        page,
        date=dates.normalise(post.date),
    )


def front_matter(fields: dict[str, str], page: str, *, date: str = "") -> bytes:
    """Return front matter for a page at a path: ``permalink`` is Jekyll's and every link, ``url`` is Hugo's."""
    lines = [f"date: {date}"] if date else []  # the one value that is no text
    lines += [f"{key}: {quoted(value)}" for key, value in fields.items()]
    lines += [f"permalink: {quoted(quote(f'/{page}'))}", f"url: {quoted(f'/{page}')}"]
    return "\n".join(("---", *lines, "---", "")).encode()


def one_line(text: str) -> str:
    """Return a title or tag on one line: a line break or control becomes a space."""
    return bodycheck.CONTROLS.sub(" ", _LINE_BREAKS.sub(" ", text)).strip()


def html_of(post: Post) -> str:
    """Return what stands on a post's page below its title: digest, body, source link and links back."""
    parts = [f"<blockquote>\n{_shown(post.digest)}\n</blockquote>"] if post.digest else []
    if post.body.strip():
        parts.append(_shown(post.body))
    if post.link:
        parts.append(f"<p>{_anchor(post.link, post.link)}</p>")
    if post.back_links:
        parts.append(f"<p>{'｜'.join(_anchor(back.target, back.text) for back in post.back_links)}</p>")
    return "\n\n".join(parts)


def _shown(text: str) -> str:
    """Return a body or digest as HTML that passes the check; one that has no blocks gets paragraphs.

    In December 2021 a body was a line of text.
    """
    html = _LANDMARK.sub(r"\1div", body.clean(text) if body.faults(text) else text)
    if any((token[2] or "").lower() in LINES for token in bodycheck.TOKEN.finditer(html)):
        return html
    paragraphs = [f"<p>{part.strip()}</p>" for part in _BLANK_LINES.split(html) if part.strip()]
    if any(body.faults(paragraph) for paragraph in paragraphs):  # an element goes on behind the blank line
        paragraphs = [f"<p>{html}</p>"]
    return "\n".join(paragraphs)


def _anchor(target: str, text: str) -> str:
    """Return a link, or its text alone where it leads to anything but a page."""
    words = escape(one_line(text))
    anchor = f'<a href="{escape(one_line(target))}">{words}</a>'
    return words if body.faults(anchor) else anchor
