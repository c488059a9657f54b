"""``make soak``: kills runs with SIGKILL, hundreds of times, and looks whether the next run makes everything good.

Three kinds of runs are killed: a first crawl, a crawl with ``full=1`` that finds edits, and a rebuild of an archive
without ledger and without a third of its posts. Each is killed once to three times in a row, half of the kills at a
random moment of the run's length, half at a random one of its touches of the disk (before, after, or in the middle of
a write). Then one run is left alone. Its archive must be that of an undisturbed run: posts and earlier versions byte
for byte, the ledger in all that matters, captures readable, no stray file; and ``scrapy verify`` must exit with 0.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bench import forked
from bench.archives import Snapshot, differences, snapshot
from bench.forked import Death
from bench.source import answers, serving
from newsarchive.archive.files import make_directory
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import Piece

ARTICLES = 24
LATER = NOW + timedelta(hours=1)
BUILD = forked.ROOT / "build" / "soak"
_MOST_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of run.

    Attributes:
        name: in words.
        words: the command line, but for the archive.
        prepare: makes the archive it begins with.
        expected: what it should leave.
        seconds, touches: how long it takes undisturbed, and how often it touches the disk.
    """

    name: str
    words: tuple[str, ...]
    prepare: Callable[[Path], object]
    expected: Snapshot
    seconds: float
    touches: int


class Soak:
    """Kills, and looks.

    Args:
        folder: for archives; what is found wrong stays there.
        url, later_url: the source, and the same with edits.
        dice: of which everything random comes.
    """

    def __init__(self, folder: Path, url: str, later_url: str, dice: random.Random) -> None:
        self.folder = folder
        self.dice = dice
        self.said = folder / "said.txt"
        self.deaths: Counter[str] = Counter()
        first = ("crawl", "finews", *_settings(url, NOW))
        edits = ("crawl", "finews", "-a", "full=1", *_settings(later_url, LATER))
        made = self._learn("a first crawl", first, _nothing, folder / "first")
        edited = self._learn("a crawl that finds edits", edits, _copy_of(folder / "first"), folder / "edited")
        ruined = _ruined(folder / "edited")
        self.scenes = [made, edited, self._learn("a rebuild", ("rebuild",), ruined, folder / "rebuilt")]

    def _learn(self, name: str, words: tuple[str, ...], prepare: Callable[[Path], object], archive: Path) -> Scene:
        """Run undisturbed, to know what comes of it and how long it takes; once before to warm up."""
        warm = archive.with_name(f"{archive.name}-warm")
        prepare(warm)
        forked.wait(forked.start([*words, *_into(warm)], self.said))
        prepare(archive)
        counted = self.folder / "touches.txt"
        began = time.monotonic()
        code = forked.wait(forked.start([*words, *_into(archive)], self.said, touches=counted))
        seconds = time.monotonic() - began
        if code != 0:
            raise RuntimeError(f"{name}, undisturbed, ended with {code}:\n{self.said.read_text(encoding='utf-8')}")
        return Scene(name, words, prepare, snapshot(archive), seconds, int(counted.read_text(encoding="ascii")))

    def once(self, number: int, scene: Scene) -> Iterator[str]:
        """Kill a run, some times in a row, let the next one end, and say what is wrong then."""
        archive = self.folder / f"killed-{number}"
        scene.prepare(archive)
        command = [*scene.words, *_into(archive)]
        story = []
        for _ in range(self.dice.randint(1, _MOST_IN_A_ROW)):
            story.append(self._kill(scene, command))
            if not story[-1].startswith("killed"):
                break
        wrong = list(self._judge(scene, command, archive))
        yield from (f"{scene.name}, {', then '.join(story)}: {sentence}; see {archive}" for sentence in wrong)
        if not wrong:
            shutil.rmtree(archive)

    def _kill(self, scene: Scene, command: Sequence[str]) -> str:
        if self.dice.random() < 1 / 2:
            death = Death(self.dice.randrange(scene.touches), self.dice.choice(["before", "after", "torn"]))
            code = forked.wait(forked.start(command, self.said, death=death))
            how = f"killed {death.how} touch {death.touch}"
        else:
            seconds = self.dice.uniform(0, scene.seconds)
            process = forked.start(command, self.said)
            time.sleep(seconds)
            os.kill(process, signal.SIGKILL)
            code = forked.wait(process)
            how = f"killed after {seconds:.3f} s"
        self.deaths["killed" if code == -signal.SIGKILL else "ended before its death"] += 1
        return how if code == -signal.SIGKILL else f"ended ({code})"

    def _judge(self, scene: Scene, command: Sequence[str], archive: Path) -> Iterator[str]:
        code = forked.wait(forked.start(command, self.said))
        if code != 0:
            yield f"the run after it ended with {code}: {self.said.read_text(encoding='utf-8')[-1000:]}"
            return
        yield from differences(scene.expected, archive)
        code = forked.wait(forked.start(["verify", *_into(archive)], self.said))
        if code != 0:
            yield f"verify ended with {code}: {self.said.read_text(encoding='utf-8')[-1000:]}"


