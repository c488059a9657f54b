r"""A post's page on the mirror, turned back into what it was made from, as near as can be.

What kramdown and Jekyll made irrecoverable, so that a body from this road can differ from the original:

- whether blocks were joined (``</p><p>``) or stood on lines (``</p>\n <p>``): both come out as ``</p>\n<p>``. The
  plain form of newspapers is given lines, unless it has a chart; that and the rich form of rolling news are given
  none, as their originals nearly always had.
- ``&`` in attributes (always ``&amp;`` on the page; given back bare, as the publisher writes it), bare ``&``, ``>``
  and quotes of the text (``&amp;``, ``&gt;`` stay), ``<br>`` against ``<br />``, quoting of attributes.
- ``{{ … }}`` and ``{% … %}``, which Liquid ate or executed.
- in a digest, which was Markdown: straight quotes, ``...``, ``--`` (made typographic), the kind of emphasis mark,
  backslashes, line ends. `newsarchive.source.digest` restores those that the body's own words tell.
- an indent of four spaces, which became ``<pre>``: given back as the markup that stands in it.
- the time of posts written without ``+0800`` (December 2021): the page shows it eight hours late.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, Name
from newsarchive.newspapers import words_of
from newsarchive.source.digest import as_typed, plain_text, unmark
from newsarchive.source.encoding import decode
from newsarchive.source.endings import POST, check_end
from newsarchive.source.htmlpage import check_address
from newsarchive.source.notice import notice_in
from newsarchive.source.understanding import (
    NoArticleError,
    NotUnderstoodError,
    TruncatedError,
    check_parsable,
    looks_like,
    unescape,
)

__all__ = ["PostPage", "post_page", "turn_back", "unmark"]

# Quantifiers are possessive wherever what follows could not be found by giving back: a page of nothing but `<pre` or
# blanks took the square of its length, or the cube.
_SECTION = re.compile(r"<section\b[^<>]*+>\s*+(?:<small>(?P<stamp>[^<]*+)</small>)?+\s*+<h1\b[^<>]*+>", re.IGNORECASE)
_TITLE_END, _SECTION_END = (re.compile(tag, re.IGNORECASE) for tag in ("</h1>", "</section>"))
_TAGS = re.compile(r"<small>\s*tags?:\s*(?P<tags>(?:(?!</small>).)*+)</small>\s*+$", re.DOTALL | re.IGNORECASE)
_EM = re.compile(r"<em>(.*?)</em>", re.DOTALL | re.IGNORECASE)
_BACK = re.compile(
    r"<p>\s*(?:<a href=\"(?P<category>[^\"]*)\">返回(?P<tag>(?:(?!首页</a>)[^<])++)</a>)\s*+｜?+\s*+"
    r"(?:<a href=\"[^\"]*+\">返回首页</a>)?+\s*+</p>\s*+$",
    re.DOTALL,
)
_LINK = re.compile(r"<p>\s*(?:<a href=\"(?P<link>[^\"]*)\">(?P=link)</a>|&lt;&gt;)\s*+</p>\s*+$")
_DIGEST, _DIGEST_END = re.compile(r"\s*+<blockquote>", re.ASCII), "</blockquote>"
_ASCII_SPACE = " \t\n\r\f\v"
_SPACE = " \t\n"  # ideographic spaces belong to the text
_CATEGORY = re.compile(r"/category/(?P<category>.+)\.html$", re.DOTALL)
_NUMBER = re.compile(r"(?<![0-9])[0-9]{14,24}(?![0-9])")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
_PRE = re.compile(  # kramdown alone, and with Jekyll's highlighter around it
    r"(?:<div class=\"[^\"]*highlighter-rouge\"><div class=\"highlight\">)?"
    r"<pre\b[^<>]*+><code\b[^<>]*+>(.*?)\n?</code></pre>(?:</div></div>)?",
    re.DOTALL,
)
_PRE_END = "</code></pre>"
_NOT_THERE = re.compile(r"<h[12]\b[^<>]*+>\s*+404\b", re.IGNORECASE)
# Of a post with an empty line before its front matter: that became a rule and a paragraph.
_FRONT = re.compile(r"^<hr />\s*<p>(?P<lines>layout: post\n.*?)\n[—-]+</p>\s*", re.DOTALL)
_FRONT_BEGINS = re.compile(r"<hr />\s*<p>layout: post\n")
_FRONT_LINE = re.compile(r"^(?P<key>title|date|categories|tags):(?P<value>.*)$", re.MULTILINE)
_ATTRIBUTES = re.compile(r"<[a-zA-Z][^<>]*>")
_BLOCK_JOIN = re.compile(r"(?P<before></[a-z][a-z0-9]*>|-->|/>)\n(?P<after><)")


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post's page, understood.

    Attributes:
        title: plain text; empty where the page has none.
        date: ``YYYY-MM-DD HH:MM:SS`` in Asia/Shanghai as shown; empty where the page shows none.
        tags: as listed, in their order; the mirror splits a tag at its spaces.
        category: as the back link names it, with its spaces and upper case; empty where no link says.
        digest: of rolling news, HTML of one paragraph as shown; empty where there is none.
        body: HTML, turned back; plain Markdown text for a post that was only a digest (December 2021).
        link: the article's address at its publisher; empty for ``<>``.
        tag: as the back link names it, with all its spaces; empty where no link says or the tags say otherwise.
    """

    title: str
    date: str
    tags: tuple[str, ...]
    category: str
    digest: str
    body: str
    link: str
    tag: str = ""


