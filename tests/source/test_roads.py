"""Which roads are tried for an article, in which order, and what article they give together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from newsarchive.article import Article, Name, Origin, Refused
from newsarchive.post import file_name
from newsarchive.source import page, share
from newsarchive.source.article_page import ArticlePage
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.lists import Copy, Listed
from newsarchive.source.page import PostPage
from newsarchive.source.roads import NOT_BY_DEFAULT, Case, Road
from newsarchive.source.share import ShareAnswer

FIXTURES = Path(__file__).parents[1] / "fixtures"
JSON, SHARE, PAGE, STORE, COPY, API, PUBLISHER = Road
GIVEN = {
    JSON: "json",
    SHARE: "shared",
    PAGE: "post",
    STORE: "stored",
    COPY: "copied",
    API: "answered",
    PUBLISHER: "published",
}
FIELDS = {
    JSON: "answer",
    SHARE: "share",
    PAGE: "page",
    STORE: "old",
    COPY: "page",
    API: "canonical",
    PUBLISHER: "canonical",
}
COPIES = Listed(copies=(Copy("20220304000000", "https://a.example/b"), Copy("20220303000000", "https://a.example/b")))

PAPER = article_link("/kejiribao/2022/03/01/NW202203012340000100.html", "列表里的标题")
ROLLING = article_link("/emnews/2022/03/01/202203012340000001.html")
BARE = ArticleLink(Name("202203012340000100"))
TAGS = ("科技日报新闻",)

WHOLE = share.answer((FIXTURES / "2022-03-01-share-answer.json").read_bytes(), PAPER.name)
RICH = share.answer((FIXTURES / "2022-03-01-share-answer-rolling.json").read_bytes(), ROLLING.name)
WITH_TEXT = share.page((FIXTURES / "2022-03-01-share-with-text.html").read_bytes(), Name("20220301000000"))
POST = page.post_page((FIXTURES / "2022-03-01-post-newspaper.html").read_bytes(), rolling=False)
ROLLING_POST = page.post_page((FIXTURES / "2022-03-01-post-rolling.html").read_bytes(), rolling=True)
NO_TEXT = replace(WHOLE, text="", content="")
STORED = Article(
    name=PAPER.name,
    title="库里的标题",
    date="2022-03-01 16:20:07 +0800",
    category="kejiribao",
    tag="科技日报新闻",
    body="<p>库里的正文。</p>",
    link="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340000100",
    origin=Origin.OLD_POST,
)
STORED_ROLLING = replace(
    STORED,
    name=ROLLING.name,
    category="emnews",
    tag="东财滚动新闻",
    link="http://finance.eastmoney.com/news/1353,202203012340000001.html",
    digest="库里的摘要。",
)
OWN_PAGE = ArticlePage(
    "发布者的标题",
    "2022年03月01日 16:20",
    "科技日报",
    '<p>　　<span id="stock_1.699001"><a class="keytip">青禾股份</a></span>有茶。</p>',
)

Gives: TypeAlias = "ShareAnswer | PostPage | Article | ArticlePage | str"


def pursue(case: Case, **given: Gives) -> list[Road]:
    """Drive a case like the spider: what the roads give, by the names of `GIVEN`, or the sentence of a dead end.

    Of the store only the post with the name of ``stored`` is there.
    """
    asked, names = [], set()
    while (road := case.next_road()) is not None:
        assert road not in case.asked or road in {STORE, COPY}, f"{road} is asked twice"
        case.set_out(road)
        asked.append(road)
        gives = given.get(GIVEN[road], "there is nothing")
        if road is STORE:
            assert case.store_name not in names, f"the store is asked for {case.store_name} twice"
            names.add(case.store_name)
            gives = gives if isinstance(gives, str) or case.store_name == file_name(gives) else "no such post"
        if isinstance(gives, str):
            case.dead_ends[road] = gives
            continue
        setattr(case, FIELDS[road], gives)
        case.page_by = Origin.WAYBACK if road is COPY else case.page_by
        case.canonical_by = Origin.ARTICLE_API if road is API else case.canonical_by
        case.dead_ends.pop(road, None)
        case.captures[road] = f"x.warc.gz#{len(asked)}"
    return asked


# -- the order of requests ---------------------------------------------------------------------------------------------


def test_a_newspapers_article_needs_one_request() -> None:
    assert pursue(Case(PAPER, TAGS), json=WHOLE) == [JSON]


def test_rolling_news_costs_one_request_more_and_its_page_comes_first() -> None:
    assert pursue(Case(ROLLING, ("东财滚动新闻",)), json=RICH, post=ROLLING_POST) == [PAGE, JSON]


def test_a_text_the_json_lacks_is_sought_on_the_share_page_then_on_the_mirror() -> None:
    assert pursue(Case(PAPER, TAGS), json=NO_TEXT, post=POST) == [JSON, SHARE, PAGE]
    assert pursue(Case(PAPER, TAGS), json=NO_TEXT, shared=WITH_TEXT) == [JSON, SHARE]
    assert pursue(Case(PAPER, TAGS), post=POST) == [JSON, SHARE, PAGE]
    assert pursue(Case(ROLLING), json=replace(RICH, content=""), post=ROLLING_POST) == [PAGE, JSON, SHARE]


@pytest.mark.parametrize(
    "lacking",
    [
        {"title": " "},
        {"date": ""},
        {"date": "昨天"},  # a date nobody can read is none
        {"newspapers": ("另一报",)},
    ],
)
def test_what_else_the_json_lacks_is_sought_on_the_mirrors_page(lacking: dict[str, object]) -> None:
    tags = () if "newspapers" in lacking else TAGS

    assert pursue(Case(PAPER, tags), json=replace(WHOLE, **lacking), post=POST) == [JSON, PAGE]  # type: ignore[arg-type]


def test_a_text_without_a_visible_word_is_none() -> None:
    assert pursue(Case(PAPER, TAGS), json=replace(WHOLE, text="<p>　　</p>\r\n <p>&nbsp;</p>"))[1] is SHARE


@pytest.mark.parametrize(
    ("newspapers", "path"),
    [
        (("科技日报",), "/kejiribao/2022/03/01/NW202203012340000100.html"),
        (("21世纪经济报道  南财理财通",), "/21shijijingjibaodao/nancailicaitong/2022/03/01/NW202203012340000100.html"),
        (("财新/彭博", "科技日报"), "/caixin/pengbo/2022/03/01/NW202203012340000100.html"),
        (("../..", "科技日报"), "/2022/03/01/NW202203012340000100.html"),
        ((), "/emnews/2022/03/01/202203012340000100.html"),
    ],
)
def test_the_page_of_a_bare_code_is_guessed_by_its_newspaper_or_as_rolling_news(
    newspapers: tuple[str, ...], path: str
) -> None:
    case = Case(BARE)

    assert pursue(case, json=replace(NO_TEXT, newspapers=newspapers))[:3] == [JSON, SHARE, PAGE]
    assert case.link.path == path


def test_a_bare_code_that_holds_no_day_has_no_page_to_guess() -> None:
    assert pursue(Case(ArticleLink(Name("99999999999999")))) == [JSON, SHARE, PUBLISHER]


def test_rolling_news_whose_page_is_not_known_is_looked_for_where_it_would_be() -> None:
    case = Case(ArticleLink(ROLLING.name))

    assert pursue(case, json=RICH, post=ROLLING_POST) == [JSON, PAGE]
    assert case.link.path == ROLLING.path
    assert case.article().name == ROLLING.name


def test_no_road_is_asked_twice_and_every_case_ends() -> None:
    for link in (PAPER, ROLLING, BARE, ArticleLink(ROLLING.name)):
        assert set(pursue(Case(link))) == set(Road) - NOT_BY_DEFAULT
        assert set(pursue(Case(link, closed=frozenset(), listed=COPIES))) == set(Road)


# -- the article -------------------------------------------------------------------------------------------------------


def test_a_newspapers_article_is_what_the_json_says_and_names_the_public_share_page() -> None:
    case = Case(PAPER, TAGS)
    pursue(case, json=WHOLE)
    article = case.article()

    assert (article.title, article.date, article.body) == (WHOLE.title, WHOLE.date, WHOLE.text)
    assert (article.category, article.tag) == ("kejiribao", "科技日报新闻")
    assert article.link == "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340000100"
    assert (article.origin, article.capture, article.digest) == (Origin.SHARE_JSON, "x.warc.gz#1", "")


def test_rolling_news_takes_digest_and_link_from_its_page_and_the_rich_form_from_the_json() -> None:
    case = Case(ROLLING)
    pursue(case, json=RICH, post=ROLLING_POST)
    article = case.article()

    assert article.body == RICH.content
    assert article.digest == '青禾股份(699001)称"新仓库"已经完工，可以放两万箱茶叶...（青禾晚报 第1条）'
    assert article.link == "http://finance.eastmoney.com/news/1353,202203012340000001.html"
    assert (article.category, article.tag) == ("emnews", "东财滚动新闻")


@pytest.mark.parametrize(
    ("given", "origin", "capture"),
    [
        ({"json": NO_TEXT, "shared": WITH_TEXT, "post": POST}, Origin.SHARE_PAGE, "x.warc.gz#2"),
        ({"json": NO_TEXT, "post": POST}, Origin.MIRROR_PAGE, "x.warc.gz#3"),
        ({"json": replace(NO_TEXT, content=WHOLE.text)}, Origin.SHARE_JSON, "x.warc.gz#1"),
    ],
)
def test_an_article_names_the_road_its_text_took(given: dict[str, Gives], origin: Origin, capture: str) -> None:
    case = Case(PAPER, TAGS)
    pursue(case, **given)

    assert (case.article().origin, case.article().capture) == (origin, capture)


def test_a_post_of_december_2021_is_its_digest() -> None:
    post = page.post_page((FIXTURES / "2021-12-08-post-digest-only.html").read_bytes(), rolling=True)
    case = Case(article_link("/emnews/2021/12/08/202112082206672900.html"))
    pursue(case, json=replace(RICH, text="", content="", date="2021-12-08 10:46:18"), post=post)

    assert case.article().body == '青禾茶叶指数升至101.5点，为三年来最高，编制方称"没想到"...'
    assert case.article().date == "2021-12-08 10:46:18"  # the page shows it eight hours late


def test_a_post_without_title_or_date_on_its_page_has_them_from_the_json() -> None:
    bare = page.post_page((FIXTURES / "2022-03-01-post-without-front-matter.html").read_bytes(), rolling=False)
    case = Case(article_link("/2022/03/01/2022-03-01-NW202203012340000208.html"))
    pursue(case, json=replace(NO_TEXT, newspapers=()), post=bare)

    assert (case.article().title, case.article().category) == (WHOLE.title, "changjiangshangbao")


def test_the_first_date_that_can_be_read_is_taken_and_else_the_first_is_named() -> None:
    case = Case(PAPER, TAGS)
    pursue(case, json=replace(WHOLE, date="昨天"), post=POST)
    assert case.article().date == POST.date

    case = Case(PAPER, TAGS)
    pursue(case, json=replace(WHOLE, date="昨天"))
    assert case.article().date == "昨天"


def test_the_title_of_a_list_is_the_last_resort() -> None:
    case = Case(PAPER, TAGS)
    pursue(case, json=replace(WHOLE, title=""))

    assert case.article().title == "列表里的标题"


def test_an_article_without_text_is_refused_with_what_every_road_said() -> None:
    case = Case(PAPER, TAGS)
    pursue(case, json=NO_TEXT, shared="a page without text (shell)", post="the mirror has no such page (404)")

    with pytest.raises(Refused) as caught:
        case.article()
    assert str(caught.value) == (
        "no road has a text: the share host's JSON: an answer that lacks it; "
        "the share page: a page without text (shell); the mirror's page: the mirror has no such page (404); "
        "the store of old posts: there is nothing; the publisher's page: there is nothing"
    )


# -- settling for less -------------------------------------------------------------------------------------------------


def test_rolling_news_waits_for_its_page_until_it_has_to_settle() -> None:
    for settle in (False, True):
        case = Case(ROLLING, settle=settle)
        assert pursue(case, json=RICH) == [PAGE, JSON, STORE]
        if settle:
            assert case.article().body == RICH.content
            assert case.article().digest == ""
            assert case.article().link == RICH.url
        else:
            with pytest.raises(Refused, match="which has digest and link"):
                case.article()


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "http://a b/", "<x>"])
def test_a_url_that_could_not_end_a_post_is_left_out(url: str) -> None:
    case = Case(ROLLING, settle=True)
    pursue(case, json=replace(RICH, url=url))

    assert case.article().link == ""


def test_an_article_nobody_can_place_waits_and_is_placed_by_its_path_when_it_has_to_settle() -> None:
    link = article_link("/zhongqingribao/2022/03/01/NW202203012340000100.html")
    for settle in (False, True):
        case = Case(link, ("重磅日报新闻",), settle=settle)
        assert pursue(case, json=replace(WHOLE, newspapers=())) == [JSON, PAGE, STORE, PUBLISHER]
        if settle:
            assert (case.article().category, case.article().tag) == ("zhongqingribao", "重磅日报新闻")
        else:
            with pytest.raises(Refused, match="no telling which newspaper"):
                case.article()


# -- the store of old posts, and the publisher -------------------------------------------------------------------------


def test_an_article_that_left_the_mirror_is_taken_from_the_store_as_it_stands_there() -> None:
    case = Case(PAPER, TAGS)

    assert pursue(case, json=NO_TEXT, stored=STORED) == [JSON, SHARE, PAGE, STORE]
    assert case.article() == replace(STORED, capture="x.warc.gz#4")


def test_what_the_store_has_not_is_taken_from_the_publisher() -> None:
    case = Case(PAPER, TAGS)

    assert pursue(case, published=OWN_PAGE) == [JSON, SHARE, PAGE, STORE, PUBLISHER]
    article = case.article()
    assert (article.title, article.date) == (OWN_PAGE.title, OWN_PAGE.date)
    assert article.body == "<p>　　青禾股份有茶。</p>", "a newspaper's post has the plain form"
    assert (article.category, article.tag) == ("kejiribao", "科技日报新闻")
    assert article.link == "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340000100"
    assert (article.origin, article.capture) == (Origin.ARTICLE_PAGE, "x.warc.gz#5")


def test_rolling_news_from_the_publisher_keeps_the_rich_form_and_names_the_publishers_page() -> None:
    case = Case(ROLLING)

    assert pursue(case, published=OWN_PAGE) == [PAGE, JSON, SHARE, STORE, PUBLISHER]
    article = case.article()
    assert article.body == OWN_PAGE.content
    assert article.link == "https://finance.eastmoney.com/a/202203012340000001.html"
    assert (article.category, article.digest) == ("emnews", "")


def test_rolling_news_whose_page_is_gone_has_digest_and_link_from_the_store_and_its_text_from_the_json() -> None:
    case = Case(ROLLING)

    assert pursue(case, json=RICH, stored=STORED_ROLLING) == [PAGE, JSON, STORE]
    article = case.article()
    assert (article.body, article.origin) == (RICH.content, Origin.SHARE_JSON)
    assert (article.digest, article.link) == (STORED_ROLLING.digest, STORED_ROLLING.link)


def test_a_bare_code_is_looked_for_in_the_store_as_a_newspapers_article_then_as_rolling_news() -> None:
    case = Case(ArticleLink(Name(ROLLING.name.number)))

    assert pursue(case, stored=STORED_ROLLING) == [JSON, SHARE, PAGE, STORE, STORE]
    assert case.name == ROLLING.name
    assert case.article() == replace(STORED_ROLLING, capture="x.warc.gz#5")
    assert case.dead_ends.keys() == {JSON, SHARE, PAGE}


def test_a_bare_code_that_only_the_publisher_has_is_placed_by_the_newspaper_its_page_names() -> None:
    case = Case(BARE)

    assert pursue(case, published=replace(OWN_PAGE, newspaper="青禾晚报"))[-1] is PUBLISHER
    article = case.article()
    assert (article.name, article.category, article.tag) == (BARE.name, "qinghewanbao", "青禾晚报新闻")


def test_the_store_is_asked_by_every_day_that_may_be_the_posts() -> None:
    late = Case(article_link("/emnews/2021/12/09/202112082206672900.html"))  # the page of a post without a zone
    built = Case(article_link("/2022/03/04/2022-03-01-NW202203012340000100.html"))  # at the day of the mirror's build
    for case, days in ((late, ["2021-12-09", "2021-12-08"]), (built, ["2022-03-01", "2022-03-04"])):
        names = []
        while (road := case.next_road()) is not None:
            case.set_out(road)
            names += [case.store_name] if road is STORE else []
        assert names == [f"{day}-{case.link.name}.md" for day in days]


def test_a_text_the_json_has_in_the_other_form_is_better_than_the_publishers_page() -> None:
    case = Case(PAPER, TAGS)

    assert pursue(case, json=replace(NO_TEXT, content=RICH.content), published=OWN_PAGE) == [JSON, SHARE, PAGE, STORE]
    assert case.article().origin is Origin.SHARE_JSON


def test_what_the_mirrors_page_lacks_is_taken_from_the_publisher() -> None:
    bare = page.post_page((FIXTURES / "2022-03-01-post-without-front-matter.html").read_bytes(), rolling=False)
    case = Case(article_link("/2022/03/01/2022-03-01-NW202203012340000208.html"))

    assert pursue(case, post=bare, published=OWN_PAGE) == [JSON, SHARE, PAGE, STORE, PUBLISHER]
    assert (case.article().title, case.article().origin) == (OWN_PAGE.title, Origin.MIRROR_PAGE)


def test_a_closed_road_is_not_asked() -> None:
    assert pursue(Case(PAPER, TAGS, closed=NOT_BY_DEFAULT | {STORE, PUBLISHER})) == [JSON, SHARE, PAGE]
    assert PAGE not in pursue(Case(ROLLING, closed=NOT_BY_DEFAULT | {PAGE}))


# -- without the mirror ------------------------------------------------------------------------------------------------

LISTED = Listed(digest="列表里的摘要。", url="http://hk.eastmoney.com/news/1533,2.html", date="2022-03-01 16:20:07")
WITHOUT_MIRROR = frozenset({PAGE, STORE, COPY})


def test_rolling_news_has_its_digest_and_link_from_the_list() -> None:
    case = Case(ArticleLink(ROLLING.name), ("东财滚动新闻",), closed=WITHOUT_MIRROR, listed=LISTED)
    assert pursue(case, json=RICH) == [JSON]
    article = case.article()
    assert (article.digest, article.link, article.body) == (LISTED.digest, LISTED.url, RICH.content)


def test_rolling_news_of_a_list_without_addresses_links_to_its_publisher() -> None:
    case = Case(ArticleLink(ROLLING.name), closed=WITHOUT_MIRROR, listed=replace(LISTED, url=""))
    pursue(case, json=replace(RICH, url=""))
    assert case.article().link == f"https://finance.eastmoney.com/a/{ROLLING.name.number}.html"


def test_the_article_api_is_asked_before_the_publishers_page_and_gives_the_better_text() -> None:
    case = Case(ArticleLink(PAPER.name), TAGS, closed=WITHOUT_MIRROR, listed=Listed(date="2022-03-01 16:20:07"))
    assert pursue(case, answered=OWN_PAGE) == [JSON, SHARE, API]
    article = case.article()
    assert (article.origin, article.body, article.date) == (
        Origin.ARTICLE_API,
        "<p>　　青禾股份有茶。</p>",
        "2022-03-01 16:20:07",
    )
    assert pursue(Case(PAPER, TAGS, closed=WITHOUT_MIRROR), published=OWN_PAGE) == [JSON, SHARE, API, PUBLISHER]
    assert Origin.ARTICLE_API.is_better_than(Origin.ARTICLE_PAGE)


def test_copies_of_the_mirrors_page_are_asked_for_the_newest_first_until_one_is_an_article() -> None:
    case = Case(PAPER, TAGS, closed=frozenset({PAGE, API}), listed=COPIES)
    assert pursue(case, copied=POST) == [JSON, SHARE, STORE, COPY]
    assert (case.copy, case.article().origin) == ("20220304000000id_/https://a.example/b", Origin.WAYBACK)
    case = Case(PAPER, TAGS, closed=frozenset({PAGE, API}), listed=COPIES)
    assert pursue(case) == [JSON, SHARE, STORE, COPY, COPY, PUBLISHER]
    assert case.copy == "20220303000000id_/https://a.example/b"


def test_a_stored_post_is_taken_before_a_copy() -> None:
    case = Case(PAPER, TAGS, closed=frozenset({PAGE, API}), listed=COPIES)
    assert COPY not in pursue(case, stored=STORED)


# -- better than what is archived --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        (Origin.ARTICLE_PAGE, [JSON, SHARE, PAGE, STORE]),
        (Origin.MIRROR_PAGE, [JSON, SHARE, STORE]),
        (Origin.OLD_POST, [JSON, SHARE]),
    ],
)
def test_of_an_archived_article_only_the_better_roads_are_asked(held: Origin, asked: list[Road]) -> None:
    case = Case(PAPER, TAGS, held=held)

    assert pursue(case, published=OWN_PAGE) == asked
    with pytest.raises(Refused, match="no better road has a text"):
        case.article()


def test_a_better_road_that_has_the_article_by_now_gives_it() -> None:
    for held, given, origin in (
        (Origin.OLD_POST, {"json": WHOLE}, Origin.SHARE_JSON),
        (Origin.MIRROR_PAGE, {"stored": STORED}, Origin.OLD_POST),
        (Origin.ARTICLE_PAGE, {"post": POST}, Origin.MIRROR_PAGE),
    ):
        case = Case(PAPER, TAGS, held=held)
        pursue(case, **given)  # type: ignore[arg-type]
        assert case.article().origin is origin


def test_rolling_news_from_the_store_gets_the_jsons_text_and_keeps_the_stores_digest() -> None:
    case = Case(ROLLING, held=Origin.OLD_POST)

    assert pursue(case, json=RICH, stored=STORED_ROLLING) == [PAGE, JSON, STORE]
    assert (case.article().origin, case.article().digest) == (Origin.SHARE_JSON, STORED_ROLLING.digest)


def test_rolling_news_is_asked_for_at_its_page_again_since_a_better_text_needs_its_digest() -> None:
    case = Case(ROLLING, held=Origin.MIRROR_PAGE)

    assert pursue(case, post=ROLLING_POST) == [PAGE, JSON, SHARE], "while it is on the mirror the store has it not"
    assert case.article().origin is Origin.MIRROR_PAGE

    case = Case(ROLLING, held=Origin.MIRROR_PAGE)
    assert pursue(case, post=ROLLING_POST, json=RICH) == [PAGE, JSON]
    assert case.article().origin is Origin.SHARE_JSON


def test_an_archived_newspapers_article_is_not_looked_for_as_rolling_news() -> None:
    assert pursue(Case(BARE, held=Origin.ARTICLE_PAGE)) == [JSON, SHARE, PAGE, STORE]


# -- bare codes --------------------------------------------------------------------------------------------------------


def test_a_bare_code_is_placed_by_what_the_share_host_says() -> None:
    case = Case(BARE)

    assert pursue(case, json=WHOLE) == [JSON]
    assert (case.article().name, case.article().category) == (BARE.name, "kejiribao")


def test_a_bare_code_turns_out_to_be_rolling_news_when_its_page_is_found_there() -> None:
    case = Case(ArticleLink(Name(ROLLING.name.number)))
    pursue(case, json=replace(RICH, text="", newspapers=()), post=ROLLING_POST)

    assert case.article().name == ROLLING.name
    assert case.article().body == RICH.content
    assert case.article().tag == "东财滚动新闻"


def test_a_bare_code_that_is_nowhere_keeps_the_name_it_was_asked_by() -> None:
    case = Case(BARE)
    pursue(case)

    assert case.name == BARE.name


FORMS: list[Callable[[], Case]] = [lambda: Case(PAPER), lambda: Case(ROLLING, settle=True), lambda: Case(BARE)]


@pytest.mark.parametrize("make", FORMS)
def test_a_case_that_was_never_asked_says_so(make: Callable[[], Case]) -> None:
    with pytest.raises(Refused, match="nothing was asked"):
        make().article()


def test_two_spaces_in_a_name_are_kept_as_the_share_host_has_them() -> None:
    link = ArticleLink(Name("202203012340764246"), segments=("21shijijingjibaodao", "21caijingapp"))
    case = Case(link, ("21世纪经济报道 21财经APP新闻",))
    case.answer = ShareAnswer(
        title="标题", date="2022-03-01 18:12:37", text="<p>正文。</p>", newspapers=("21世纪经济报道  21财经APP",)
    )
    assert case.article().tag == "21世纪经济报道  21财经APP新闻"
