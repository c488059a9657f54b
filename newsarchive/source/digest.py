"""A rolling post's digest, turned back from the page into the line it was.

The digest was Markdown, so kramdown made straight quotes curly, ``...`` one character, and so on; the page alone
cannot always tell ``"`` from ``“``. Two things help. A digest nearly always repeats the article's own words, and these
are known exactly from the share host: where they show the straight form, the digest had it too. And kramdown makes
every straight quote that follows a character a closing one, so within Chinese text, which has no spaces, ``"关键词"``
became ``”关键词”``: a closing quote that closes nothing was typed straight.
"""

from __future__ import annotations

import re

from newsarchive.source.understanding import unescape

# What kramdown makes of what was typed (kramdown's typographic symbols and smart quotes).
_TYPED = {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "…": "...",
    "–": "--",
    "—": "---",
    "«": "<<",
    "»": ">>",
}
_MADE = re.compile("[" + "".join(_TYPED) + "]")
_PAIRS = {"”": "“", "’": "‘"}
_LONE_ELLIPSIS = re.compile("(?<!…)…(?!…)")  # Chinese typography has two
_CONTEXT = 6
_MOST_MADE = 2000  # in one line; each is looked for in all of the article, and a digest has a dozen
_MARKUP = re.compile(r"<[^<>]*+>")
_BLOCKS = (  # what kramdown takes for a list, a heading or a table though it was a line of text
    (re.compile(r"<ol>\s*<li>(?P<text>(?:(?!</?li>).)*)</li>\s*</ol>", re.DOTALL), "1. "),
    (re.compile(r"<ul>\s*<li>(?P<text>(?:(?!</?li>).)*)</li>\s*</ul>", re.DOTALL), "- "),
    (re.compile(r"<h1\b[^>]*>(?P<text>(?:(?!</h1>).)*)</h1>", re.DOTALL), "# "),
    (re.compile(r"<p>(?P<text>(?:(?!</?p\b|<(?:div|table|center|img|ul|ol|blockquote)\b).)*)</p>", re.DOTALL), ""),
)
_ROW = re.compile(r"<table>\s*<tbody>\s*<tr>(?P<cells>(?:(?!<tr>).)*)</tr>\s*</tbody>\s*</table>", re.DOTALL)
_CELL = re.compile(r"<td>(.*?)</td>", re.DOTALL)
_INLINE = (
    (re.compile(r"</?em>"), "*"),
    (re.compile(r"</?strong>"), "**"),
    (re.compile(r"</?del>"), "~~"),
    (re.compile(r"<code\b[^<>]*+>([^<]*+)</code>"), r"`\1`"),
    (re.compile(r"<a href=\"([^\"]*)\">\1</a>"), r"<\1>"),
    (re.compile(r"<a href=\"([^\"]*)\">([^<]*)</a>"), r"[\2](\1)"),
    (re.compile(r"<br\s*/?>\n?"), "\n"),
)


def digest_line(shown: str, body: str) -> str:
    """Give a digest as the line of Markdown it was made from.

    Args:
        shown: the inside of the page's ``<blockquote>``, HTML.
        body: the article's body, HTML; empty when unknown.
    """
    line = plain_text(shown)
    return as_typed((unmark(shown) if line is None else line).replace("\n", " "), body)


def plain_text(block: str) -> str | None:
    """Give the Markdown of a block that was one line or paragraph of it; ``None`` for any other HTML."""
    block = block.strip()
    if row := _ROW.fullmatch(block):  # kramdown takes A|B for a table
        cells = row["cells"][: row["cells"].rfind("</td>") + len("</td>")]  # behind it no cell has an end to look for
        return unmark("|".join(cell.strip() for cell in _CELL.findall(cells)))
    for pattern, mark in _BLOCKS:
        if match := pattern.fullmatch(block):
            return mark + unmark(match["text"]).strip(" \n")
    return None


def unmark(paragraph: str) -> str:
    """Turn the inside of a paragraph that kramdown made of Markdown back into that Markdown.

    Entities become their characters, save where a bare ``<`` would begin a tag.
    """
    for pattern, replacement in _INLINE:
        paragraph = pattern.sub(replacement, paragraph)
    paragraph = re.sub(r"&lt;(?![A-Za-z/!?])", "<", paragraph)
    return paragraph.replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def as_typed(line: str, body: str = "") -> str:
    """Replace each made character by the typed one where the article's words, or the line itself, tell.

    Args:
        line: of Markdown, with what kramdown's typography made of it.
        body: the article's body, HTML; empty when unknown.
    """
    if not 0 < sum(1 for _ in _MADE.finditer(line)) <= _MOST_MADE:
        return line
    words = unescape(_MARKUP.sub("", body))
    likely = _closing_nothing(line) | {match.start() for match in _LONE_ELLIPSIS.finditer(line)}
    done, position = "", 0
    for match in _MADE.finditer(line):
        done += line[position : match.start()]
        position = match.end()
        after = _MADE.split(line[position : position + _CONTEXT], maxsplit=1)[0]
        before = done[-_CONTEXT:]
        made, typed = match[0], _TYPED[match[0]]
        if f"{before}{made}{after}" in words:
            done += made
        elif f"{before}{typed}{after}" in words or match.start() in likely:
            done += typed
        else:
            done += made
    return done + line[position:]


def _closing_nothing(line: str) -> set[int]:
    """Give the places of closing quotes before which none is open."""
    places = set()
    for closing, opening in _PAIRS.items():
        depth = 0
        for place, character in enumerate(line):
            if character == opening:
                depth += 1
            elif character == closing and depth:
                depth -= 1
            elif character == closing:
                places.add(place)
    return places
