"""What the documentation promises is there, and what is there is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scrapy.settings import default_settings

from newsarchive import settings
from spiders.eastmoney import EastmoneySpider
from spiders.finews import FinewsSpider
from spiders.images import ImagesSpider
from spiders.newsshare import NewsShareSpider
from spiders.wayback import WaybackSpider

SPIDERS = (EastmoneySpider, FinewsSpider, ImagesSpider, NewsShareSpider, WaybackSpider)
ROOT = Path(__file__).resolve().parents[1]
OURS = sorted(name for name in vars(settings) if name.isupper() and not hasattr(default_settings, name))
ARGUMENTS = sorted({name for spider in SPIDERS for name in spider.arguments})
DOCUMENTS = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


def document(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_ours_is_documented_with_its_default(name: str) -> None:
    row = re.search(rf"^\| `{name}` \| (?P<default>[^|]*) \|", document("docs/settings.md"), re.MULTILINE)
    assert row, f"docs/settings.md has no row for {name}"
    value = getattr(settings, name)
    shown = row["default"].strip().strip("`")
    assert shown == ("empty" if value == "" else str(value)), f"docs/settings.md says {shown!r}, settings.py {value!r}"


@pytest.mark.parametrize("name", ARGUMENTS)
def test_every_argument_is_shown_in_the_readme(name: str) -> None:
    assert f"-a {name}=" in document("README.md")


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 75, 130, 143])
def test_every_exit_code_is_explained_in_the_readme(code: int) -> None:
    assert re.search(rf"^\| (?:\d+, )?{code}(?:, \d+)? \|", document("README.md"), re.MULTILINE)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_to_a_file_leads_somewhere(name: str) -> None:
    for target in re.findall(
        r"\]\((?!https?:|//|#)([^)#]+)", re.sub(r"```.*?```", "", document(name), flags=re.DOTALL)
    ):
        if "category/" in target or target.startswith("../emnews"):
            continue  # an example of a post's own links
        assert ((ROOT / name).parent / target).exists(), f"{name} links to {target}, which is not there"


@pytest.mark.parametrize("target", ["demo", "test", "setup", "lint", "bench"])
def test_the_makefile_has_the_targets_people_rely_on(target: str) -> None:
    assert re.search(rf"^{target}: .*## ", document("Makefile"), re.MULTILINE)
