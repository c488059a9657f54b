"""Hundreds of pages in one window of Chromium, each in a frame: what runs there, what is asked, what is torn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

AT_A_TIME = 50

# In every frame, before anything of its page: whoever calls one of these has run script.
_LISTEN = """
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
    window[name] = () => { console.error(`ran: ${name} on ${location.href}`); };
"""
_LOOK = """
async ([addresses, look]) => {
    const judge = new Function('document', look);
    return Promise.all(addresses.map((address) => new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.onload = () => {
            frame.onload = null;
            let found;
            try { found = judge(frame.contentDocument); } catch (error) { found = `${error}`; }
            setTimeout(() => { frame.remove(); resolve(found); }, 50);
        };
        frame.src = address;
        document.body.append(frame);
    })));
}
"""
POKE = """
document.addEventListener('click', (event) => {
    const link = event.target.closest('a, area');
    if (link === null || !/^\\s*javascript:/i.test(link.href)) event.preventDefault();
}, true);
const kinds = ['pointerenter', 'mouseover', 'focus', 'toggle', 'beforetoggle', 'animationstart', 'error', 'load'];
for (const element of document.body.querySelectorAll('*')) {
    for (const kind of kinds) element.dispatchEvent(new Event(kind, {bubbles: true}));
    if (element.click) element.click(); else element.dispatchEvent(new MouseEvent('click', {bubbles: true}));
}
"""
"""Clicks everything and lets everything happen to it; what leads to another page stays here."""


@dataclass
class Frames:
    """A window that looks at pages of one site in frames.

    Attributes:
        ran: every call of what only script calls, with the page.
        asked: every request that was not for the site, as a proxy sees it: its URL, or host and port.
    """

    page: Page
    site: str
    ran: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def look(self, paths: list[str], judge: str) -> dict[str, Any]:
        """Give what a function's text, given the ``document``, returns for each page."""
        found: dict[str, Any] = {}
        for start in range(0, len(paths), AT_A_TIME):
            batch = paths[start : start + AT_A_TIME]
            found.update(zip(batch, self.page.evaluate(_LOOK, [batch, judge]), strict=True))
        return found


@contextmanager
def frames(browser: Browser, folder: Path, *, policy: bool) -> Iterator[Frames]:
    """Serve a folder and open a window on it.

    Args:
        browser: running.
        folder: what is served.
        policy: let pages' own content security policies count; else the browser is told to pay them no heed.
    """
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        """What would leave the machine comes here, and no further."""

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_CONNECT = do_POST = do_HEAD = do_GET  # noqa: N815 - as http.server wants it

        def log_message(self, *_: object) -> None:
            pass

    class Site(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # a connection for many pages

        def __init__(self, *words: Any) -> None:
            super().__init__(*words, directory=str(folder))

        def end_headers(self) -> None:
            if self.path.endswith(".css"):  # once for all pages
                self.send_header("Cache-Control", "max-age=3600")
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ExitStack() as held:
        proxy, site = (held.enter_context(_served(handler)) for handler in (Proxy, Site))
        opened = browser.new_context(
            bypass_csp=not policy, proxy={"server": proxy, "bypass": site.removeprefix("http://")}
        )
        held.callback(opened.close)
        opened.add_init_script(_LISTEN)
        found = Frames(opened.new_page(), site, asked=asked)

        def said(message: ConsoleMessage) -> None:
            if message.text.startswith("ran: "):
                found.ran.append(message.text)

        found.page.on("console", said)
        found.page.goto(f"{site}/newsarchive-none.html")  # a page of the same origin, without any policy
        found.page.set_content("<!DOCTYPE html><title>frames</title>")
        yield found


@contextmanager
def _served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
