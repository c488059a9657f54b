"""Pictures: which ones a body shows, and whether an answer is one."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from newsarchive.article import Refused
from newsarchive.body import attributes, picture_sources, tidy
from newsarchive.bodycheck import TOKEN
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError, looks_like

_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "BMP": "image/bmp"}
_FORMATS = tuple(_TYPES)  # no other is opened: Pillow hands EPS to Ghostscript, and TIFF holds anything
_SAME_AS = {"MPO": "JPEG"}  # a JPEG with further pictures behind it, as phones write them; the first is shown
_MAGIC = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF", b"BM")
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

    Only http and https; an address without a scheme is taken for https, as a browser on the mirror's page would. A
    picture that a script was to load counts by the attribute its address stands in, and by its ``src`` as well.
    """
    found: dict[str, None] = {}
    for token in TOKEN.finditer(tidy(body)[0]):
        if token[1] or (token[2] or "").lower() != "img":
            continue
        for source in picture_sources(attributes(token[3])):
            if url := _usable(source):
                found.setdefault(url)
    return list(found)


def _usable(source: str) -> str:
    """Give the address that is asked for a picture; empty where none can be."""
    url = f"https:{source}" if source.startswith("//") else source
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return ""
    return url if usable and len(url) <= _LONGEST and url.isprintable() and " " not in url else ""


def picture(content: bytes, *, framed: bool = True) -> Picture:
    """Look into an answer.

    Args:
        content: the answer.
        framed: the server said how long it would be, or that it had ended: one that stops early was made so.

    Raises:
        TruncatedError: it begins like a picture, is not whole, and may have been cut off.
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
        if not framed and any(content[:4].startswith(magic[: len(content)]) for magic in _MAGIC):
            raise TruncatedError("a picture that was cut off") from error
        text = content[:2000].decode("utf-8", errors="replace")
        raise NotUnderstoodError(f"no picture: {looks_like(text)}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(f"a picture that is too large to unfold ({error})") from error
    except Exception as error:  # each format raises errors of its own for what is broken
        if not framed:
            raise TruncatedError(f"a picture that was cut off ({error})") from error
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