def post_page(content: bytes, *, rolling: bool, name: Name | None = None) -> PostPage:
    """Read a post's page.

    Args:
        content: the page; of a layout that holds the body twice, the copy in the ``<section>`` is read.
        name: of the article it was asked for; None for any.
        rolling: whether it is rolling news, whose originals have no line ends between blocks. A page that says so
            itself need not be told.

    Raises:
        TruncatedError: it does not come to its end.
        NoArticleError: it is the mirror's page for something that is not there.
        NotUnderstoodError: it is no post's page at all, another article's, or has a notice in the text's place.
    """
    text = decode(content).replace("\r\n", "\n")
    check_parsable(text)
    check_end(text, POST)
    page = _post_page(text, rolling=rolling)
    if name is not None:
        check_address(text, name)
        if (number := _NUMBER.search(page.link)) and number[0] != name.number:
            raise NotUnderstoodError(f"the page is another article's ({number[0]})")
    if not (page.date or page.tags or page.category or page.link):
        raise NotUnderstoodError(f"the page does not say which article it is; it is {looks_like(text)}")
    if kind := notice_in(page.title, page.body, identified=bool(page.title and page.date and page.tags)):
        raise NotUnderstoodError(f"no article but a page of another kind ({kind}); it is {looks_like(text)}")
    return page


def _post_page(text: str, *, rolling: bool) -> PostPage:
    match = _SECTION.search(text)
    title_end = _TITLE_END.search(text, match.end()) if match else None
    ends = [found.start() for found in _SECTION_END.finditer(text, title_end.end())] if title_end else []
    if match is None or title_end is None or not ends:
        return _bare(text, rolling=rolling)
    title = unescape(text[match.end() : title_end.start()]).strip()
    stamp = _STAMP.search(match["stamp"] or "")
    rest = text[title_end.end() : ends[-1]].strip(_SPACE)
    tags: tuple[str, ...] = ()
    if found := _last(_TAGS, "<small>", rest):
        tags = tuple(filter(None, (unescape(tag).strip() for tag in _EM.findall(found["tags"]))))
        rest = rest[: found.start()].rstrip()
    return _post(rest, rolling=rolling, title=title, date=stamp[0] if stamp else "", tags=tags)


