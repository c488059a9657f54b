"""What users may say with ``-a``, and the sentence they get for what cannot be meant."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.source.links import ArticleLink, article_link, asked_link
from spiders.arguments import ArgumentError, Selection, day_in_number, flag, known

QUICK = settings(max_examples=150, derandomize=True, deadline=None)
TODAY = date(2022, 3, 1)
KEJI = article_link("/kejiribao/2022/03/01/NW202203012340000100.html")
ROLLING = article_link("/emnews/2022/03/01/202203012340000001.html")


def select(**arguments: str) -> Selection:
    return Selection.parse(arguments, TODAY)


def test_without_arguments_everything_is_wanted() -> None:
    assert select() == Selection((), None, None, None, full=False)
    assert select().wants(KEJI, ())
    assert select().wants_section(("科技日报新闻",), ())


def test_every_argument_is_read() -> None:
    chosen = select(category="kejiribao, zhengquan*", since="2022-01-25", until="today", limit=" 5 ", full="1")

    assert chosen == Selection(("kejiribao", "zhengquan*"), date(2022, 1, 25), TODAY, 5, full=True)


# -- categories --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "tags", "segments"),
    [
        ("kejiribao", ("科技日报新闻",), ("kejiribao",)),
        ("科技日报", ("科技日报新闻",), ()),
        ("科技日报新闻", ("科技日报新闻",), ()),
        ("KEJIRIBAO", ("科技日报新闻",), ()),
        ("keji*", ("科技日报新闻",), ()),
        ("*日报", ("科技日报新闻",), ()),
        ("x,kejiribao", (), ("kejiribao",)),
        ("emnews", ("东财滚动新闻",), ("emnews",)),
        ("techweb", ("TechWeb新闻",), ("techweb",)),
        ("TechWeb", ("Techweb新闻",), ("techweb",)),
        ("anxinguojizhengquan(xianggang)", ("安信国际证券(香港)新闻",), ()),
        ("21世纪经济报道 21财经APP", ("21世纪经济报道 21财经APP新闻",), ()),
        ("21shijijingjibaodao 21caijingAPP", (), ("21shijijingjibaodao", "21caijingapp")),
        ("21shijijingjibaodao  nancailicaitong", (), ("21shijijingjibaodao", "nancailicaitong")),
        ("21shijijingjibaodao nancailicaitong", ("21世纪经济报道  南财理财通新闻",), ()),
        ("career in touxingpevc", ("Career In 投行PEVC新闻",), ()),
    ],
)
def test_a_category_answers_to_its_name_its_tag_its_newspaper_and_globs(
    category: str, tags: tuple[str, ...], segments: tuple[str, ...]
) -> None:
    assert select(category=category).wants_section(tags, segments)


@pytest.mark.parametrize("category", ["keji", "科技", "ribao", "kejiribao2", "新闻"])
def test_a_part_of_a_name_is_not_the_name(category: str) -> None:
    assert not select(category=category).wants_section(("科技日报新闻",), ("kejiribao",))


def test_a_name_split_by_the_mirror_is_wanted_by_the_heading_or_by_the_whole() -> None:
    link = article_link("/21shijijingjibaodao/21caijingapp/2022/03/01/NW202203012340000200.html")
    tags = ("21世纪经济报道", "21财经APP新闻")

    assert select(category="21世纪经济报道").wants(link, tags)
    assert select(category="21财经APP").wants(link, tags)
    assert select(category="21世纪经济报道  21财经APP").wants(link, tags)
    assert select(category="21shijijingjibaodao*").wants(link, ())


def test_rolling_news_known_by_its_code_alone_is_emnews() -> None:
    link = ArticleLink(ROLLING.name)

    assert select(category="emnews").wants(link, ())
    assert not select(category="kejiribao").wants(link, ())


@pytest.mark.parametrize("category", ["", " ", ",", " , "])
def test_a_category_that_names_nothing_is_refused(category: str) -> None:
    with pytest.raises(ArgumentError, match="category= names nothing; give names or globs"):
        select(category=category)


def test_a_name_no_list_answers_to_gets_a_sentence_with_the_nearest() -> None:
    home = [("科技日报新闻", ("kejiribao",)), ("证券时报新闻", ("zhengquanshibao",))]

    assert select(category="kejiribao").unmatched(home) == []
    assert select(category="kejibao,证券时报,???").unmatched(home) == [
        "no newspaper on the home page answers to category=kejibao; did you mean kejiribao?",
        "no newspaper on the home page answers to category=???",
    ]


# -- days --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        ("2022-03-01", "2022-03-01", True),
        ("2022-02-28", "2022-03-02", True),
        ("2022-03-02", "2022-03-09", False),
        ("2022-02-01", "2022-02-28", False),
        ("yesterday", "today", True),
    ],
)
def test_since_and_until_are_inclusive(since: str, until: str, wanted: bool) -> None:  # noqa: FBT001
    assert select(since=since, until=until).wants(KEJI, ()) is wanted


def test_the_day_of_the_path_counts_and_else_the_day_in_the_number() -> None:
    late = article_link("/emnews/2021/12/09/202112082206672900.html")  # shown eight hours late

    assert select(since="2021-12-09").wants(late, ())
    assert not select(since="2021-12-09").wants(asked_link("202112082206672900"), ())


def test_an_article_whose_day_nobody_knows_is_wanted() -> None:
    assert select(since="2022-01-01", until="2022-01-02").wants(asked_link("NW99999999999999"), ())


@pytest.mark.parametrize("number", ["99999999999999", "20220230000000", "00000101000000"])
def test_a_number_without_a_day_has_none(number: str) -> None:
    assert day_in_number(number) is None


def test_a_number_begins_with_its_day() -> None:
    assert day_in_number("202203012340000100") == TODAY


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("value", ["", "2022-02-30", "1.3.2022", "tomorrow", "2022-03-01 18:00"])
def test_what_is_no_day_is_refused_with_an_example(name: str, value: str) -> None:
    with pytest.raises(ArgumentError, match=rf"^{name}: '.*' is no day; write it like 2022-01-25"):
        select(**{name: value})


def test_no_day_lies_between_a_since_and_an_earlier_until() -> None:
    with pytest.raises(ArgumentError, match="since=2022-03-01 is after until=2022-02-28"):
        select(since="today", until="yesterday")


# -- the rest ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0", "-1", "", "five", "1.5", "1e3", "５", "9999999999"])
def test_a_limit_is_a_number_of_posts(value: str) -> None:
    with pytest.raises(ArgumentError, match=r"limit=.* is no number of posts; give 1 or more"):
        select(limit=value)


@pytest.mark.parametrize(
    ("value", "full"), [("1", True), ("YES", True), (" on ", True), ("0", False), ("", False), ("no", False)]
)
def test_a_flag_is_yes_or_no(value: str, full: bool) -> None:  # noqa: FBT001
    assert select(full=value).full is full
    assert flag({}, "full") is False


@pytest.mark.parametrize("value", ["2", "ja", "full", "10"])
def test_a_flag_that_is_neither_is_refused(value: str) -> None:
    with pytest.raises(ArgumentError, match="is neither 1 nor 0"):
        select(full=value)


def test_an_argument_that_no_one_reads_is_refused_with_the_nearest() -> None:
    with pytest.raises(ArgumentError, match="there is no argument 'categories'; did you mean category"):
        select(categories="kejiribao")
    with pytest.raises(ArgumentError, match="there is no argument 'xyz'; there are code, url, file"):
        known({"xyz": "1"}, ("code", "url", "file"))


NAMES = st.sampled_from(["category", "since", "until", "limit", "full", "categori", ""])


@QUICK
@given(
    st.dictionaries(NAMES, st.one_of(st.text(), st.sampled_from(["1", "today", "[", "2022-03-01", "a*,b", "\ud800"])))
)
def test_any_arguments_are_a_selection_or_refused(arguments: dict[str, str]) -> None:
    try:
        chosen = Selection.parse(arguments, TODAY)
    except ArgumentError as error:
        assert str(error)  # noqa: PT017
        return
    chosen.wants(KEJI, ("科技日报新闻",))
    chosen.unmatched([("科技日报新闻", ("kejiribao",))])
