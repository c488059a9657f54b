"""At a run's end its posts go into the search index; a convenience that never endangers the run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from newsarchive.search.index import catch_up

logger = logging.getLogger(__name__)


def index_new_posts(root: Path, *, seconds: float, stopped: Callable[[], bool] = lambda: False) -> str:
    """Bring the search index up to date.

    Args:
        root: the archive.
        seconds: when this time is over, no further batch is begun; 0 does nothing.
        stopped: nor when this tells that the run is to stop.

    Returns:
        What an operator should know; empty where all is well, or another process is at it.
    """
    if seconds <= 0:
        return ""
    end = time.monotonic() + seconds
    try:
        done = catch_up(root, is_over=lambda: stopped() or time.monotonic() >= end)
    except Exception as error:
        logger.debug("the search index", exc_info=True)
        return f"the search index could not be brought up to date ({error}); scrapy search tries again"
    if done.behind and not done.busy:
        return f"{done.behind} posts are not in the search index yet; scrapy search goes on with it"
    return ""
