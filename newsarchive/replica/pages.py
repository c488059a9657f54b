"""The mirror's pages as bytes: home, categories, rolling news, posts, feed, 404."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache

from newsarchive.replica.kramdown import page_body, strip_html
from newsarchive.replica.newspapers import ROLLING_CATEGORY, ROLLING_TAG, words
from newsarchive.replica.piece import Layout, Piece
from newsarchive.replica.site import HOME_SHOWS, ROLLING_SHOWS, Heading, Site

FEED_SHOWS = 10
PUBLIC = "https://finews.withounder.com"
SITE_TITLE = "金融消息"


def page(site: Site, path: str) -> bytes | None:
    """Give the page at a decoded path, e.g. ``/category/kejiribao.html``; ``None`` where the mirror has none."""
    if path in {"/", "/index.html"}:
        return home(site)
    if path in {"/emnews/", "/emnews/index.html"}:
        return rolling(site)
    if path == "/feed.xml":
        return feed(site)
    if path == "/404.html":
        return missing()
    if path.startswith("/category/") and path.endswith(".html"):
        heading = site.headings.get(path.removeprefix("/category/").removesuffix(".html"))
        return category(site, heading) if heading else None
    piece = site.post_at(path)
    return post(site, piece) if piece else None


def paths(site: Site) -> Iterator[str]:
    """Give the path of every page there is."""
    yield from ("/index.html", "/emnews/index.html", "/feed.xml", "/404.html")
    yield from (f"/category/{category}.html" for category in site.headings)
    yield from map(site.url, site.posts)


def home(site: Site) -> bytes:
    """Every tag with its five newest posts."""
    sections = (
        f'<h2 id="{tag}">{tag}</h2>\n<ul>\n{_items(site, pieces[:HOME_SHOWS], "    ")}  </ul>\n<hr />\n'
        for tag, pieces in site.tags.items()
    )
    return _page("首页", "/", "\n".join(sections))


def category(site: Site, heading: Heading) -> bytes:
    """Every post of a category; none for a name with spaces, as Jekyll has split it."""
    listed = site.categories.get(heading.category, ())
    section = f'<h2 id="{heading.tag}">{heading.tag}</h2>\n\n<ul>\n{_items(site, listed, "  ")}</ul>\n'
    title = heading.category[:1].upper() + heading.category[1:].lower()
    return _page(title, f"/category/{heading.category}.html", section)


def rolling(site: Site) -> bytes:
    """The newest of the rolling news."""
    listed = site.categories.get(ROLLING_CATEGORY, ())[:ROLLING_SHOWS]
    items = "".join(
        f'    <li><a href="{site.url(piece)}" target="_blank">{piece.title}</a></li>\n\n' for piece in listed
    )
    return _page(ROLLING_TAG, "/emnews/", f"<ul>\n\n{items}</ul>\n")


def missing() -> bytes:
    """The page for what is not there; it sends the reader home by script."""
    script = "<script>setTimeout(function () { window.location = '/'; }, 5000);</script>"
    section = (
        f'{script}\n\n<h2 id="404-找不到页面-page-not-found">404 找不到页面 Page Not Found</h2>\n\n'
        "<p>这里没有您要找的页面：地址有误，或者消息已满三天。</p>\n"
    )
    return _page("404", "/404.html", section)


def post(site: Site, piece: Piece) -> bytes:
    """A post's page; without title, date, tag and layout where Jekyll could not read the front matter."""
    content = page_content(piece)
    if piece.bare:
        return content.encode()
    stamp = f"{piece.shown:%Y-%m-%d %H:%M:%S}"
    if piece.layout is Layout.PARENTHESES:
        stamp = f"(GMT+8, Asia/Shanghai, CST) {stamp}"
    else:
        stamp = f"[GMT+8, Asia/Shanghai, CST] {stamp} &nbsp; "
    tags = "</em> - <em>".join(words(piece.tag))
    section = (
        f"<small>{stamp}</small>\n<h1>{piece.title}</h1>\n\n{content}\n\n\n  <small>tags: <em>{tags}</em></small>\n\n"
    )
    description = content if piece.layout is Layout.TWICE else piece.title
    head = _post_head(site, piece)
    return _page(piece.title, site.url(piece), section, description=description, head=head)


