"""Feeds: Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org), newest first.

An article's id is its name in a tag URI (RFC 4151) of the mirror's host, so it stays the same whatever else changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import chain
from typing import Any, BinaryIO

from newsarchive import body
from newsarchive.escaping import json_text, xml_text
from newsarchive.export.formats import About
from newsarchive.export.record import Record
from newsarchive.source.links import PUBLIC_MIRROR

TAG = "tag:finews.withounder.com,2021:"  # the mirror is the authority of the names, and had its host by then
SOFTWARE = "newsarchive"


def write_atom(records: Iterator[Record], out: BinaryIO, about: About) -> None:
    """Write an Atom feed; its time is that of its newest post, so that an unchanged one has the same bytes."""
    first = next(records, None)
    updated = (first.date if first else about.now).isoformat(timespec="seconds")
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">\n'
        f"  <title>{_xml(about.title)}</title>\n"
        f"  <id>{_xml(_feed_id(about))}</id>\n"
        f"  <updated>{updated}</updated>\n"
        f'  <link rel="alternate" type="text/html" href="{PUBLIC_MIRROR}"/>\n'
        f"  <generator>{SOFTWARE}</generator>\n"
    )
    out.write(head.encode())
    out.writelines(_entry(record).encode() for record in chain([first] if first else [], records))
    out.write(b"</feed>\n")


def write_json(records: Iterator[Record], out: BinaryIO, about: About) -> None:
    """Write a JSON Feed, an item a line."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": about.title,
        "home_page_url": PUBLIC_MIRROR,
        "language": "zh-CN",
    }
    out.write(json_text(head, indent=None).removesuffix("}").encode() + b', "items": [')
    between = b"\n"
    for record in records:
        out.write(between + json_text(_item(record), indent=None).encode())
        between = b",\n"
    out.write(b"\n]}\n")


def _entry(record: Record) -> str:
    moment = record.date.isoformat(timespec="seconds")
    lines = [
        f"<title>{_xml(record.title)}</title>",
        f"<id>{TAG}{record.name}</id>",
        f"<published>{moment}</published>",
        f"<updated>{moment}</updated>",
        f'<link rel="alternate" type="text/html" href="{_xml(record.url)}"/>',
        f'<link rel="via" href="{_xml(record.link)}"/>' if record.link else "",
        f"<author><name>{_xml(record.newspaper or record.tag or SOFTWARE)}</name></author>",
        f'<category term="{_xml(record.category)}" label="{_xml(record.tag)}"/>' if record.category else "",
        f"<summary>{_xml(record.digest)}</summary>" if record.digest else "",
        f'<content type="html">{_xml(_html(record))}</content>',
    ]
    return "  <entry>\n" + "".join(f"    {line}\n" for line in lines if line) + "  </entry>\n"


def _item(record: Record) -> dict[str, Any]:
    moment = record.date.isoformat(timespec="seconds")
    item = {
        "id": f"{TAG}{record.name}",
        "url": record.url,
        "external_url": record.link,
        "title": record.title,
        "summary": record.digest,
        "content_html": _html(record),
        "date_published": moment,
        "authors": [{"name": record.newspaper}] if record.newspaper else [],
        "tags": [name for name in (record.category, record.tag) if name],
    }
    return {key: value for key, value in item.items() if value or key == "content_html"}


def _feed_id(about: About) -> str:
    """Name the feed by what was asked for: the same question is the same feed."""
    return TAG + "posts" + "".join(f"/{_id_part(word)}" for word in about.selection.split())


def _id_part(word: str) -> str:
    return "".join(
        letter if letter.isascii() and letter.isalnum() else f"%{byte:02X}"
        for letter in word
        for byte in letter.encode()
    )


def _html(record: Record) -> str:
    """Give the body clean: what was imported holds whatever it held."""
    return body.tidy(record.body)[0]


def _xml(text: str) -> str:
    return xml_text(escape(text))
