"""The page of an article: set for reading, with its versions and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from newsarchive.archive.versions import CURRENT, Step, Version
from newsarchive.article import Name, Refused
from newsarchive.postfile import Post
from newsarchive.search.reader import Document, Filters
from newsarchive.sentences import Change, Kind
from newsarchive.source.links import asked_link
from newsarchive.web import bodyview
from newsarchive.web.asking import Asking
from newsarchive.web.library import Library, NotKeptError

CANONICAL = "https://finance.eastmoney.com/a/"
_STEPS = 5  # differences shown on the page, the newest ones
_AROUND = 1  # sentences shown around a change
_BESIDE = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a difference: a sentence, or how many unchanged ones are left out."""

    change: Change | None
    hidden: int = 0


def article(asking: Asking) -> Response:
    """Show an article, or an earlier version of it (``?version=``)."""
    name = name_of(asking)
    document = asking.library.index.document(str(name))
    if document is None:
        return _unknown(asking, name)
    versions = asking.library.versions(document)
    version = _version(versions, asking.given("version"))
    try:
        post = asking.library.read(version.path, name)
    except NotKeptError as error:
        return asking.error(404, asking.language.say("error_404"), str(error))
    kept = asking.library.provenance(name)
    return asking.page(
        "article.html",
        title=post.title,
        document=document,
        post=post,
        body=body_of(asking, post),
        version=version,
        current=version.stamp == CURRENT,
        versions=versions,
        steps=list(_steps(asking.library, name, versions)),
        provenance=kept,
        captured=_captured(asking.library, kept.capture if kept else ""),
        source=source_of(document.link, name),
        beside=_beside(asking.library, document),
    )


def name_of(asking: Asking) -> Name:
    """Give the article the path names; raises HTTPException (404) where that cannot be one's name."""
    try:
        return Name.parse(asking.given("name"))
    except Refused as error:
        raise HTTPException(404, str(error)) from error


def source_of(link: str, name: Name) -> str:
    """Give an article's address at its source: its post's link if that can be followed, else its publisher's page."""
    return link if link.startswith(("http://", "https://")) else f"{CANONICAL}{name.number}.html"


def body_of(asking: Asking, post: Post, *, base: str = "") -> str:
    """Give a post's body as pages and feeds show it; nothing in it runs, loads or leaves."""
    clean = bodyview.cleaned(post.body)
    kept = asking.library.pictures(bodyview.picture_addresses(clean))
    say = asking.language.say

    def page_of(name: Name) -> str | None:
        document = asking.library.known(name)
        return asking.language.url(f"/article/{document.name}") if document else None

    words = (say("picture"), say("picture_missing"), say("table"))
    return bodyview.shown(clean, bodyview.Shelf(kept.get, page_of, base, words))


def go(asking: Asking) -> Response:
    """Lead from a code, or any URL that carries one, to the article's page."""
    text = asking.given("link")
    try:
        link = asked_link(text)
    except Refused as error:
        raise HTTPException(400, str(error)) from error
    document = asking.library.known(link.name)
    return RedirectResponse(asking.language.url(f"/article/{document.name if document else link.name}"), 302)


def _captured(library: Library, place: str) -> datetime | None:
    """Give when an article's answer was captured; None where none is kept that can be read."""
    try:
        return library.answer(place).exchange.fetched_at if place else None
    except NotKeptError:
        return None


def _unknown(asking: Asking, name: Name) -> Response:
    """Say what is known of an article that is not there."""
    other = asking.library.known(name)
    if other is not None:
        return RedirectResponse(asking.language.url(f"/article/{other.name}"), 302)
    say = asking.language.say
    kept = asking.library.provenance(name)
    detail = say("article_known", name=name, state=say(f"state_{kept.state.value}")) if kept else ""
    return asking.error(404, say("error_404"), detail, command=f"scrapy crawl newsshare -a code={name.code}")


def _version(versions: tuple[Version, ...], stamp: str) -> Version:
    for version in versions:
        if version.stamp == (stamp or CURRENT):
            return version
    raise HTTPException(404, f"there is no version {stamp[:40]!r}")


def _steps(
    library: Library, name: Name, versions: tuple[Version, ...]
) -> list[tuple[Version, Step | None, list[Line]]]:
    """Give the newest edits, the newest first: what stood before, what changed, and its lines."""
    found = []
    for before, after in list(pairwise(versions))[-_STEPS:]:
        step = library.difference(name, before, after)
        found.append((before, step, lines(step.text) if step else []))
    return found[::-1]


def lines(changes: tuple[Change, ...]) -> list[Line]:
    """Give the sentences that changed, with one around each; none where nothing did."""
    changed = [place for place, change in enumerate(changes) if change.kind is not Kind.SAME]
    near = {place + by for place in changed for by in range(-_AROUND, _AROUND + 1)}
    found: list[Line] = []
    for place, change in enumerate(changes):
        if place in near:
            found.append(Line(change))
        elif found and found[-1].change is None:
            found[-1] = Line(None, found[-1].hidden + 1)
        else:
            found.append(Line(None, 1))
    return found if changed else []


def _beside(library: Library, document: Document) -> list[Document]:
    """Give the articles of the same category that came before."""
    page = library.index.recent(Filters(categories=(document.category,)), before=document.cursor, limit=_BESIDE)
    return [hit.document for hit in page.hits]
