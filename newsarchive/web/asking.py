"""A request as pages see it: what was asked, of which archive, in which language; and how an answer is made of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from newsarchive.article import Refused
from newsarchive.escaping import json_text, xml_text
from newsarchive.search.query import Query, QueryError, parse
from newsarchive.search.reader import Filters
from newsarchive.web.language import Language, choose
from newsarchive.web.library import Library, wall

_HERE = Path(__file__).parent
STATIC = {path.name: path.read_bytes() for path in sorted((_HERE / "static").iterdir()) if path.is_file()}
VERSION = hashlib.sha256(b"".join(STATIC.values())).hexdigest()[:12]
_MOST = 100


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    environment.globals["version"] = VERSION
    environment.filters["wall"] = wall
    return environment


TEMPLATES = _environment()


@dataclass(frozen=True, slots=True)
class Asking:
    """A request.

    Attributes:
        request: as it came.
        library: the archive.
        language: the one chosen.
    """

    request: Request
    library: Library
    language: Language = field(init=False)

    def __post_init__(self) -> None:
        """Choose the language."""
        chosen = choose(self.request.query_params, self.request.headers.get("accept-language", ""))
        object.__setattr__(self, "language", chosen)

    @property
    def base(self) -> str:
        """This server as the browser knows it, without a slash at the end."""
        return f"{self.request.url.scheme}://{self.request.url.netloc}"

    # -- what was asked ------------------------------------------------------------------------------------------

    def given(self, name: str) -> str:
        """Give a value of the query, or of the path; empty where there is none."""
        return str(self.request.path_params.get(name) or self.request.query_params.get(name, "")).strip()

    def day(self, name: str) -> date | None:
        """Give a day of the query or the path; raises HTTPException (400) for what is none."""
        text = self.given(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise HTTPException(400, f"{name}: {text[:40]!r} is no day; 2022-01-25 is one") from error

    def limit(self, otherwise: int) -> int:
        """Give how many are wanted; raises HTTPException (400)."""
        text = self.given("limit")
        if not text:
            return otherwise
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= _MOST):
            raise HTTPException(400, f"limit: {text[:40]!r} is no number from 1 to {_MOST}")
        return int(text)

    def before(self) -> str | None:
        """Give the cursor of the page that is wanted."""
        return self.given("before") or None

    def filters(self) -> Filters:
        """Give what a list is to be confined to; raises HTTPException (400)."""
        asked = self.given("category")
        categories = (self.library.categories_like(asked) or (asked,)) if asked else ()
        return Filters(since=self.day("since"), until=self.day("until"), categories=categories)

    def query(self) -> Query | None:
        """Give what is searched for, if anything; raises QueryError."""
        text = self.given("q")
        return parse(text) if text else None

    # -- answers -------------------------------------------------------------------------------------------------

    def page(self, template: str, *, code: int = 200, **values: Any) -> HTMLResponse:
        """Make a page."""
        html = TEMPLATES.get_template(template).render(
            lang=self.language,
            t=self.language.say,
            url=self.language.url,
            path=self.request.url.path,
            asked=dict(self.request.query_params),
            **values,
        )
        return HTMLResponse(xml_text(html), code, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})

    def error(self, status: int, title: str, detail: str = "", *, command: str = "") -> Response:
        """Make an answer that says what went wrong, and what to do."""
        if self.request.url.path.startswith("/api/"):
            return JSON({"error": {"status": status, "message": detail or title}}, status)
        key = f"error_{status}_help"
        return self.page(
            "error.html",
            code=status,
            number=status,
            title=title,
            detail=detail,
            help=self.language.say_or(key, ""),
            command=command,
        )


class JSON(JSONResponse):
    """JSON that is text wherever it ends up, in a terminal too."""

    def render(self, content: Any) -> bytes:
        """Write it without blanks."""
        return json_text(content, indent=None, separators=(",", ":")).encode()


def reason(error: Refused | HTTPException) -> str:
    """Say what is wrong with what was asked."""
    if isinstance(error, QueryError):
        return error.reason
    return error.detail if isinstance(error, HTTPException) else str(error)
