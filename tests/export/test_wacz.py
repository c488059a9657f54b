"""A WACZ holds what was served: every record byte for byte, an index of all of them, and pages to begin at."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from newsarchive.archive.captures import Capture, Fault
from newsarchive.article import Refused
from newsarchive.export import wacz
from newsarchive.export.formats import About
from newsarchive.export.record import Record
from newsarchive.export.wacz import Job, Packed
from tests.export.captured import DAY, HOME, JSON, NOON, OTHER, PAGE, keep, records


@dataclass(frozen=True, slots=True)
class Written:
    """A WACZ, unpacked by what nothing of ours has written."""

    members: dict[str, bytes]
    stored: set[str]
    packed: Packed
    faults: list[Fault]

    def warcs(self) -> dict[str, bytes]:
        return {
            name.removeprefix("archive/"): self.members[name] for name in self.members if name.startswith("archive/")
        }

    def index(self) -> list[tuple[str, str, dict[str, str]]]:
        lines = gzip.decompress(self.members["indexes/index.cdx.gz"]).decode().splitlines()
        return [(key, moment, json.loads(fields)) for key, moment, fields in (line.split(" ", 2) for line in lines)]

    def pages(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.members["pages/pages.jsonl"].splitlines()]


def pack(folder: Path, asked: list[Record], *, whole: bool = False, busy: bool = False) -> Written:
    faults: list[Fault] = []
    job = Job(folder, whole, busy, faults.append, lambda what, done, total: None)
    out = BytesIO()
    job.write(iter(asked), out, About("" if whole else "category=x", NOON))
    with zipfile.ZipFile(out) as file:
        assert file.testzip() is None
        members = {info.filename: file.read(info) for info in file.infolist()}
        stored = {info.filename for info in file.infolist() if info.compress_type == zipfile.ZIP_STORED}
    return Written(members, stored, job.packed, faults)


def headers(warc: bytes) -> Iterator[Any]:
    for record in ArchiveIterator(BytesIO(warc), check_digests="raise"):
        record.content_stream().read()
        yield record.rec_headers


@pytest.fixture
def kept(tmp_path: Path) -> dict[str, Capture]:
    return keep(tmp_path / "captures")


@pytest.fixture
def captures(kept: dict[str, Capture], tmp_path: Path) -> Path:
    return tmp_path / "captures"


def test_everything_is_the_capture_files_as_they_are(captures: Path, kept: dict[str, Capture]) -> None:
    made = pack(captures, records(kept), whole=True)
    assert made.warcs() == {path.name: path.read_bytes() for path in captures.iterdir()}
    assert (made.packed.files, made.packed.answers) == (2, 7)
    assert not made.faults


def test_a_selection_is_its_articles_exchanges_and_no_other(captures: Path, kept: dict[str, Capture]) -> None:
    made = pack(captures, records(kept)[:1])
    (content,) = made.warcs().values()
    said = [(head["WARC-Type"], head["WARC-Target-URI"]) for head in headers(content)]
    assert said == [
        ("warcinfo", None),
        *[("response", PAGE), ("request", PAGE), ("response", JSON), ("request", JSON)],
        *[("revisit", JSON), ("request", JSON), ("response", PAGE), ("request", PAGE)],
    ]
    for name in ("page", "json", "same json", "gone"):
        one = kept[name]
        member = (captures / one.file).read_bytes()[one.offset : one.offset + one.length]
        assert member in content, "byte for byte"


@pytest.mark.parametrize("whole", [True, False])
def test_every_line_of_the_index_leads_to_its_record(captures: Path, kept: dict[str, Capture], whole: bool) -> None:  # noqa: FBT001
    made = pack(captures, records(kept), whole=whole)
    index = made.index()
    assert len(index) == made.packed.answers == (7 if whole else 5)
    assert [line[:2] for line in index] == sorted(line[:2] for line in index)
    for _, moment, fields in index:
        start = int(fields["offset"])
        member = made.warcs()[fields["filename"]][start : start + int(fields["length"])]
        (record,) = headers(member)
        assert record["WARC-Target-URI"] == fields["url"]
        assert record["WARC-Date"][:19].replace("-", "").replace(":", "").replace("T", "") == moment
        assert record["WARC-Payload-Digest"] == fields.get("digest")
        assert (record["WARC-Type"] == "revisit") == (fields["mime"] == "warc/revisit")


def test_reading_begins_at_the_articles_page_else_at_the_answer_that_gave_the_text(
    captures: Path, kept: dict[str, Capture]
) -> None:
    header, *pages = pack(captures, records(kept)).pages()
    assert header == {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    assert [(page["url"], page["ts"], page["title"]) for page in pages] == [
        (PAGE, "2022-03-04T12:00:00Z", "第一篇"),  # not the 404 of the next day
        (OTHER, "2022-03-04T12:00:00Z", "第二篇"),
    ]


def test_everything_begins_at_the_home_page(captures: Path, kept: dict[str, Capture]) -> None:
    made = pack(captures, records(kept), whole=True)
    manifest = json.loads(made.members["datapackage.json"])
    assert (manifest["mainPageUrl"], manifest["mainPageDate"]) == (HOME, "2022-03-04T12:00:00Z")
    assert made.pages()[1]["url"] == HOME


def test_the_manifest_names_every_member_with_its_digest(captures: Path, kept: dict[str, Capture]) -> None:
    made = pack(captures, records(kept))
    manifest = json.loads(made.members["datapackage.json"])
    assert (manifest["profile"], manifest["wacz_version"]) == ("data-package", "1.1.1")
    resources = {one["path"]: (one["hash"], one["bytes"], one["name"]) for one in manifest["resources"]}
    assert resources == {
        path: (f"sha256:{hashlib.sha256(content).hexdigest()}", len(content), path.rpartition("/")[2])
        for path, content in made.members.items()
        if not path.startswith("datapackage")
    }
    digest = {
        "path": "datapackage.json",
        "hash": f"sha256:{hashlib.sha256(made.members['datapackage.json']).hexdigest()}",
    }
    assert json.loads(made.members["datapackage-digest.json"]) == digest


def test_what_is_packed_already_is_not_packed_again(captures: Path, kept: dict[str, Capture]) -> None:
    assert pack(captures, records(kept), whole=True).stored == {
        *(f"archive/{path.name}" for path in captures.iterdir()),
        "indexes/index.cdx.gz",
    }


def test_a_large_selection_has_several_files(
    captures: Path, kept: dict[str, Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wacz, "LARGEST", 1500)
    made = pack(captures, records(kept))
    assert len(made.warcs()) == made.packed.files > 1
    for name, content in made.warcs().items():
        kinds = [(head["WARC-Type"], head["WARC-Filename"]) for head in headers(content)]
        assert kinds[0] == ("warcinfo", name)


@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_record_is_named_and_left_out(captures: Path, kept: dict[str, Capture], whole: bool) -> None:  # noqa: FBT001
    page = kept["page"]
    content = bytearray((captures / page.file).read_bytes())
    content[page.offset + page.length - 1] ^= 1
    (captures / page.file).write_bytes(content)
    made = pack(captures, records(kept), whole=whole)
    assert [(fault.file, fault.offset) for fault in made.faults] == [(page.file, page.offset)]
    assert [fields["status"] for _, _, fields in made.index() if fields["url"] == PAGE] == ["404"]
    assert all(list(headers(warc)) for warc in made.warcs().values())


def test_an_empty_file_is_named_and_left_out(captures: Path, kept: dict[str, Capture]) -> None:
    (captures / "20220301-0001.warc.gz").touch()
    made = pack(captures, records(kept), whole=True)
    assert [str(fault) for fault in made.faults] == ["20220301-0001.warc.gz at 0: the file is empty"]
    assert len(made.warcs()) == 2


def test_half_a_record_at_the_end_is_no_damage_while_a_run_is_writing(captures: Path, kept: dict[str, Capture]) -> None:
    last = max(captures.iterdir())
    last.write_bytes(last.read_bytes()[:-10])
    assert not pack(captures, records(kept), whole=True, busy=True).faults
    assert len(pack(captures, records(kept), whole=True).faults) == 1


def test_without_captures_there_is_no_wacz(captures: Path, kept: dict[str, Capture]) -> None:
    assert kept
    with pytest.raises(Refused, match="no capture belongs to these posts"):
        pack(captures, [])


def test_an_article_without_a_capture_is_counted(captures: Path, kept: dict[str, Capture]) -> None:
    one, other = records(kept)
    for path in captures.iterdir():
        if (NOON + DAY).strftime("%Y%m%d") in path.name:
            path.unlink()
    imported = Record(**{name: getattr(other, name) for name in Record.__slots__} | {"code": "NW20220304120000009"})
    assert pack(captures, [one, imported]).packed.without == 1
