"""A folder that builds into the site the posts came from, with Jekyll or with Hugo.

``_posts/`` holds the posts with the bytes they have in the archive. The generators read what `newsarchive.sitepage`
makes of them: ``jekyll/`` and ``content/`` are the same files, for Jekyll and for Hugo. What is fixed (configurations,
layouts, style) stands in ``sitefiles/``. No path is made of a post but by way of `page_of` and the digits of its name.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

from newsarchive import post
from newsarchive.archive import files, newfiles
from newsarchive.archive.posts import POSTS, Posts
from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, Name, Refused
from newsarchive.newspapers import words_of
from newsarchive.sitepage import front_matter, list_of, one_line, page_of, source_of
from spiders.arguments import Selection

MARK = "newsarchive-site.json"
"""In every folder made here: what it was made of, and which pages a build must give."""

_FIXED = Path(__file__).with_name("sitefiles")
_JEKYLL, _HUGO, _LISTS = "jekyll", "content", "category"
_OURS = (POSTS, _JEKYLL, _HUGO, _LISTS)  # made anew each time
_BATCH = 256


class SiteError(Exception):
    """The folder cannot be made; the message says why and what to do."""


@dataclass(slots=True)
class Site:
    """What a folder was made of.

    Attributes:
        pages: the path of each post's page, by the post's path in the archive.
        tags: of each category, its tag.
        refused: posts that are left out, with the reason.
    """

    pages: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def expected(self) -> set[str]:
        """Give the path of every page a build must give, from its folder."""
        return {*self.pages.values(), *map(list_of, self.tags), "index.html", "emnews/index.html"}


def write_site(root: Path, dest: Path, selection: Selection, *, progress: Callable[[int, int], None]) -> Site:
    """Make the folder.

    Args:
        root: the archive; nothing in it is changed.
        dest: empty, not there, or made here before; what was made here before is made anew.
        selection: which posts; `limit` and `full` are not looked at.
        progress: told how many posts are done, of how many.

    Raises:
        SiteError: there is no archive or no post to take, or `dest` holds something else, leads out of itself, or
            lies in the archive.
        OSError: it cannot be written.
    """
    if not root.is_dir():
        raise SiteError(f"there is no archive {root}; choose another with -s ARCHIVE_DIR=…")
    _check_place(root, dest)
    taken = sorted(str(path) for _, path in Posts(root).names() if _is_of(selection, path.name[:10]))
    for name in _OURS:
        if (dest / name).exists():
            shutil.rmtree(dest / name)
    files.write_whole(dest / MARK, b"{}")  # at once: a folder half made is made here too
    reading = Reading(root, selection, folds=(dest / MARK.upper()).exists())
    site = reading.site
    for count, batch in enumerate(_batches(reading.posts(taken))):
        newfiles.write_many({dest / path: content for one in batch for path, content in one.files()})
        for one in batch:
            files.put_twin(dest / _JEKYLL / one.path, dest / _HUGO / one.path.relative_to(POSTS))
        progress(min((count + 1) * _BATCH, len(taken)), len(taken))
    if not site.pages and not site.refused:
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
    return [page for page in pages if not (built / page).is_file()]


def check_no_link(folder: Path) -> None:
    """Refuse a symbolic link in the place of a folder that is emptied or written.

    Raises:
        SiteError: it is one.
    """
    if folder.is_symlink():
        raise SiteError(f"{folder} is a symbolic link, and what it leads to would be overwritten; remove it")


def _check_place(root: Path, dest: Path) -> None:
    """Refuse a folder in which something else would be overwritten."""
    above = (dest.resolve(), *dest.resolve().parents)
    if any(folder.exists() and folder.samefile(root) for folder in above):
        raise SiteError(f"{dest} lies in the archive {root}; choose another folder")
    if dest.exists() and not dest.is_dir():
        raise SiteError(f"{dest} is no folder; choose another one")
    if any(folder.samefile(dest) for folder in root.resolve().parents if dest.exists()):
        raise SiteError(f"the archive {root} lies in {dest}; choose another folder")
    if dest.exists() and any(dest.iterdir()) and not (dest / MARK).exists():
        raise SiteError(f"{dest} holds something that is no site made here; choose another folder, or empty it")
    for folder in {*_OURS, *(str(path.relative_to(_FIXED)) for path in _FIXED.rglob("*") if path.is_dir())}:
        check_no_link(dest / folder)


@dataclass(frozen=True, slots=True)
class _Made:
    """A post as the folder holds it: as it is, and as the generators read it; ``path`` begins with ``_posts``."""

    path: PurePosixPath
    content: bytes
    source: bytes

    def files(self) -> Iterator[tuple[PurePosixPath, bytes]]:
        yield self.path, self.content
        yield _JEKYLL / self.path, self.source


class Reading:
    """Reads posts, and notes in `site` what becomes of each.

    Args:
        root: the archive.
        selection: which posts; `limit` and `full` are not looked at.
        folds: ``A`` and ``a`` are one name where the site is made, so that two lists could be one file.
    """

    def __init__(self, root: Path, selection: Selection, *, folds: bool) -> None:
        self.site = Site()
        self._root = root
        self._selection = selection
        self._folds = folds
        self._names: dict[Name, str] = {}
        self._lists: dict[str, str] = {}

    def posts(self, taken: list[str]) -> Iterator[_Made]:
        """Give each post that was chosen and can be shown."""
        for path in taken:
            content = (self._root / path).read_bytes()
            try:
                found = post.read(content, PurePosixPath(path).name)
                if not self._selection.wants_section(words_of(found.tags), tuple(words_of(found.categories))):
                    continue
                page = self._place(found, path)
            except Refused as error:
                self.site.refused.append((path, str(error)))
                continue
            self.site.pages[path] = page
            file = PurePosixPath(POSTS, found.day[:4], found.day[5:7], f"{found.day}-{found.name}.md")
            yield _Made(file, content, source_of(found, page))

    def _place(self, found: post.Post, path: str) -> str:
        """Return where a post's page stands; refuse one whose page or list would stand where another one does."""
        page = page_of(found)
        if found.fault:  # what its title is was guessed
            raise Refused(found.fault)
        if other := self._names.get(found.name):
            raise Refused(f"{other} is the same article")
        if found.categories.strip():
            key = found.categories.casefold() if self._folds else found.categories
            if (other := self._lists.setdefault(key, found.categories)) != found.categories:
                raise Refused(f"the category {found.categories!r} and {other!r} are one file on this file system")
            self.site.tags.setdefault(found.categories, one_line(found.tags))
        self._names[found.name] = path
        return page


def _is_of(selection: Selection, day: str) -> bool:
    """Tell whether a day, ``YYYY-MM-DD``, is among those chosen."""
    since, until = selection.since, selection.until
    return (not since or day >= since.isoformat()) and (not until or day <= until.isoformat())


def _batches(items: Iterable[_Made]) -> Iterator[list[_Made]]:
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
        for folder, suffix in ((dest / _LISTS, "html"), (dest / _HUGO / _LISTS, "md")):
            yield folder / f"{number}.{suffix}", front_matter(head, list_of(category))
    rolling = {"layout": "rolling", "title": ROLLING_TAG}
    yield dest / _HUGO / f"{ROLLING_CATEGORY}-list.md", front_matter(rolling, f"{ROLLING_CATEGORY}/index.html")
