"""What Jekyll's Liquid and kramdown make of a post's text, as far as the replica's bodies need it.

Compared with the real Jekyll in ``tests/replica/test_jekyll.py``. Known are: HTML blocks one after the other, an
indent of four spaces, a digest, a paragraph of plain text, links and autolinks, and Liquid's ``{{ name }}`` and
comments. Lists, emphasis and the rest of Markdown are not, and do not occur.
"""

from __future__ import annotations

import html
import re

_LIQUID = re.compile(r"\{%\s*comment\s*%\}.*?\{%\s*endcomment\s*%\}|\{\{.*?\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"<!--.*?-->|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>[^>]*?)(?P<closed>/?)>", re.DOTALL
)
_ATTRIBUTE = re.compile(r"([\w:-]+)=\"([^\"]*)\"")
_BARE_AMPERSAND = re.compile(r"&(?!(?:\w+|#\d+|#x[0-9a-fA-F]+);)")
_CODE = re.compile(r"(?:^ {4}[^\n]*(?:\n|\Z))+", re.MULTILINE)
_CODE_BLOCK = (  # what rouge, Jekyll's highlighter, makes of a code block without a language
    '<div class="language-plaintext highlighter-rouge"><div class="highlight">'
    '<pre class="highlight"><code>{}</code></pre></div></div>'
)
_VOID = frozenset({"br", "img", "hr"})
_LINK = re.compile(r"\[([^\]]*)\]\(((?:[^()]|\([^()]*\))*)\)")
_AUTOLINK = re.compile(r"<(https?://[^>]*)>")


def page_body(markdown: str) -> str:
    """Give the HTML that stands in the page's section for the text after a post's front matter."""
    chunks = re.split(r"\n{2,}", _LIQUID.sub("", markdown).strip("\n"))
    start = "\n" if chunks[0].startswith("---\n") else ""  # a rule keeps the empty line above it
    return start + "\n\n".join(_chunk(chunk) for chunk in chunks) + "\n"


def strip_html(text: str) -> str:
    """Take the markup out as Liquid's ``strip_html | normalize_whitespace`` do: excerpts for feed and head."""
    text = re.sub(r"<!--.*?-->|<.*?>", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text, flags=re.ASCII).strip(" ")


def _chunk(chunk: str) -> str:
    if chunk.startswith("---\n"):  # front matter nobody took for front matter
        return "<hr />\n" + _chunk(chunk.removeprefix("---\n").replace("\n---", "\n—"))
    if chunk.startswith("> "):
        return f"<blockquote>\n  <p>{_inline(chunk[2:])}</p>\n</blockquote>"
    if re.match(r" {0,3}<(?:!--|[a-z]+[ >])| {4}", chunk):
        return _blocks(chunk)
    return f"<p>{_inline(chunk)}</p>"


def _inline(text: str) -> str:
    """Set a line of Markdown: links, typographic quotes and dots."""
    if match := _AUTOLINK.fullmatch(text):
        href = _escaped(match[1])
        return f'<a href="{href}">{href}</a>'
    if _LINK.match(text):
        return _LINK.sub(r'<a href="\2">\1</a>', text)
    text = re.sub(r'(?<!\S)"(?=\S)', "“", text).replace('"', "”").replace("...", "…")
    return _escaped(text).replace("<", "&lt;")


def _escaped(text: str) -> str:
    return (
        _BARE_AMPERSAND.sub("&amp;", text).replace(">", "&gt;") if "<" not in text else text.replace("<>", "&lt;&gt;")
    )


def _blocks(text: str) -> str:
    """Put every HTML block of a text on lines of its own."""
    made: list[str] = []
    at = 0
    while at < len(text):
        if code := (_CODE.match(text, at) if at == 0 or text[at - 1] == "\n" else None):
            lines = "".join(line[4:] + "\n" for line in code[0].splitlines())
            made.append(_CODE_BLOCK.format(html.escape(lines, quote=False)))
            at = code.end()
        elif text[at] in " \n":
            at += 1
        else:
            block, at = _block(text, at)
            made.append(block)
    return "\n".join(made)


def _block(text: str, at: int) -> tuple[str, int]:
    """Take one block off: up to where its first element, or comment, ends."""
    depth = 0
    made = ""
    for token in _TOKEN.finditer(text, at):
        made += _text(text[at : token.start()]) + _tag(token)
        at = token.end()
        if token["name"] and not token["closed"] and token["name"] not in _VOID:
            depth += -1 if token["end"] else 1
        if depth == 0:
            return made, at
    raise ValueError(f"kramdown for this is not known here: {text[at : at + 60]!r}")


def _tag(token: re.Match[str]) -> str:
    if not token["name"] or token["end"]:
        return token[0]
    attributes = "".join(
        f' {key}="{_BARE_AMPERSAND.sub("&amp;", value)}"' for key, value in _ATTRIBUTE.findall(token["attributes"])
    )
    return f"<{token['name']}{attributes}{' />' if token['name'] in _VOID else '>'}"


def _text(text: str) -> str:
    return _BARE_AMPERSAND.sub("&amp;", text).replace(">", "&gt;")
