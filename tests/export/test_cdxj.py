"""The index of a WACZ: keys as replay software makes them, and blocks that can be read one by one."""

from __future__ import annotations

import gzip
import json

import pytest

from newsarchive.export import cdxj


@pytest.mark.parametrize(
    ("url", "key"),  # as the package surt 0.3.1 gives them
    [
        ("https://finews.withounder.com/kejiribao/25/NW2.html", "com,withounder,finews)/kejiribao/25/nw2.html"),
        ("http://127.0.0.1:8080/a/B.html?b=2&A=1", "1,0,0,127:8080)/a/b.html?a=1&b=2"),
        ("http://localhost:1/a'b,c|d", "localhost:1)/a'b,c|d"),
        ("http://www.x.com:80/", "com,x)/"),
        ("https://www2.x.com:443", "com,x)/"),
        ("http://A.cn./a?", "cn,a)/a"),
        ("http://a.cn?x=1", "cn,a)/?x=1"),
        ("http://a.cn/a//b/../c/./d/", "cn,a)/a/c/d"),
        ("http://a.cn/%E7%BB%8F%E6%B5%8E/x%20y/?", "cn,a)/%e7%bb%8f%e6%b5%8e/x%20y"),
        ("http://a.cn/21shijijingjibaodao%2021caijingAPP.html", "cn,a)/21shijijingjibaodao%2021caijingapp.html"),
        ("http://a.cn/(x)/%28y%29/~z/%7E", "cn,a)/(x)/(y)/~z/~"),
        ("http://a.cn/a?q=%E7%BB%8F&x=a+b%20c&y=%2f", "cn,a)/a?q=%e7%bb%8f&x=a+b%20c&y=/"),
    ],
    ids=lambda value: value[:40],
)  # fmt: skip
def test_a_key_is_what_every_replay_software_makes_of_the_url(url: str, key: str) -> None:
    assert cdxj.key(url) == key


def test_a_block_is_found_by_its_line_and_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdxj, "BLOCK", 3)
    lines = [f'cn,a)/{number} 20220304000000 {{"url": "http://a.cn/{number}"}}' for number in range(7)]
    packed, index = zip(*cdxj.blocks(lines, "index.cdx.gz"), strict=True)
    whole = b"".join(packed)
    assert gzip.decompress(whole).decode().splitlines() == lines
    head, *rest = b"".join(index).decode().splitlines()
    assert head == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    read = []
    for line, first in zip(rest, lines[::3], strict=True):
        key, moment, where = line.split(" ", 2)
        assert first.startswith(f"{key} {moment} ")
        place = json.loads(where)
        read += gzip.decompress(whole[place["offset"] : place["offset"] + place["length"]]).decode().splitlines()
    assert read == lines


def test_nothing_to_index_is_an_empty_index() -> None:
    assert b"".join(block for block, _ in cdxj.blocks([], "index.cdx.gz")) == b""
