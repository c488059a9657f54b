"""An article, made again of what the captures hold of it, by the very code a crawl makes it with.

Nothing is written here, and nothing is decided that `newsarchive.source.roads` and `newsarchive.finish` do not decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from newsarchive import finish, post
from newsarchive.archive.attempts import Answer, Attempt
from newsarchive.archive.capturereader import CaptureError, read_at
from newsarchive.archive.content_encoding import decode_body, is_framed
from newsarchive.archive.runs import Kind
from newsarchive.article import Article, Name, Origin, Refused
from newsarchive.source.links import article_link
from newsarchive.source.lists import Listed
from newsarchive.source.roads import Case, Road
from newsarchive.source.told import HttpStatusError, tell
from newsarchive.source.understanding import NotUnderstoodError


@dataclass(frozen=True, slots=True)
class Version:
    """A post as the captures give it.

    Attributes:
        article: finished; it names the capture its body came from.
        path: relative to the archive.
        content: the whole post.
        when: the moment of the last answer it needed.
        capture_sha256: of the body of the answer its text came from.
    """

    article: Article
    path: str
    content: bytes
    when: datetime
    capture_sha256: str | None = None

    @property
    def sha256(self) -> str:
        """Hex digest of the post."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Miss:
    """An attempt that gave no article: the sentence that says why, and whether every road said it has none."""

    kind: Kind
    reason: str
    when: datetime
    nowhere: bool = False


@dataclass(slots=True)
class Outcome:
    """What becomes of an article by its captures.

    Attributes:
        name: the article's.
        versions: every version a crawl would have written, oldest first; the last is the post.
        misses: the attempts that gave none and came before the first that did.
        rescued: what a lesser road, or answers of several runs together, give where no attempt gave an article. A
            crawl would wait for better; it is for an article that is archived already or beyond waiting.
        looked: the moment of the last attempt that gave the article.
    """

    name: Name
    versions: list[Version] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    rescued: Version | None = None
    looked: datetime | None = None


class _Hindered(Exception):  # noqa: N818 - what the attempt is
    """A road failed, and the run did not go on without it."""

    def __init__(self, kind: Kind, reason: str, *, went_on: bool) -> None:
        super().__init__(reason)
        self.kind = kind
        self.went_on = went_on


class _Missed(Exception):  # noqa: N818 - what the attempt did
    """An attempt gave no article."""

    def __init__(self, miss: Miss) -> None:
        super().__init__(miss.reason)
        self.miss = miss


def outcome(folder: Path, name: Name, attempts: Iterable[Attempt], *, settle_tries: int) -> Outcome:
    """Replay every attempt at an article, oldest first.

    Args:
        folder: the captures.
        name: the article's.
        attempts: oldest first.
        settle_tries: after so many misses a lesser road is taken (setting SETTLE_TRIES).
    """
    result = Outcome(name)
    attempts = list(attempts)
    for attempt in attempts:
        if not attempt.answers:
            continue
        try:
            if result.versions:
                version = _looked_again(folder, attempt, result.versions[-1].article.origin)
            else:
                version = _version(folder, attempt, last=attempt.near or len(result.misses) >= settle_tries)
        except _Missed as missed:
            if not result.versions:
                result.misses.append(missed.miss)
            continue
        if version.article.name == name:
            result.looked = attempt.when
            if _counts(version, result.versions):
                result.versions.append(version)
    if not result.versions:
        result.rescued = _rescued(folder, name, attempts)
    return result


def _counts(version: Version, earlier: list[Version]) -> bool:
    """Tell whether a crawl would write this version: it is another one, and its road is not a lesser one."""
    if not earlier:
        return True
    held = earlier[-1]
    if held.article.origin.is_better_than(version.article.origin):
        return False
    mine, its = ((one.path, one.content, one.article.origin) for one in (version, held))
    return mine != its


def _looked_again(folder: Path, attempt: Attempt, held: Origin) -> Version:
    """Make what a second look at an archived article gave: at every road, or only at those better than the one it has.

    Which of the two it was the captures do not say; where both are possible they give the same.
    """
    try:
        return _made(folder, attempt, *_pursued(folder, attempt, settle=False))
    except _Hindered as hindered:
        if hindered.went_on and attempt.listed is not None:  # such runs settle at once
            return _made(folder, attempt, *_pursued(folder, attempt, settle=True))
        return _made(folder, attempt, *_pursued(folder, attempt, settle=False, held=held))


def _version(folder: Path, attempt: Attempt, *, last: bool) -> Version:
    """Make what an attempt gave; at the last chance, or where it went on behind a failure, from a lesser road too."""
    try:
        return _made(folder, attempt, *_pursued(folder, attempt, settle=last, last=last))
    except _Hindered as hindered:
        if not hindered.went_on:
            raise _Missed(Miss(hindered.kind, str(hindered), attempt.when)) from hindered
        return _made(folder, attempt, *_pursued(folder, attempt, settle=True, last=last))


