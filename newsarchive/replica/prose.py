"""Invented financial news: companies that do not exist, numbers that were thrown with dice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsarchive.replica.dice import Dice

_HEADS = (
    *("澜川", "北屿", "棠溪", "砚池", "霁原", "苇汀", "穹石", "朔砂", "檀泽", "鹭屿"),
    *("玄圃", "栖霜", "缃云", "璟洲", "沐岚", "翎海", "陌桑", "岫川", "昀冈", "杼林"),
)
_TAILS = ("科技", "股份", "生物", "电子", "新材", "重工", "食品", "能源")
_PLACES = ("云汀市", "澄江新区", "临砚县", "北棠高新区", "栖梧港")
_GOODS = ("高纯石英砂", "储能变流器", "预制菜", "工业机器人", "车规级芯片", "光伏玻璃", "疫苗辅料", "氢燃料电池电堆")


@dataclass(frozen=True, slots=True)
class Company:
    """An invented listed company; its code lies in a range no exchange has given out."""

    name: str
    code: str
    market: str

    @property
    def quote(self) -> str:
        """Market and code as quote pages write them: ``1.699001``."""
        return f"{self.market}.{self.code}"


COMPANIES = tuple(
    Company(head + tail, f"699{index:03}" if index % 2 else f"309{index:03}", "1" if index % 2 else "0")
    for index, (head, tail) in enumerate((head, tail) for tail in _TAILS for head in _HEADS)
)


@dataclass(frozen=True, slots=True)
class Story:
    """What an article says.

    Attributes:
        title: one line.
        lead: first paragraph, plain text; the digest is made of it.
        paragraphs: the further ones, plain text.
        companies: those it speaks of, the main one first.
        figures: rows of a table that fits it.
    """

    title: str
    lead: str
    paragraphs: tuple[str, ...]
    companies: tuple[Company, ...]
    figures: tuple[tuple[str, str], ...]


# Title and lead of the same event, so that a number in the one stands in the other.
_EVENTS = (
    (
        "{co}：{year}年净利同比预增{p}%-{q}%",
        (
            "{co}({code}){month}月{day}日公告，预计{year}年净利润{a}亿元至{c}亿元，同比增长{p}%至{q}%。"
            "公司主要产品{goods}的订单持续增长，产能利用率保持在较高水平。"
        ),
    ),
    (
        "{co}拟{a}亿元投建{goods}项目",
        (
            "{co}({code})公告称，拟在{place}投资建设{goods}项目，计划总投资约{a}亿元，建设周期{n}个月，"
            "资金来源为自有资金及银行贷款。"
        ),
    ),
    (
        "{co}中标{place}{a}亿元采购项目",
        (
            "{month}月{day}日，{co}({code})披露，公司中标{place}{goods}采购项目，中标金额约{a}亿元，"
            "占公司{year}年度经审计营业收入的{p}%。"
        ),
    ),
    (
        "研报：首予{co}买入评级 目标价{b}元",
        (
            "{month}月{day}日发布的一份研究报告首次覆盖{co}({code})，给予买入评级，目标价{b}元。"
            "报告认为，{goods}业务将成为公司未来三年的主要增长点。"
        ),
    ),
    (
        "{goods}价格连涨{n}周 {co}等公司回应产能情况",
        (
            "受上游原料供应偏紧影响，{goods}价格已连续{n}周上涨，累计涨幅约{p}%。记者以投资者身份致电{co}({code})，"
            "公司人士表示目前生产经营正常。"
        ),
    ),
    (
        "{place}出台{n}条措施支持{goods}产业发展",
        (
            "{place}近日印发若干政策措施，从用地、融资、人才等方面提出{n}条支持举措，"
            "对年度新增投资超过{a}亿元的{goods}企业给予奖励。{co}({code})等企业参与了意见征询。"
        ),
    ),
    (
        "{co}回购进展：累计耗资{a}亿元",
        (
            "{co}({code})公告，截至{month}月{day}日，公司以集中竞价方式累计回购股份{n}万股，"
            "支付总金额{a}亿元，占公司总股本的{s}%。"
        ),
    ),
    (
        "{co}与{other}签署战略合作协议 涉及{goods}",
        (
            "{month}月{day}日，{co}({code})与{other}在{place}签署战略合作协议，双方将在{goods}领域开展为期{n}年的合作，"
            "首期订单金额{a}亿元。"
        ),
    ),
)

_FURTHER = (
    "记者了解到，{co}目前在{place}设有{n}条{goods}生产线，{year}年产量同比增长{p}%。",
    "“今年的重点是把{goods}的良率再提高一个百分点。”{co}一位负责人告诉记者，“设备已经到位，正在调试。”",
    "从业务结构看，{goods}板块贡献收入{b}亿元，占比{p}%，较上年同期提高{n}个百分点。",
    "业内人士分析，{goods}的供需缺口短期内难以弥合，具备一体化优势的企业业绩有望继续改善。",
    "值得注意的是，{other}也在近期披露了同类项目，将于年内投产。",
    "公告同时提示，上述数据为初步核算结果，具体财务数据以公司正式披露的年度报告为准。",
    "资料显示，{co}成立于{founded}年，主营{goods}的研发、生产与销售，产品销往{n}个国家和地区。",
    "二级市场上，{co}当日收报{b}元，上涨{s}%，全天成交额{a}亿元。",
    "{place}有关部门表示，将继续完善产业链配套，推动{goods}上下游企业集聚发展。",
    "截至发稿，{other}尚未就合作细节作出回应。",
    "一位不愿具名的分析师认为，原料成本占{goods}总成本的{p}%左右，价格传导需要一到两个季度。",
    "根据规划，项目达产后预计年均新增营业收入{b}亿元，新增就业岗位{n}00余个。",
    "在研发方面，公司{year}年投入{a}亿元，同比增长{p}%，累计获得专利{n}项。",
    "展望后市，多数受访者对{goods}行业的景气度持乐观态度，同时提醒投资者注意风险。",
)


def story(dice: Dice, published: datetime, *, length: int) -> Story:
    """Tell a story.

    Args:
        dice: decides what happens and to whom.
        published: the day it speaks of.
        length: number of paragraphs after the lead.
    """
    index = dice.number(0, len(COMPANIES) - 1)
    company, other = COMPANIES[index], COMPANIES[index - dice.number(1, len(COMPANIES) - 1)]
    low, amount = dice.number(11, 480), dice.number(102, 998)
    facts = {
        "co": company.name,
        "code": company.code,
        "other": other.name,
        "place": dice.pick(_PLACES),
        "goods": dice.pick(_GOODS),
        "year": published.year - 1,
        "month": published.month,
        "day": published.day,
        "founded": dice.number(1994, 2016),
        "a": f"{amount / 100:.2f}",
        "b": f"{dice.number(1002, 9998) / 100:.2f}",
        "c": f"{amount * 1.12 / 100:.2f}",
        "n": dice.number(2, 18),
        "p": f"{low / 10:.1f}",
        "s": f"{dice.number(11, 480) / 100:.2f}",
        "q": f"{(low + dice.number(20, 90)) / 10:.1f}",
    }
    title, lead = dice.pick(_EVENTS)
    further = dice.shuffled(_FURTHER)
    chosen = [further[index % len(further)] for index in range(length)]
    return Story(
        title=title.format_map(facts),
        lead=lead.format_map(facts),
        paragraphs=tuple(paragraph.format_map(facts) for paragraph in chosen),
        companies=(company, other),
        figures=(
            ("项目", "金额(亿元)"),
            (f"{facts['goods']}收入", f"{facts['b']}"),
            ("研发投入", f"{facts['a']}"),
        ),
    )
