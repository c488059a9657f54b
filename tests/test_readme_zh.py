"""README.zh-CN.md says what README.md says: block by block the same commands, links and figures, in good Chinese.

A change to one README belongs into the other, at the same place: a row for a row, a paragraph for a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HAN = r"[\u3400-\u9fff]"
FULL_WIDTH = r"[，。；：、（）“”！？]"
CODE = re.compile(r"`[^`]+`")
LINK = re.compile(r"!?\[([^]]*)\]\(([^)]+)\)")
FIGURE = re.compile(r"\d(?:[\d.,]*\d)?")
ENGLISH = re.compile(r"\b(?:a|an|and|are|by|for|in|is|it|of|or|the|to|with)\b|[A-Za-z]+(?:[ ,;:]+[A-Za-z]+){2,}")


@dataclass(frozen=True)
class Block:
    """A heading, a code block, a row of a table, a list's item or a paragraph, and what kind of these it is."""

    kind: str
    text: str

    @property
    def units(self) -> list[str]:
        """What is translated by itself: the cells of a row, else the whole."""
        return [cell.strip() for cell in self.text.strip("|").split("|")] if self.kind == "row" else [self.text]


def blocks(document: str) -> Iterator[Block]:
    for part in re.split(r"(^```.*?^```$)", document, flags=re.MULTILINE | re.DOTALL):
        if part.startswith("```"):
            yield Block("code", part)
            continue
        for paragraph in re.split(r"\n{2,}|\n(?=[-*|] ?|\d+\. )", part.strip()):
            start = re.match(r"#+ |\||!\[|(?:[-*]|\d+\.) |", paragraph)
            kind = {"|": "row", "![": "picture", "": "paragraph"}.get(start[0], start[0].strip()) if start else ""
            if paragraph:
                yield Block(kind, paragraph)


def code_and_comments(block: str) -> tuple[list[str], list[str]]:
    """The lines of a code block without what is told beside them, and that: after a #, or beside a tree of files."""
    lines = block.splitlines()
    beside = re.compile(r"(?<=\S)\s{2,}(.*)$" if lines[1].endswith("/") else r"\s+# (.*)$")
    return [beside.sub("", line) for line in lines], [told[1] for line in lines if (told := beside.search(line))]


def prose(text: str) -> str:
    """What is read as words: without code, file names, addresses and where links lead."""
    linked = LINK.sub(lambda link: "`" if link[1] == link[2].split("#")[0] else link[1], text)
    return re.sub(r"https?://\S+", "`", CODE.sub("`", linked))


def untranslated(english: str, chinese: str) -> bool:
    """Whether words of English are left; a cell that is only names or figures in English may stay as it is."""
    words = re.search(r"^#|\b[a-z]{2,}", prose(english))
    return bool(ENGLISH.search(prose(chinese)) or (words and not re.search(HAN, prose(chinese))))


def facts(text: str) -> dict[str, list[str]]:
    """What no translation changes, though its order in a sentence may."""
    targets = [re.sub(r"^README(\.zh-CN)?\.md", "README", target) for _, target in LINK.findall(text)]
    return {
        "code": sorted(CODE.findall(text)),
        "links": sorted(targets),
        "figures": sorted(FIGURE.findall(prose(text))),
    }


def unit_differences(english: str, chinese: str) -> Iterator[str]:
    for what, wanted in facts(english).items():
        if (found := facts(chinese)[what]) != wanted:
            yield f"{what} {found}, but {wanted} in English: {chinese}"
    if untranslated(english, chinese):
        yield f"not in Chinese: {chinese}"


def block_differences(english: Block, chinese: Block) -> Iterator[str]:
    if english.kind == "code":
        (code, comments), (code_zh, comments_zh) = code_and_comments(english.text), code_and_comments(chinese.text)
        if code != code_zh:
            yield f"another code block: {chinese.text}"
        units, units_zh = comments, comments_zh
    else:
        units, units_zh = english.units, chinese.units
    if len(units) != len(units_zh):
        yield f"{len(units_zh)} cells or comments, but {len(units)} in English: {chinese.text}"
    for unit, unit_zh in zip(units, units_zh, strict=False):
        yield from unit_differences(unit, unit_zh)


def known_by(block: Block) -> object:
    return code_and_comments(block.text)[0] if block.kind == "code" else facts(block.text)


def unmatched(english: list[Block], chinese: list[Block]) -> Iterator[str]:
    """The blocks one document has alone, as far as kinds and facts tell which belong together."""
    keys = [[f"{block.kind} {known_by(block)}" for block in side] for side in (english, chinese)]
    for verdict, start, end, start_zh, end_zh in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if verdict != "equal":
            yield from (f"only in English: {block.text}" for block in english[start:end])
            yield from (f"only in Chinese: {block.text}" for block in chinese[start_zh:end_zh])


def differences(english: str, chinese: str) -> list[str]:
    """Where the Chinese document says something else than the English one."""
    ours, theirs = list(blocks(english)), list(blocks(chinese))
    if [block.kind for block in ours] != [block.kind for block in theirs]:
        return list(unmatched(ours, theirs))
    return [difference for one, other in zip(ours, theirs, strict=True) for difference in block_differences(one, other)]