def _made(folder: Path, attempt: Attempt, case: Case, digests: dict[str, str]) -> Version:
    """Make the post of what the roads gave; `digests` are those of the answers' bodies, by their places."""
    try:
        article = case.article()
    except Refused as error:
        raise _Missed(Miss(Kind.FETCH, str(error), attempt.when, case.nowhere)) from error
    try:
        finished = finish.finish(article)
        path, digest = str(post.relative_path(finished)), digests.get(finished.capture)
        if finished.origin is Origin.DIGEST and digest is None:  # of a list, which is no answer of the attempt's
            digest = _digest_of(folder, finished.capture)
        return Version(finished, path, post.render(finished), attempt.when, digest)
    except Refused as error:
        raise _Missed(Miss(Kind.UNDERSTAND, str(error), attempt.when)) from error


def _pursued(
    folder: Path, attempt: Attempt, *, settle: bool, last: bool = False, held: Origin | None = None
) -> tuple[Case, dict[str, str]]:
    """Walk the roads as the spider does, with what is kept in the place of what would be fetched.

    Gives the case, and the digest of each answer's body by its place.
    """
    digests: dict[str, str] = {}
    listed = attempt.listed or Listed()
    closed = _closed(attempt)
    case = Case(attempt.link, attempt.tags, settle=settle, last_chance=last, held=held, closed=closed, listed=listed)
    while (road := case.next_road()) is not None:
        answer = attempt.answers.get(road)
        if road is Road.MIRROR_PAGE and answer is not None and answer.path != case.link.path:
            if attempt.link.path:
                answer = None
            else:  # a code the run was given with the page's address; the guess at it is another
                again = replace(attempt, link=article_link(answer.path))
                return _pursued(folder, again, settle=settle, last=last, held=held)
        if road is Road.OLD_POST and road in case.asked:
            answer = None  # what is kept is the answer to an earlier name
        if road is Road.WAYBACK and road in case.asked:
            answer = None
        case.set_out(road, by=answer.path if answer is not None and road in {Road.OLD_POST, Road.WAYBACK} else "")
        if answer is None:
            _hinder(case, attempt, road, Kind.FETCH, "no answer is kept")
            continue
        try:
            capture, exchange = read_at(folder, answer.file, answer.offset, question=False)
            digests[capture.place] = capture.sha256
            body, framed = decode_body(exchange), is_framed(exchange.headers)
            place = f"{answer.file}#{answer.offset}"
            tell(case, road, exchange.status, body, place, framed=framed, content_type=exchange.content_type)
        except (NotUnderstoodError, HttpStatusError, CaptureError, OSError, ValueError) as error:
            _hinder(case, attempt, road, Kind.of(error), str(error))
    return case, digests


def _digest_of(folder: Path, place: str) -> str | None:
    """Give the digest of the body of a captured answer; None where it cannot be read."""
    file, _, offset = place.partition("#")
    try:
        return read_at(folder, file, int(offset), question=False)[0].sha256
    except (CaptureError, OSError, ValueError):
        return None


def _closed(attempt: Attempt) -> frozenset[Road]:
    """Give the roads that the run left alone: some spiders do not ask them, and no answer of theirs is kept."""
    roads = {Road.ARTICLE_API, Road.WAYBACK}
    if attempt.listed is not None:
        roads |= {Road.MIRROR_PAGE} | (set() if attempt.listed.copies else {Road.OLD_POST})
    return frozenset(roads - attempt.answers.keys())


def _hinder(case: Case, attempt: Attempt, road: Road, kind: Kind, reason: str) -> None:
    """Go on without a road where the run did, by the clock or as its further answers show."""
    case.fail(road, reason)
    if not case.settle and case.held is None:
        raise _Hindered(kind, f"{road}: {reason}", went_on=bool(attempt.answers.keys() - case.asked))


def _rescued(folder: Path, name: Name, attempts: list[Attempt]) -> Version | None:
    """Make what can be made of all answers together, the newest of each road, a lesser road's text included."""
    merged: dict[Road, Answer] = {}
    for attempt in attempts:
        for road, answer in (*attempt.spare.items(), *attempt.answers.items()):
            if answer.status < 300 or road not in merged:  # noqa: PLR2004 - an error never hides an answer
                merged[road] = answer
    if not merged:
        return None
    last = attempts[-1]
    try:
        version = _version(folder, replace(last, answers=merged), last=True)
    except (_Missed, Refused):
        return None
    return version if version.article.name == name else None
