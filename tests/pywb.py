"""pywb, as the tests use it to see captures as a reader would.

pywb pins packages of its own, so it lives in an environment of its own: ``python -m venv PATH; PATH/bin/pip install
pywb wacz``, and ``NEWSARCHIVE_PYWB=PATH`` (``make pywb`` makes one). Without the variable, pywb on the search path is
taken. Where there is none the tests are skipped, or fail with ``NEWSARCHIVE_REQUIRE_TOOLS=1``.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.conftest import PATIENCE


def tool(name: str) -> str:
    home = os.environ.get("NEWSARCHIVE_PYWB")
    found = shutil.which(name, path=f"{home}/bin" if home else None)
    if found:
        return str(Path(found).absolute())
    message = f"pywb is not there ({name}): install it into an environment of its own and set NEWSARCHIVE_PYWB"
    if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)


def collect(root: Path, collection: str, *files: Path) -> None:
    """Make a collection in a folder and add WARC or WACZ files to it, as ``wb-manager`` does."""
    manager = tool("wb-manager")
    for command in ([manager, "init", collection], [manager, "add", "--unpack-wacz", collection, *files]):
        subprocess.run(command, cwd=root, check=True, capture_output=True)


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Serve a folder's collections on loopback; gives the address they stand below."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (root / "pywb.log").open("wb") as log:
        command = [tool("wayback"), "-b", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log)
    try:
        wait_for(port, process, root / "pywb.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"pywb did not start: {log.read_text()[-2000:]}")


def replay(server: str, when: str, url: str) -> tuple[int, bytes, bytes]:
    """Ask for a capture as it came (pywb's ``id_``); gives its status, body and content coding."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    question = urllib.request.Request(f"{server}/{when}id_/{url}", headers={"Accept-Encoding": "gzip"})  # noqa: S310
    try:
        answer: HTTPResponse | urllib.error.HTTPError = opener.open(question, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status or 0, answer.read(), (answer.headers["Content-Encoding"] or "").encode()
