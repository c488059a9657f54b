"""The pictures that archived bodies show. A run of its own: the main run's requests and verdict stay what they are."""

from __future__ import annotations

import logging
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from newsarchive import post
from newsarchive.archive.capturereader import CaptureError, read_at
from newsarchive.archive.content_encoding import decode_body
from newsarchive.archive.keeper import CAPTURES
from newsarchive.archive.ledgerpictures import KeptPicture
from newsarchive.archive.runs import Failure, Kind
from newsarchive.article import Refused
from newsarchive.hosts import PictureHosts
from newsarchive.middlewares.content_encoding import body_of, is_framed
from newsarchive.source.pictures import picture, picture_links
from newsarchive.source.told import NOT_THERE
from newsarchive.source.understanding import NotUnderstoodError
from spiders.arguments import ArgumentError, known, limit_of
from spiders.base import HTTP_OK, ArchiveSpider
from spiders.outcome import describe_failure, was_asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure as TwistedFailure

logger = logging.getLogger(__name__)

_BATCH = 200  # posts read between two transactions


class ImagesSpider(ArchiveSpider):
    """Keeps the pictures of archived articles.

    New and changed posts are read for addresses first, which go into the ledger's queue; then the queue is fetched. A
    picture is what its bytes say it is. A post's bytes do not change.
    """

    name = "images"
    arguments: ClassVar = ("limit",)
    needs_archive = True

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, str]) -> None:
        """Refuse anything but a limit."""
        known(arguments, cls.arguments)
        limit_of(arguments)

    @classmethod
    def gate(cls, settings: BaseSettings) -> Callable[[str], bool]:
        """Let the hosts of pictures pass, and no others."""
        return PictureHosts.of(str(settings["IMAGE_HOSTS"] or "")).allows

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.limit = limit_of(arguments)
        if arguments.keys() - set(self.arguments):
            raise ArgumentError(f"images takes {', '.join(self.arguments)}")

    async def start(self) -> AsyncIterator[Any]:
        """Read what was archived since the last run, then ask for what is pending."""
        self.hosts = PictureHosts.of(str(self.settings["IMAGE_HOSTS"] or ""))
        self.read_posts()
        asked = list(islice(self.to_ask(), self.limit))
        self.run.counts["to fetch"] = len(asked)
        for url, address in asked:
            yield self.picture_request(url, address)

    def to_ask(self) -> Iterator[tuple[str, str]]:
        """Give each picture that has to be asked for, and where."""
        for url in self.archive.ledger.pending_pictures():
            if self.is_kept(url):
                continue
            address = self.hosts.fetch_url(url)
            if address is None:
                self.archive.ledger.picture_failed(url, _not_ours(url), now=self.archive.now(), refused=True)
                continue
            yield url, address

    def read_posts(self) -> None:
        """Put every picture of posts that are new or changed into the queue."""
        posts = iter(self.archive.ledger.posts_to_read())
        while batch := list(islice(posts, _BATCH)):
            links = [url for _, path in batch for url in self.links_of(path)]
            named = [(url, "" if self.hosts.fetch_url(url) else _not_ours(url)) for url in links]
            new = self.archive.ledger.pictures_seen(named, change=batch[-1][0], now=self.archive.now())
            self.run.counts["seen"] += new

    def links_of(self, path: str) -> list[str]:
        """Give the pictures of a post; a post that cannot be read has none that could be shown."""
        try:
            content = (self.archive.root / path).read_bytes()
            return picture_links(post.read(content, path.rpartition("/")[2]).body)
        except (Refused, FileNotFoundError) as error:
            logger.warning("%s: its pictures were not looked for (%s); scrapy verify says more", path, error)
            return []

    def is_kept(self, url: str) -> bool:
        """Tell whether the captures hold a picture that a lost ledger has forgotten; then it knows it again."""
        place = self.archive.ledger.served(self.hosts.fetch_url(url) or url)
        if place is None:
            return False
        file, _, offset = place.partition("#")
        try:
            capture, exchange = read_at(self.archive.root / CAPTURES, file, int(offset), question=False)
            self.keep(url, decode_body(exchange), place, capture.sha256)
        except (CaptureError, ValueError, OSError):
            return False
        self.run.counts["archived before"] += 1
        return True

    # -- one picture ---------------------------------------------------------------------------------------------

    def picture_request(self, url: str, address: str) -> Request:
        """Ask for a picture."""
        request = self.request(
            address,
            service=urlsplit(address).netloc,
            callback=self.answered_picture,
            errback=self.picture_not_fetched,
            shown=url,
        )
        request.meta["download_maxsize"] = self.settings.getint("IMAGE_MAXSIZE")
        return request

    def answered_picture(self, response: Response, shown: str) -> Iterator[Any]:
        """Keep a picture, or say what was served in its place."""
        yield from ()
        url = shown
        capture = str(response.meta.get("capture") or "")
        if response.status != HTTP_OK:
            self.unusable(response)
            nowhere = response.status in NOT_THERE
            self.picture_failed(Failure(Kind.FETCH, url, f"HTTP {response.status}", capture), nowhere=nowhere)
            return
        try:
            body, digest = body_of(response), self.archive.digest_of(capture) or ""
            self.keep(url, body, capture, digest, framed=is_framed(response))
        except NotUnderstoodError as error:
            self.unusable(response)
            self.picture_failed(Failure(Kind.of(error), url, str(error), capture))
        except Refused as error:
            self.picture_failed(Failure(Kind.UNDERSTAND, url, str(error), capture), refused=True)
        else:
            self.run.counts["new"] += 1

    def keep(self, url: str, content: bytes, capture: str, sha256: str, *, framed: bool = True) -> None:
        """Record a picture whose capture is there; raises `Refused` if it is none."""
        shown = picture(content, framed=framed)
        self.archive.ledger.picture_kept(
            KeptPicture(
                url=url,
                capture=capture,
                sha256=sha256,
                type=shown.type,
                size=len(content),
                width=shown.width,
                height=shown.height,
            ),
            now=self.archive.now(),
        )

    def picture_not_fetched(self, failure: TwistedFailure) -> Iterator[Any]:
        """A picture could not be asked for at all."""
        yield from ()
        url = failure.request.cb_kwargs["shown"]  # type: ignore[attr-defined]
        self.picture_failed(Failure(Kind.FETCH, url, describe_failure(failure)), tried=was_asked(failure))

    def picture_failed(
        self, failure: Failure, *, nowhere: bool = False, refused: bool = False, tried: bool = True
    ) -> None:
        """Record that a picture could not be had, in the ledger and in the run."""
        state = self.archive.ledger.picture_failed(
            failure.what, failure.reason, now=self.archive.now(), nowhere=nowhere, refused=refused, tried=tried
        )
        what_next = "it stays pending, the next run tries again" if state == "pending" else f"it is given up ({state})"
        self.report(failure, what_next)


def _not_ours(url: str) -> str:
    return f"the host {urlsplit(url).hostname} is not among IMAGE_HOSTS"
