"""What the tests of posts share: composed articles and posts, hard titles and names."""

from dataclasses import replace

import yaml
from hypothesis import settings
from hypothesis import strategies as st

from newsarchive import post
from newsarchive.article import ROLLING_TAG, Article, Name

NEWSPAPER = Article(
    name=Name("202203041300000001"),
    title="城北新桥今日通车",
    date="2022-03-04 09:10:11 +0800",
    category="chengbeiribao",
    tag="城北日报新闻",
    body="<p>第一段。</p>\n<p>第二段。</p>",
    link="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203041300000001",
)
ROLLING = replace(
    NEWSPAPER,
    name=Name("202203041300000001", rolling=True),
    category="emnews",
    tag=ROLLING_TAG,
    digest="新桥通车，往返只要十分钟。",
    link="http://finance.eastmoney.com/news/1353,202203041300000001.html",
)

NEWSPAPER_POST = """\
---
layout: post
title: "城北新桥今日通车"
date: 2022-03-04 09:10:11 +0800
categories: chengbeiribao
tags: 城北日报新闻
---
<p>第一段。</p>
<p>第二段。</p>

<http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203041300000001>

[返回城北日报新闻](//finews.withounder.com/category/chengbeiribao.html)｜[返回首页](//finews.withounder.com/)"""

ROLLING_POST = """\
---
layout: post
title: "城北新桥今日通车"
date: 2022-03-04 09:10:11 +0800
categories: emnews
tags: 东财滚动新闻
---
> 新桥通车，往返只要十分钟。

<p>第一段。</p>
<p>第二段。</p>

<http://finance.eastmoney.com/news/1353,202203041300000001.html>

[返回东财滚动新闻](//finews.withounder.com/emnews/)｜[返回首页](//finews.withounder.com/)"""

# The oldest forms, composed: December 2021.
OLDEST = """\

---
layout: post
title: "城北新桥今日通车"
date: 2021-12-08 10:46:18
categories: emnews
tags: 东财滚动新闻
---

新桥通车，往返只要十分钟。

<http://finance.eastmoney.com/news/1353,202112081000000001.html>
"""
TWO_LINES = "\n\n<>\n\n[返回东财滚动新闻](../emnews/)\n[返回首页](../)"
OLD_NAME = "2021-12-08-202112081000000001.md"

HARD_TITLES = [
    *('"', '""', 'a "b" c', '"a"', "'a'", "it's", "\\", "\\\\", "a\\", 'a\\"', "C:\\new\\table", "\\u4e2d", "\\x"),
    *("\t", "a\tb", "a\x00b", "\x07bell", "\x1b[31m", "a\x7fb", "a\x80b", "a\x85b", "a\x9fb", "a\nb", "a\r\nb", "\v\f"),
    *("a\u2028b", "a\u2029b", "\ufeffa", "a\ufeff", "a\ufffeb", "a\uffffb", "a\ufffdb", "a\xa0b", "a\u3000b", "\u200b"),
    *(
        "涨停📈",
        "👩\u200d👩\u200d👧\u200d👦",
        "🇨🇳",
        "𠮷野家",
        "e\u0301",
        "\U0001fffe",
        "العربية",
        "Ünïcode",
        "Latin only",
    ),
    *("a: b", "a:b", "a:", ": a", ":a", "a #b", "#a", "- a", "-a", "---", "--- a", "...", "? a", "?", "&a", "*a", "!a"),
    *("!!int 1", "%YAML 1.1", "@a", "`a`", "|", ">", "> a", "[a]", "{a: b}", "a, b", "<<", "=", "~", "null", "Null"),
    *("true", "True", "yes", "no", "on", "off", "y", "n", "123", "0123", "0x1F", "1e3", "1.5", "-1", "1_000", "1,000"),
    *("12:30:45", "2022-01-01", "2022-01-01 10:00:00", ".inf", ".nan", " leading", "trailing ", "  both  ", "a  b"),
    *("{{ x }}", "{% raw %}", "{% endraw %}", "{%", "{{", "{: .a}", "<b>a</b>", "&amp;", "a|b", "layout: x", "“引号”"),
    *("长" * 2000, "word " * 400 + "end", '"' * 300, "\u2028" * 200),
]

PLAIN_NAMES = [
    *(
        "科技日报新闻",
        "21世纪经济报道 21财经APP新闻",
        "Career In touxingPEVC",
        "anxinguojizhengquan(xianggang)",
        "TechWeb",
    ),
    *("-x", "a#b", "x\\y", "x\xa0y", "a,b", "a:b", "36ke", "nothing", "A&H", "it's", "21cbe"),
]
QUOTED_NAMES = [
    *(
        "true",
        "123",
        "2022-01-01",
        "a: b",
        "#x",
        "- x",
        "*x",
        "&x",
        "x:",
        "null",
        "on",
        "1e3",
        "~",
        "[a]",
        "{a}",
        "NULL",
    ),
    *("a #b", "!x", "|", ">", "%x", "@x", "`x`", "'x'", '"x"', ":x", "?", "? x", "-", "=", "<<", "0x1f", "-1", "+1"),
    *("1,000", "1_0", "1:30", ".inf", "-.INF", ".nan", "y", "No", "3.14", "0o17", "0b1", "2022-01-01 10:00:00", "1."),
    *("x\u2028y", "x\x85y", "\ufeffx", " x", "x "),
]
HARD_NAMES = PLAIN_NAMES + QUOTED_NAMES

STABLE = settings(max_examples=100, derandomize=True, deadline=None)
ANY = st.text(st.characters(exclude_categories=["Cs"]))
LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
NASTY = st.sampled_from(
    ["\n\n", "<http://a.example/>", "<>", "[返回首页](../)", "---\n", "> a", "\n", "\r\n", "{{", "｜"]
)
BODIES = st.lists(st.one_of(ANY, NASTY), min_size=1).map("".join).filter(str.strip)


def front_matter(content: bytes) -> str:
    return content.decode().partition("\n---\n")[0].removeprefix("---\n")


def loaders() -> list[type]:
    return [yaml.BaseLoader, *([yaml.CBaseLoader] if hasattr(yaml, "CBaseLoader") else [])]


def yaml_values(content: bytes, loader: type) -> dict[str, str]:
    values: dict[str, str] = yaml.load(front_matter(content), loader)  # noqa: S506 - base and safe loaders only
    return values


def through_a_file(article: Article) -> Article:
    return post.to_article(post.read(post.render(article), post.file_name(article)))
