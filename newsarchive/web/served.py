"""What the source served, as it was captured: the raw answer as plain text, and kept pictures."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from newsarchive.article import Refused
from newsarchive.source.pictures import picture as look
from newsarchive.source.understanding import NotUnderstoodError
from newsarchive.web.articles import name_of
from newsarchive.web.asking import STATIC, VERSION, Asking
from newsarchive.web.library import NotKeptError

SANDBOX = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_FOR_GOOD = "public, max-age=31536000, immutable"
_STATIC_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


def served(asking: Asking) -> Response:
    """Show the answer an article's text was taken from, status line and headers first. A browser takes it for text."""
    found = asking.library.provenance(name_of(asking))
    if found is None or not found.capture:
        raise HTTPException(404, asking.language.say("no_capture" if found else "not_known"))
    try:
        answer = asking.library.answer(found.capture)
    except NotKeptError as error:
        raise HTTPException(404, str(error)) from error
    exchange = answer.exchange
    head = [
        f"{exchange.url}",
        f"{exchange.version} {exchange.status} {exchange.reason.decode('latin-1')}",
        *(f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in exchange.headers),
    ]
    said = "\n".join(head) + "\n\n" + answer.body.decode("utf-8", errors="replace")
    return Response(
        said.encode(),
        media_type="text/plain; charset=utf-8",
        headers={
            "Content-Security-Policy": SANDBOX,
            "Cache-Control": "no-cache",
            "X-Capture": answer.place,
            "X-Capture-SHA256": answer.sha256,
        },
    )


def picture(asking: Asking) -> Response:
    """Give a kept picture by the digest of its content; its type is what its bytes say."""
    digest = asking.given("digest")
    try:
        _, content = asking.library.picture(digest)
        kind = look(content).type
    except (NotKeptError, NotUnderstoodError, Refused) as error:
        raise HTTPException(404, str(error)) from error
    return Response(
        content,
        media_type=kind,
        headers={"Content-Security-Policy": SANDBOX, "Cache-Control": _FOR_GOOD, "ETag": f'"{digest}"'},
    )


def static(asking: Asking) -> Response:
    """Give a file of ours; one that is asked for by its version never changes."""
    name = asking.given("file")
    content = STATIC.get(name)
    if content is None:
        raise HTTPException(404)
    fresh = asking.request.query_params.get("v") == VERSION
    return Response(
        content,
        media_type=_STATIC_TYPES[name.rpartition(".")[2]],
        headers={"Cache-Control": _FOR_GOOD if fresh else "no-cache"},
    )


def icon(_: Asking) -> Response:
    """Lead browsers that ask for the old name to ours."""
    return RedirectResponse("/static/icon.svg", 301)
