"""A WACZ as others see it: ``wacz validate``, the index the reference indexer makes, and a replay by pywb."""

from __future__ import annotations

import gzip
import subprocess
import zipfile
from pathlib import Path

from newsarchive.archive.captures import Capture
from newsarchive.export.formats import About
from newsarchive.export.record import Record
from newsarchive.export.wacz import Job
from tests.export.captured import HOME, HTML, JSON, NOON, PAGE, TEXT, keep, records
from tests.pywb import collect, replay, serving, tool


def packed(path: Path, captures: Path, asked: list[Record], *, whole: bool) -> Path:
    job = Job(captures, whole, busy=False, damaged=lambda fault: None, progress=lambda what, done, total: None)
    with path.open("wb") as out:
        job.write(iter(asked), out, About("", NOON))
    return path


def unpacked(body: bytes, coding: bytes) -> bytes:
    return gzip.decompress(body) if coding == b"gzip" else body


def test_it_is_valid_its_index_is_the_reference_indexers_and_pywb_replays_it(tmp_path: Path) -> None:
    validate, indexer = tool("wacz"), tool("cdxj-indexer")
    kept: dict[str, Capture] = keep(tmp_path / "captures")
    files = {
        "whole": packed(tmp_path / "whole.wacz", tmp_path / "captures", records(kept), whole=True),
        "one": packed(tmp_path / "one.wacz", tmp_path / "captures", records(kept)[:1], whole=False),
    }
    for name, path in files.items():
        said = subprocess.run([validate, "validate", "-f", path], capture_output=True, text=True, check=False)
        assert said.returncode == 0, said
        assert "is valid" in said.stdout, said
        with zipfile.ZipFile(path) as file:
            file.extractall(tmp_path / f"{name}.d")
        warcs = sorted((tmp_path / f"{name}.d/archive").iterdir())
        theirs = subprocess.run([indexer, "--sort", *warcs], capture_output=True, check=True).stdout
        assert gzip.decompress((tmp_path / f"{name}.d/indexes/index.cdx.gz").read_bytes()) == theirs
        collect(tmp_path, name, path)
    with serving(tmp_path) as server:
        found = {
            f"{collection}: {what}": (answer[0], unpacked(*answer[1:]))
            for collection in files
            for what, answer in {
                "the page": replay(f"{server}/{collection}", "20220304120000", PAGE),
                "the page when it was gone": replay(f"{server}/{collection}", "20220305120000", PAGE),
                "the answer": replay(f"{server}/{collection}", "20220304120000", JSON),
                "its revisit": replay(f"{server}/{collection}", "20220305120000", JSON),
            }.items()
        }
        others = {
            "whole: home": replay(f"{server}/whole", "20220304120000", HOME)[:2],
            "one: home": replay(f"{server}/one", "20220304120000", HOME)[0],
        }
    once = {
        "the page": (200, HTML),
        "the page when it was gone": (404, b"gone"),
        "the answer": (200, TEXT),
        "its revisit": (200, TEXT),
    }
    assert found == {f"{collection}: {what}": answer for collection in files for what, answer in once.items()}
    assert others == {"whole: home": (200, HTML), "one: home": 404}