def misprints(chinese: str) -> Iterator[str]:
    """What Chinese readers stumble over: half-width punctuation, missing or needless spaces, broken lines."""
    for block in blocks(chinese):
        if block.kind == "code":
            continue
        if "\n" in block.text:
            yield f"a broken line, shown as a blank between two characters: {block.text}"
        for unit in map(prose, block.units):
            if re.search(rf"{HAN}[,;:!?()]|[,;:!?()]{HAN}|{HAN}\.(\s|$)", unit):
                yield f"half-width punctuation: {unit}"
            if re.search(rf"{HAN}[A-Za-z0-9`]|[A-Za-z0-9`]{HAN}", unit):
                yield f"no space between Chinese and Latin: {unit}"
            if re.search(rf" {FULL_WIDTH}|{FULL_WIDTH} |{HAN} {HAN}", re.sub(r"^#+ ", "", unit)):
                yield f"a needless space: {unit}"


def readme(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_chinese_readme_says_what_the_english_one_says() -> None:
    assert "\n".join(differences(readme("README.md"), readme("README.zh-CN.md"))) == ""


def test_the_chinese_readme_is_set_as_chinese_is() -> None:
    assert list(misprints(readme("README.zh-CN.md"))) == []


def test_each_readme_leads_to_the_other_below_its_title() -> None:
    assert readme("README.md").splitlines()[2] == "English | [简体中文](README.zh-CN.md)"
    assert readme("README.zh-CN.md").splitlines()[2].startswith("[English](README.md) | 简体中文")


ENGLISH_SAMPLE = """# box

A box keeps what
is put in, for 3 days.

![A box](box.svg)

- First see [docs/box.md](docs/box.md#lid).
- Then open it.

```
make box    # makes a box
*/10 * * * *  cd /srv && make box
```

## Codes

| code | do |
|---|---|
| 0 | nothing |
| 130, 143 | `box --open` shows it |

```
box/
  lid    may be open
```
"""
CHINESE_SAMPLE = """# box 盒子

盒子保存放进去的东西，为期 3 天。

![一个盒子](box.svg)

- 先看 [docs/box.md](docs/box.md#lid)。
- 然后打开。

```
make box    # 做一个盒子
*/10 * * * *  cd /srv && make box
```

## 退出码

| 退出码 | 怎么办 |
|---|---|
| 0 | 不用管 |
| 130, 143 | 用 `box --open` 看 |

```
box/
  lid    可以开着
```
"""


def test_a_true_translation_differs_in_nothing() -> None:
    assert differences(ENGLISH_SAMPLE, CHINESE_SAMPLE) == []
    assert list(misprints(CHINESE_SAMPLE)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("## 退出码", "### 退出码", "only in Chinese: ### 退出码"),
        ("## 退出码\n\n", "", "only in English: ## Codes"),
        ("盒子保存放进去的东西，为期 3 天。\n\n", "", "only in English: A box keeps"),
        ("- 然后打开。\n", "", "only in English: - Then"),
        ("| 0 | 不用管 |\n", "", "only in English: | 0 | nothing |"),
        ("| 0 | 不用管 |\n", "| 0 | 不用管 |\n| 1 | 不用管 |\n", "only in Chinese: | 1 |"),
        ("| 0 | 不用管 |", "| 0 |", "1 cells or comments, but 2"),
        ("| 0 | 不用管 |", "| 1 | 不用管 |", "figures ['1'], but ['0']"),
        ("130, 143", "130", "figures ['130'], but ['130', '143']"),
        ("3 天", "4 天", "figures ['4'], but ['3']"),
        ("`box --open`", "`box --close`", "code ['`box --close`'], but"),
        ("(docs/box.md#lid)", "(docs/box.md)", "links ['docs/box.md'], but"),
        ("(box.svg)", "(tin.svg)", "links ['tin.svg'], but"),
        ("cd /srv", "cd /opt", "another code block"),
        ("  lid ", "  bottom ", "another code block"),
        ("    # 做一个盒子", "", "0 cells or comments, but 1"),
        ("## 退出码", "## Codes", "not in Chinese: ## Codes"),
        ("做一个盒子", "makes a box", "not in Chinese: makes a box"),
        ("可以开着", "may be open", "not in Chinese: may be open"),
        ("不用管", "nothing", "not in Chinese: nothing"),
        ("为期 3 天。", "为期 3 天。 Then it is gone.", "not in Chinese"),
        ("![一个盒子]", "![A box]", "not in Chinese: ![A box]"),
    ],
)
def test_what_one_readme_alone_says_is_named(right: str, wrong: str, told: str) -> None:
    assert CHINESE_SAMPLE.count(right) == 1
    assert told in "\n".join(differences(ENGLISH_SAMPLE, CHINESE_SAMPLE.replace(right, wrong)))


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("东西，为期", "东西,为期", "half-width punctuation"),
        ("打开。", "打开.", "half-width punctuation"),
        ("为期 3", "为期3", "no space"),
        ("用 `box", "用`box", "no space"),
        ("先看 [", "先看[", "no space"),
        ("东西，为期", "东西， 为期", "a needless space"),
        ("放进去的东西", "放进去的 东西", "a needless space"),
        ("东西，为期", "东西，\n为期", "a broken line"),
    ],
)
def test_what_chinese_readers_stumble_over_is_named(right: str, wrong: str, told: str) -> None:
    assert told in "\n".join(misprints(CHINESE_SAMPLE.replace(right, wrong)))
