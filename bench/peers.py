"""What a user would otherwise do with an archive's captures: one loop over fastwarc.

python -m bench.peers posts CAPTURES FOLDER    writes a post for every JSON answer, by python-frontmatter
python -m bench.peers check CAPTURES           reads every record and compares its digests
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import frontmatter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType


def records(captures: Path, kind: WarcRecordType, *, parse: bool) -> Iterator[WarcRecord]:
    """Give every record of a folder's WARC files."""
    for path in sorted(captures.glob("*.warc.gz")):
        with path.open("rb") as stream:
            yield from ArchiveIterator(stream, record_types=kind, parse_http=parse)


def posts(captures: Path, folder: Path) -> int:
    """Write a post for every article's JSON; nothing is checked, cleaned or synced. Gives their number."""
    count = 0
    for record in records(captures, WarcRecordType.response, parse=True):
        if "GetNewsText.do" not in str(record.headers["WARC-Target-URI"]):
            continue
        answer = json.loads(record.reader.read())
        text = answer["text"].replace("\r\n", "\n").replace("　　", "")
        post = frontmatter.Post(
            f"{text}\n\n<{answer['url']}>\n",
            layout="post",
            title=answer["Title"],
            date=answer["Date"],
            categories=answer["medianame"],
            tags=answer["medianame"],
        )
        path = folder / answer["Date"][:4] / answer["Date"][5:7] / f"{answer['Date'][:10]}-{answer['Id']}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(frontmatter.dumps(post), encoding="utf-8")
        count += 1
    return count


def check(captures: Path) -> int:
    """Compare the digests of every record with its bytes; gives how many are wrong."""
    wrong = 0
    for record in records(captures, WarcRecordType.any_type, parse=False):
        wrong += not record.verify_block_digest()
        if "WARC-Payload-Digest" in record.headers:
            record.parse_http()
            wrong += not record.verify_payload_digest()
    return wrong


def main(words: list[str]) -> int:
    """Do what is asked for; exit code 0 when it could be done and nothing is wrong."""
    what, captures, *more = words
    return check(Path(captures)) if what == "check" else int(posts(Path(captures), Path(more[0])) == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
