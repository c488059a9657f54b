"""Which hosts a run may contact: those its settings name, and no other."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from newsarchive.article import Refused

HOST_SETTINGS = ("FINEWS_URL", "NEWSSHARE_URL", "OLD_POST_URL", "ARTICLE_URL")
_PORTS = {"http": 80, "https": 443}


class SettingsLike(Protocol):
    """What is needed of Scrapy's settings."""

    def get(self, name: str, /) -> object:
        """Give a setting's value."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A host as it may be contacted.

    The two standard ports count as one, so that a host may redirect from http to https; any other port is itself.
    """

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Give the origin of an http(s) URL; raises `Refused` for anything else."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise Refused(f"{url[:120]!r} is no URL: {error}") from error
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in _PORTS or not host or "\\" in parts.netloc:  # clients disagree on what a \ means
            raise Refused(f"{url[:120]!r} is no http or https URL")
        return cls(host, 0 if port in _PORTS.values() else port)


def allowed_origins(settings: SettingsLike) -> frozenset[Origin]:
    """Give the origins that the settings name.

    Raises:
        Refused: a setting holds no http or https URL; the message names it.
    """
    origins = set()
    for name in HOST_SETTINGS:
        try:
            origins.add(Origin.of(str(settings.get(name) or "")))
        except Refused as error:
            raise Refused(f"the setting {name}: {error}") from error
    return frozenset(origins)


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this very machine."""
    try:
        host = urlsplit(url).hostname or ""
        if host == "localhost":
            return True
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
