"""The golden net: what the product shows to the outside is what it showed when the pins were written.

The product is asked through its commands alone: processes, the files they leave, the pages they serve. So everything
inside may move and change its name. ``make golden`` writes the pins anew; what it changed is what a commit has to
explain. Texts too large to be pinned are pinned by digest; ``make golden`` keeps them in ``build/golden``, and a
digest that changes is then shown as the lines that did.
"""

from __future__ import annotations

import difflib
import fcntl
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.golden.observing import observe
from tests.golden.running import DIGITS, ROOT

PINS = Path(__file__).parent / "pins"
KEPT = ROOT / "build" / "golden"
WRITE = os.environ.get("NEWSARCHIVE_GOLDEN") == "write"
LARGEST = 400 * 1024
_SHOWN = 200  # lines of a difference; more is not read
_BULK_SHOWN = 5  # digests whose texts are compared, of one pin
_LINES_SHOWN = 40  # of the difference of two such texts
_PIECE = re.compile(r".{1,100}(?:[^>,，。 \n]{0,100}[>,，。 ]?)")  # of a line: one of JSON or HTML may be a whole page
_DIGEST = re.compile(rf"\b[0-9a-f]{{{DIGITS}}}\b")


@pytest.fixture(scope="session")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is seen today, made once for all workers of a test run: ``seen/`` with the pins, ``bulk/`` behind them."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "golden"
    with (shared / "golden.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "seen").exists():
            shutil.rmtree(folder, ignore_errors=True)
            observe(folder)
            if WRITE:
                for source, target in (("seen", PINS), ("bulk", KEPT)):
                    shutil.rmtree(target, ignore_errors=True)
                    shutil.copytree(folder / source, target)
    return folder


def test_everything_that_is_seen_is_pinned_and_every_pin_is_seen(today: Path) -> None:
    assert sorted(path.name for path in PINS.iterdir()) == sorted(path.name for path in (today / "seen").iterdir())


def test_the_pins_stay_small_enough_to_be_read() -> None:
    assert sum(path.stat().st_size for path in PINS.iterdir()) < LARGEST


@pytest.mark.parametrize("pin", sorted(path.name for path in PINS.glob("*.txt")))
def test_what_is_seen_from_outside_is_as_it_was_pinned(pin: str, today: Path) -> None:
    if WRITE and not (PINS / pin).exists():
        pytest.skip("nothing is seen that this would be the pin of; it was removed")
    before, now = ((folder / pin).read_text(encoding="utf-8") for folder in (PINS, today / "seen"))
    if before != now:
        pytest.fail(explained(pin, before, now, today / "bulk"), pytrace=False)


def explained(pin: str, before: str, now: str, bulk: Path) -> str:
    """Return which commands say something else than pinned, and what, as unified differences."""
    olds, news = sections(before), sections(now)
    shown = [f"tests/golden/pins/{pin} is not what is seen today. `make golden` pins it anew, if it is meant."]
    for heading in dict.fromkeys([*olds, *news]):
        old, new = olds.get(heading, []), news.get(heading, [])
        if old != new:
            shown += [f"\n{heading or pin}", *difflib.unified_diff(old, new, f"pins/{pin}", "today", lineterm="")]
    lines = [line for one in shown for line in one.split("\n")]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"… and {len(lines) - _SHOWN} lines more"]
    return "\n".join([*lines, *_bulk(before, now, bulk)])


def sections(text: str) -> dict[str, list[str]]:
    """Return a pin's lines by the command they are about; what stands before the first is under ''."""
    found: dict[str, list[str]] = {}
    lines = found.setdefault("", [])
    for line in text.splitlines():
        if line.startswith(("$ ", "# ")):
            lines = found.setdefault(line, [])
        else:
            lines.append(line)
    return found


def _bulk(before: str, now: str, bulk: Path) -> list[str]:
    """Return how the texts differ whose digests do, where the earlier ones are kept here."""
    olds, news = _digests(before), _digests(now)
    changed = [(line, olds[line], news[line]) for line in olds if line in news and olds[line] != news[line]]
    shown = []
    for line, was, becomes in changed[:_BULK_SHOWN]:
        shown.append(f"\n{line.strip()}")
        files = (KEPT / was, bulk / becomes)
        if all(file.exists() for file in files):
            old, new = (_PIECE.findall(file.read_text(encoding="utf-8", errors="replace")) for file in files)
            shown += list(difflib.unified_diff(old, new, was, becomes, n=1, lineterm=""))[:_LINES_SHOWN]
        else:
            shown.append(
                f"what was {was} is not kept here; `make golden` on the earlier commit keeps it in build/golden"
            )
    if len(changed) > _BULK_SHOWN:
        shown.append(f"… and {len(changed) - _BULK_SHOWN} texts more")
    return shown


def _digests(text: str) -> dict[str, str]:
    """Return a pin's digests by the line each stands in, the line without it."""
    found = ((line, _DIGEST.search(line)) for line in text.splitlines())
    return {line.replace(digest[0], "", 1): digest[0] for line, digest in found if digest}


def test_a_difference_is_shown_with_the_command_it_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "KEPT", tmp_path)
    was, becomes = "0123456789abcdef", "fedcba9876543210"
    (tmp_path / was).write_text("one\ntwo\n")
    (tmp_path / becomes).write_text("one\nthree\n")
    before = f"$ scrapy status\nexit code 0\n\n$ scrapy verify\nexit code 0\n{was} _posts/x.md\n"
    now = before.replace("verify\nexit code 0", "verify\nexit code 5").replace(was, becomes)
    shown = explained("x.txt", before, now, tmp_path)
    assert "scrapy status" not in shown
    assert "$ scrapy verify\n--- pins/x.txt\n+++ today\n" in shown
    assert {"-exit code 0", "+exit code 5"} < set(shown.split("\n"))
    assert f"\n_posts/x.md\n--- {was}\n+++ {becomes}\n" in shown
    assert "\n-two\n+three" in shown
