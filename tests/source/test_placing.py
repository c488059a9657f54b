"""Category and tag of an article: the spelling that explains its path, which is lower case and split at spaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsarchive.article import Refused
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.page import post_page
from newsarchive.source.roads import Case, Road
from newsarchive.source.share import ShareAnswer

FIXTURES = Path(__file__).parents[1] / "fixtures"


def told(link: ArticleLink, tags: tuple[str, ...], newspapers: tuple[str, ...]) -> Case:
    """A case whose JSON has all an article needs, and these names for the newspaper."""
    answer = ShareAnswer("小水电站", "2022-03-01 16:20:07", newspapers, "<p>雨水多。</p>")
    return Case(link, tags, answer=answer, asked={Road.JSON})


@pytest.mark.parametrize(
    ("path", "tags", "newspapers", "placed"),
    [
        ("techweb", ("TechWeb新闻",), ("Techweb",), ("TechWeb", "TechWeb新闻")),
        ("techweb", ("Techweb新闻",), ("TechWeb",), ("Techweb", "Techweb新闻")),
        ("techweb", (), ("Techweb",), ("Techweb", "Techweb新闻")),
        ("kejiribao", ("科技日报新闻",), ("科技日报客户端",), ("kejiribao", "科技日报新闻")),
        ("kejiribao", (), ("转载者", "科技日报"), ("kejiribao", "科技日报新闻")),
        ("kejiribao", ("另一报新闻",), ("科技日报",), ("kejiribao", "科技日报新闻")),
        ("meirijingjixinwen", ("每日经济新闻新闻",), (), ("meirijingjixinwen", "每日经济新闻新闻")),
        ("cfcdazongshangpinyanjiu", ("CFC大宗商品研究新闻",), (), ("CFCdazongshangpinyanjiu", "CFC大宗商品研究新闻")),
        (
            "anxinguojizhengquan(xianggang)",
            ("安信国际证券(香港)新闻",),
            (),
            ("anxinguojizhengquan(xianggang)", "安信国际证券(香港)新闻"),
        ),
        (
            "21shijijingjibaodao/nancailicaitong",
            ("21世纪经济报道", "南财理财通新闻"),
            ("21世纪经济报道  南财理财通",),
            ("21shijijingjibaodao  nancailicaitong", "21世纪经济报道  南财理财通新闻"),
        ),
        (
            "career/in/touxingpevc",
            ("Career", "In", "投行PEVC新闻"),
            (),
            ("Career In touxingPEVC", "Career In 投行PEVC新闻"),
        ),
    ],
)
def test_category_and_tag_are_the_spelling_that_explains_the_path(
    path: str, tags: tuple[str, ...], newspapers: tuple[str, ...], placed: tuple[str, str]
) -> None:
    case = told(article_link(f"/{path}/2022/03/01/NW202203012340000100.html"), tags, newspapers)

    assert case.next_road() is None
    assert (case.article().category, case.article().tag) == placed


def test_the_page_is_the_last_witness_of_the_newspaper() -> None:
    post = post_page((FIXTURES / "2022-03-01-post-two-spaces.html").read_bytes(), rolling=False)
    link = article_link("/21shijijingjibaodao/nancailicaitong/2022/03/01/NW202203012340000201.html")
    case = told(link, (), ("另一报",))
    assert case.next_road() is Road.MIRROR_PAGE
    case.page = post

    assert case.article().category == "21shijijingjibaodao  nancailicaitong"
    assert case.article().tag == "21世纪经济报道  南财理财通新闻"


@pytest.mark.parametrize(
    ("newspaper", "category"),
    [("../../etc", "%2E%2E%2F.%2E%2Fetc"), ("甲/乙", "jia%2Fyi"), ("<b>", "%3Cb%3E"), ("甲: 乙", "jia%3A yi")],
)
def test_whatever_a_newspaper_is_called_it_has_a_place(newspaper: str, category: str) -> None:
    link = article_link("/kejiribao/2022/03/01/NW202203012340000100.html")

    assert told(link, ("科技日报新闻",), (newspaper,)).article().tag == "科技日报新闻", "the link says which it is"
    alone = told(ArticleLink(link.name), (), (newspaper,)).article()
    assert (alone.category, alone.tag) == (category, f"{newspaper}新闻")


def test_a_blank_name_is_none() -> None:
    with pytest.raises(Refused, match="no telling which newspaper"):
        told(ArticleLink(article_link("/a/2022/03/01/NW202203012340000100.html").name), (), (" ",)).article()
