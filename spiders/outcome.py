"""What a failed request means, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import exceptions as scrapy_errors
from twisted.internet.error import ConnectError

from newsarchive.middlewares.giveup import GivenUpError
from newsarchive.source.understanding import TruncatedError

if TYPE_CHECKING:
    from twisted.python.failure import Failure

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (scrapy_errors.DownloadConnectionRefusedError, "the connection was refused"),
    (scrapy_errors.CannotResolveHostError, "the host's name cannot be resolved"),
    (scrapy_errors.DownloadTimeoutError, "no answer in time"),
    (scrapy_errors.DownloadCancelledError, "the answer is too large"),
    (scrapy_errors.UnsupportedURLSchemeError, "not a kind of address that can be asked"),
    (scrapy_errors.DownloadFailedError, "the connection broke"),
    (ConnectError, "no connection could be made"),
    (ConnectionError, "the connection broke"),
    (TimeoutError, "no answer in time"),
)


def describe_failure(failure: Failure) -> str:
    """Say in a few words why a request got no answer; never a traceback."""
    return _describe(failure.value)


def was_asked(failure: Failure) -> bool:
    """Return whether a request that failed was sent at all, or its service was left alone before."""
    return not isinstance(failure.value, GivenUpError) or failure.value.earlier is not None


def _describe(error: BaseException | None) -> str:
    if isinstance(error, GivenUpError) and error.earlier is not None:
        return f"{_describe(error.earlier)}; {error}"
    if isinstance(error, scrapy_errors.IgnoreRequest):
        return str(error) or "the request was held back"
    if isinstance(error, scrapy_errors.ResponseDataLossError | TruncatedError):
        return str(error) or "the answer was cut off"
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    return f"{type(error).__name__}: {str(error)[:120]}".rstrip(": ")
