"""One decoder of everything that was served: declared encodings are read, a broken sequence spoils nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.source.encoding import decode, readable
from newsarchive.source.understanding import NotUnderstoodError

TEXT = "城北新桥今日通车，市民步行往返。🌉"
CHINESE = "gb18030"


def page(head: str = "", text: str = TEXT) -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("head", "content_type", "encoding"),
    [
        ("", "", "utf-8"),
        ("", "", "utf-8-sig"),
        ("", "", "utf-16"),
        ("\ufeff", "text/html; charset=gbk", "utf-16-be"),
        ("", "text/html; charset=utf-16le", "utf-16-le"),
        ("", "text/html; charset=GBK", CHINESE),
        ("", 'text/html; Charset="gb2312"', CHINESE),
        ("", "text/html;charset=x-gbk", CHINESE),
        ('<meta charset="GB18030">', "", CHINESE),
        ("<META CHARSET='gbk'>", "text/html", CHINESE),
        ('<meta http-equiv="content-type" content="text/html; charset=gb2312" />', "", CHINESE),
        ('<meta charset="gbk">', "text/html; charset=gb18030", CHINESE),
        # what is declared and is not so
        ('<meta charset="gbk">', "", "utf-8"),
        ("", "text/html; charset=ISO-8859-1", "utf-8"),
        ('<meta charset="utf-8">', "text/html; charset=utf-8", CHINESE),
        ('<meta charset="gbk">', "text/html; charset=utf-8", CHINESE),
        ('<meta charset="utf-16">', "", "utf-8"),
        ('<meta charset="no-such-thing">', "", "utf-8"),
        ('<meta charset="utf-7">', "text/html; charset=rot13", "utf-8"),
        ("", "", CHINESE),
    ],
)
def test_an_encoding_is_found_as_browsers_find_it_and_not_believed_against_the_bytes(
    head: str, content_type: str, encoding: str
) -> None:
    text = head + page() if head == "\ufeff" else page(head)
    content, flaw = readable(text.encode(encoding), content_type)

    assert flaw == ""
    assert decode(content) == text.removeprefix("\ufeff")
    assert readable(content) == (content, ""), "what was made readable stays as it is"


def test_big5_and_a_feeds_own_declaration_are_read() -> None:
    for declared in ('<meta charset="big5">', '<?xml version="1.0" encoding="Big5"?>'):
        text = f"{declared}<p>橋樑通車，市民步行。</p>"
        assert decode(readable(text.encode("big5"))[0]) == text


@pytest.mark.parametrize(
    ("content", "text", "place"),
    [
        (page().encode().replace("今".encode(), b"\xe4\xbb"), page().replace("今", "\ufffd"), 55),
        (page().encode().replace("🌉".encode(), b"\xf0\x9f"), page().replace("🌉", "\ufffd"), 91),
        (page().encode() + b"\xff", page() + "\ufffd", None),
        (b'{"Title":"caf\xe9"}', '{"Title":"caf\ufffd"}', 13),
        ("标题".encode()[:-1], "标\ufffd", 3),
        ("\ufeff桥".encode("utf-16-le") + b"\x01", "桥\ufffd", 4),
    ],
)
def test_a_broken_sequence_becomes_one_replacement_character_and_its_place_is_said(
    content: bytes, text: str, place: int | None
) -> None:
    made, flaw = readable(content)

    assert decode(made) == text
    assert "read as U+FFFD" in flaw
    assert place is None or f"at byte {place}," in flaw, flaw
    assert decode(content) == text


def test_a_broken_sequence_of_a_declared_encoding_spoils_nothing_else() -> None:
    content = page('<meta charset="gbk">').encode(CHINESE).replace("今".encode(CHINESE), b"\xff")
    made, flaw = readable(content)

    assert decode(made) == page('<meta charset="gbk">').replace("今", "\ufffd")
    assert "no GB18030" in flaw


def test_utf_8_with_a_fault_is_utf_8_though_something_else_is_declared() -> None:
    content = page('<meta charset="gbk">', TEXT * 5).encode() + b"\xe6\x9d"

    assert decode(readable(content, "text/html; charset=gbk")[0]).startswith(page('<meta charset="gbk">', TEXT * 5))


def test_a_replacement_character_that_was_sent_is_no_fault() -> None:
    assert readable("标\ufffd题".encode()) == ("标\ufffd题".encode(), "")


def test_what_is_no_text_is_refused() -> None:
    for content in (bytes(range(256)), bytes(range(128, 256)) * 20):
        with pytest.raises(NotUnderstoodError, match="no UTF-8 text"):
            decode(content)
        assert readable(content) == (content, "")
    for content in (b"", b" \r\n"):
        with pytest.raises(NotUnderstoodError, match="an empty answer"):
            decode(content)


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_utf_8_is_given_back_as_it_is(text: str) -> None:
    content = text.encode()
    if content.strip() and not content.startswith((b"\xef\xbb\xbf", b"<meta", b"<?xml")):
        assert (decode(content), readable(content)) == (text, (content, ""))


CHARACTERS = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@given(st.text(CHARACTERS, min_size=2), st.sampled_from(["gbk", "GB2312"]))
def test_chinese_in_a_declared_encoding_is_read(text: str, label: str) -> None:
    content = page(text=text).encode(CHINESE)
    assert decode(readable(content, f"text/html; charset={label}")[0]) == page(text=text)


@given(st.binary(min_size=1), st.sampled_from(["", "text/html; charset=gbk", "a/b; charset=utf-16", "x; charset=big5"]))
def test_any_bytes_are_read_or_refused_and_then_read_alike(content: bytes, content_type: str) -> None:
    made, flaw = readable(content, content_type)
    try:
        text = decode(made)
    except NotUnderstoodError:
        assert made == content
        return
    assert readable(made) == (made, "") or made == content
    assert not flaw or "\ufffd" in text


@given(st.text(CHARACTERS, min_size=20), st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_what_stands_around_a_broken_sequence_is_read(text: str, place: int, broken: bytes) -> None:
    clean = f"<p>{TEXT * 3}{text}</p>"
    place = min(place, len(clean))
    content = clean[:place].encode(errors="replace") + b"\xff" + broken + clean[place:].encode(errors="replace")
    made = decode(content)
    assert made.startswith(clean[:place].encode(errors="replace").decode())
