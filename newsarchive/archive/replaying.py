"""All captures of an archive, replayed: first the exchanges in their order, then article by article.

The first reading checks every record and gathers what was asked for each article (`History`); the second makes the
articles, in several processes where there are many. Memory does not grow with the archive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise
from pathlib import Path, PurePosixPath

from newsarchive import dates, post
from newsarchive.archive import newfiles
from newsarchive.archive.attempts import read_attempt
from newsarchive.archive.capturereader import read_at
from newsarchive.archive.captures import CaptureError, Fault, capture_files
from newsarchive.archive.history import History
from newsarchive.archive.keeper import CAPTURES
from newsarchive.archive.ledger import KEPT_FOR, Kept, Ledger, deadline_of, fate
from newsarchive.archive.ledgeranew import NewLedger
from newsarchive.archive.options import Options
from newsarchive.archive.pool import Pool
from newsarchive.archive.posts import Posts
from newsarchive.archive.questions import is_wanted
from newsarchive.archive.replay import Miss, Outcome, Version, outcome
from newsarchive.archive.scan import Seen, scan
from newsarchive.article import Name, Origin
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

Progress = Callable[[str, int, int], None]
"""Told how far it is: what is being done, how much of it is done, how much there is."""

_Article = tuple[str, list[str], "Held | None"]
_BATCH = 64
_WORTH_A_PROCESS = 2**18  # bytes of captures; below, processes gain nothing


@dataclass(frozen=True, slots=True)
class Made:
    """A post made again.

    Attributes:
        path, sha256: of the post by its captures, relative to the archive.
        category, origin, capture, capture_sha256, published: as its ledger row should have them.
        when: the moment of the last answer it needed.
        looked: the moment of the last look that found it so.
        broken: bytes of it could not be read.
        before: digest of the file that stood there before; None where there was none.
        lost: of the versions before, those that are not among the revisions: the path each had as a post.
        rescued: a crawl would have waited for a better road.
        unreadable: what is wrong with the front matter of the file that stood there; empty where it can be read.
        texts: the file before and the post, where they differ and nothing was written.
    """

    path: str
    sha256: str
    category: str
    origin: Origin
    capture: str
    capture_sha256: str | None
    published: datetime
    when: datetime
    looked: datetime
    broken: bool
    before: str | None
    lost: tuple[str, ...]
    rescued: bool
    unreadable: str
    texts: tuple[bytes, bytes] | None

    @property
    def differs(self) -> bool:
        """Whether the archive held another post, or none."""
        return self.before != self.sha256


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an article: its post, or why there is none.

    Attributes:
        kept: why the post that is there was left as it is, though the captures that can be read give another.
    """

    name: Name
    made: Made | None
    misses: tuple[Miss, ...]
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger says of an article that is archived: where its post is, its digest, and its capture's place."""

    post: str
    sha256: str
    capture: str


@dataclass(frozen=True, slots=True)
class _Job:
    options: Options
    newest: datetime
    articles: list[_Article]


def replayed(
    options: Options,
    ledger: NewLedger,
    held: Callable[[str], Held | None],
    *,
    found: Callable[[Fault], None],
    progress: Progress,
) -> Generator[Done, None, None]:
    """Replay an archive's captures.

    Args:
        options: how.
        ledger: a new one; it is filled as crawls would have filled it, but for what `record` puts into it.
        held: gives what the ledger that is there says of an article's name.
        found: told of everything in the captures that is damaged.
        progress: told how far it is.

    Returns:
        Every article of which the captures hold an answer, by name.
    """
    history = History(ledger, settle_hours=options.settle_hours, max_pages=options.eastmoney_max_pages)
    with Pool(options.processes if _size(options.root) >= _WORTH_A_PROCESS else 1) as pool:
        for item in _exchanges(options, pool, progress):
            if isinstance(item, Fault):
                found(item)
            else:
                history.take(item)
        history.end()
        yield from _articles(options, held, history, pool, progress)
    history.attempts.close()


def _size(root: Path) -> int:
    return sum((root / CAPTURES / name).stat().st_size for name in capture_files(root / CAPTURES))


def record(ledger: Ledger, done: Done) -> None:
    """Put what became of an article into the new ledger."""
    for miss in done.misses:
        state = fate(ledger.find(done.name), now=miss.when, nowhere=miss.nowhere)
        ledger.failed(done.name, miss.kind, miss.reason, now=miss.when, state=state, nowhere=miss.nowhere)
    if done.made and not done.kept:
        kept = Kept(
            category=done.made.category,
            origin=done.made.origin,
            capture=done.made.capture or None,
            capture_sha256=done.made.capture_sha256,
            post=done.made.path,
            post_sha256=done.made.sha256,
            published=done.made.published,
            broken=done.made.broken,
        )
        ledger.captured(Sighting(ArticleLink(done.name), ()), kept, now=done.made.when)
        if done.made.looked > done.made.when and not done.made.broken:
            ledger.looked(done.name, now=done.made.looked)


def _exchanges(options: Options, pool: Pool, progress: Progress) -> Iterator[Seen | Fault]:
    last, size = options.until or ("", 0)
    order = {name: index for index, name in enumerate(capture_files(options.root / CAPTURES))}
    end = order.get(last, len(order))
    for item in scan(
        options.root / CAPTURES, pool, wanted=is_wanted, progress=lambda done, total: progress("captures", done, total)
    ):
        place = order.get(item.file, len(order))
        if options.until and (place > end or (place == end and item.offset >= size)):
            break  # a run is writing this at the moment
        yield item


