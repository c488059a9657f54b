"""Datasette's plugin: its search box asks newsarchive's index, and its pages say what the columns mean.

Loaded by ``datasette serve … --plugins-dir newsarchive/datasette/plugins``. It minds the databases `scrapy datasette`
makes, and leaves any others alone. The index is the ``search.db`` that stands beside the database.
"""

from __future__ import annotations

import copy
import sqlite3
import sys
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.utils.asgi import BadRequest
from datasette.views.base import DatasetteError
from markupsafe import Markup

sys.path.append(str(Path(__file__).resolve().parents[3]))  # newsarchive is not installed where Datasette is

from newsarchive.datasette.finding import Finder, is_ours
from newsarchive.datasette.metadata import of_database
from newsarchive.search.matching import OverError
from newsarchive.search.query import QueryError
from newsarchive.search.store import IndexNewError

_TABLE = "articles"
_TOO_LONG = "the search took too long; --setting sql_time_limit_ms gives it more"
_NO_INDEX = "there is no search index beside the database, or one another newsarchive or Python made: scrapy datasette"

_made: dict[str, str] = {}  # by the path of each of our databases, the moment it was made


@hookimpl
def startup(datasette: Any) -> Callable[[], Coroutine[Any, Any, None]]:
    """Find out which databases are ours."""

    async def look() -> None:
        for database in datasette.databases.values():
            if _is_ours(database.path):
                row = (await database.execute("SELECT value FROM snapshot WHERE key = 'made'")).first()
                _made[database.path] = row[0]

    return look


@hookimpl
def get_metadata(datasette: Any) -> dict[str, Any]:
    """Say what our databases hold."""
    ours = {name: _made[one.path] for name, one in datasette.databases.items() if one.path in _made}
    return {"databases": {name: copy.deepcopy(of_database(made)) for name, made in ours.items()}} if ours else {}


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Give SQL our functions."""
    finder = _finder_of(datasette, database)
    if finder is not None:
        conn.create_function("newsarchive_search", 1, finder.names, deterministic=True)
        conn.create_function("newsarchive_text", 1, finder.text, deterministic=True)


@hookimpl(trylast=True)  # Datasette itself says that a table without an index of its own has no search
def filters_from_request(
    request: Any, database: str, table: str, datasette: Any
) -> Callable[[], Coroutine[Any, Any, FilterArguments]] | None:
    """Confine the table to what the search box found."""
    finder = _finder_of(datasette, database) if table == _TABLE else None
    if finder is None:
        return None

    async def confine() -> FilterArguments:
        if any(key.startswith("_search_") for key in request.args):
            raise BadRequest("the index holds title and text together; ask with _search=")
        words = (request.args.get("_search") or "").strip()
        if not words:
            return FilterArguments([], extra_context={"supports_search": finder.is_there()})
        await datasette.get_database(database).execute_fn(lambda _: _find(finder, words))  # remembered for the SQL
        return FilterArguments(
            ["name IN (SELECT value FROM json_each(newsarchive_search(:newsarchive_words)))"],
            params={"newsarchive_words": words},
            human_descriptions=[f'search matches "{words}"'],
            extra_context={"supports_search": True, "search": words},
        )

    return confine


@hookimpl
def render_cell(  # noqa: PLR0913, PLR0917 - Datasette's
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Markup | None:
    """Let an article's file lead to its text: on the pages of ``scrapy serve`` where they are named, else here."""
    if (column, table) != ("post", _TABLE) or not value or _finder_of(datasette, database) is None:
        return None
    pages = str((datasette.plugin_config("newsarchive", database=database) or {}).get("pages", "")).rstrip("/")
    name = quote(str(row["name"]))
    here = f"{datasette.urls.table(database, 'read')}?name={name}"
    url = f"{pages}/article/{name}" if pages.startswith(("http://", "https://")) else here
    return Markup('<a href="{}">{}</a>').format(url, value)


def _find(finder: Finder, words: str) -> None:
    """Look, so that what cannot be meant is told in words; an error within SQL is told in none."""
    try:
        finder.names(words)
    except QueryError as error:
        raise BadRequest(f"{error.reason}: {error.text}") from error
    except OverError as error:
        raise DatasetteError(
            "the search took too long; --setting sql_time_limit_ms gives it more", status=503
        ) from error
    except IndexNewError as error:
        raise DatasetteError(_NO_INDEX, status=503) from error


def _finder_of(datasette: Any, database: str) -> Finder | None:
    """Give what searches for a database; None where it is not one of ours."""
    held = datasette.databases.get(database)
    if held is None or not _is_ours(held.path):
        return None
    return _finder(str(Path(held.path).absolute().parent), datasette.setting("sql_time_limit_ms") / 1000)


_is_ours = cache(is_ours)  # asked for every cell of a page


@cache
def _finder(folder: str, seconds: float) -> Finder:
    return Finder(Path(folder), seconds)
