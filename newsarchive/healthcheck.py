"""Tells a watcher how a run ended, so that a run that fails, or never comes, is noticed by someone.

The address is the operator's own: it is asked outside Scrapy, after the run, and is neither guarded nor captured. The
convention is that of healthchecks.io and its kin: any request is a sign of life, ``/fail`` behind it a cry for help,
and the body says why.
"""

from __future__ import annotations

import http.client
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

from newsarchive.article import Refused
from newsarchive.hosts import Origin, SettingsLike
from newsarchive.redaction import redacted

TIMEOUT = 10.0  # seconds; the run is over, only its exit code waits


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """Where a run's end is told; an empty address tells nobody.

    Attributes:
        success: asked after a complete run.
        failure: asked after any other.
    """

    success: str = ""
    failure: str = ""

    @classmethod
    def of(cls, settings: SettingsLike) -> Healthcheck:
        """Take the addresses from HEALTHCHECK_URL and HEALTHCHECK_FAIL_URL; without the second, ``/fail`` is added.

        Raises:
            Refused: one is no http or https URL; the message names the setting.
        """
        said = {}
        for name in ("HEALTHCHECK_URL", "HEALTHCHECK_FAIL_URL"):
            said[name] = str(settings.get(name) or "").strip()
            try:
                if said[name]:
                    Origin.of(said[name])
            except Refused as error:
                raise Refused(f"the setting {name}: {error}") from error
        success = said["HEALTHCHECK_URL"]
        return cls(success, said["HEALTHCHECK_FAIL_URL"] or (_fail(success) if success else ""))

    def tell(self, *, ok: bool, sentence: str) -> str:
        """Tell how a run ended.

        Args:
            ok: it was complete.
            sentence: the verdict, sent as the body.

        Returns:
            Why nobody could be told, in a sentence; empty where it worked, or there is nobody to tell.
        """
        url = self.success if ok else self.failure
        if not url:
            return ""
        body = redacted(sentence).encode(errors="backslashreplace")
        request = urllib.request.Request(url, body, {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310 - checked
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answered:  # noqa: S310
                answered.read(1)
        except (OSError, http.client.HTTPException, ValueError) as error:  # HTTP errors are OSErrors
            return f"the healthcheck at {urlsplit(url).hostname} could not be told: {error}"
        return ""


def _fail(url: str) -> str:
    """Add ``/fail`` to the path of an address."""
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/fail").geturl()