def _articles(
    options: Options, held: Callable[[str], Held | None], history: History, pool: Pool, progress: Progress
) -> Iterator[Done]:
    total, count = history.attempts.count(), 0
    if history.newest is None:
        return
    articles = ((name, attempts, held(name)) for name, attempts in history.attempts.by_name())
    jobs = (_Job(options, history.newest, batch) for batch in _batches(articles))
    for batch in pool.spread(_work, jobs):
        yield from batch
        count += len(batch)
        progress("articles", count, total)


def _batches(articles: Iterable[_Article]) -> Iterator[list[_Article]]:
    articles = iter(articles)
    while batch := list(islice(articles, _BATCH)):
        yield batch


def _work(job: _Job) -> list[Done]:
    """Make the articles of a job; where they are to be written, the new ones are written together."""
    missing: dict[Path, bytes] = {}
    done = [_done(job, *article, missing) for article in job.articles]
    newfiles.write_many(missing)
    return done


def _done(job: _Job, text: str, texts: list[str], held: Held | None, missing: dict[Path, bytes]) -> Done:
    options, name, attempts = job.options, Name.parse(text), [read_attempt(one) for one in texts]
    result = outcome(options.root / CAPTURES, name, attempts, settle_tries=options.settle_tries)
    misses = tuple(result.misses)
    if result.rescued is not None and not _is_imported(options.root, held, result.rescued):
        beyond_waiting = deadline_of(attempts[-1].link, attempts[-1].when) + KEPT_FOR < job.newest
        if held or beyond_waiting or (options.root / result.rescued.path).exists():
            result.versions.append(result.rescued)
    if not result.versions:
        return Done(name, None, misses)
    version = result.versions[-1]
    before = _content(options.root / version.path)
    kept = _reason_to_keep(options.root, held, version, before)
    lost = [] if kept else _lost(options, result.versions, before)
    if options.write and not kept:
        for one, until in lost:
            Posts(options.root).put_back(PurePosixPath(one.path), one.content, until=until)
        _write(options, held, result, before, missing)
    return Done(name, _made(options, result, before, tuple(one.path for one, _ in lost)), misses, kept)


def _lost(options: Options, versions: list[Version], standing: bytes | None) -> list[tuple[Version, datetime]]:
    """Give the earlier versions that are kept neither aside nor as the post that stands.

    Returns:
        Each, and the moment the next was there.
    """
    root, broken_off = options.root, options.broken_off
    earlier = [
        (one, after.when)
        for one, after in pairwise(versions)
        if one.content != standing and not any(began <= one.when < ended for began, ended in broken_off)
    ]
    places = Posts(root).lost([(one.path, one.sha256) for one, _ in earlier]) if earlier else []
    return [earlier[place] for place in places]


def _is_imported(root: Path, held: Held | None, version: Version) -> bool:
    """Tell whether the post is whole and no answer of ours gave it: a lesser road's text must not take its place."""
    if held is None or held.capture or not held.post:
        return False
    content = _content(root / held.post)
    return content not in (None, version.content) and hashlib.sha256(content or b"").hexdigest() == held.sha256


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _reason_to_keep(root: Path, held: Held | None, version: Version, before: bytes | None) -> str:
    """Give the reason not to replace a post whose own capture is lost by what other captures give."""
    if held is None or not held.capture or before is None or before == version.content:
        return ""
    if hashlib.sha256(before).hexdigest() != held.sha256:
        return ""
    file, _, offset = held.capture.partition("#")
    try:
        read_at(root / CAPTURES, file, int(offset), question=False)
    except (CaptureError, ValueError, OSError) as error:
        return f"its own capture cannot be read ({error})"
    return ""


def _write(
    options: Options, held: Held | None, result: Outcome, before: bytes | None, missing: dict[Path, bytes]
) -> None:
    version, posts = result.versions[-1], Posts(options.root)
    if before is None:
        missing[options.root / version.path] = version.content
    else:
        posts.put(PurePosixPath(version.path), version.content, now=options.now)
    elsewhere = {one.path for one in result.versions} | ({held.post} if held and held.post else set())
    for path in elsewhere - {version.path}:  # its day was edited, or is read better now: one article is one post
        posts.retire(PurePosixPath(path), now=options.now)


def _made(options: Options, result: Outcome, before: bytes | None, lost: tuple[str, ...]) -> Made:
    version = result.versions[-1]
    differs = before != version.content
    return Made(
        path=version.path,
        sha256=version.sha256,
        category=version.article.category,
        origin=version.article.origin,
        capture=version.article.capture,
        capture_sha256=version.capture_sha256,
        published=dates.parse(version.article.date),
        when=version.when,
        looked=max(version.when, result.looked or version.when),
        broken=version.article.broken,
        before=None if before is None else hashlib.sha256(before).hexdigest(),
        lost=lost,
        rescued=version is result.rescued,
        unreadable=unreadable(before, PurePosixPath(version.path).name) if differs and before is not None else "",
        texts=(before or b"", version.content) if differs and not options.write else None,
    )


def unreadable(content: bytes, file_name: str) -> str:
    """Say what is wrong with a post's front matter; nothing where it can be read."""
    try:
        post.read(content, file_name)
    except post.PostError as error:
        return str(error)
    return ""