def _settings(url: str, now: datetime) -> list[str]:
    settings = {"FINEWS_URL": url, "NEWSSHARE_URL": url, "NEWSARCHIVE_CLOCK": now.isoformat(), "RETRY_BACKOFF": 0.01}
    return [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]


def _into(archive: Path) -> list[str]:
    return ["-s", f"ARCHIVE_DIR={archive}"]


def _nothing(_: Path) -> None:
    pass


def _copy_of(archive: Path) -> Callable[[Path], object]:
    return lambda to: shutil.copytree(archive, to)


def _ruined(archive: Path) -> Callable[[Path], object]:
    """Copy an archive that lost its ledger and a third of its posts."""

    def ruin(to: Path) -> None:
        shutil.copytree(archive, to)
        (to / "ledger.db").unlink()
        (to / "runs" / "ledger.sums").unlink(missing_ok=True)
        posts = sorted((to / "_posts").rglob("*.md"))
        for post in posts[::3]:
            post.unlink()

    return ruin


def _edited(piece: Piece) -> Piece:
    return replace(piece, title=f"更正：{piece.title}")


def soak(kills: int, seed: int, say: Callable[[str], object]) -> int:
    """Kill at least so many times; gives how many archives were not as they should be."""
    forked.load()
    pieces = [piece for piece in compose() if not piece.oddity][-ARTICLES:]
    later = [*map(_edited, pieces[::2]), *pieces[1::2]]
    make_directory(BUILD)
    folder = Path(tempfile.mkdtemp(prefix=f"{seed}-", dir=BUILD))
    bad = archives = 0
    with serving(answers(pieces, NOW)) as url, serving(answers(later, LATER)) as later_url:
        it = Soak(folder, url, later_url, random.Random(seed))  # noqa: S311 - keeps no secrets
        while it.deaths["killed"] < kills:
            scene = it.scenes[archives % len(it.scenes)]
            wrong = list(it.once(archives, scene))
            bad += bool(wrong)
            for sentence in wrong:
                say(f"✗ {sentence}")
            archives += 1
            if archives % 10 == 0:
                say(f"{it.deaths['killed']} of {kills} kills, {archives} archives looked at, {bad} bad")
    say(
        f"{it.deaths['killed']} kills ({it.deaths['ended before its death']} came too late), {archives} archives: "
        f"{archives - bad} as those of undisturbed runs, {bad} not (seed {seed})"
    )
    if not bad:
        shutil.rmtree(folder)
    return bad


def main() -> int:
    """Soak; exit code 1 where an archive was not made good."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__.split("\n\n")[0])
    parser.add_argument("--kills", type=int, default=300, help="how many (%(default)s)")
    parser.add_argument(
        "--seed", type=int, default=None, help="repeats an earlier soak's dice; default: others each time"
    )
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.randrange(10**6)  # noqa: S311 - as above
    return int(soak(given.kills, seed, lambda text: sys.stdout.write(f"{text}\n") and sys.stdout.flush()) > 0)


if __name__ == "__main__":
    sys.exit(main())
