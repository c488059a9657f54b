"""``scrapy`` in processes forked from one that has imported it already.

A month has hundreds of runs, and a run that finds nothing new would spend nine tenths of its time on imports. Here
one process imports what a run needs and forks a child for each command line; the child goes through
``scrapy.cmdline.execute`` as any ``scrapy`` does, so exit codes, locks and files are those of real runs, and a child
can be killed like one. What only a process of its own has, its start and its functions at exit, is not simulated.

The process is one of its own because forking is safe only where there is one thread, and a replica has many.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

from scrapy.cmdline import execute

ROOT = Path(__file__).resolve().parents[3]
_REACTOR = "twisted.internet.reactor"
_LONGEST = 300.0  # seconds; a run on loopback that takes longer hangs
_ENDED = 128


class HangsError(Exception):
    """A child did not end in time; it was killed."""


class Forked:
    """Runs ``scrapy`` command lines one after the other; a context manager.

    >>> with Forked() as scrapy:                                                        # doctest: +SKIP
    ...     scrapy.start(["crawl", "finews"], Path("log"))
    ...     assert scrapy.wait() == 0
    """

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", __name__]
        pipe = subprocess.PIPE
        self._server = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, bufsize=0)  # noqa: S603 - ours
        self._read = b""  # what the server said and nobody asked for yet
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    def start(self, arguments: Sequence[str], log: Path) -> int:
        """Start ``scrapy ARGUMENTS`` in the project's folder; what it prints is appended to a file. Gives its pid."""
        order = json.dumps({"arguments": list(arguments), "log": str(log)}) + "\n"
        self._pipe(self._server.stdin).write(order.encode())
        self._pid = int(self._answer())
        return self._pid

    def wait(self) -> int:
        """Give its exit code, as a shell does: 128 and the signal's number for one that a signal ended.

        Raises:
            HangsError: it did not end.
        """
        try:
            code = int(self._answer(_LONGEST))
        except TimeoutError as error:
            os.kill(self._pid, signal.SIGKILL)
            self._answer()
            raise HangsError(f"a run had not ended after {_LONGEST:.0f} seconds and was killed") from error
        return code if code >= 0 else _ENDED - code

    def __call__(self, arguments: Sequence[str], log: Path) -> int:
        """Run to the end; gives the exit code."""
        self.start(arguments, log)
        return self.wait()

    def _answer(self, seconds: float | None = None) -> str:
        """Give the server's next line; two may come at once. Raises TimeoutError where none comes in time."""
        pipe = self._pipe(self._server.stdout)
        while b"\n" not in self._read:
            if not select.select([pipe], [], [], seconds)[0]:
                raise TimeoutError
            said = os.read(pipe.fileno(), 4096)
            if not said:
                raise RuntimeError("the process that forks has died")
            self._read += said
        line, _, self._read = self._read.partition(b"\n")
        return line.decode()

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None  # noqa: S101 - both are asked for at the start; for the type checker
        return pipe


def serve(asked: Iterable[str], answers: IO[str]) -> None:
    """Fork a child for each line of JSON; answer with its pid, and with its exit code when it has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the children; this one ends with its input
    for line in asked:
        order: dict[str, Any] = json.loads(line)
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            _child(order["arguments"], order["log"], writing)
        os.close(writing)
        _say(answers, pid)
        with os.fdopen(reading) as modules:
            needed = modules.read().split()
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        _import(needed)
        _say(answers, code)


def _say(answers: IO[str], number: int) -> None:
    answers.write(f"{number}\n")
    answers.flush()


def _child(arguments: list[str], log: str, modules: int) -> None:
    """Be ``scrapy ARGUMENTS``; at the end tell which modules it took, so that the next child has them at birth."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = ["scrapy", *arguments]
    code: Any = 1
    try:
        execute(sys.argv)
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        logging.getLogger(__name__).exception("scrapy ended with a traceback")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        with suppress(OSError):
            os.write(modules, "\n".join(sys.modules).encode())
        os._exit(code if isinstance(code, int) else 1 if code else 0)


def _import(names: Iterable[str]) -> None:
    """Import what a child had to import, but no reactor: each child must be free to install its own."""
    for name in names:
        if name not in sys.modules and name != _REACTOR and not name.startswith("__"):
            sys.modules[_REACTOR] = None  # type: ignore[assignment] # whoever wants it at import gets an ImportError
            try:
                importlib.import_module(name)
            except Exception:  # noqa: BLE001 - a module that cannot be had without a reactor stays the child's own
                sys.modules.pop(name, None)
            finally:
                del sys.modules[_REACTOR]


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