def feed(site: Site, shows: int = FEED_SHOWS) -> bytes:
    """The newest posts of all categories with their whole content, as jekyll-feed writes them."""
    entries = "".join(_entry(site, piece) for piece in site.newest[:shows])
    built = site.now.isoformat(timespec="seconds")
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">'
        '<generator uri="https://jekyllrb.com/" version="4.3.1">Jekyll</generator>'
        f'<link href="{PUBLIC}/feed.xml" rel="self" type="application/atom+xml" />'
        f'<link href="{PUBLIC}/" rel="alternate" type="text/html" hreflang="zh-CN" />'
        f'<updated>{built}</updated><id>{PUBLIC}/feed.xml</id><title type="html">{SITE_TITLE}</title>'
        f"<author><name>ZNing</name></author>{entries}</feed>"
    ).encode()


@lru_cache(maxsize=4096)
def page_content(piece: Piece) -> str:
    """Give what Jekyll makes of a post's text; it does not change with the moment."""
    return page_body(piece.markdown())


def _items(site: Site, pieces: Iterable[Piece], indent: str) -> str:
    items = (f'{indent}\n{indent}  <li><a href="{site.url(piece)}">{piece.title}</a></li>\n' for piece in pieces)
    return "".join(items) + f"{indent}\n"


def _excerpt(piece: Piece) -> str:
    return strip_html(page_content(piece).split("\n\n")[0])


def _post_head(site: Site, piece: Piece) -> str:
    excerpt = html.escape(html.unescape(_excerpt(piece)))
    about = {"@type": "BlogPosting", "datePublished": site.date(piece).isoformat(), "headline": piece.title}
    script = json.dumps(about, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<meta name="description" content="{excerpt}" />\n'
        f'<meta property="article:published_time" content="{site.date(piece).isoformat()}" />\n'
        f'<script type="application/ld+json">\n{script}</script>'
    )


def _entry(site: Site, piece: Piece) -> str:
    url = PUBLIC + site.url(piece)
    date = site.date(piece).isoformat(timespec="seconds")
    title = html.escape(html.escape(piece.title, quote=False), quote=False)
    if piece.bare:
        title = "" if piece.broken_title else piece.name
    named = () if piece.bare else (*words(piece.category), *words(piece.tag))
    terms = "".join(f'<category term="{html.escape(term)}" />' for term in named)
    summary = "" if piece.broken_title else f'<summary type="html"><![CDATA[{_excerpt(piece)}]]></summary>'
    return (
        f'<entry><title type="html">{title}</title>'
        f'<link href="{url}" rel="alternate" type="text/html" title="{title}" />'
        f"<published>{date}</published><updated>{date}</updated><id>{url.removesuffix('.html')}</id>"
        f'<content type="html" xml:base="{url}"><![CDATA[{page_content(piece).strip()}]]></content>'
        f"<author><name>ZNing</name></author>{terms}{summary}</entry>"
    )


def _page(title: str, path: str, section: str, *, description: str = "", head: str = "") -> bytes:
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
  <head>
    <meta charset="UTF-8">
    <meta property="og:title" content="{title}">
    <meta property="og:description" content="{description or title}">
    <meta property="og:url" content="{PUBLIC}{path}">
<title>{title} | {SITE_TITLE}</title>
<meta name="generator" content="Jekyll v4.3.1" />
<link rel="canonical" href="{PUBLIC}{path}" />
{head}
    <link type="application/atom+xml" rel="alternate" href="/feed.xml">
  </head>
  <body onload="JavaScript:AutoRefresh(60000);">
    <div class="wrapper">
      <header><h1><a href="/">{SITE_TITLE}</a></h1></header>
      <section>

      {section}

      </section>
      <footer><p>&copy; 2021</p><small>自动归集，仅供测试。</small></footer>
    </div>
  </body>
</html>
""".encode()
