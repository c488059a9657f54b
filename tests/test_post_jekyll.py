"""Ruby's YAML and the real Jekyll read our posts as we wrote them: titles, names, texts and excerpts."""

import html
import itertools
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from newsarchive import post
from newsarchive.article import Article, Name
from newsarchive.newspapers import category_named
from tests.conftest import PATIENCE
from tests.post_cases import HARD_NAMES, HARD_TITLES, NEWSPAPER, OLD_NAME, OLDEST, ROLLING, front_matter

pytestmark = pytest.mark.jekyll

LAYOUT = """\
{"title": {{ page.title | jsonify }}, "categories": {{ page.categories | jsonify }}, "tags": {{ page.tags | jsonify }},
"date": {{ page.date | date: "%Y-%m-%d %H:%M:%S %z" | jsonify }}, "excerpt": {{ page.excerpt | strip | jsonify }},
"content": {{ content | jsonify }}}
"""

# What Liquid would erase, misread or stop at.
LIQUID = [
    *(
        "{{ x }}",
        "{{",
        "}} {{",
        "{{ 'a' | upcase }}",
        "{% raw %}a{% endraw %}",
        "{% raw %}",
        "{% endraw %}",
        "{%",
        "%} {%",
    ),
    *("{% nosuch %}", "{% if x %}", "{% endif %}", "{% comment %}a", "{% include nope.html %}", "{% assign x = 1 %}"),
    *("{%- if x -%}", "{% highlight ruby %}", "{{ x | nosuch }}", "{{{ x }}}", "{%raw%}{{ x }}{%endraw%}"),
]

# What might end the front matter, or the file, for a reader that is not careful.
BODIES = [
    "---\n<p>a</p>",
    "---\ntitle: b\n---\n<p>a</p>",
    "...\n<p>a</p>",
    "\n---\n\n<p>a</p>",
    "\n\n<p>a</p>",
    "\ufeff<p>a</p>",
]

HARD_CATEGORIES = [
    *("caixin/pengbo", "guandian: caijing", "50%zeng", "50%41", "C#zhou", "~x", "x~", "a[b", "a?b*c", "a\\b", "<b>"),
    *("a'b;c^d", "{{ x }}", ".hidden", "-rf", "a..b", "Inc.", "U.S. News", "A . B", "../../etc", "😀", "　a　b", "CON"),
    "bao" * 130,
]

RUBY = """
require "json"; require "psych"; require "date"
texts = JSON.parse(STDIN.read)
puts JSON.generate(texts.map { |text| Psych.safe_load(text, permitted_classes: [Date, Time], aliases: true) })
"""


