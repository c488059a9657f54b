"""The application: its addresses, and what is said when something goes wrong."""

from __future__ import annotations

import asyncio
import functools
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newsarchive.article import Refused
from newsarchive.search.store import IndexNewError
from newsarchive.web import api, articles, feeds, maps, pages, served
from newsarchive.web.asking import Asking, reason
from newsarchive.web.library import Library
from newsarchive.web.shield import Hosts, Shield

logger = logging.getLogger(__name__)

_THREADS = 4  # that read; each has a connection of its own, kept for good
_UNAVAILABLE, _BROKEN = 503, 500

Page = Callable[[Asking], Response]
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]

ROUTES: tuple[tuple[str, Page], ...] = (
    ("/", pages.home),
    ("/day/{day}", pages.day_page),
    ("/calendar", pages.calendar),
    ("/calendar/{year:int}", pages.calendar),
    ("/papers", pages.papers),
    ("/category/{category:path}", pages.category),
    ("/search", pages.search),
    ("/status", pages.status),
    ("/go", articles.go),
    ("/article/{name}", articles.article),
    ("/article/{name}/served", served.served),
    ("/picture/{digest}", served.picture),
    ("/feed.xml", feeds.atom),
    ("/feed.json", feeds.json),
    ("/api/articles", api.articles),
    ("/api/articles/{name}", api.article),
    ("/api/search", api.search),
    ("/api/days", api.days),
    ("/api/categories", api.categories),
    ("/api/status", api.status),
    ("/api/openapi.json", api.openapi),
    ("/api/{rest:path}", api.nothing),
    ("/sitemap.xml", maps.index),
    ("/sitemap/{month}.xml", maps.month),
    ("/robots.txt", maps.robots),
    ("/favicon.ico", served.icon),
    ("/static/{file}", served.static),
)


def make_app(library: Library, *, hosts: Hosts | None = None) -> Starlette:
    """Make the application.

    Args:
        library: the archive; closed when the application ends.
        hosts: the names that are answered; those of this machine alone where not given.
    """
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="page")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        pool.shutdown()
        library.close()

    def endpoint(page: Page) -> Endpoint:
        @functools.wraps(page)
        async def answer(request: Request) -> Response:
            return await asyncio.get_running_loop().run_in_executor(pool, _answered, page, Asking(request, library))

        return answer

    def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for these; for the type checker
        return _failed(Asking(request, library), error)

    return Starlette(
        routes=[Route(path, endpoint(page), methods=["GET"]) for path, page in ROUTES],
        middleware=[Middleware(Shield, hosts=hosts or Hosts())],  # and none that packs: the way is short
        exception_handlers={HTTPException: failed},
        lifespan=lifespan,
    )


def _answered(page: Page, asking: Asking) -> Response:
    """Make an answer; what is wrong with the question, or cannot be read just now, is an answer too."""
    try:
        return page(asking)
    except HTTPException as error:
        return _failed(asking, error)
    except Refused as error:
        return asking.error(400, asking.language.say("error_400"), reason(error))
    except (IndexNewError, sqlite3.Error) as error:
        return _unreadable(asking, error)
    except Exception:
        logger.exception("%s", asking.request.url.path)
        return asking.error(_BROKEN, asking.language.say("error_500"))


def _unreadable(asking: Asking, error: Exception) -> Response:
    if isinstance(error, IndexNewError) and asking.request.url.path == "/" and not asking.library.has_ledger:
        return asking.page("empty.html", title=asking.language.say("empty"))
    logger.warning("%s: %s", asking.request.url.path, error or "there is no search index of today's making")
    return asking.error(_UNAVAILABLE, asking.language.say("error_503"), str(error))


def _failed(asking: Asking, error: HTTPException) -> Response:
    title = asking.language.say_or(f"error_{error.status_code}", asking.language.say("error_400"))
    plain = error.detail in {"Not Found", "Method Not Allowed"}
    response = asking.error(error.status_code, title, "" if plain else error.detail)
    response.headers.update(error.headers or {})
    return response
