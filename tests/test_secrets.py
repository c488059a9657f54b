"""No password, session or token of the operator's is kept, logged or told: not in the archive, not beside it."""

from __future__ import annotations

import base64
import gzip
import http.client
import os
import select
import socket
import ssl
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastwarc import ArchiveIterator as FastIterator

from newsarchive import redaction
from newsarchive.archive import warcrecord
from newsarchive.archive.captures import Captures, Exchange, iterate
from newsarchive.archive.warcrecord import public
from newsarchive.healthcheck import Healthcheck
from newsarchive.hosts import allowed_origins
from newsarchive.redaction import redacted, remember
from newsarchive.replica.compose import NOW
from newsarchive.replica.server import Replica

ROOT = Path(__file__).resolve().parents[1]
USER, PASSWORD = "kept-out", "p4ss-w0rd@x"
SECRETS = (
    PASSWORD.encode(),
    PASSWORD.replace("@", "%40").encode(),
    base64.b64encode(f"{USER}:{PASSWORD}".encode()).rstrip(b"="),
    b"sid=s3ssion",
)


class Proxy(BaseHTTPRequestHandler):
    """Passes on what comes with the right password: requests, and by CONNECT whatever is said through it."""

    protocol_version = "HTTP/1.1"
    passed: list[str]
    cookie = b""

    def allowed(self) -> bool:
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Proxy-Authorization") == f"Basic {expected}":
            self.passed.append(f"{self.command} {self.path}")
            return True
        self.send_response(407, f"not {self.headers.get('Proxy-Authorization')}")  # a proxy that quotes what it got
        self.send_header("Proxy-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def do_GET(self) -> None:
        if not self.allowed():
            return
        parts = urlsplit(self.path)
        upstream = http.client.HTTPConnection(parts.hostname or "", parts.port)
        upstream.request("GET", parts._replace(scheme="", netloc="").geturl(), headers={"Host": parts.netloc})
        answer = upstream.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                self.send_header(name, value)
        self.send_header("Set-Cookie", "sid=s3ssion; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        upstream.close()

    def do_CONNECT(self) -> None:
        if not self.allowed():
            return
        host, _, port = self.path.partition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.send_response(200)
            self.end_headers()
            ends = {self.connection: upstream, upstream: self.connection}
            while True:
                for ready in select.select(list(ends), [], [])[0]:
                    chunk = ready.recv(65536)
                    if not chunk:
                        self.close_connection = True
                        return
                    ends[ready].sendall(chunk)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def proxy() -> Iterator[tuple[int, list[str]]]:
    handler = type("OneProxy", (Proxy,), {"passed": []})
    with serving(handler) as port:
        yield port, handler.passed  # type: ignore[attr-defined]


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A certificate of our own for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "tls.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def everything(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder, unpacked: WARC records, and members of a WACZ."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found[str(path.relative_to(folder))] = content
            if path.name.endswith(".gz"):
                found[f"{path.name} unpacked"] = gzip.decompress(content)
            if path.suffix == ".wacz":
                for place in range(len(content)):
                    if content.startswith(b"\x1f\x8b\x08", place):
                        found[f"{path.name}+{place}"] = zlib.decompressobj(31).decompress(content[place:])
    return found


def assert_no_secret(folder: Path, *said: str) -> None:
    looked_at = everything(folder) | {f"output {number}": text.encode() for number, text in enumerate(said)}
    kept = [(name, secret) for name, content in looked_at.items() for secret in SECRETS if secret in content]
    assert not kept


def run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120, env=clean | environment
    )


def test_a_proxys_password_and_a_servers_session_are_kept_nowhere(
    small_replica: Replica, crawl_into: Callable[[Replica], Any], proxy: tuple[int, list[str]]
) -> None:
    port, passed = proxy
    crawl = crawl_into(small_replica)
    address = f"http://{USER}:{PASSWORD.replace('@', '%40')}@127.0.0.1:{port}"
    log = crawl.archive.parent / "log" / "crawl.log"
    log.parent.mkdir()
    command = crawl.command("finews", LOG_LEVEL="DEBUG", LOG_FILE=log)
    ended = run(command, http_proxy=address, HTTPS_PROXY=address)
    assert ended.returncode == 0, ended
    assert len(passed) > 12, "the requests went through the proxy"
    posts = crawl.posts()
    assert len(posts) == 12
    wacz = crawl.archive.parent / "out" / "all.wacz"
    wacz.parent.mkdir()
    exported = run([sys.executable, "-m", "scrapy", "export", str(wacz), "-s", f"ARCHIVE_DIR={crawl.archive}"])
    assert exported.returncode == 0, exported
    assert_no_secret(crawl.archive.parent, ended.stdout, ended.stderr, exported.stdout, exported.stderr)

    kept = gzip.decompress(next((crawl.archive / "captures").glob("*.gz")).read_bytes())
    assert b"Newsarchive-Omitted: Proxy-Authorization\r\n" in kept
    assert b"Newsarchive-Omitted: Set-Cookie\r\n" in kept
    assert crawl.rebuild("--check").code == 0
    verified = run([sys.executable, "-m", "scrapy", "verify", "-s", f"ARCHIVE_DIR={crawl.archive}"])
    assert verified.returncode == 0, verified


def test_a_proxy_that_quotes_a_wrong_password_does_not_get_it_into_log_or_record(
    small_replica: Replica, crawl_into: Callable[[Replica], Any], proxy: tuple[int, list[str]]
) -> None:
    crawl = crawl_into(small_replica)
    address = f"http://other:{PASSWORD}@127.0.0.1:{proxy[0]}"
    ended = run(crawl.command("finews", RETRY_TIMES=0, LOG_LEVEL="DEBUG"), http_proxy=address)
    assert ended.returncode != 0
    wrong = base64.b64encode(f"other:{PASSWORD}".encode()).rstrip(b"=").decode()
    assert wrong not in ended.stdout + ended.stderr
    (record,) = (crawl.archive / "runs").glob("*.json")
    assert wrong not in record.read_text(encoding="utf-8")
    assert PASSWORD not in ended.stdout + ended.stderr + record.read_text(encoding="utf-8")


def test_a_password_for_a_tunnel_is_kept_nowhere(
    small_replica: Replica, crawl_into: Callable[[Replica], Any], proxy: tuple[int, list[str]], tls: ssl.SSLContext
) -> None:
    class Front(Proxy):
        """The replica by https."""

        def allowed(self) -> bool:
            self.path = f"{small_replica.url.rstrip('/')}{self.path}"
            return True

    crawl = crawl_into(small_replica)
    with serving(Front, tls) as port:
        address = f"http://{USER}:{PASSWORD}@127.0.0.1:{proxy[0]}"
        urls = dict.fromkeys(("FINEWS_URL", "NEWSSHARE_URL", "ARTICLE_URL"), f"https://localhost:{port}/")
        command = crawl.command("finews", DOWNLOAD_VERIFY_CERTIFICATES=0, LOG_LEVEL="DEBUG", **urls)
        ended = run(command, https_proxy=address)
    assert ended.returncode == 0, ended
    assert any(line.startswith("CONNECT localhost") for line in proxy[1])
    assert len(crawl.posts()) == 12
    assert_no_secret(crawl.archive, ended.stdout, ended.stderr)


def test_a_password_in_a_settings_address_is_refused_at_once_and_not_repeated(
    small_replica: Replica, crawl_into: Callable[[Replica], Any]
) -> None:
    crawl = crawl_into(small_replica)
    address = small_replica.url.replace("//", f"//{USER}:{PASSWORD}@")
    ended = run(crawl.command("finews", LOG_LEVEL="DEBUG", FINEWS_URL=address))
    assert ended.returncode == 1, ended
    assert "the setting FINEWS_URL: it names a user" in ended.stderr
    assert PASSWORD not in ended.stdout + ended.stderr
    assert not small_replica.log


@pytest.mark.parametrize("host", ["127.0.0.1:1", "x y", "[::1", "127.0.0.1:99999"])
def test_the_token_of_a_healthcheck_is_told_to_no_log(
    host: str, small_replica: Replica, crawl_into: Callable[[Replica], Any]
) -> None:
    token = "4f1c-token-9b2e"  # noqa: S105 - a test's
    crawl = crawl_into(small_replica)
    address = f"http://{USER}:{PASSWORD}@{host}/ping/{token}?key={token}"
    ended = run(crawl.command("finews", "limit=1", LOG_LEVEL="DEBUG", HEALTHCHECK_URL=address))
    assert token not in ended.stdout + ended.stderr
    assert PASSWORD not in ended.stdout + ended.stderr
    if crawl.archive.exists():
        found = everything(crawl.archive)
        assert not [name for name, content in found.items() if token.encode() in content]


def test_what_a_watcher_is_told_holds_no_password() -> None:
    told: list[str] = []

    class Watcher(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with serving(Watcher) as port:
        check = Healthcheck.of({"HEALTHCHECK_URL": f"http://127.0.0.1:{port}/"})
        assert not check.tell(ok=True, sentence=f"http://a:{PASSWORD}@proxy:1 refused")
    assert told == ["http://…@proxy:1 refused"]


def exchange(**headers: Any) -> Exchange:
    return Exchange(url="http://a.example/", fetched_at=NOW, status=200, body=b"x", **headers)


@pytest.mark.parametrize("name", [b"Proxy-Authorization", b"authorization", b"COOKIE", b"set-Cookie", b"Cookie "])
def test_no_header_that_lets_others_act_as_us_gets_into_a_record(name: bytes, tmp_path: Path) -> None:
    pairs = ((b"A", b"1"), (name, b"s3cret"), (b"B", b"2"), (name.lower(), b"s3cret"))
    with Captures(tmp_path, now=lambda: NOW) as captures:
        captures.write(exchange(headers=pairs, request_headers=pairs))
    ((_, found),) = iterate(tmp_path)
    assert found.headers == found.request_headers == ((b"A", b"1"), (b"B", b"2"))  # type: ignore[union-attr]
    assert b"s3cret" not in gzip.decompress(next(tmp_path.iterdir()).read_bytes())
    assert public(((b"X-Cookie", b"1"), (b"Cookies", b"2"))) == (((b"X-Cookie", b"1"), (b"Cookies", b"2")), "")


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())
    monkeypatch.setattr(redaction, "_pattern", [])


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("password", ["secret", "se/cr#et", "a:b:c@d", "密码好长", "%41bc%2Fd"])
def test_a_password_is_not_said_in_any_form_it_travels_in(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", f"socks5://me:{password}@proxy.example:1080")
    remember()
    for said in (password, base64.b64encode(f"me:{password}".encode()).decode(), f"http://me:{password}@h/"):
        assert password not in redacted(f"it said '{said}' twice"), said
    assert redacted("secretary 10.0.0.1") == "secretary 10.0.0.1"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://u:p@h/x", "http://…@h/x"),
        ("https://token@h", "https://…@h"),
        ("http://u:p@q@h/x and http://h/@x", "http://…@h/x and http://h/@x"),
        ("a b@c.example http://h/@x //h", "a b@c.example http://h/@x //h"),
        ("茅台 http://h/a?b=c@d", "茅台 http://h/a?b=c@d"),
    ],
)
def test_only_the_user_of_an_address_is_taken_out(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_a_settings_address_with_a_user_is_none() -> None:
    with pytest.raises(ValueError, match="the setting FINEWS_URL: it names a user") as refused:
        allowed_origins({"FINEWS_URL": "https://u:pw@h.example/"}, ("FINEWS_URL",))
    assert "pw" not in str(refused.value)


def clean(archive: Path, *words: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "contrib" / "captures" / "forget_headers.py"
    return run([sys.executable, str(script), str(archive), *words], PYTHONPATH=str(ROOT))


def test_captures_that_hold_a_password_are_cleaned_without_moving_a_record(
    small_replica: Replica,
    crawl_into: Callable[[Replica], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crawl = crawl_into(small_replica)
    assert crawl("finews").code == 0
    monkeypatch.setattr(warcrecord, "SECRET_HEADERS", frozenset[bytes]())  # as an earlier newsarchive wrote them
    secret = base64.b64encode(f"{USER}:{PASSWORD}".encode())
    (file,) = (crawl.archive / "captures").iterdir()
    exchanges = [found[1] for found in iterate(crawl.archive / "captures") if isinstance(found, tuple)]
    file.unlink()
    headers = ((b"Proxy-Authorization", b"Basic " + secret), (b"cookie", b"sid=s3ssion"))
    with Captures(crawl.archive / "captures", now=lambda: NOW) as captures:
        for one in exchanges:
            answered = ((b"Set-Cookie", b"sid=s3ssion"), *one.headers)
            captures.write(replace(one, request_headers=(*one.request_headers, *headers), headers=answered))
    monkeypatch.undo()
    assert crawl.rebuild().code == 0  # the ledger knows the new places
    before = file.read_bytes()
    assert secret in gzip.decompress(before)

    named = clean(crawl.archive)
    assert (named.returncode, file.read_bytes() == before) == (3, True), named
    assert clean(crawl.archive, "--write").returncode == 0
    assert len(file.read_bytes()) == len(before)
    assert_no_secret(crawl.archive)
    assert [found[1] for found in iterate(crawl.archive / "captures") if isinstance(found, tuple)] == exchanges
    assert clean(crawl.archive).returncode == 0
    assert crawl.rebuild("--check").code == 0
    verified = run([sys.executable, "-m", "scrapy", "verify", "-s", f"ARCHIVE_DIR={crawl.archive}"])
    assert verified.returncode == 0, verified
    with file.open("rb") as stream:
        assert all(record.verify_block_digest() for record in FastIterator(stream, parse_http=False))