def tool(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    missing = f"{name} is not installed; on Debian and Ubuntu: apt install jekyll"
    if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def numbered(number: int, **changes: str) -> Article:
    return replace(NEWSPAPER, name=Name(f"2022030413{number:08}"), **changes)  # type: ignore[arg-type]


def build(folder: Path, posts: dict[str, bytes], config: str = "") -> tuple[int, str, dict[str, dict[str, object]]]:
    """Let Jekyll make a site; gives its exit code, its messages, and what it understood of each post."""
    source = folder / "source"
    (source / "_layouts").mkdir(parents=True)
    (source / "_layouts" / "post.html").write_text(LAYOUT)
    (source / "_posts").mkdir()
    if config:
        (source / "_config.yml").write_text(config)
    for name, content in posts.items():
        (source / "_posts" / name).write_bytes(content)
    done = subprocess.run(
        [tool("jekyll"), "build", "--strict_front_matter", "--disable-disk-cache", "-s", "source", "-d", "site"],
        cwd=folder,
        env={**os.environ, "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    pages = {path.stem: json.loads(path.read_text()) for path in (folder / "site").rglob("*.html")}
    return done.returncode, done.stdout + done.stderr, pages


def articles() -> dict[str, Article]:
    """Give every hard case as an article of its own, by what it is about."""
    cases = {f"title {title[:40]!a}": {"title": title if title.strip() else f"a{title}"} for title in HARD_TITLES}
    cases |= {f"name {name!a}": {"category": f"c{number}", "tag": name} for number, name in enumerate(HARD_NAMES)}
    cases |= {f"category {name!a}": {"category": category_named(name)} for name in (*HARD_NAMES, *HARD_CATEGORIES)}
    cases |= {f"liquid {text}": {"body": f"<p>before {text} after</p>"} for text in LIQUID}
    cases |= {f"body {text!a}": {"body": text} for text in BODIES}
    return {case: numbered(number, **changes) for number, (case, changes) in enumerate(cases.items())}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """One site of all cases, built without a config of ours."""
    posts = {post.file_name(article): post.render(article) for article in articles().values()}
    posts[post.file_name(ROLLING)] = post.render(replace(ROLLING, digest="before {{ x }} {% raw %} after"))
    posts[OLD_NAME] = OLDEST.lstrip("\n").encode()
    code, messages, pages = build(tmp_path_factory.mktemp("site"), posts)
    assert code == 0, messages
    assert len(pages) == len(posts), messages
    return pages


def psych(texts: list[str]) -> list[dict[str, object]]:
    """Read front matter with Ruby's YAML, as Jekyll calls it."""
    done = subprocess.run(
        [tool("ruby"), "-e", RUBY], input=json.dumps(texts).encode(), capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    read: list[dict[str, object]] = json.loads(done.stdout)
    return read


def test_psych_reads_every_title_and_name_as_it_was() -> None:
    cases = articles()
    values = psych([front_matter(post.render(article)) for article in cases.values()])
    for (case, article), found in zip(cases.items(), values, strict=True):
        assert found["title"] == article.title, case
        assert (found["categories"], found["tags"]) == (article.category, article.tag), case
        assert found["date"] == article.date, case


def test_psych_reads_every_short_name_made_of_signs_as_it_was() -> None:
    names = ["".join(signs) for signs in itertools.product("a0 1:#-.,_e'~+", repeat=3) if "".join(signs).strip()]
    values = psych([post.PostHandler().export({"categories": name, "tags": name}) for name in names])
    assert [found["tags"] for found in values] == names
    assert [found["categories"] for found in values] == names


def test_jekyll_reads_every_title_as_it_was(site: dict[str, dict[str, object]]) -> None:
    wrong = {
        case: site[str(article.name)]["title"]
        for case, article in articles().items()
        if site[str(article.name)]["title"] != article.title
    }
    assert wrong == {}


def test_jekyll_reads_every_category_and_tag_split_on_white_space(site: dict[str, dict[str, object]]) -> None:
    for case, article in articles().items():
        page = site[str(article.name)]
        assert page["categories"] == [word for word in article.category.split(" ") if word], case
        assert page["tags"] == [word for word in article.tag.split(" ") if word], case


def test_jekyll_reads_the_date_with_its_zone_and_takes_one_without_for_utc(site: dict[str, dict[str, object]]) -> None:
    oldest = site[OLD_NAME[11:].removesuffix(".md")]
    assert "date: 2021-12-08 10:46:18\n" in OLDEST
    assert oldest["date"] == "2021-12-08 18:46:18 +0800"
    assert {str(page["date"]) for page in site.values() if page is not oldest} == {NEWSPAPER.date}


@pytest.mark.parametrize("text", LIQUID)
def test_jekyll_leaves_liquid_in_a_body_alone(site: dict[str, dict[str, object]], text: str) -> None:
    page = site[str(articles()[f"liquid {text}"].name)]
    assert f"<p>before {text} after</p>" in str(page["content"])
    assert "返回首页" in str(page["content"])
    assert str(page["excerpt"]).startswith(f"<p>before {text} after</p>")


def test_jekyll_closes_an_open_liquid_block_in_the_excerpt_and_nowhere_else(site: dict[str, dict[str, object]]) -> None:
    page = site[str(articles()["liquid {% raw %}"].name)]
    assert page["excerpt"] == "<p>before {% raw %} after</p>\n<p>{% endraw %}</p>"
    assert "{% endraw %}" not in str(page["content"])


def test_jekyll_leaves_liquid_in_a_digest_alone(site: dict[str, dict[str, object]]) -> None:
    assert "<p>before {{ x }} {% raw %} after</p>" in str(site[str(ROLLING.name)]["content"])


@pytest.mark.parametrize("body", BODIES, ids=ascii)
def test_jekyll_takes_the_whole_body_for_the_body(site: dict[str, dict[str, object]], body: str) -> None:
    page = site[str(articles()[f"body {body!a}"].name)]
    assert page["title"] == NEWSPAPER.title
    assert "<p>a</p>" in html.unescape(str(page["content"]))
    assert "返回首页" in str(page["content"])


def without_the_line(article: Article) -> bytes:
    content = post.render(article)
    assert b"\nrender_with_liquid: false\n" in content
    return content.replace(b"render_with_liquid: false\n", b"")


def test_without_the_line_jekyll_would_erase_text(tmp_path: Path) -> None:
    article = numbered(1, body="<p>before {{ x }} after</p>")
    code, messages, pages = build(tmp_path, {post.file_name(article): without_the_line(article)})
    assert code == 0, messages
    assert "<p>before  after</p>" in str(pages[str(article.name)]["content"])


def test_without_the_line_jekyll_would_not_build_at_all(tmp_path: Path) -> None:
    article = numbered(1, body="<p>before {% after</p>")
    code, messages, _ = build(tmp_path, {post.file_name(article): without_the_line(article)})
    assert code != 0
    assert "Liquid" in messages


def test_a_site_can_switch_liquid_off_for_imported_posts(tmp_path: Path) -> None:
    imported = [numbered(number, body=f"<p>before {text} after</p>") for number, text in enumerate(LIQUID)]
    config = "defaults:\n  - scope: {path: '', type: posts}\n    values: {render_with_liquid: false}\n"
    code, messages, pages = build(tmp_path, {post.file_name(a): without_the_line(a) for a in imported}, config)
    assert code == 0, messages
    for article in imported:
        assert article.body in str(pages[str(article.name)]["content"])
