"""The ledger's seal: any flipped bit shows, at any size; what a run did not change is not read again."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsarchive.archive import files, seal
from newsarchive.archive.ledger import Ledger
from newsarchive.article import Name
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

NOON = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)


def page_of(first: int, count: int) -> list[Sighting]:
    names = [Name(f"2022030123407{number:05d}") for number in range(first, first + count)]
    day = date(2022, 3, 1)
    return [
        Sighting(ArticleLink(name, f"/kejiribao/2022/03/01/{name}.html", ("kejiribao",), day, "标题" * 20), ("甲新闻",))
        for name in names
    ]


def run(root: Path, first: int, count: int) -> set[int]:
    """Write to the ledger as a run does; gives the pages that changed."""
    earlier = seal.take_off(root)
    ledger = Ledger(root / seal.LEDGER)
    ledger.list_read(f"/category/{first}.html", page_of(first, count), now=NOON)
    ledger.close()
    seal.seal(root, earlier, ledger.changed_pages)
    return ledger.changed_pages


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "runs").mkdir()
    run(tmp_path, 0, 400)
    return tmp_path


def test_a_ledger_that_was_closed_is_as_sealed(root: Path) -> None:
    assert (root / seal.SEAL).exists()
    assert seal.is_broken(root) == ""


def test_sealing_what_changed_is_the_same_as_sealing_everything(root: Path) -> None:
    for first in (400, 401, 900):
        changed = run(root, first, 3)
        assert seal.is_broken(root) == ""
        renewed = (root / seal.SEAL).read_bytes()
        seal.seal(root)
        assert (root / seal.SEAL).read_bytes() == renewed
        pages = (root / seal.LEDGER).stat().st_size // 4096
        assert len(changed) < pages / 2, "a few new articles must not touch half of the ledger"


def test_any_flipped_bit_of_the_ledger_shows(root: Path) -> None:
    content = (root / seal.LEDGER).read_bytes()
    thrown = random.Random(1)
    for _ in range(200):
        position, bit = thrown.randrange(len(content)), thrown.randrange(8)
        damaged = bytearray(content)
        damaged[position] ^= 1 << bit
        (root / seal.LEDGER).write_bytes(damaged)
        assert f"the first at byte {position // 4096 * 4096}" in seal.is_broken(root)


def test_any_flipped_bit_of_the_seal_itself_shows(root: Path) -> None:
    content = (root / seal.SEAL).read_bytes()
    for position in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[position] ^= 1
        (root / seal.SEAL).write_bytes(damaged)
        assert seal.is_broken(root) == f"its seal {seal.SEAL} is damaged"


def test_damage_in_a_page_that_no_run_touches_stays_visible(root: Path) -> None:
    def confirm() -> set[int]:
        earlier = seal.take_off(root)
        ledger = Ledger(root / seal.LEDGER)
        ledger.list_confirmed("/category/0.html", now=NOON)
        ledger.close()
        seal.seal(root, earlier, ledger.changed_pages)
        return ledger.changed_pages

    untouched = max(set(range((root / seal.LEDGER).stat().st_size // 4096)) - confirm())
    damaged = bytearray((root / seal.LEDGER).read_bytes())
    damaged[untouched * 4096 + 4000] ^= 1
    (root / seal.LEDGER).write_bytes(damaged)
    assert untouched not in confirm()
    assert f"the first at byte {untouched * 4096}" in seal.is_broken(root)


@pytest.mark.parametrize("length", [-1, 1, 4096, -4096])
def test_a_ledger_that_is_longer_or_shorter_shows(root: Path, length: int) -> None:
    content = (root / seal.LEDGER).read_bytes()
    (root / seal.LEDGER).write_bytes(content[:length] if length < 0 else content + bytes(length))
    assert seal.is_broken(root)


def test_what_a_reader_keeps_open_is_not_sealed(root: Path) -> None:
    reader = Ledger(root / seal.LEDGER)
    reader.counts()
    run(root, 500, 1)
    assert not (root / seal.SEAL).exists()
    reader.close()


def test_the_log_may_be_written_out_in_between(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsarchive.archive.ledgerfile._LONGEST_LOG", 4096)
    earlier = seal.take_off(root)
    ledger = Ledger(root / seal.LEDGER)
    for first in (500, 600, 700):
        ledger.list_read("/", page_of(first, 50), now=NOON)
        assert (root / f"{seal.LEDGER}-wal").stat().st_size == 0
    ledger.close()
    seal.seal(root, earlier, ledger.changed_pages)
    assert seal.is_broken(root) == ""


def test_the_seal_of_an_earlier_newsarchive_is_taken_away(root: Path) -> None:
    (root / "runs" / "ledger.sha256").write_text("0" * 64 + "  ledger.db\n")
    seal.take_off(root)
    assert [path.name for path in (root / "runs").iterdir()] == []


def test_a_temp_file_that_could_not_be_removed_keeps_the_seal_away(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise PermissionError("not ours")

    with monkeypatch.context() as broken:
        broken.setattr("os.replace", refuses)
        broken.setattr("os.unlink", refuses)
        with pytest.raises(PermissionError):
            files.write_whole(root / "_posts" / "a.md", b"a")
    run(root, 500, 1)
    assert not (root / seal.SEAL).exists(), "the next run must look for what this one left"
    files.sweep(root)
    run(root, 501, 1)
    assert (root / seal.SEAL).exists()
