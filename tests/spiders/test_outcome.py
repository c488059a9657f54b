"""A failed request is told in a few words."""

from __future__ import annotations

import pytest
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadTimeoutError, IgnoreRequest
from twisted.internet.error import ConnectError
from twisted.python.failure import Failure

from spiders.outcome import describe_failure


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DownloadConnectionRefusedError("111"), "the connection was refused"),
        (DownloadTimeoutError("20 s"), "no answer in time"),
        (ConnectError(104, "Connection reset by peer"), "no connection could be made"),
        (ConnectionResetError(104, "x"), "the connection broke"),
        (IgnoreRequest("not asked: the share host's JSON failed 6 times in a row"), "not asked: the share host's JSON"),
        (ValueError("a new kind of trouble"), "ValueError: a new kind of trouble"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_kind_of_failure_has_its_words(error: Exception, words: str) -> None:
    assert describe_failure(Failure(error)).startswith(words)
