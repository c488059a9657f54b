"""Which hosts a run may contact: those its settings name, and no other."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from newsarchive.article import Refused

HOST_SETTINGS = ("FINEWS_URL", "NEWSSHARE_URL", "OLD_POST_URL", "ARTICLE_URL")
_HOST = re.compile(r"[A-Za-z0-9*?.\[\]-]+(?::\d+)?", re.ASCII)
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


def allowed_origins(settings: SettingsLike, names: tuple[str, ...] = HOST_SETTINGS) -> frozenset[Origin]:
    """Give the origins that settings name.

    Raises:
        Refused: a setting holds no http or https URL; the message names it.
    """
    origins = set()
    for name in names:
        try:
            url = str(settings.get(name) or "")
            origins.add(Origin.of(url))
            if "@" in urlsplit(url).netloc:  # its password would be in every capture
                raise Refused("it names a user, and no address of the source does")  # noqa: TRY301 - as for the rest
        except Refused as error:
            raise Refused(f"the setting {name}: {error}") from error
    return frozenset(origins)


def gate_of(settings: SettingsLike, names: tuple[str, ...] = HOST_SETTINGS) -> Callable[[str], bool]:
    """Give what tells of a URL whether it may be asked: its origin is one that the settings name; raises as above."""
    allowed = allowed_origins(settings, names)
    return lambda url: Origin.of(url) in allowed


@dataclass(frozen=True, slots=True)
class PictureHosts:
    """The hosts whose pictures are kept, as the setting IMAGE_HOSTS names them.

    Attributes:
        bases: for each host, or glob of hosts, where its pictures are fetched; empty for the host itself.
    """

    bases: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, setting: str) -> PictureHosts:
        """Read the setting: names or globs with commas, each with ``=URL`` behind it where it is fetched elsewhere.

        Raises:
            Refused: a part of it is neither; the message names it.
        """
        bases = []
        for part in setting.replace(",", " ").split():
            host, _, base = part.partition("=")
            if not _HOST.fullmatch(host):
                raise Refused(f"the setting IMAGE_HOSTS: {part[:120]!r} names no host")
            if base:
                try:
                    Origin.of(base)
                except Refused as error:
                    raise Refused(f"the setting IMAGE_HOSTS: {error}") from error
            bases.append((host.lower(), base))
        return cls(tuple(bases))

    def fetch_url(self, url: str) -> str | None:
        """Give where a picture is fetched; None where its host is not among these."""
        parts = urlsplit(url)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        for pattern, base in self.bases:
            if fnmatchcase(host, pattern):
                rest = urlunsplit(("", "", parts.path or "/", parts.query, ""))
                return base.rstrip("/") + rest if base else urlunsplit(parts._replace(fragment=""))
        return None

    def allows(self, url: str) -> bool:
        """Tell whether an address may be asked: that of a picture, or one below where a host's are fetched."""
        origin = Origin.of(url)
        parts = urlsplit(url)
        host = origin.host + (f":{parts.port}" if parts.port else "")
        return any(Origin.of(base) == origin if base else fnmatchcase(host, name) for name, base in self.bases)


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this very machine."""
    try:
        host = urlsplit(url).hostname or ""
        if host == "localhost":
            return True
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
