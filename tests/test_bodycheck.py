"""The check lets through what the source writes and nothing that is unsafe or that HTML5 would read otherwise."""

from __future__ import annotations

import re

import pytest
from html5lib import constants
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.html import defs

from newsarchive import bodycheck, htmlnames
from newsarchive.bodycheck import MAX_DEPTH, MAX_FAULTS, faults
from tests.attacks import ATTACKS, MISNESTED
from tests.bodies import CLEAN_BODIES, PROPERTY, clean_bodies, damaged, markup, odd_bodies, soup
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
@given(damaged() | markup | soup | odd_bodies)
@example("<b><b><b><b>x</b></b></b></b>y")
@example('<b><table><tr><td><b>x</b></td></tr></table></b><a href="x"><table><tr><td>y</td></tr></table></a>')
@example("<pre>\nx</pre><h1><div><h2>x</h2></div></h1><ul><li><ul><li>x</li></ul></li></ul>")
def test_html5_finds_nothing_wrong_with_what_passes(body: str) -> None:
    if not faults(body):
        assert objections(body) == []


@PROPERTY
@given(clean_bodies | damaged() | markup | odd_bodies | st.sampled_from(ATTACKS))
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


def test_every_name_with_a_meaning_is_judged_once() -> None:
    assert not htmlnames.TAGS & htmlnames.REFUSED_TAGS
    assert htmlnames.VOID | htmlnames.BLOCKS | htmlnames.PARTS | htmlnames.FORMATTING <= htmlnames.TAGS
    assert not htmlnames.LINKS & htmlnames.CONDITIONAL
    assert not htmlnames.REFUSED_ATTRIBUTES & htmlnames.CONDITIONAL


def test_every_element_that_the_parser_treats_apart_is_known() -> None:
    """html5lib knows the names of 2013 that are special, scoping, formatting, void, or text alone."""
    spaces = constants.specialElements | constants.scopingElements | constants.formattingElements
    html = {name for space, name in spaces if space == constants.namespaces["html"]}
    html |= constants.voidElements | constants.cdataElements | constants.rcdataElements
    assert html - htmlnames.TAGS - htmlnames.REFUSED_TAGS == set()


def test_every_attribute_that_other_libraries_hold_for_one_of_html_is_known() -> None:
    """html5lib knows the boolean ones of 2013, lxml those that hold an address and those a cleaner keeps."""
    boolean = frozenset().union(*constants.booleanAttributes.values())
    assert boolean - htmlnames.ATTRIBUTES == {"irrelevant", "autosubmit", "scoped", "seamless"}  # of drafts, given up
    assert defs.link_attrs - htmlnames.ATTRIBUTES == set()
    assert {name for name in defs.safe_attrs if not name.startswith("aria-")} - htmlnames.ATTRIBUTES == set()
    assert defs.tags - htmlnames.TAGS - htmlnames.REFUSED_TAGS == set()


def test_events_of_every_name_are_refused() -> None:
    for name in ("onclick", "ONCLICK", "on", "onx", "on-click", "on:click", "on文"):
        assert faults(f"<p {name}=x>y</p>"), name
        assert faults(f"<o:p {name}=x>y</o:p>"), name


def test_a_fault_never_shows_a_piece_of_the_text() -> None:
    for body in ("<p>若ROE<密WACC，则</p>", "<p>若ROE<secret，则</p>", "<secret>", "<p onsecret文=1>x</p>"):
        assert not [fault for fault in faults(body) if "，" in fault or "文" in fault or "<secret" in fault]