def _bare(text: str, *, rolling: bool) -> PostPage:
    """Read the page of a post whose front matter Jekyll could not: no layout, title, date, tag; just the body."""
    text = text.strip()
    if re.search(r"<section\b", text, re.IGNORECASE):
        if _NOT_THERE.search(text):
            raise NoArticleError("the mirror has no such page (404)")
        raise NotUnderstoodError(f"the section holds no post; it is {looks_like(text)}")
    front = _FRONT.match(text)
    if _FRONT_BEGINS.match(text) and not (front and (_last(_BACK, "<p>", text) or _last(_LINK, "<p>", text))):
        raise TruncatedError(f"the page was cut off: it does not end as a post does; it is {looks_like(text)}")
    if (front is None and not text.endswith("返回首页</a></p>")) or re.search(r"<(?:html|body)\b", text, re.IGNORECASE):
        raise NotUnderstoodError(f"no post's page; it is {looks_like(text)}")
    if front is None:
        return _post(text, rolling=rolling, title="", date="", tags=())
    said = {line["key"]: as_typed(unmark(line["value"].strip(" \t"))) for line in _FRONT_LINE.finditer(front["lines"])}
    title = re.sub(r"^[“”\"](.*)[“”\"]$", r"\1", said.get("title", ""))
    stamp = _STAMP.search(said.get("date", ""))
    tags = words_of(said.get("tags", ""))
    return _post(text[front.end() :], rolling=rolling, title=title, date=stamp[0] if stamp else "", tags=tags)


def _post(rest: str, *, rolling: bool, title: str, date: str, tags: Sequence[str]) -> PostPage:
    """Take the parts off the end (back links, source link) and the front (digest); what is left is the body."""
    category, tag, link, old_layout = "", "", "", False
    if found := _last(_BACK, "<p>", rest):
        place = unquote(unescape(found["category"]))
        if named := _CATEGORY.search(place):
            category = named["category"]
        elif place.rstrip("/").endswith(f"/{ROLLING_CATEGORY}"):
            category = ROLLING_CATEGORY
        tag = unescape(found["tag"]).strip()
        tags = tags or (tag,)
        old_layout = place.startswith("../")
        rest = rest[: found.start()].rstrip()
    else:
        old_layout = rolling or ROLLING_TAG in tags
    rolling = rolling or category == ROLLING_CATEGORY or ROLLING_TAG in tags
    if found := _last(_LINK, "<p>", rest):
        link = unescape(found["link"] or "")
        rest = rest[: found.start()].rstrip()
    digest = ""
    # Of rolling news alone: a newspaper's article may begin with a quotation of its own.
    if rolling and (found := _DIGEST.match(rest)) and _DIGEST_END in rest:
        end = rest.find(_DIGEST_END)
        digest = re.sub(r"^<p>|</p>$", "", rest[found.end() : end].strip(_ASCII_SPACE)).strip(_SPACE)
        rest = rest[end + len(_DIGEST_END) :].lstrip(_ASCII_SPACE)
    # The digest-only posts of December 2021 were one line of Markdown, typed without escapes.
    body = as_typed(plain_text(rest) or "") if old_layout and not digest else ""
    body = body or turn_back(rest, rolling=rolling)
    said = tag if words_of(tag) == list(tags) or tags == (tag,) else ""
    return PostPage(title, date, tuple(tags), category, digest, body, link, said)


def _last(pattern: re.Pattern[str], start: str, text: str) -> re.Match[str] | None:
    """Match at the last place a part can begin; searching from the first takes the square of a long page's length."""
    return pattern.match(text, max(0, text.rfind(start)))


def turn_back(body: str, *, rolling: bool) -> str:
    """Turn kramdown's output back into the HTML it was made from, as near as can be (see the module's text)."""
    body = body.strip(_SPACE)
    end = body.rfind(_PRE_END) + len(_PRE_END) if _PRE_END in body else 0  # behind it no `<pre>` has an end to look for
    end += len("</div></div>") * body.startswith("</div></div>", end)
    body = _PRE.sub(lambda match: unescape(match[1]).lstrip(_SPACE), body[:end]) + body[end:]
    body = _ATTRIBUTES.sub(lambda match: match[0].replace("&amp;", "&"), body)
    if rolling or "<!-- EM_StockImg" in body:
        return _BLOCK_JOIN.sub(r"\g<before>\g<after>", body)

    def join(match: re.Match[str]) -> str:
        following = body[match.end() - 1 : match.end() + 24]
        lines = match["before"] == "</p>" and following.startswith(("<p>", "<center>"))
        return f"{match['before']}\n {match['after']}" if lines else f"{match['before']}{match['after']}"

    return _BLOCK_JOIN.sub(join, body)
