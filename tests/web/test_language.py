"""The two languages say the same things, and the right one is spoken."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from lxml import html as lxml_html

from newsarchive.archive.ledgerrows import State
from newsarchive.article import Origin
from newsarchive.web.language import Language, choose
from newsarchive.web.messages import MESSAGES
from tests.web.conftest import Names

WEB = Path(__file__).resolve().parents[2] / "newsarchive" / "web"


def keys(code: str) -> set[str]:
    return {key for key in MESSAGES[code] if not key.endswith("_one")}


def test_both_catalogues_have_the_same_keys_and_fill_in_the_same_values() -> None:
    assert keys("zh") == keys("en")

    def fields(code: str, key: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(MESSAGES[code][key]) if name}

    differing = [key for key in sorted(keys("zh")) if fields("zh", key) != fields("en", key)]
    assert differing == []


def test_every_message_is_said_somewhere_and_every_one_that_is_said_is_there() -> None:
    said: set[str] = set()
    begun: set[str] = set()
    for path in [*WEB.glob("templates/*"), *WEB.glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        said |= set(re.findall(r"""\b(?:t|say|say_or)\(\s*["']([a-z0-9_-]+)["']""", text))
        said |= set(re.findall(r"""\("/[a-z]*", "([a-z]+)",""", text))
        said |= {key for pair in re.findall(r"""t\("(\w+)" if [^)]*? else "(\w+)\"""", text) for key in pair}
        begun |= set(re.findall(r"""f?["']([a-z]+_)(?:\{|["'] ~)""", text))
    missing = {key for key in said if key not in MESSAGES["en"] and not key.endswith("_")}
    assert missing == set()
    unsaid = {key for key in keys("en") if key not in said and not any(key.startswith(one) for one in begun)}
    assert unsaid == set()


def test_every_state_and_road_has_a_word() -> None:
    for code in MESSAGES:
        assert {f"state_{state.value}" for state in State} <= set(MESSAGES[code])
        assert {f"origin_{origin.value}" for origin in Origin} <= set(MESSAGES[code])


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("de-DE,de;q=0.9,en;q=0.4,zh;q=0.3", "en"),
        ("fr", "zh"),
        ("", "zh"),
        ("en;q=0,zh;q=0.1", "zh"),
        ("*;q=x, en;q=, zh;q=0.2", "zh"),
    ],
)
def test_the_browser_says_which_language(accepted: str, code: str) -> None:
    assert choose({}, accepted) == Language(code)


def test_asked_for_it_is_kept_in_links_without_a_cookie(web: httpx.Client, names: Names) -> None:
    answer = web.get("/?lang=en")
    page = lxml_html.fromstring(answer.content)
    assert page.get("lang") == "en"
    assert "set-cookie" not in answer.headers
    own = [link for link in page.xpath("//main//a/@href | //nav//a/@href") if link.startswith("/")]
    assert own
    assert all("lang=en" in link for link in own)
    (back,) = page.xpath("//footer//a[@hreflang='zh-CN']/@href")
    assert lxml_html.fromstring(web.get(back).content).get("lang") == "zh-CN"
    assert lxml_html.fromstring(web.get("/search?q=公司&lang=en").content).xpath("//input[@name='lang']/@value") == [
        "en"
    ]


def test_a_browser_that_reads_english_gets_english(web: httpx.Client, names: Names) -> None:
    answer = web.get(f"/article/{names.edited}", headers={"Accept-Language": "en"})
    page = lxml_html.fromstring(answer.content)
    assert page.get("lang") == "en"
    assert page.xpath("//div[@class='body']/@lang") == ["zh-CN"]
    assert "Provenance" in answer.text
    assert answer.headers["vary"].startswith("Accept-")


def test_days_moments_and_numbers_are_written_as_the_language_does() -> None:
    zh, en = Language("zh"), Language("en")
    late = datetime(2022, 3, 2, 17, 5, tzinfo=UTC)
    assert (zh.moment(late), en.moment(late)) == ("2022年3月3日 01:05", "2022-03-03 01:05")
    assert en.day("2022-03-03") == "Thursday, 3 March 2022"
    assert (en.say("articles", count=1), en.say("articles", count="1,234")) == ("1 article", "1,234 articles")
    assert zh.url("/category/a b(c)", before="x,y", q="", lang=None) == "/category/a%20b(c)?before=x%2Cy"
