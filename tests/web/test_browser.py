"""The pages in a real browser: read, searched, paged, in the dark, on a phone; nothing complains, nothing leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import PATIENCE
from tests.web.chromium import FLAGS, Watched, chromium, watched
from tests.web.conftest import Names

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")  # not longer: while it is there, an event loop runs in this thread, and no other can
def browser() -> Iterator[Browser]:
    path = chromium()
    expect.set_options(timeout=PATIENCE * 1000)  # a test machine may be busy
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def window(browser: Browser, site: str) -> Iterator[Watched]:
    with watched(browser, site) as opened:
        yield opened


def kinds(names: Names) -> dict[str, str]:
    """One page of each kind."""
    return {
        "home": "/",
        "day": "/day/2022-03-02",
        "calendar": "/calendar/2022",
        "papers": "/papers",
        "category": "/category/emnews",
        "search": "/search",
        "results": "/search?q=公司",
        "no results": "/search?q=qqqq",
        "status": "/status",
        "article with a picture": f"/article/{names.pictured}",
        "rolling news": f"/article/{names.rolling}",
        "versions": f"/article/{names.edited}",
        "hostile": f"/article/{names.hostile}",
    }


@pytest.mark.parametrize(("scheme", "rules"), [("light", ()), ("dark", ("color-contrast",))])
def test_axe_finds_nothing_serious_on_any_kind_of_page(
    browser: Browser, site: str, names: Names, scheme: str, rules: tuple[str, ...]
) -> None:
    with watched(browser, site, color_scheme=scheme) as window:
        found = {}
        for kind, path in kinds(names).items():
            window.go(path)
            if serious := window.accessibility(*rules):
                found[kind] = serious
        assert found == {}


def test_axe_would_find_what_is_wrong(window: Watched) -> None:
    page = window.go("/")
    page.evaluate("document.querySelector('h1').replaceChildren(document.createElement('img'))")
    page.evaluate("document.querySelector('.lead').style.color = '#ddd'")
    found = " ".join(window.accessibility())
    assert "image-alt" in found
    assert "color-contrast" in found


def test_axe_finds_nothing_serious_in_english_and_on_a_page_that_is_not_there(browser: Browser, site: str) -> None:
    with watched(browser, site, locale="en-GB") as window:
        for path in ("/", "/search?q=公司"):
            window.go(path)
            assert window.accessibility() == []
        window.go("/nowhere")
        assert window.accessibility() == []
        window.complaints.clear()  # the browser itself notes every 404


def test_no_page_scrolls_sideways_on_a_phone(browser: Browser, site: str, names: Names) -> None:
    with watched(browser, site, viewport=PHONE, device_scale_factor=2, is_mobile=True) as window:
        for kind, path in kinds(names).items():
            window.go(path)
            assert not window.overflows(), f"{kind} is wider than {PHONE['width']} pixels"
        window.go(f"/article/{names.edited}")
        assert window.page.locator(".body p").first.bounding_box()["width"] > 300  # type: ignore[index]


def test_no_page_scrolls_sideways_on_an_english_phone_and_no_word_is_broken(browser: Browser, site: str) -> None:
    with watched(browser, site, viewport=PHONE, locale="en-GB") as window:
        page = window.go("/")
        assert not window.overflows()
        heights = page.locator(".top nav a").evaluate_all("(all) => all.map((one) => one.offsetHeight)")
        assert len(set(heights)) == 1
        assert heights[0] < 48


def test_what_is_typed_is_searched_at_once(window: Watched) -> None:
    page = window.go("/search")
    before = len(window.requests)
    page.locator("#q").press_sequentially("公司", delay=20)
    expect(page.locator("#results mark").first).to_have_text("公司")
    expect(page).to_have_url(re.compile(r"/search\?q=%E5%85%AC%E5%8F%B8$"))
    expect(page.locator("#said")).to_contain_text("篇")
    asked = [url for url in window.requests[before:] if "part=results" in url]
    assert 1 <= len(asked) <= 2
    assert page.locator("#q").evaluate("(field) => field === document.activeElement")
    page.locator("#q").fill("没有这样的词")
    expect(page.locator(".found")).to_have_text("没有找到")
    page.locator("#q").fill("")
    expect(page.locator(".found")).to_contain_text("写下要找的词")


def test_what_an_input_method_has_not_finished_is_not_searched(window: Watched) -> None:
    page = window.go("/search")
    page.locator("#q").evaluate(
        """(field) => {
            field.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
            field.value = 'gongs';
            field.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true}));
        }"""
    )
    page.wait_for_timeout(400)
    assert not [url for url in window.requests if "part=results" in url]
    page.locator("#q").evaluate(
        """(field) => {
            field.value = '公司';
            field.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}));
        }"""
    )
    expect(page.locator("#results mark").first).to_have_text("公司")


def test_a_query_that_cannot_be_meant_is_said_while_it_is_typed(window: Watched) -> None:
    page = window.go("/search")
    page.locator("#q").fill("(公司")
    expect(page.locator(".wrong")).to_contain_text("看不懂")
    page.locator("#q").fill("(公司)")
    expect(page.locator("#results mark").first).to_have_text("公司")
    assert [text for text in window.complaints if "400" not in text] == []
    window.complaints.clear()  # the browser notes the 400


def test_a_filter_confines_what_was_found(window: Watched) -> None:
    page = window.go("/search?q=公司")
    page.locator("select[name=category]").select_option("emnews")
    expect(page).to_have_url(re.compile("category=emnews"))
    expect(page.locator("#results .meta a").first).to_have_text("东财滚动")
    assert set(page.locator("#results .meta a").all_inner_texts()) == {"东财滚动"}


def test_searching_works_without_scripts(browser: Browser, site: str) -> None:
    with watched(browser, site, java_script_enabled=False) as window:
        page = window.go("/")
        page.locator("#find").fill("公司")
        page.locator("#find").press("Enter")
        expect(page.locator("#results mark").first).to_have_text("公司")
        page.locator("#q").fill("敌意")
        page.get_by_role("button", name="搜索").click()
        expect(page.locator("#results .hit-title")).to_have_count(1)


def titles(page: Page) -> list[str]:
    return page.locator(".hit-title").all_inner_texts()


def test_a_result_is_opened_and_the_way_back_leads_to_the_results(window: Watched) -> None:
    page = window.go("/search")
    page.locator("#q").fill("公司")
    expect(page.locator("#results mark").first).to_have_text("公司")
    first = titles(page)
    page.locator(".hit-title a").first.click()
    expect(page.locator("h1")).to_have_text(first[0])
    page.go_back()
    expect(page.locator("#results .hit-title").first).to_have_text(first[0])
    assert titles(page) == first


def test_pages_follow_each_other_to_the_last(window: Watched) -> None:
    page = window.go("/search?q=公司")
    seen: list[str] = []
    while True:
        seen += page.locator(".hit-title a").evaluate_all("(all) => all.map((one) => one.pathname)")
        older = page.locator("a[rel=next]")
        if older.count() == 0:
            break
        older.click()
        page.wait_for_load_state()
    assert len(seen) == len(set(seen)) > 20
    page.locator("a[rel=first]").click()
    expect(page.locator(".hit-title a").first).to_have_attribute("href", seen[0])


def test_an_article_is_read_with_its_picture(window: Watched, names: Names) -> None:
    page = window.go(f"/article/{names.pictured}")
    picture = page.locator(".body img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.body img').complete")
    assert picture.evaluate("(one) => one.naturalWidth") > 0
    body = page.locator(".body")
    assert body.evaluate("(one) => getComputedStyle(one).fontFamily").find("Serif") > 0
    line = body.locator("p").last.bounding_box()
    assert line is not None
    letters = line["width"] / float(body.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)"))
    assert 28 <= letters <= 40, f"{letters} characters a line"


def test_versions_and_their_difference_are_read(window: Watched, names: Names) -> None:
    page = window.go(f"/article/{names.edited}")
    page.get_by_role("link", name=re.compile("版本")).click()
    expect(page.locator("#versions ins").first).to_be_visible()
    page.get_by_role("link", name="读这一版").click()
    expect(page.get_by_role("note")).to_contain_text("这是旧版")
    page.get_by_role("link", name="读现在的版本").click()
    expect(page.locator("h1")).to_contain_text("（更新）")


def test_what_was_served_is_text_in_the_browser(window: Watched, names: Names) -> None:
    page = window.go(f"/article/{names.edited}")
    page.get_by_role("link", name="看当时的原始应答").click()
    expect(page.locator("body")).to_contain_text("GetNewsText.do")
    assert page.evaluate("document.contentType") == "text/plain"


def test_the_dark_is_dark_and_the_light_is_light(browser: Browser, site: str) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        with watched(browser, site, color_scheme=scheme) as window:
            page = window.go("/")
            rgb = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
            shades[scheme] = sum(rgb[:3]) / 3
    assert shades["light"] > 230
    assert shades["dark"] < 40


def test_a_hostile_article_neither_runs_nor_loads_anything(window: Watched, names: Names) -> None:
    page = window.go(f"/article/{names.hostile}")
    page.get_by_text("点这里").click()
    for link in page.locator(".body a").all():
        assert link.get_attribute("href") is None
        link.click()
    page.wait_for_timeout(200)
    assert page.evaluate("window.stolen") is None
    assert page.url.endswith(f"/article/{names.hostile}")
    assert not [url for url in window.requests if "127.0.0.1:9/" in url]
    expect(page.locator("h1")).to_be_visible()


def test_even_a_script_in_the_page_would_not_run(window: Watched) -> None:
    """The policy is the second wall: what slipped through the first is stopped, and reported."""
    page = window.go("/")
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.stolen = 1';
            document.body.append(script);
            const image = document.createElement('img');
            image.src = 'http://127.0.0.1:9/beacon.png';
            document.body.append(image);
        }"""
    )
    page.wait_for_function("window.violations.length >= 2")
    assert page.evaluate("window.stolen") is None
    page.evaluate("window.violations = []")
    window.complaints.clear()
    window.requests[:] = [url for url in window.requests if not url.startswith("http://127.0.0.1:9/")]


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(window: Watched) -> None:
    page = window.go("/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("跳到正文")
    assert skip.bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.evaluate("(one) => one.closest('main') !== null")
    assert focused.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"


def test_the_language_is_changed_and_kept(window: Watched) -> None:
    page = window.go("/")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Calendar").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.context.cookies() == []


def test_on_paper_only_the_article_is_left(window: Watched, names: Names) -> None:
    page = window.go(f"/article/{names.edited}")
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator("#versions")).to_be_hidden()
    expect(page.locator(".body")).to_be_visible()


def test_the_day_is_chosen_in_the_calendar(window: Watched, web: httpx.Client) -> None:
    page = window.go("/calendar/2022")
    page.get_by_role("link", name=re.compile("^3月1日")).click()
    expect(page.locator("h1")).to_have_text("2022年3月1日 星期二")
    there = web.get("/api/articles?limit=100&until=2022-03-01").json()["articles"]
    assert page.locator(".hit-title").count() == len(there)
