"""The rich form of a body, as the publisher's pages and the share host's ``content`` have it, made into the plain one.

The rich form is the plain one with links around stocks, boards and terms, and with empty places for quotes:
``<span id="stock_1.600160"><a class="keytip" …>巨化股份</a></span><span id="quote_1.600160"></span>``, boards
``bk_90.BK0493`` (``bkquote_…``), terms ``<span id="Info.3293"><a class="infokey" …>``, later mentions
``<span web="1" class="em_stock_key_common" …>``. Newspaper posts are made from the plain form.
"""

from __future__ import annotations

import re

from newsarchive.source.htmlpage import end_of, unseen

_QUOTE = re.compile(r"<span\b[^<>]*\sid=[\"'](?:bk)?quote_[^\"'<>]*[\"'][^<>]*>[^<]*</span\s*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(span|a)\b([^<>]*)>", re.IGNORECASE)
_WRAPPER = {
    "span": re.compile(
        r"\sid=[\"'](?:stock_|bk_|info\.)|\sclass=[\"'][^\"']*\bem_stock_key_common\b|\sweb=[\"']1", re.IGNORECASE
    ),
    "a": re.compile(r"\sclass=[\"'][^\"']*\b(?:keytip|infokey)\b", re.IGNORECASE),
}

# Of the page and not of the text: what is taken out whole. `_GONE` stands where an advertisement was.
_ADVERTISEMENT = re.compile(r"<(a)\b[^<>]*\sclass=[\"'][^\"']*\btoplink\b[^<>]*>", re.IGNORECASE)
_APART = re.compile(
    r"<(ins)\b[^<>]*>"
    r"|<(p|div|span)\b[^<>]*\s(?:class|id)=[\"'][^\"']*\b(?:res-edit|b-review|abstract|reading|em_zwad|ad)\b[^<>]*>",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"<(h1)\b[^<>]*>|<(div|p)\b[^<>]*\sclass=[\"'][^\"']*\b(?:title|infos|Info|time-source|Titles)\b[^<>]*>",
    re.IGNORECASE,
)
_OPENING = re.compile(r"<!--\s*文章(?:主体|开始|结束|内容)\s*-->\s*")
_GONE = "\x00"
_EMPTIED = re.compile(rf"<p\b[^<>]*>[\s　]*{_GONE}[\s　{_GONE}]*</p\s*>", re.IGNORECASE)


def plain(content: str) -> str:
    """Give the plain form of a rich body: the links around stocks, boards and terms go, their text stays.

    Links of the text itself stay. Text that is plain already is given back unchanged.
    """
    content = _QUOTE.sub("", content)
    out: list[str] = []
    kept: dict[str, list[bool]] = {"span": [], "a": []}
    end = 0
    for tag in _TAG.finditer(content):
        closing, name, attributes = tag[1], tag[2].lower(), tag[3]
        out.append(content[end : tag.start()])
        end = tag.end()
        if not closing:
            kept[name].append(_WRAPPER[name].search(attributes) is None)
            stays = kept[name][-1]
        else:
            stays = kept[name].pop() if kept[name] else True
        if stays:
            out.append(tag[0])
    return "".join(out) + content[end:]


def text_alone(content: str, *, with_head: bool = False) -> str:
    """Take out of a body what the page put into it: advertising links, scripts, frames, the editor's line, a digest.

    What is not closed stays: where it would end is anyone's guess, and the check of the body will have it.

    Args:
        content: the inside of the element that holds the text.
        with_head: that element holds title, time and newspaper as well, as in one layout.
    """
    content = _without(_without_scripts(content.replace(_GONE, "")), _ADVERTISEMENT, _GONE)
    if with_head:
        content = _without(content, _HEAD, "")
    content = _EMPTIED.sub("", content).replace(_GONE, "")  # a paragraph that held nothing else goes with it
    return _OPENING.sub("", _without(content, _APART, "")).strip(" \t\r\n")


def _without_scripts(content: str) -> str:
    out, position = [], 0
    for start, end, name in unseen(content):
        if name:
            out.append(content[position:start])
            position = end
    return "".join(out) + content[position:]


def _without(content: str, start: re.Pattern[str], instead: str) -> str:
    out: list[str] = []
    position = 0
    while found := start.search(content, position):
        name = found[1] or found[2]
        again = re.compile(rf"<({name})\b[^<>]*>", re.IGNORECASE).match(content, found.start())
        end = end_of(content, again) if again else None
        if end is None:
            break
        out += [content[position : found.start()], instead]
        position = end[1]
    return "".join(out) + content[position:]
