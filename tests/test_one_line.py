"""A title, a name or a digest is one line of text, and an ordinary one is not touched."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.article import one_line

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("城北新桥今日通车", "城北新桥今日通车"),
        (" 两  空格 ", " 两  空格 "),
        ("一\n二", "一 二"),
        ("一 \r\n 　二", "一 二"),
        ("一\t二\x07\x1b[31m三", "一 二 [31m三"),
        ("一\x85二\x9b三\u2028四\u2029五\x7f六", "一 二 三 四 五 六"),
        ("\n标题\x00", "标题"),
        ("\ufffe标\uffff题", "标 题"),
        ("\x00\n", ""),
        ("　　全角", "　　全角"),
        ("\U0001f469\u200d\U0001f467 \u200f \u00a0", "\U0001f469\u200d\U0001f467 \u200f \u00a0"),
    ],
)
def test_controls_and_line_breaks_become_a_space(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_line_has_no_control_is_xml_and_a_clean_one_is_not_changed(text: str) -> None:
    line = one_line(text)
    assert not CONTROL.search(line)
    assert line.splitlines() in ([], [line])
    assert one_line(line) == line
    assert line == text or CONTROL.search(text)
    assert re.sub(r"\s", "", line) == re.sub(r"\s", "", CONTROL.sub("", text))
    ET.fromstring(f"<title>{escape(line)}</title>")  # noqa: S314 - our own
