"""What Datasette shows of the database: titles, what the columns mean, facets, questions ready to be asked."""

from __future__ import annotations

from typing import Any

_MATCHING = "name IN (SELECT value FROM json_each(newsarchive_search(:words)))"
_BY_DAY = f"""WITH hits AS (SELECT day, count(*) AS n FROM articles WHERE {_MATCHING} GROUP BY day)
SELECT day, coalesce(n, 0) AS articles, round(100.0 * coalesce(n, 0) / captured, 2) AS percent
FROM days LEFT JOIN hits USING (day) ORDER BY day DESC"""  # noqa: S608 - our own words
_BY_NEWSPAPER = f"""SELECT newspaper, count(*) AS articles, min(day) AS first, max(day) AS last
FROM articles WHERE {_MATCHING}
GROUP BY newspaper ORDER BY articles DESC"""  # noqa: S608 - our own words
_READ = """SELECT title, newspaper, published, url, newsarchive_text(name) AS text
FROM articles WHERE name = :name"""

_ARTICLES = {
    "title": "Articles · 文章",
    "description": (
        "One row for each article that was ever seen, archived or not, without its text. Search looks into titles and "
        'texts: words, "phrases", OR, -not; 2 characters are enough, 简体 and 繁體 find each other. '
        "每篇见过的文章一行，不含正文；可按标题和正文检索。"
    ),
    "sort_desc": "published",
    "facets": ["newspaper", "day", "category", "state"],
    "facet_size": 10,
    "columns": {  # what their names do not say; Datasette shows all of it above the table
        "day": "Of publication, in Asia/Shanghai, like every moment here · 发布日期",
        "state": (
            "captured: archived · 已存档; pending: still to be fetched · 待抓取; "
            "failed, expired, gone: given up, run out at the source, withdrawn · 未能存档"
        ),
        "length": "Characters of the text · 正文字数",
        "versions": "How many are archived; from 2 on it was edited · 版本数",
        "origin": "Which road its text came by, empty where not known · 正文来源",
        "looked": "When its text was last seen to be as archived · 最近核对",
        "tries": "How often it was asked for in vain · 失败次数",
    },
}
_DATABASE = {
    "title": "newsarchive · 财经新闻存档",
    "tables": {
        "articles": _ARTICLES,
        "newspapers": {
            "title": "Newspapers · 报纸",
            "description": "Each newspaper with the number of its articles. 各报文章数。",
            "sort_desc": "captured",
            "columns": {"lost": "Failed, expired or gone · 未能存档"},
        },
        "days": {
            "title": "Days · 日期",
            "description": "Each day with the number of its articles. 每日文章数。",
            "sort_desc": "day",
            "columns": {
                "lost": "Failed, expired or gone · 未能存档",
                "newspapers": "How many published · 报纸数",
                "characters": "Of all texts · 正文总字数",
            },
        },
        "runs": {
            "title": "Runs · 抓取记录",
            "description": "Each run of a spider: when, how it ended, what it counted. 每次抓取的时间与结果。",
            "sort_desc": "began",
            "facets": ["spider", "exit_code"],
        },
        "snapshot": {"hidden": True},
    },
    "queries": {
        "read": {"title": "Read an article · 阅读", "sql": _READ},
        "words_by_day": {
            "title": "Words by day · 每日提及",
            "description": "How many articles of each day have these words. 每天有多少篇文章提到。",
            "sql": _BY_DAY,
        },
        "words_by_newspaper": {
            "title": "Words by newspaper · 各报提及",
            "description": "How many articles of each newspaper have these words. 各报有多少篇文章提到。",
            "sql": _BY_NEWSPAPER,
        },
    },
}


def of_database(made: str) -> dict[str, Any]:
    """Give what Datasette calls a database's metadata; `made` is the moment it was made."""
    description = f"A financial news feed as archived until {made}. 财经新闻存档，截至 {made}。"
    return {**_DATABASE, "description": description}
