"""Notices in the place of an article: walls, maintenance, rate limits, removals, error messages.

A word alone tells nothing: typhoons make landfall (登陆), rights are upheld (维护), messengers have a login.
A notice is made of such words and of hardly any other, for it names nobody and nothing; news does. So what counts
is how much of a text is left when the words of notices are taken out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from newsarchive.body import visible_text

# What a notice is about: it has one of these, and its kind is that of the first that is found.
_KINDS = {
    "maintenance": "维护|升级|检修|改版|建设中|maintenance|maintained",
    "login wall": (
        "登录|登陆|注册|会员|付费|扫码|扫一扫|客户端|log in|login|logged in|sign in|signin|subscrib|"
        "unauthorized|paywall"
    ),
    "check of the visitor": "验证|校验|检测|滑块|拼图|机器人|真人|captcha|verif|human|browser|浏览器|javascript|cookie",
    "rate limit": "频繁|过快|太快|次数|上限|繁忙|过多|太多|限流|排队|too many|rate limit|quota|throttl",
    "refusal": "禁止|拒绝|限制访问|受限|封禁|拦截|屏蔽|权限|异常|denied|forbidden|blocked|restricted",
    "removed": (
        "删除|移除|下线|下架|失效|撤回|撤稿|过期|不存在|找不到|未找到|没有找到|暂无|无法显示|不予显示|"
        "无法访问|无法查看|无法打开|not found|removed|deleted|gone"
    ),
    "error message": (
        "错误|出错|故障|失败|超时|无响应|不可用|开小差|稍后|稍候|稍等|重试|系统提示|提示信息|error|"
        "unavailable|timeout|bad gateway|40[0-9]|50[0-4]"
    ),
}
_KIND_PATTERNS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _KINDS.items())

# What else notices say. No name, no number of anything, no word for what happens in the world.
_CHINESE = """
请 敬请 烦请 您 您的 您好 你 你的 你好 我们 用户 读者 网友 访客 尊敬 亲爱 各位 本人 由于 为了 因为 因 如果 如有 如
为 以 或 或者 并 和 与 及 将 会 的 了 地 得 在 是 有 无 不 没有 没 未 尚未 还没有 已 已经 被 给 对 从 到 至 于 把
让 也 都 就 才 才能 方可 即可 可以 可能 可 能 能够 需要 需 须 必须 应 要 想 想要 先 再 后 以后 之后 期间 中 正在 正
目前 当前 现在 暂时 暂 暂停 临时 稍后 稍候 稍等 片刻 一会儿 一会 立即 重新 尽快 很快 马上 及时 耐心 继续 自动 预计
小时 分钟 秒 今日 今天 系统 网站 本站 站点 网络 服务器 服务 平台 页面 网页 本页 此页 该页 接口 频道 栏目 功能 程序
客户端 公众号 设备 数据库 数据 后台 主机 域名 环境 版本 文章 本文 原文 全文 正文 内容 稿件 资讯 信息 帖子 链接 资源
文件 网址 地址 详情 完整 更多 全部 部分 相关 该 此 本 这 这个 这篇 原 所 任何 符合 条件 结果 记录 访问 请求 操作
刷新 查询 点击 点此 提交 查看 阅读 浏览 打开 观看 显示 使用 输入 填写 完成 进行 通过 拖动 滑动 按住 长按 识别
二维码 扫描 下载 安装 更换 关闭 开启 启用 允许 支持 账号 帐号 账户 密码 手机号 身份 安全 人机 行为 图形 图片 短信
下方 下面 上方 右侧 按钮 验证码 本次 多次 次数 频率 速度 过于 过 太 太多 过多 快 多 超过 达到 限制 可疑 存在
尽快恢复 将恢复 后恢复 时恢复 恢复后 恢复时间 恢复访问 恢复服务 回来 返回 跳转 首页 主页 上一页 检查 确认 核对 正确
是否 连接 设置 联系 咨询 客服 管理员 客户 加载 失败 原因 代码 错误码 编号 提示 温馨 公告 通知 说明 消息 出现 发生
遇到 问题 带来 造成 不便 之处 谅解 见谅 原谅 包涵 期待 等待 关注 理解 配合 合作 谢谢 感谢 抱歉 很抱歉 非常 对不起
不好意思 无法 不能 不可 停止 提供 尝试 试 一下 一次 吧 哦 啦 呢 例行 紧急 停机 日常 全面 更新 调整 移动 找到 审核
作者 投诉 版权 法律法规 法律 法规 根据 要求 违反 涉嫌 证明 保障 保护 确保 为您 专享 可见 仅限 仅 开通 成为 解锁
免费 试读 剩余 走丢 跑丢 拥挤 拥堵 超载 过载 东方财富网 东方财富 资讯详情 云盾 防火墙 网关 内部
"""
_ENGLISH = """
a an the this that these it its is are was were be been being has have had do does did not no you your yours we our
us i me my please to of for from in on at by with and or if but as so now here there then than later again soon try
retry come back wait few minute minutes second seconds moment just hour hours temporarily currently under down
undergoing scheduled access page pages site website web system server service services network internal request
requests requested required requires article articles content file url resource security check checking connection
before continue proceed complete completing solve enter click press hold button below above view read see full rest
more go home return redirect redirecting redirected account user username password session expired ip address
enable enabled disable allow use using exceeded exceeding limit limited reached attention sorry apologize
inconvenience oops something went wrong occurred found could can cannot must need needs should will would invalid
code status message reason id ray cloudflare nginx waf rule http https proxy gateway ok success fail failed loading
null undefined none nan true false data app vip pc js reading viewing action unusual traffic detected suspicious
activity robot robots support contact administrator permission permissions anymore longer available exist exists
may
"""
_ABOUT = [word for words in _KINDS.values() for word in words.split("|")]


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(set(words), key=len, reverse=True))


_ENGLISH_WORD = (
    rf"(?:{_any(_ENGLISH.split())})(?:s|es|ed|d|ing)?|[a-z]*(?:{_any(w for w in _ABOUT if w.isascii())})[a-z]*"
)
_VOCABULARY = re.compile(
    rf"{_any([*(word for word in _ABOUT if not word.isascii()), *_CHINESE.split()])}|微信(?=客户端|中|内|里|扫|打开)"
    rf"|(?<![a-z])(?:{_ENGLISH_WORD})(?![a-z])"
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?<![0-9a-z])[0-9a-f]{8,}(?![0-9a-z])|[0-9]+(?:秒|分钟|小时|:[0-9]{2})"
    r"|(?<![0-9])[45][0-9]{2}(?![0-9])",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"\w")
_LONGEST, _LONGEST_MARKUP = 400, 4000  # characters; a notice says little
_HARDLY, _LITTLE, _HALF = 0.15, 0.2, 0.5
_EVEN_NEWS_IS_HEADED = frozenset({"maintenance", "login wall"})
_LOADING = re.compile(
    r"(?:数据|内容|页面|文章)?(?:正在|努力)*(?:加载|载入|读取)中?|now loading|loading|请?稍[候等后]", re.IGNORECASE
)
_MARKS = re.compile(r"[\W_]+")


def kind_of(words: str) -> str:
    """Name the kind of notice a word of which is there; empty where there is none."""
    return next((kind for kind, pattern in _KIND_PATTERNS if pattern.search(words)), "")


def kind_of_page(headings: str, words: str) -> str:
    """Name a page that is no article by its headings, or by all of it where it says hardly anything else."""
    return kind_of(headings) or _notice(words, _HALF)


@lru_cache(maxsize=16)
def notice_in(title: str, html: str, *, identified: bool) -> str:
    """Tell what kind of notice stands in the place of an article; empty where it is an article.

    Args:
        title: as it stands there; may be empty.
        html: the text.
        identified: whether title, time and source (or number) of an article are all there. Then only what has nothing
            but the words of notices is one.
    """
    headed = _notice(title, _HARDLY)
    if headed and headed not in _EVEN_NEWS_IS_HEADED:
        return headed
    words = visible_text(html) if len(html) <= _LONGEST_MARKUP else ""
    return _notice(words, _HALF if headed else _HARDLY if identified else _LITTLE)


def is_loading(words: str) -> bool:
    """Tell whether the place of a text says that the text is still to come, and nothing else."""
    return bool(words) and not _MARKS.sub("", _LOADING.sub("", words))


def _notice(words: str, most: float) -> str:
    """Name the kind of a text of which at most such a part are no words of notices; empty for any other."""
    if len(words) > _LONGEST or not (kind := kind_of(words)):
        return ""
    letters = len(_LETTERS.findall(words))
    return kind if len(_LETTERS.findall(_VOCABULARY.sub(" ", words))) <= most * letters else ""
