"""A folder that builds into the site the posts came from, with Jekyll or with Hugo.

Everything in it is made of the posts, whose bytes stay as they are: ``_posts/`` for Jekyll and ``content/`` for Hugo
are the same files. What is fixed (configurations, layouts, style) stands in ``sitefiles/``.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from newsarchive import dates, post
from newsarchive.archive import files, newfiles
from newsarchive.archive.posts import POSTS, Posts
from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, Refused
from newsarchive.newspapers import plain_category, segments_of

MARK = "newsarchive-site.json"
"""In every folder made here: what it was made of, and which pages a build must give."""

_FIXED = Path(__file__).with_name("sitefiles")
_OURS = (POSTS, "content", "category")  # made anew each time
_BATCH = 256
_NOT_IN_HUGOS = re.compile(r"[^\w./_#+~-]")  # source: Hugo 0.111, helpers/path.go; its disablePathToLower is set


class SiteError(Exception):
    """The folder cannot be made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which posts: days in Asia/Shanghai, inclusive; names or globs of categories, lower case."""

    since: date | None = None
    until: date | None = None
    categories: tuple[str, ...] = ()

    def takes_day(self, day: str) -> bool:
        """Tell whether a day, ``YYYY-MM-DD``, is among those chosen."""
        return (not self.since or day >= self.since.isoformat()) and (not self.until or day <= self.until.isoformat())

    def takes_category(self, category: str) -> bool:
        """Tell whether a category was chosen."""
        names = {category.lower(), plain_category(category).lower()}
        return not self.categories or any(
            name == glob or fnmatchcase(name, glob) for name in names for glob in self.categories
        )


@dataclass(slots=True)
class Site:
    """What a folder was made of.

    Attributes:
        pages: the path of each post's page, by the post's path in the archive.
        tags: of each category, its tag.
        refused: posts no site generator could read, with the reason.
    """

    pages: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def expected(self) -> set[str]:
        """Give the path of every page a build must give, from its folder."""
        categories = {f"category/{category}.html" for category in self.tags}
        return {*self.pages.values(), *categories, "index.html", "emnews/index.html"}


def write_site(root: Path, dest: Path, choice: Choice, *, progress: Callable[[int, int], None]) -> Site:
    """Make the folder.

    Args:
        root: the archive; nothing in it is changed.
        dest: empty, not there, or made here before; what was made here before is made anew.
        choice: which posts.
        progress: told how many posts are done, of how many.

    Raises:
        SiteError: there is no archive or no post to take, or `dest` holds something else.
        OSError: it cannot be written.
    """
    if not root.is_dir():
        raise SiteError(f"there is no archive {root}; choose another with -s ARCHIVE_DIR=…")
    if dest.exists() and any(dest.iterdir()) and not (dest / MARK).exists():
        raise SiteError(f"{dest} holds something that is no site made here; choose another folder, or empty it")
    taken = sorted(str(path) for _, path in Posts(root).names() if choice.takes_day(path.name[:10]))
    site = Site()
    for name in _OURS:
        shutil.rmtree(dest / name, ignore_errors=True)
    for count, batch in enumerate(_batches(_read(root, taken, choice, site))):
        newfiles.write_many({dest / path: content for path, content, _ in batch})
        for path, _, twin in batch:
            files.put_twin(dest / path, dest / twin)
        progress(min((count + 1) * _BATCH, len(taken)), len(taken))
    if not site.pages:
        raise SiteError(f"no post of {root} is among those chosen; 'scrapy status' tells which days there are")
    progress(len(taken), len(taken))
    newfiles.write_many(dict(_pages(dest, site)))
    mark = {"archive": str(root), "pages": sorted(site.expected()), "posts": len(site.pages)}
    files.write_whole(dest / MARK, json.dumps(mark, ensure_ascii=False, indent=1).encode())
    return site


def missing_pages(dest: Path, built: Path) -> list[str]:
    """Compare a build with what it was made of; gives the pages that it lacks.

    Args:
        dest: as `write_site` made it.
        built: where the generator put its pages.
    """
    pages: list[str] = json.loads((dest / MARK).read_bytes())["pages"]
    return [page for page in pages if not any((built / name).is_file() for name in (page, _hugos(page)))]


def _hugos(page: str) -> str:
    """Give Hugo's name of a page: it leaves out parentheses and the like, and makes hyphens of spaces."""
    return _NOT_IN_HUGOS.sub("", page.replace(" ", "-"))


def _read(root: Path, taken: list[str], choice: Choice, site: Site) -> Iterator[tuple[str, bytes, str]]:
    """Give path, content and Hugo's path of each post that was chosen and can be read."""
    for path in taken:
        content = (root / path).read_bytes()
        try:
            found = post.read(content, PurePosixPath(path).name)
            day = dates.parse(found.date).strftime("%Y/%m/%d")
        except Refused as error:
            site.refused.append((path, str(error)))
            continue
        if not choice.takes_category(found.categories):
            continue
        page = "/".join((*segments_of(found.categories), day, str(found.name)))
        site.pages[path] = f"{page}.html"
        site.tags.setdefault(found.categories, found.tags)
        yield path, content, f"content/{page}.md"


def _batches(items: Iterable[tuple[str, bytes, str]]) -> Iterator[list[tuple[str, bytes, str]]]:
    items = iter(items)
    while batch := list(islice(items, _BATCH)):
        yield batch


def _pages(dest: Path, site: Site) -> Iterator[tuple[Path, bytes]]:
    """Give every file that is no post."""
    for path in sorted(_FIXED.rglob("*")):
        if path.is_file():
            yield dest / path.relative_to(_FIXED), path.read_bytes()
    for number, (category, tag) in enumerate(sorted(site.tags.items())):
        head = {"layout": "category", "title": category, "category": category, "tag": tag}
        page = f"category/{category}.html"
        # A name may begin like what Jekyll leaves out, and a permalink is a URL.
        yield dest / "category" / f"{number}.html", _front_matter({**head, "permalink": quote(f"/{page}")})
        yield dest / "content" / "category" / f"{number}.md", _front_matter({**head, "url": f"/{page}"})
    rolling = {"layout": "rolling", "title": ROLLING_TAG, "url": f"/{ROLLING_CATEGORY}/index.html"}
    yield dest / "content" / f"{ROLLING_CATEGORY}-list.md", _front_matter(rolling)


def _front_matter(fields: dict[str, str]) -> bytes:
    lines = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items())
    return f"---\n{lines}---\n".encode()
