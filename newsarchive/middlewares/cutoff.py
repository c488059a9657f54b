"""What came of an answer that was cut off is kept like any other, before the request fails for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import ResponseDataLossError

from newsarchive.middlewares.capture import CUT_OFF, CaptureMiddleware
from newsarchive.middlewares.wire import WireDownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class CutOffDownloadHandler(WireDownloadHandler):
    """Gives whole answers; of others it keeps what there is, as ``WARC-Truncated: disconnect``, and fails.

    A middleware could not do it: Scrapy lets none retry what another raises over an answer. Nothing reads such a body,
    a rebuild neither.
    """

    async def download_request(self, request: Request) -> Response:
        """Ask.

        Raises:
            ResponseDataLossError: the answer was cut off; ``request.meta["capture"]`` says where it is kept.
            OSError, sqlite3.Error: the disk does not take it.
        """
        request.meta.pop("capture", None)  # of an earlier try
        request.meta["download_fail_on_dataloss"] = False  # Scrapy's word for: give me what there is
        response = await super().download_request(request)
        if CUT_OFF in response.flags:
            CaptureMiddleware.from_crawler(self._crawler).process_response(request, response)
            raise ResponseDataLossError(f"the answer of {request.url} was cut off")
        return response
