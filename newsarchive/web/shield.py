"""What stands before every page: which host names are answered, and what browsers may do with an answer."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_MISDIRECTED = 421


@dataclass(frozen=True, slots=True)
class Hosts:
    """Which names in ``Host`` are answered.

    A page elsewhere can have its own name lead to this machine and then read what is answered to that name (DNS
    rebinding). So names are not answered, but for ``localhost``; an address of a machine belongs to nobody's page.

    Attributes:
        bound: where the server listens; where that is no address of this machine alone, other addresses are answered
            too, and the name itself.
    """

    bound: str = "127.0.0.1"

    def allows(self, header: str) -> bool:
        """Tell whether an answer may be given to this ``Host``."""
        host = _without_port(header).lower().rstrip(".")
        if host == "localhost" or host.endswith(".localhost"):
            return True
        address = _address(host)
        if is_loopback(self.bound):
            return address is not None and address.is_loopback
        return address is not None or host == self.bound.lower()


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine alone."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _without_port(header: str) -> str:
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.rpartition(":")[0] if header.count(":") == 1 else header


class Shield:
    """Puts the headers on every answer that has none of its own, and refuses names that are not ours."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) == 1 and self.hosts.allows(hosts[0]):
            await self.app(scope, receive, shielded)
            return
        refusal = PlainTextResponse(
            "This archive answers to addresses of its own machine alone: http://127.0.0.1 or http://localhost, "
            "with the port scrapy serve named.\n",
            _MISDIRECTED,
        )
        await refusal(scope, receive, shielded)
