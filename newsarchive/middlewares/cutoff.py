"""What came of an answer that was cut off is kept like any other, before the request fails for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import ResponseDataLossError

from newsarchive.middlewares.capture import CaptureMiddleware, truncated
from newsarchive.middlewares.content_encoding import DECODED
from newsarchive.middlewares.wire import WireDownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class CutOffDownloadHandler(WireDownloadHandler):
    """Gives whole answers; of others it keeps what there is, with ``WARC-Truncated``, and fails.

    Not whole is what the connection broke off, and what the body's own content coding says was broken off. A middleware
    could not do it: Scrapy lets none retry what another raises over an answer. Nothing reads such a body, a rebuild
    neither.
    """

    async def download_request(self, request: Request) -> Response:
        """Ask.

        Raises:
            ResponseDataLossError: the answer was cut off; ``request.meta["capture"]`` says where it is kept.
            OSError, sqlite3.Error: the disk does not take it.
        """
        for earlier in ("capture", DECODED):
            request.meta.pop(earlier, None)  # of an earlier try
        request.meta["download_fail_on_dataloss"] = False  # Scrapy's word for: give me what there is
        response = await super().download_request(request)
        _, reason = truncated(request, response)
        if reason:
            CaptureMiddleware.from_crawler(self._crawler).process_response(request, response)
            raise ResponseDataLossError(reason)
        return response
