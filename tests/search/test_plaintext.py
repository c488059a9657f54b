"""Bodies as readers see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search.plaintext import text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>　　第一段。</p><p>第二段。 </p>", "第一段。\n第二段。"),
        ("<p>穹<b>石</b>新材(<span>699</span>001)</p>", "穹石新材(699001)"),
        ("一行<br/>二行<br>三行", "一行\n二行\n三行"),
        ("<table><tr><td>项目</td><td>金额</td></tr><tr><td>收入</td><td>1</td></tr></table>", "项目 金额\n收入 1"),
        ("a &lt; b &amp; c&nbsp;d", "a < b & c d"),
        ("<p>看<!-- 不看 --><script>alert(1)</script>见<style>p{}</style></p>", "看见"),
        ('<p><img src="x.png" alt="图"></p>', ""),
        ("", ""),
        ("<p>坏的 <b 尾", "坏的"),
        ("前\0后", "前 后"),
    ],
)
def test_markup_goes_and_text_stays(html: str, text: str) -> None:
    assert text_of(html) == text


@given(st.text(st.sampled_from("<>/&;\"'=pba茅台 \n\0!-?[]"), max_size=60))
def test_any_soup_gives_a_text_with_collapsed_space(html: str) -> None:
    text = text_of(html)
    assert text == text.strip()
    assert "  " not in text
    assert "\0" not in text
