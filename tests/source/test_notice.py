"""A notice is told from a flash by what is left of it without the words of notices."""

from __future__ import annotations

import pytest

from newsarchive.source.notice import is_loading, notice_in
from tests.notices import FLASHES, WALLS

NEWS = "城北新桥今日通车，市民步行往返。"


@pytest.mark.parametrize("wall", WALLS)
def test_a_notice_is_one_whatever_title_and_time_stand_above_it(wall: str) -> None:
    assert notice_in("城北新桥今日通车", wall, identified=True)
    assert notice_in("", wall, identified=False)
    assert notice_in(wall, wall, identified=True)


@pytest.mark.parametrize("flash", FLASHES)
def test_a_flash_is_an_article_whatever_words_it_has(flash: str) -> None:
    assert not notice_in("城北新桥今日通车", flash, identified=True)
    assert not notice_in(flash, flash, identified=True)
    assert not is_loading(flash)


@pytest.mark.parametrize(
    "title", ["系统错误", "Error", "访问验证", "出错了", "操作失败", "页面不存在", "404", "系统提示"]
)
def test_an_error_message_is_no_title_whatever_stands_below_it(title: str) -> None:
    assert notice_in(title, NEWS, identified=True)


@pytest.mark.parametrize("title", ["网站维护", "系统升级", "用户登录"])
def test_news_of_maintenance_and_logins_may_be_headed_so(title: str) -> None:
    assert not notice_in(title, NEWS, identified=True)
    assert notice_in(title, "请稍后再来，内容正在恢复。", identified=True)


@pytest.mark.parametrize("words", ["正在加载...", "加载中，请稍候…", "Loading", "数据加载中", "努力加载中"])
def test_a_place_that_only_says_that_it_is_loading_has_no_text(words: str) -> None:
    assert is_loading(words)


def test_a_long_text_of_such_words_is_judged_in_good_time() -> None:
    assert not notice_in("", "登录" * 100_000, identified=False)
