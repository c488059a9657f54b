"""Every page answers, says what is there, and lets nothing out; read by a client over a real socket."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from lxml import html as lxml_html

from newsarchive.archive.posts import POSTS
from newsarchive.web.app import ROUTES
from newsarchive.web.shield import POLICY
from tests.web.conftest import Names


def addresses(names: Names) -> list[str]:
    return [
        "/",
        "/day/2022-03-02",
        "/day/1999-01-01",
        "/calendar/2022",
        "/papers",
        "/papers?name=日报",
        "/category/emnews",
        "/search",
        "/search?q=公司",
        "/search?q=公司&part=results",
        "/search?q=zzzzqqqq",
        "/status",
        f"/article/{names.edited}",
        f"/article/{names.edited}/served",
        f"/article/{names.pictured}",
        f"/article/{names.rolling}",
        f"/article/{names.hostile}",
        "/feed.xml",
        "/feed.json",
        "/feed.xml?category=emnews",
        "/feed.json?q=公司",
        "/api/articles",
        f"/api/articles/{names.edited}",
        "/api/search?q=公司",
        "/api/days",
        "/api/categories",
        "/api/status",
        "/api/openapi.json",
        "/sitemap.xml",
        "/sitemap/2022-03-1.xml",
        "/robots.txt",
        "/static/style.css",
        "/static/search.js",
        "/static/icon.svg",
    ]


def tree(answer: httpx.Response) -> Any:
    return lxml_html.fromstring(answer.content)


def test_every_page_answers_with_a_policy_that_lets_nothing_run_or_load(web: httpx.Client, names: Names) -> None:
    for address in addresses(names):
        answer = web.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}\n{answer.text[:500]}"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers
        policy = answer.headers["content-security-policy"]
        assert policy == POLICY or "sandbox" in policy, f"{address}: {policy}"


def test_every_route_is_among_the_pages_that_are_tested(names: Names) -> None:
    tested = [address.partition("?")[0] for address in addresses(names)]
    elsewhere = {"/calendar", "/go", "/picture/{digest}", "/api/{rest:path}", "/favicon.ico"}  # tests of their own
    for path, _ in ROUTES:
        pattern = re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path))
        assert path in elsewhere or any(pattern.fullmatch(one) for one in tested), f"no test asks for {path}"


def test_nothing_is_loaded_from_elsewhere_and_nothing_stands_in_line(web: httpx.Client, names: Names) -> None:
    for address in addresses(names):
        answer = web.get(address)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        page = tree(answer)
        for source in page.xpath("//@src | //link[@rel!='alternate']/@href"):
            assert source.startswith("/"), f"{address} loads {source}"
        assert not page.xpath("//@style | //style | //script[not(@src)] | //@*[starts-with(name(), 'on')]"), address
        for form in page.xpath("//form/@action"):
            assert form.startswith("/")


def test_every_link_within_the_pages_leads_somewhere(web: httpx.Client, names: Names) -> None:
    seen: set[str] = set()
    for address in addresses(names)[:17]:
        page = tree(web.get(address))
        seen |= {link.partition("#")[0] for link in page.xpath("//a/@href") if link.startswith("/")}
    assert len(seen) > 50
    broken = [link for link in sorted(seen) if web.get(link, follow_redirects=True).status_code != 200]
    assert broken == []


def test_home_shows_the_newest_day_by_newspaper_and_draws_the_weeks(web: httpx.Client) -> None:
    page = tree(web.get("/"))
    assert page.xpath("//h1")[0].text_content() == "2022年3月2日 星期三"
    assert page.xpath("string(//p[@class='kicker'])") == "今天"
    assert len(page.xpath("//section[@class='paper']")) >= 10
    assert len(page.xpath("//*[local-name()='rect'][starts-with(@class, 'bar')]")) == 2
    assert "共 100 篇" in page.xpath("//*[local-name()='svg']/@aria-label")[0]


@pytest.mark.parametrize("start", ["/day/2022-03-01", "/category/emnews", "/search?q=公司"])
def test_paging_shows_every_article_once(web: httpx.Client, shown: Path, start: str) -> None:
    found: list[str] = []
    address: str | None = start
    while address:
        page = tree(web.get(address))
        found += page.xpath("//*[@class='hit-title']/a/@href")
        address = next(iter(page.xpath("//a[@rel='next']/@href")), None)
    assert len(found) == len(set(found))
    query = {"/day/2022-03-01": "since=2022-03-01&until=2022-03-01", "/category/emnews": "category=emnews"}
    asked = f"/api/articles?limit=100&{query[start]}" if start in query else "/api/search?q=公司&limit=100"
    answer = web.get(asked).json()
    assert answer["next"] is None
    assert found == [one["url"] for one in answer.get("articles") or answer["hits"]]


def test_paging_of_everything_is_every_post_of_the_archive(web: httpx.Client, shown: Path) -> None:
    names: list[str] = []
    before: dict[str, str] = {}
    while True:
        page = web.get("/api/articles", params={"limit": "7", **before}).json()
        names += [one["name"] for one in page["articles"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    posts = {path.stem[11:] for path in (shown / POSTS).rglob("*.md")}
    assert len(names) == len(posts)
    assert set(names) == posts


def test_an_article_shows_its_text_source_time_and_where_it_came_from(web: httpx.Client, names: Names) -> None:
    known = web.get(f"/api/articles/{names.pictured}").json()
    page = tree(web.get(f"/article/{names.pictured}"))
    assert page.xpath("string(//h1)") == known["title"]
    text = "".join(page.xpath("string(//div[@class='body'])").split())
    assert "".join(known["text"].splitlines()[-1].split()) in text
    facts = page.xpath("string(//section[@id='provenance'])")
    assert known["provenance"]["capture"] in facts
    assert known["provenance"]["capture_sha256"] in facts
    assert known["post"] in facts
    assert page.xpath("//a[@class='out']/@href")[0] == known["source"]
    assert page.xpath("//header/p//time/@datetime")[1].startswith("2022-03-0")


def test_an_edited_article_shows_its_versions_and_what_changed(web: httpx.Client, names: Names) -> None:
    page = tree(web.get(f"/article/{names.edited}"))
    assert len(page.xpath("//ol[@class='versions']/li")) == 2
    assert "（更新）" in page.xpath("//h1")[0].text_content()
    assert "（更新）" in "".join(page.xpath("//details//ins/text()"))
    assert "以定期报告为准" in "".join(page.xpath("//details//ins/text()"))
    (earlier,) = page.xpath("//ol[@class='versions']//a/@href")
    before = tree(web.get(earlier))
    assert "（更新）" not in before.xpath("//h1")[0].text_content()
    assert "这是旧版" in before.xpath("string(//p[@class='notice'])")
    assert web.get(f"/article/{names.edited}?version=20990101T000000Z").status_code == 404


def test_what_was_served_is_shown_as_text_that_no_browser_runs(web: httpx.Client, names: Names) -> None:
    answer = web.get(f"/article/{names.edited}/served")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["content-security-policy"]
    head, _, body = answer.text.partition("\n\n")
    assert "GetNewsText.do?id=" in head
    assert " 200 " in head.splitlines()[1]
    assert '"newsid"' in body or '"text"' in body
    assert answer.headers["x-capture"] == web.get(f"/api/articles/{names.edited}").json()["provenance"]["capture"]
    assert web.get(f"/article/{names.hostile}/served").status_code == 404


def test_pictures_come_from_the_archive_by_their_digest(web: httpx.Client, names: Names) -> None:
    page = tree(web.get(f"/article/{names.pictured}"))
    (address, *_) = page.xpath("//div[@class='body']//img/@src")
    assert re.fullmatch(r"/picture/[0-9a-f]{64}", address)
    answer = web.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/")
    assert "immutable" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert page.xpath("//div[@class='body']//img/@alt")[0]
    for wrong in ("0" * 64, "..%2F..%2Fledger.db", "x"):
        assert web.get(f"/picture/{wrong}").status_code == 404


def test_a_hostile_article_is_shown_harmless(web: httpx.Client, names: Names) -> None:
    answer = web.get(f"/article/{names.hostile}")
    page = tree(answer)
    assert page.xpath("string(//h1)") == "敌意<b>的标题</b>"
    (body,) = page.xpath("//div[@class='body']")
    assert not body.xpath(".//script | .//iframe | .//form | .//input | .//meta | .//base | .//*[local-name()='svg']")
    assert not body.xpath(".//img | .//@id | .//@style | .//@onclick | .//@onerror")
    assert not [href for href in body.xpath(".//@href") if not href.startswith(("http://", "https://", "/"))]
    assert "图片未保存：信标" in body.text_content()
    assert "点这里" in body.text_content()


def test_a_code_or_a_url_of_the_source_leads_to_the_article(web: httpx.Client, names: Names) -> None:
    number = names.edited.removeprefix("NW")
    for link in (names.edited, f"https://finance.eastmoney.com/a/{number}.html", f"http://x/?infoCode={names.edited}"):
        answer = web.get("/go", params={"link": link})
        assert (answer.status_code, answer.headers["location"]) == (302, f"/article/{names.edited}")
    assert web.get("/go?link=nothing").status_code == 400


def test_the_calendar_leads_to_its_newest_year(web: httpx.Client) -> None:
    answer = web.get("/calendar")
    assert (answer.status_code, answer.headers["location"]) == (302, "/calendar/2022")
    assert web.get("/favicon.ico").headers["location"] == "/static/icon.svg"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nowhere", 404),
        ("/article/NW1", 404),
        ("/article/NW202203029999999998", 404),
        ("/article/..%2F..%2Fledger.db", 404),
        ("/category/nosuch", 404),
        ("/day/2022-02-30", 400),
        ("/day/0001-01-01", 404),
        ("/calendar/1", 404),
        ("/search?q=(", 400),
        ("/search?q=x&since=never", 400),
        ("/search?q=公司&before=nonsense", 400),
        ("/category/emnews?before=x", 400),
        ("/sitemap/2022-13-1.xml", 404),
        ("/sitemap/2022-03-0.xml", 404),
        ("/sitemap/x.xml", 404),
        ("/feed.xml?category=nosuch", 404),
        ("/feed.xml?q=(", 400),
        ("/static/../app.py", 404),
        ("/static/%2e%2e%2fapp.py", 404),
        ("/api/nowhere", 404),
        ("/api/articles?limit=0", 400),
        ("/api/articles?limit=101", 400),
        ("/api/articles?limit=%C2%B2", 400),
        ("/api/search", 400),
        ("/api/articles/NW202203029999999998", 404),
        ("/q" * 500, 404),
    ],
)
def test_a_wrong_address_is_said_to_be_wrong_and_helps(web: httpx.Client, address: str, status: int) -> None:
    answer = web.get(address)
    assert answer.status_code == status, answer.text[:500]
    if address.startswith("/api/"):
        assert answer.json()["error"]["status"] == status
        assert answer.json()["error"]["message"]
    elif not address.startswith("/search"):
        assert tree(answer).xpath("//main//a[@href='/search']"), "no way on"


def test_an_article_that_is_not_archived_says_how_to_ask_for_it(web: httpx.Client) -> None:
    answer = web.get("/article/NW202203029999999998")
    assert "scrapy crawl newsshare -a code=NW202203029999999998" in answer.text


ODD = ["", "\0", "\ud7ff", "%", "'\"><", "../", "a" * 3000, "-", "OR", '"', "９", "1e9", "2022-03-02,", "☃", "\n", " "]


def test_nothing_that_is_asked_breaks_a_page(web: httpx.Client, names: Names) -> None:
    keys = (
        "q",
        "before",
        "since",
        "until",
        "category",
        "newspaper",
        "limit",
        "lang",
        "version",
        "link",
        "name",
        "path",
    )
    for path in (
        "/",
        "/day/2022-03-02",
        "/category/emnews",
        "/search",
        "/papers",
        "/go",
        f"/article/{names.edited}",
        "/feed.xml",
        "/feed.json",
        "/api/articles",
        "/api/search",
        "/api/days",
        "/nowhere",
    ):
        for odd in ODD:
            answer = web.get(path, params=dict.fromkeys(keys, odd))
            assert answer.status_code < 500, f"{path} with {odd!r}: {answer.status_code}"
    for path in ("/article/{}", "/article/{}/served", "/category/{}", "/day/{}", "/picture/{}", "/sitemap/{}.xml"):
        for odd in ODD:
            answer = web.get(path.format(quote(odd[:200], safe="")))
            assert answer.status_code < 500, f"{path} with {odd!r}: {answer.status_code}"


def test_the_chosen_newspaper_stays_chosen(web: httpx.Client) -> None:
    page = tree(web.get("/search?q=公司&category=emnews"))
    assert page.xpath("//option[@selected]/@value") == ["emnews"]
    values = page.xpath("//option/@value")
    assert len(values) == len(set(values))


def test_only_reading_is_possible(web: httpx.Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert web.request(method, "/").status_code == 405
    assert web.head("/").status_code == 200


def test_a_host_name_that_could_lead_here_from_elsewhere_is_refused(web: httpx.Client) -> None:
    port = web.base_url.port
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "192.168.1.5", "", "localhost.evil"):
        assert web.get("/", headers={"Host": host}).status_code == 421, host
    for host in (f"localhost:{port}", "127.0.0.1", f"[::1]:{port}", "archive.localhost"):
        assert web.get("/", headers={"Host": host}).status_code == 200, host


def test_words_in_results_are_marked_and_texts_escaped(web: httpx.Client) -> None:
    page = tree(web.get("/search", params={"q": "敌意"}))
    assert page.xpath("//mark")[0].text == "敌意"
    assert "<b>的标题</b>" in page.xpath("string(//*[@class='hit-title'])")
    odd = '"><script>alert(1)</script>'
    answer = web.get("/search", params={"q": odd})
    assert "<script>alert" not in answer.text
    assert tree(answer).xpath("//input[@id='q']/@value") == [odd]


def test_many_readers_at_once_get_what_each_asked_for(web: httpx.Client, names: Names) -> None:
    paths = ["/", f"/article/{names.edited}", "/search?q=公司", "/category/emnews", "/feed.xml", "/api/status"] * 8
    once = {path: web.get(path).text for path in set(paths)}
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda path: (path, web.get(path).text), paths))
    assert all(once[path] == text for path, text in answers)


def test_the_results_alone_are_a_part_of_the_page(web: httpx.Client) -> None:
    part = web.get("/search?q=公司&part=results").text
    assert "<html" not in part
    assert part.strip() in web.get("/search?q=公司").text


def test_static_files_are_kept_by_browsers_until_they_change(web: httpx.Client) -> None:
    page = web.get("/")
    (style,) = tree(page).xpath("//link[@rel='stylesheet']/@href")
    assert "immutable" in web.get(style).headers["cache-control"]
    assert web.get("/static/style.css").headers["cache-control"] == "no-cache"
