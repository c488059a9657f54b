"""The one place where the golden net touches modules of the product: the source in a box, which no command edits."""

from __future__ import annotations

from newsarchive.replica.compose import compose
from newsarchive.replica.server import Replica

__all__ = ["Replica", "compose"]
