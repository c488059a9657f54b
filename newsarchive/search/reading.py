"""Posts as the index takes them in. Done in several processes where there is much of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from newsarchive import dates, post
from newsarchive.archive.ledgerchanges import Posted
from newsarchive.archive.ledgerrows import stamp
from newsarchive.article import Refused
from newsarchive.newspapers import newspaper_of
from newsarchive.search.folding import grams
from newsarchive.search.plaintext import text_of

_CATEGORY, _NEWSPAPER = "\ue000", "\ue001"  # no text has them as letters


@dataclass(frozen=True, slots=True)
class Taken:
    """A post that was read.

    Attributes:
        posted: as the ledger has it.
        second: of its publication, since 1970.
        columns: for the table of documents, by name.
        text: plain.
        terms: what it is found by.
    """

    posted: Posted
    second: int
    columns: dict[str, str | int]
    text: str
    terms: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A post that could not be read, and why."""

    posted: Posted
    reason: str


def read_posts(job: tuple[Path, list[Posted]]) -> list[Taken | Unread]:
    """Read some posts of an archive."""
    root, posts = job
    return [_read(root, posted) for posted in posts]


def _read(root: Path, posted: Posted) -> Taken | Unread:
    path = root / posted.post
    try:
        found = post.read(path.read_bytes(), path.name)
        moment = dates.parse(found.date)
    except FileNotFoundError:
        return Unread(posted, f"{posted.post} is not there")
    except (OSError, Refused) as error:
        return Unread(posted, str(error))
    text = text_of(found.body)
    if found.digest and not text.startswith(found.digest):
        text = f"{found.digest}\n{text}".rstrip()
    newspaper = newspaper_of(found.tags)
    columns: dict[str, str | int] = {
        "name": posted.name,
        "title": found.title,
        "published": stamp(moment),
        "day": f"{moment:%Y-%m-%d}",
        "category": found.categories,
        "newspaper": newspaper,
        "post": posted.post,
        "post_sha256": posted.post_sha256,
        "rolling": int(found.name.rolling),
        "length": len(text),
        "link": found.link,
    }
    terms = terms_of(found.title, text, found.categories, newspaper)
    return Taken(posted, int(moment.timestamp()), columns, text, terms)


def terms_of(title: str, text: str, category: str, newspaper: str) -> str:
    """Give what a post is found by, as the index takes it; always the same for the same post."""
    return " ".join((*grams(f"{title}\n{text}"), category_term(category), newspaper_term(newspaper)))


def category_term(category: str) -> str:
    """Give what stands for a category among the terms."""
    return _CATEGORY + _short(category)


def newspaper_term(newspaper: str) -> str:
    """Give what stands for a newspaper among the terms."""
    return _NEWSPAPER + _short(newspaper)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
