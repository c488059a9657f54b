"""Every setting stands beside its reason, and the contract's have their defaults."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy.settings import Settings, default_settings
from scrapy.utils.misc import load_object

from newsarchive import settings
from newsarchive.hosts import HOST_SETTINGS

SOURCE = Path(settings.__file__).read_text(encoding="utf-8")
CONTRACT = {
    "FINEWS_URL": "https://finews.withounder.com/",
    "NEWSSHARE_URL": "http://finews.zning.xyz/",
    "OLD_POST_URL": "https://raw.githubusercontent.com/zning1994/finews/main/old_post/",
    "ARTICLE_URL": "https://finance.eastmoney.com/",
    "ARCHIVE_DIR": "output",
}
# Their names say what they are, and no other value would work.
SELF_EXPLAINING = {"BOT_NAME", "SPIDER_MODULES", "NEWSPIDER_MODULE", "TWISTED_REACTOR", "LOG_FORMAT", "LOG_FORMATTER"}


def assigned() -> dict[str, ast.stmt]:
    """Give the statement that sets each setting."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(SOURCE).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


def comments() -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(SOURCE).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def reasons(name: str) -> Iterator[str]:
    """Give the comments that belong to a setting: on its lines, or right above its group of lines."""
    said, node, lines = comments(), assigned()[name], SOURCE.split("\n")
    yield from (said[line] for line in range(node.lineno, (node.end_lineno or 0) + 1) if line in said)
    above = node.lineno - 1
    while above > 0 and lines[above - 1].strip() and not lines[above - 1].startswith("#"):
        above -= 1  # the other settings of the group
    while above > 0 and (not lines[above - 1].strip() or above in said):
        if above in said:
            yield said[above]
            if said[above].startswith("# --"):
                return
        elif above + 1 in said and not said[above + 1].startswith("# --"):
            return
        above -= 1


@pytest.mark.parametrize("name", sorted(assigned().keys() - SELF_EXPLAINING))
def test_every_setting_stands_beside_its_reason(name: str) -> None:
    said = [reason.strip("# -") for reason in reasons(name)]
    sentences = [reason for reason in said if len(reason.split()) > 1]
    assert sentences, f"{name} has no comment that says why it has this value"


@pytest.mark.parametrize(("name", "value"), CONTRACT.items())
def test_the_contracts_settings_have_their_defaults(name: str, value: str) -> None:
    assert getattr(settings, name) == value


def test_every_host_that_may_be_contacted_is_one_of_the_contracts() -> None:
    assert set(HOST_SETTINGS) == CONTRACT.keys() - {"ARCHIVE_DIR"}


def test_no_setting_repeats_scrapys_own_default() -> None:
    same = [
        name
        for name in assigned()
        if hasattr(default_settings, name) and getattr(default_settings, name) == getattr(settings, name)
    ]
    assert [name for name in same if name != "TWISTED_REACTOR"] == []


def test_every_component_that_is_named_is_there() -> None:
    named = [settings.LOG_FORMATTER, settings.DUPEFILTER_CLASS, *settings.ITEM_PIPELINES]
    for components in (settings.DOWNLOADER_MIDDLEWARES, settings.EXTENSIONS):
        named += components
    for path in named:
        assert load_object(path), path


def test_a_door_that_runs_code_is_shut_and_certificates_are_checked() -> None:
    assert settings.REMOTE_CONTROL_ENABLED is False
    assert settings.TELNETCONSOLE_ENABLED is False
    assert settings.DOWNLOAD_VERIFY_CERTIFICATES is True
    assert settings.ROBOTSTXT_OBEY is True
    assert settings.COOKIES_ENABLED is False


def test_the_capture_sees_an_answer_before_and_the_guard_a_request_after_everything_else() -> None:
    """The higher the number, the nearer to the network."""
    loaded = Settings()
    loaded.setmodule("newsarchive.settings")
    order = loaded.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    numbers = {load_object(path).__name__: number for path, number in order.items() if number is not None}
    nearest = sorted(numbers, key=lambda name: numbers[name])[-2:]
    assert nearest == ["HostGuardMiddleware", "CaptureMiddleware"]
    assert numbers["GiveUpMiddleware"] > numbers["PatientRetryMiddleware"], "every try is counted"
    assert "RetryMiddleware" not in numbers, "two retries of retries"


def test_an_article_is_dated_judged_and_cleaned_before_it_is_written_as_finish_does() -> None:
    order = sorted(settings.ITEM_PIPELINES, key=lambda path: settings.ITEM_PIPELINES[path])
    assert [path.rpartition(".")[2] for path in order] == [
        "DatesPipeline",
        "CompletePipeline",
        "BodyPipeline",
        "ExportPipeline",
    ]
