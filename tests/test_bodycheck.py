"""The check lets through what the source writes and nothing that is unsafe or that HTML5 would read otherwise."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given

from newsarchive import bodycheck
from newsarchive.bodycheck import MAX_DEPTH, MAX_FAULTS, faults
from tests.attacks import ATTACKS, MISNESTED
from tests.bodies import CLEAN_BODIES, PROPERTY, clean_bodies, damaged, markup, soup
from tests.judge import objections


@pytest.mark.parametrize("body", CLEAN_BODIES)
def test_every_shape_of_the_source_is_clean(body: str) -> None:
    assert faults(body) == []
    assert objections(body) == []


@pytest.mark.parametrize("body", ATTACKS)
def test_an_attack_is_a_fault(body: str) -> None:
    assert faults(body), f"{body[:80]!r} passed"
    assert faults(f"<p>前</p>{body}"), f"{body[:80]!r} passed after a paragraph"


@pytest.mark.parametrize("body", MISNESTED)
def test_what_html5_would_move_or_close_is_a_fault(body: str) -> None:
    assert faults(body), f"{body[:80]!r} passed"


@PROPERTY
@given(clean_bodies)
def test_any_sequence_of_the_shapes_is_clean(body: str) -> None:
    assert faults(body) == []


@PROPERTY
@given(damaged() | markup | soup)
@example("<b><b><b><b>x</b></b></b></b>y")
@example('<b><table><tr><td><b>x</b></td></tr></table></b><a href="x"><table><tr><td>y</td></tr></table></a>')
@example("<pre>\nx</pre><h1><div><h2>x</h2></div></h1><ul><li><ul><li>x</li></ul></li></ul>")
def test_html5_finds_nothing_wrong_with_what_passes(body: str) -> None:
    if not faults(body):
        assert objections(body) == []


@PROPERTY
@given(clean_bodies | damaged() | markup)
def test_the_short_way_for_usual_shapes_accepts_nothing_else(body: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodycheck, "_shapes", lambda: re.compile(r"(?!)"))
        slowly = faults(body)
    assert faults(body) == slowly


@PROPERTY
@given(soup | damaged())
def test_faults_are_short_phrases_for_a_log(body: str) -> None:
    found = faults(body)
    assert len(found) <= MAX_FAULTS
    assert all(len(fault) < 120 and fault.isprintable() for fault in found), found


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p>一</p><iframe src=x>", "<iframe> is not allowed, at 8"),
        ('<p onclick="x">一</p>', "attribute onclick in <p> at 0"),
        ("<p>一</div>", "</div> closes nothing, at 4"),
        ("<p><b>一</p>", "<b> is not closed before </p> at 7"),
        ("<p>一", "<p> is never closed"),
        ("一\x07", "control character U+0007 at 1"),
        ('<a href="javascript:1">一</a>', "href with another scheme than http, https, mailto in <a> at 0"),
        ('<p style="position:fixed">一</p>', "style 'position:fixed' in <p> at 0"),
    ],
)
def test_a_fault_names_the_thing_and_its_place(body: str, fault: str) -> None:
    assert faults(body)[0] == fault


def test_the_depth_has_a_limit() -> None:
    assert faults("<div>" * MAX_DEPTH + "</div>" * MAX_DEPTH) == []
    assert "deep" in faults("<div>" * (MAX_DEPTH + 1))[0]


@pytest.mark.parametrize(
    "url", ["http://a/?x=1&copy=2", "HTTPS://A", "//a/b", "/a:b", "?a:b", "#a:b", "a/b:c", "./a:b", "", " http://a"]
)
def test_links_of_the_usual_kinds_are_clean(url: str) -> None:
    assert faults(f'<a href="{url}">x</a>') == []


@pytest.mark.parametrize(
    "style", ["", ";", "COLOR : red !important;;", "font:12px/1.5 '宋体'", "color:rgba(0, 0, 0, .5)", "width:50%"]
)
def test_harmless_styles_are_clean(style: str) -> None:
    assert faults(f'<p style="{style}">x</p>') == []
