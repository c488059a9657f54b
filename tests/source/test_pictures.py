"""Which pictures a body shows, and whether an answer is one by its bytes."""

from __future__ import annotations

import contextlib
import resource
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import GifImagePlugin, Image, ImageFile

from newsarchive.article import Refused
from newsarchive.source.pictures import Picture, picture, picture_links
from newsarchive.source.understanding import NotUnderstoodError


def drawn(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    kept = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(kept, kind)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("body", "links"),
    [
        ('<p><img src="https://a.example/x.jpg" width="552" /></p>', ["https://a.example/x.jpg"]),
        ('<img border="0" src="https://a.example/P.aspx?a=1&b=2&copy=3">', ["https://a.example/P.aspx?a=1&b=2&copy=3"]),
        ('<img src="https://a.example/P.aspx?a=1&amp;b=2">', ["https://a.example/P.aspx?a=1&b=2"]),
        ("<img src='//a.example/x.png'>", ["https://a.example/x.png"]),
        ("<IMG SRC=http://a.example/x.png>", ["http://a.example/x.png"]),
        ('<img src="/x.png"><img src="data:image/png;base64,AAAA"><img src="javascript:alert(1)">', []),
        ('<img src="https://a.example/1"><img src="https://a.example/1">', ["https://a.example/1"]),
        ('<img src="" data-original="https://a.example/x.jpg">', ["https://a.example/x.jpg"]),
        ("<img data-src=//a.example/x.jpg>", ["https://a.example/x.jpg"]),
        (
            '<img class=lazy src="//a.example/blank.gif" data-lazy-src="https://a.example/x.jpg" />',
            ["https://a.example/x.jpg", "https://a.example/blank.gif"],
        ),
        ('<img src="data:image/gif;base64,AAAA" _src="http://a.example/x.jpg">', ["http://a.example/x.jpg"]),
        ('<img original="https://a.example/x.jpg" src="https://a.example/x.jpg">', ["https://a.example/x.jpg"]),
        ('<noscript><img src="https://a.example/x.jpg" alt="<b>"></noscript>', ["https://a.example/x.jpg"]),
        ('<img data-original="javascript:x" data-srcset="https://a.example/x.jpg">', []),
        ('<p data-src="https://a.example/x.jpg">kein Bild</p><!-- <img src="https://a.example/x.jpg"> -->', []),
        ('<a href="https://a.example/x.jpg">kein Bild</a>', []),
        ('<img src="https://a.example:x/"><img src="https://[::1/"><img src="https:///x">', []),
    ],
)
def test_the_pictures_of_a_body_are_found(body: str, links: list[str]) -> None:
    expected = [link.replace("&copy=3", "©=3") if "copy" in link else link for link in links]
    assert picture_links(body) in (links, expected)


@pytest.mark.parametrize(
    ("kind", "type_"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif"), ("WEBP", "image/webp"), ("BMP", "image/bmp")],
)
def test_a_picture_is_what_its_bytes_say(kind: str, type_: str) -> None:
    assert picture(drawn(kind)) == Picture(type_, 40, 30)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_a_picture_that_was_cut_off_is_none(kind: str) -> None:
    whole = drawn(kind, (300, 200))
    with pytest.raises(NotUnderstoodError):
        picture(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        "<html><head><title>系统维护中</title></head></html>".encode(),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_named_by_what_it_looks_like(content: bytes) -> None:
    with pytest.raises(NotUnderstoodError, match="no picture"):
        picture(content)


def chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A grey picture whose lines are all black; small, however large it is."""
    head = chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0")
    engine = zlib.compressobj(9)
    lines = b"".join(engine.compress(b"\0" * (width + 1)) for _ in range(height)) + engine.flush()
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def resized(kind: str, width: int, height: int) -> bytes:
    """A small picture whose head says that it is large."""
    content = bytearray(drawn(kind))
    if kind == "JPEG":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    elif kind == "GIF":
        content[6:10] = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    elif kind == "BMP":
        content[18:26] = width.to_bytes(4, "little") + height.to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        png(13_000, 13_000),
        png(8000, 6251),
        *(resized(kind, 13_000, 13_000) for kind in ("JPEG", "GIF", "BMP")),
        *(resized(kind, 60_000, 60_000) for kind in ("JPEG", "GIF", "BMP")),
    ],
)
def test_a_picture_that_would_unfold_to_a_bomb_is_refused_and_not_unfolded(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfolded: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", unfolded.append)
    with pytest.raises(Refused, match="too large to unfold"):
        picture(content)
    assert unfolded == []


def test_the_largest_picture_that_is_unfolded_is_one() -> None:
    assert picture(png(8000, 6250)) == Picture("image/png", 8000, 6250)


@pytest.mark.parametrize("kind", ["TIFF", "EPS", "PPM", "ICO", "TGA", "PCX"])
def test_no_other_format_is_opened(kind: str) -> None:
    with pytest.raises(NotUnderstoodError, match="no picture"):
        picture(drawn(kind))


def test_a_picture_of_a_phone_with_a_second_one_behind_it_is_a_jpeg() -> None:
    kept = BytesIO()
    second = Image.new("RGB", (20, 15))
    Image.new("RGB", (40, 30)).save(kept, "MPO", save_all=True, append_images=[second])
    assert picture(kept.getvalue()) == Picture("image/jpeg", 40, 30)


def test_of_an_animation_the_first_frame_is_unfolded_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = BytesIO()
    frames = [Image.new("L", (8, 8), number % 256) for number in range(2000)]
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:], loop=0)
    seeks: list[int] = []
    before = GifImagePlugin.GifImageFile._seek
    monkeypatch.setattr(
        GifImagePlugin.GifImageFile,
        "_seek",
        lambda image, frame, **rest: (seeks.append(frame), before(image, frame, **rest))[1],
    )
    assert picture(kept.getvalue()) == Picture("image/gif", 8, 8)
    assert set(seeks) == {0}


@pytest.mark.parametrize(
    "hidden",
    [
        chunk(b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 100_000_000)),
        chunk(b"zTXt", b"x\0\0" + zlib.compress(b"\0" * 100_000_000)),
        chunk(b"iTXt", b"x\0\1\0\0\0" + zlib.compress(b"\0" * 100_000_000)),
    ],
    ids=["iCCP", "zTXt", "iTXt"],
)
def test_what_a_picture_holds_beside_itself_does_not_unfold(hidden: bytes) -> None:
    content, before = png(40, 30, hidden), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(Refused):  # a picture, or none; Pillow's versions differ
        picture(content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB


def test_a_jpeg_of_thousands_of_scans_is_refused() -> None:
    kept = BytesIO()
    Image.new("RGB", (64, 64)).save(kept, "JPEG", progressive=True)
    whole = kept.getvalue()
    assert picture(whole) == Picture("image/jpeg", 64, 64)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    with pytest.raises(Refused, match="takes too long to unfold"):
        picture(whole[:-2] + last * 5000 + whole[-2:])


@given(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "BMP"]).map(drawn), st.data())
def test_no_damage_raises_anything_but_a_refusal(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Refused):
        picture(bytes(damaged))


@given(st.text())
def test_no_soup_raises_and_every_link_is_one_to_a_host(body: str) -> None:
    for soup in (body, f'<img src="{body}">'):
        assert all(link.startswith(("http://", "https://")) for link in picture_links(soup))
