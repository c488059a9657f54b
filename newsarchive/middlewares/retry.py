"""Retries that wait: longer each time, and as long as the server asks for."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import RetryMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

_LOOKS_UP_EVERY = 1.0  # seconds: a run that was told to stop does not sit out a server's patience


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries with exponential backoff and ``Retry-After`` (RFC 9110, 10.2.3).

    Scrapy asks again at once. A request for which the server asks for more patience than RETRY_AFTER_LONGEST is not
    tried again, and `newsarchive.middlewares.giveup` leaves its service alone for the rest of the run.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.backoff = settings.getfloat("RETRY_BACKOFF")
        self.longest = settings.getfloat("RETRY_AFTER_LONGEST")

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Retry a temporary error after a wait; give any other response back."""
        result = super().process_response(request, response)
        if result is response:
            return response
        asked = retry_after(response.headers.get(b"Retry-After"), datetime.now(UTC))
        if asked is not None and asked > self.longest:
            return response
        await self._pause(max(self._wait(request), asked or 0.0))
        return result

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        """Retry a broken connection after a wait."""
        result = super().process_exception(request, exception)
        if result is not None:
            await self._pause(self._wait(request))
        return result

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the run's end."""
        while seconds > 0 and self.crawler.crawling:
            await asyncio.sleep(min(seconds, _LOOKS_UP_EVERY))
            seconds -= _LOOKS_UP_EVERY

    def _wait(self, request: Request) -> float:
        """Seconds before the next try: doubled each time, half to one and a half of it."""
        tried = int(request.meta.get("retry_times", 0))
        return self.backoff * 2.0**tried * random.uniform(0.5, 1.5)  # noqa: S311 - not for secrets


def retry_after(header: bytes | None, now: datetime) -> float | None:
    """Read a ``Retry-After`` header: seconds to wait from now, or ``None`` where there is none or it is nonsense."""
    if header is None:
        return None
    text = header.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
