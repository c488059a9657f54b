"""The names that HTML, SVG, MathML and ARIA give a meaning, each judged: harmless in an article, or not.

Whatever stands in no list here has no meaning to a browser: an attribute of another name is kept and does nothing, an
element of another name is an ``HTMLUnknownElement``, which behaves as ``<span>`` does. So these lists have to hold
every name with a meaning, and the check of a body needs nothing else to know.

Sources, as of 2026: the indices "Elements" and "Attributes" of the HTML Living Standard and its chapter 16.2
"Non-conforming features" (https://html.spec.whatwg.org/multipage/indices.html, …/obsolete.html) with what its parser
still treats apart (…/parsing.html); the element and attribute indices of SVG 2
(https://www.w3.org/TR/SVG2/eltindex.html) and 1.1; MathML Core (https://www.w3.org/TR/mathml-core/) and MathML 3;
WAI-ARIA 1.2; CSS Shadow Parts; and what browsers ship or shipped without any of these.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS = _words("h1 h2 h3 h4 h5 h6")
VOID = _words("br col hr img wbr")
BLOCKS = HEADINGS | _words(
    "address article aside blockquote center details dir div dl fieldset figcaption figure footer header hgroup hr "
    "main menu nav ol p pre search section summary table ul"
)
"""Elements whose start tag closes an open ``<p>``."""

FORMATTING = _words("a b big code em font i nobr s small strike strong tt u")
"""Elements that HTML5 opens again where a block cut them off."""

_INLINE = FORMATTING | _words(
    "abbr acronym bdi bdo blink br cite data del dfn img ins kbd label legend mark multicol nextid output picture q rb "
    "rp rt rtc ruby samp slot spacer span sub sup time var wbr"
)
CHILDREN = {
    "table": _words("caption colgroup col thead tbody tfoot tr"),
    **dict.fromkeys(("thead", "tbody", "tfoot"), _words("tr")),
    "tr": _words("td th"),
    "colgroup": _words("col"),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), _words("li")),
    "dl": _words("dt dd"),
}
"""Elements that hold nothing but these elements, white space and comments."""

PARTS = frozenset().union(*CHILDREN.values())
"""Elements that stand nowhere else than directly in the elements of ``CHILDREN``."""

RUBY_PARTS = _words("rb rp rt rtc")
"""Elements that stand nowhere else than directly in ``<ruby>``."""

TAGS = BLOCKS | _INLINE | PARTS
"""The elements of HTML that are harmless in an article."""

# Of the document, not of an article; run, load or ask; keep their text from being seen; or change how what follows
# them is read.
_HTML = _words(
    "applet area audio base basefont bgsound body button canvas datalist dialog embed form frame frameset head html "
    "iframe image input isindex keygen link listing map marquee menuitem meta meter noembed noframes noscript object "
    "optgroup option param plaintext progress script select selectedcontent source style template textarea title "
    "track video xmp"
)
# <svg> and <math> open a content of other rules. Outside of them their elements mean nothing, so they are as good as
# unknown; those that run, load or lead somewhere are refused all the same.
_FOREIGN = _words(
    "svg math animate animatecolor animatemotion animatetransform annotation-xml discard feimage foreignobject "
    "handler listener maction malignmark mglyph mpath set tref use"
)
_OF_BROWSERS = _words(
    "command content controlledframe element event-source fencedframe geolocation install model permission portal "
    "shadow usermedia webview x-ms-webview xml"
)
REFUSED_TAGS = _HTML | _FOREIGN | _OF_BROWSERS
"""The elements with a meaning that an article may not hold."""

LINKS = _words("cite href longdesc src usemap xlink:href")
"""Attributes that hold an address; harmless, as far as the element is, with the schemes of a link."""

LOADING = _words("background dynsrc imagesrcset lowsrc poster srcset")
"""Attributes that load a picture; empty they load nothing. A picture of an article is the ``src`` of an ``img``."""

_ACTING = _words(
    "accesskey action attributionsrc autofocus browsingtopics command commandfor formaction interestfor "
    "interesttarget invoketarget ping popover popovertarget popovertargetaction sharedstoragewritable srcdoc"
)
REFUSED_ATTRIBUTES = LOADING | _ACTING
"""Attributes that run, load, send, open or take the focus, on any element; beside them whatever begins with ``on``."""

CONDITIONAL = _words("contenteditable name style tabindex")
"""Attributes that are harmless with some values or on some elements."""

# With a meaning, and harmless on every element of TAGS: many have theirs only on elements that are refused.
_HTML_ATTRIBUTES = _words(
    "abbr accept accept-charset align alink allow allowfullscreen alpha alt archive as async autocapitalize "
    "autocomplete autocorrect autoplay axis behavior bgcolor blocking border bordercolor bottommargin cellpadding "
    "cellspacing char charoff charset checked class classid clear closedby code codebase codetype color colorspace "
    "cols colspan compact content contextmenu controls coords credentialless crossorigin csp data datafld "
    "dataformatas datapagesize datasrc datetime declare decoding default defer dir direction dirname disabled download "
    "draggable dropzone elementtiming enctype enterkeyhint event exportparts face fetchpriority for form formenctype "
    "formmethod formnovalidate formtarget frame frameborder headers headingoffset headingreset height hidden high "
    "hreflang hspace http-equiv id imagesizes importance inert inputmode integrity is ismap itemid itemprop itemref "
    "itemscope itemtype kind label lang language leftmargin link list loading loop low manifest marginheight "
    "marginwidth max maxlength media method methods min minlength multiple muted nohref nomodule nonce noshade "
    "novalidate nowrap object open optimum part pattern placeholder playsinline preload profile prompt readonly "
    "referrerpolicy rel required rev reversed rightmargin role rows rowspan rules sandbox scheme scope scrollamount "
    "scrolldelay scrolling selected shadowrootclonable shadowrootcustomelementregistry shadowrootdelegatesfocus "
    "shadowrootmode shadowrootserializable shape size sizes slot span spellcheck srclang standby start step summary "
    "target text title topmargin translate truespeed type urn valign value valuetype version virtualkeyboardpolicy "
    "vlink vspace width wrap writingsuggestions"
)
ATTRIBUTES = _HTML_ATTRIBUTES | LINKS | REFUSED_ATTRIBUTES | CONDITIONAL
"""Every attribute HTML gives a meaning, those of ARIA (``aria-*``), of scripts (``data-*``, ``on*``) and of SVG and
MathML aside: the last two have theirs on elements inside of ``<svg>`` and ``<math>`` alone."""
