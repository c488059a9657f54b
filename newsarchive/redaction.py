"""Secrets of the operator's, kept out of everything that is kept or shown.

A password stands in the address of a proxy (``http_proxy``), perhaps in that of a setting, a token in the path of
HEALTHCHECK_URL. Error messages of libraries quote addresses. So what is said about a run passes through `redacted`, and
what is written about an exchange leaves out the headers that `newsarchive.archive.warcrecord` names.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable
from urllib.parse import unquote

_GONE = "…"
_USER = re.compile(r"(?<=//)[^\s/?#<>\"']+@")
_SHORTEST = 4  # characters; a shorter secret is only found where an address names it
_known: set[str] = set()
_pattern: list[re.Pattern[str]] = []


def remember(addresses: Iterable[str] = (), *, tokens: Iterable[str] = ()) -> None:
    """Learn what must not be said.

    Args:
        addresses: whose user and password are secret; those of the environment's proxies are learnt too.
        tokens: addresses of which path and query are secret as well.
    """
    proxies = [value for name, value in os.environ.items() if name.lower().endswith("_proxy")]
    for address in (*addresses, *proxies, *tokens):
        _known.update(_of_user(address))
    for address in tokens:
        _known.update(_of_path(address))
    found = sorted((re.escape(one) for one in _known if len(one) >= _SHORTEST), key=len, reverse=True)
    _pattern[:] = [re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)")] if found else []


def redacted(text: str) -> str:
    """Return a text without the secrets that are known, and without users and passwords in addresses."""
    text = _USER.sub(f"{_GONE}@", text) if "@" in text else text
    return _pattern[0].sub(_GONE, text) if _pattern else text


def _of_user(address: str) -> Iterable[str]:
    """Give user and password of an address in every form in which they travel; a password may hold any character."""
    authority = address.partition("//")[2] or address
    user, at, _ = authority.rpartition("@")
    if not at or ("/" in user and ":" not in user):
        return
    plain = unquote(user)
    yield from (user, plain)
    for one in (user, plain):
        password = one.partition(":")[2]
        yield password
        for encoding in ("utf-8", "latin-1"):
            yield base64.b64encode(one.encode(encoding, "replace")).decode().rstrip("=")


def _of_path(address: str) -> Iterable[str]:
    """Give path and query of an address, which need not be a valid one; a token is mostly the path's last part."""
    path, _, query = address.partition("//")[2].partition("/")[2].partition("?")
    yield from (path.strip("/"), query, path.rstrip("/").rpartition("/")[2])
