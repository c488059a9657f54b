"""The names of articles: a number of 14 to 24 digits, and the two forms it can have."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.article import Article, Name, Refused

QUICK = settings(max_examples=150, derandomize=True, deadline=None)
NUMBER = "202201252261275824"


def test_the_newspaper_form_is_written_with_nw() -> None:
    name = Name.parse(f"NW{NUMBER}")

    assert (str(name), name.code, name.number, name.rolling) == (f"NW{NUMBER}", f"NW{NUMBER}", NUMBER, False)


def test_the_rolling_form_is_written_without_nw_but_asked_for_with_it() -> None:
    name = Name.parse(NUMBER)

    assert (str(name), name.code, name.rolling) == (NUMBER, f"NW{NUMBER}", True)


def test_the_two_forms_of_one_number_are_two_articles() -> None:
    assert Name(NUMBER) != Name(NUMBER, rolling=True)
    assert len({Name(NUMBER), Name(NUMBER, rolling=True), Name.parse(f"NW{NUMBER}")}) == 2


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "NW",
            "nw202201252261275824",
            "NWNW202201252261275824",
            "NW 202201252261275824",
            "1353,202201252261275824",
        ),
        *("2022012522612", "NW" + "1" * 25, "NW2022０1252261275824", "NW202201252261275824\n", "../202201252261275824"),
    ],
)
def test_what_is_no_code_is_refused_and_named(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Name.parse(text)

    assert repr(text[:60]) in str(caught.value)


@pytest.mark.parametrize("number", ["", "1" * 13, "1" * 25, "NW202201252261275824", "../../etc/passwd", "１" * 18])
def test_no_name_is_made_of_what_could_not_be_a_file_name(number: str) -> None:
    with pytest.raises(Refused, match="no article number"):
        Name(number)


@QUICK
@given(st.text())
def test_any_text_is_a_name_that_reads_back_or_is_refused(text: str) -> None:
    try:
        name = Name.parse(text)
    except Refused:
        return
    assert str(name) == text


def test_an_article_cannot_be_changed_on_its_way() -> None:
    article = Article(name=Name(NUMBER), title="一", date="", category="a", tag="b", body="c", link="")

    with pytest.raises(AttributeError):
        article.title = "二"  # type: ignore[misc]
