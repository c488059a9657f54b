"""Pictures: which ones a body shows, and whether an answer is one."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from newsarchive.article import Refused
from newsarchive.source.understanding import NotUnderstoodError, looks_like, unescape

_IMG = re.compile(r"<img\b[^<>]*?\bsrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "BMP": "image/bmp"}
_FORMATS = tuple(_TYPES)  # no other is opened: Pillow hands EPS to Ghostscript, and TIFF holds anything
_SAME_AS = {"MPO": "JPEG"}  # a JPEG with further pictures behind it, as phones write them; the first is shown
_LONGEST = 2000
_MOST_PIXELS = 50_000_000  # 200 MB of memory; the longest chart of the source seen has 4 million
_SCAN, _MOST_SCANS = b"\xff\xda", 100  # of a JPEG, which may have the whole picture gone through by each of thousands


@dataclass(frozen=True, slots=True)
class Picture:
    """What an answer shows: its media type by its content, and its size in pixels."""

    type: str
    width: int
    height: int


def picture_links(body: str) -> list[str]:
    """Give the address of every picture a body shows, each once, in order.

    Only http and https; an address without a scheme is taken for https, as a browser on the mirror's page would.
    """
    found: dict[str, None] = {}
    for match in _IMG.finditer(body):
        url = unescape(match[1] or match[2] or match[3] or "").strip()
        if url.startswith("//"):
            url = f"https:{url}"
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            continue
        if usable and len(url) <= _LONGEST and url.isprintable() and " " not in url:
            found.setdefault(url)
    return list(found)


def picture(content: bytes) -> Picture:
    """Look into an answer.

    Raises:
        NotUnderstoodError: it is no picture, not a whole one, or of a kind that is more than a picture (SVG).
        Refused: it would unfold to more pixels than any newspaper prints.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd colours and metadata
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _unfolded(content)
    except Refused:
        raise
    except UnidentifiedImageError as error:
        text = content[:2000].decode("utf-8", errors="replace")
        raise NotUnderstoodError(f"no picture: {looks_like(text)}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(f"a picture that is too large to unfold ({error})") from error
    except Exception as error:  # each format raises errors of its own for what is broken
        raise NotUnderstoodError(f"a picture that is not whole ({error})") from error


def _unfolded(content: bytes) -> Picture:
    """Open a picture, which reads its head alone, judge its size, and only then read it to its end."""
    with Image.open(BytesIO(content), formats=_FORMATS) as image:
        kind, (width, height) = _SAME_AS.get(str(image.format), str(image.format)), image.size
        if width * height > _MOST_PIXELS:
            raise Refused(f"a picture that is too large to unfold ({width} × {height} pixels)")
        if kind == "JPEG" and content.count(_SCAN) > _MOST_SCANS:
            raise Refused(f"a picture that takes too long to unfold ({content.count(_SCAN)} scans)")
        image.load()
        return Picture(_TYPES[kind], width, height)
