"""Bodies no check may let through: well-known cross-site scripting, and tags that lie about the tree they make."""

from __future__ import annotations

ATTACKS = [
    *'''
<script>alert(1)</script>
<SCRIPT SRC=http://x.example/x.js></SCRIPT>
<scr<script>ipt>alert(1)</scr</script>ipt>
<script/x>alert(1)</script>
<img src=x onerror=alert(1)>
<img src=x onerror=alert(1)//
<img/src=x/onerror=alert(1)>
<img/src="x"/onerror=alert(1)>
<p a"b onclick=alert(1)>x</p>
<p a="1"onclick="alert(1)">x</p>
<p =a onclick=alert(1)>x</p>
<p ="'" onclick=alert(1) '>x</p>
<p a=' ' ' onclick="alert(1)">x</p>
<p onunheard-of=x>x</p>
<img src=x onerror=>
<img src=x onerror= >
<p one="1">x</p>
<P ONCLICK=x>x</P>
<em-stock onclick=x>x</em-stock>
<em-stock style="position:fixed">x</em-stock>
<o:p href="javascript:alert(1)">x</o:p>
<a title=x href=x href="javascript:alert(1)">x</a>
<a xlink:href="javascript:alert(1)">x</a>
<img srcset="//x.example/1.png 2x">
<img src=x lowsrc="javascript:alert(1)">
<td background="//x.example/1.png">x</td>
<a href=x ping=//x.example/>x</a>
<p popover>x</p>
<p autofocus tabindex=1>x</p>
<p tabindex=5>x</p>
<a accesskey=x href=y>x</a>
<img name=cookie src=x>
<p contenteditable="true">x</p>
<fencedframe src=//x.example/></fencedframe>
<portal src=//x.example/></portal>
<bgsound src=//x.example/x.mid>
<animate onbegin=alert(1)>x</animate>
<math><mi>x</mi></math>
<svg></svg>
<MATH><mi//xlink:href="data:x,<script>alert(4)</script>">
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<dialog open>x</dialog>
<marquee>x</marquee>
<xmp>x</xmp>
<listing>x</listing>
<img src="x" oNeRrOr = "alert(1)">
<img src="x"onerror="alert(1)">
<img src=`x` onerror=alert(1)>
<IMG """><SCRIPT>alert(1)</SCRIPT>">
<svg onload=alert(1)>
<svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x>
<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>
<body onload=alert(1)>
<p onclick=alert(1)>x</p>
<a href="javascript:alert(1)">x</a>
<a href="JaVaScRiPt:alert(1)">x</a>
<a href=" javascript:alert(1)">x</a>
<a href="java&#9;script:alert(1)">x</a>
<a href="&#106;avascript:alert(1)">x</a>
<a href="&#x6A;avascript&colon;alert(1)">x</a>
<a href="javascript&Tab;:alert(1)">x</a>
<a href="&#0000106avascript:1">x</a>
<a href="vbscript:msgbox(1)">x</a>
<a href="data:text/html,<script>alert(1)</script>">x</a>
<a href="feed:javascript:1">x</a>
<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>
<img src="data:image/svg+xml,x">
<img src="javascript:alert(1)">
<span web="1" href="javascript:alert(1)">x</span>
<p data-href="java&#115;cript:alert(1)">x</p>
<base href=//x.example/>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<embed src=x.swf>
<object data="data:text/html,x"></object>
<form action=x><input autofocus onfocus=alert(1)></form>
<isindex action=x>
<button formaction="javascript:alert(1)">x</button>
<video><source onerror=alert(1)></video>
<audio src=x onerror=alert(1)>
<details open ontoggle=alert(1)>x</details>
<marquee onstart=alert(1)>x</marquee>
<meta http-equiv="refresh" content="0">
<link rel=stylesheet href="//x.example/x.css">
<style>@import '//x.example/x.css';</style>
<style>*{color:red}</style>
<p style="background:url(javascript:alert(1))">x</p>
<p style="width:expression(alert(1))">x</p>
<p style="width:exp/**/ression(alert(1))">x</p>
<p style="position:fixed;top:0">x</p>
<p style="color:red;behavior:url(x.htc)">x</p>
<p style="-moz-binding:url(x)">x</p>
<p style="background:u&#114;l(//x.example)">x</p>
<p style="@import 'x'">x</p>
<p style="margin-top:-9999px">x</p>
<p style="margin:0 0 -1e9px">x</p>
<p style="margin-left:-99em">x</p>
<p style="margin:calc(0px - 9999px)">x</p>
<p style="text-indent:-9999px">x</p>
<p style="position:relative;top:5000px">x</p>
<p style="position:sticky">x</p>
<p style="position:absolute">x</p>
<p style="*position:fixed">x</p>
<p style="transform:scale(99)">x</p>
<p style="z-index:9">x</p>
<p style="box-shadow:0 0 0 9999px red">x</p>
<p style="vertical-align:-9999px">x</p>
<p style="background:image-set('//x.example/1.png' 1x)">x</p>
<p style="--a:url(//x.example/)">x</p>
<p style="unknown:url(//x.example/)">x</p>
<p style="content:url(//x.example/)">x</p>
<p style="cursor:url(//x.example/),auto">x</p>
<p style="list-style-image:url(//x.example/)">x</p>
<p style="font-family:\\75rl(//x.example/)">x</p>
<p style="mso-x:\\75rl(//x.example/)">x</p>
<p style="mso-x:y;position:fixed">x</p>
<p style="a:'b;position:fixed;c:'d'">x</p>
<p style="a:&quotx;position:fixed">x</p>
<p style="color:red}*{color:blue">x</p>
<p style="-o-link:'javascript:alert(1)';-o-link-source:current">x</p>
<p style="behavior:none x">x</p>
<p style="filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='//x.example/')">x</p>
<p title="<img src=x onerror=alert(1)>">x</p>
<!--><img src=x onerror=alert(1)>-->
<!-- --!><img src=x onerror=alert(1)>-->
<!--[if IE]><script>alert(1)</script><![endif]-->
<!--#exec cmd="ls"-->
<!--#include virtual="/etc/passwd" -->
<!--[if gte IE 5]><p onmouseover="alert(1)">x</p><![endif]-->
<!--[if mso]><a href="javascript:alert(1)">x</a><![endif]-->
<!---><img src=x onerror=alert(1)>-->
<!-- <!--><img src=x onerror=alert(1)>-->
<!--!> <img src=x onerror=alert(1)>
<?x <img src=x onerror=alert(1)>
<?x ><img src=x onerror=alert(1)>
</x y="><img src=x onerror=alert(1)>">
</ x><img src=x onerror=alert(1)>
<![if IE]><img src=x onerror=alert(1)><![endif]>
<?= $x ?>
<?import namespace="t" implementation="#default#time2">
<?xml-stylesheet href="javascript:alert(1)"?>
<!-- open
<![CDATA[<script>alert(1)</script>]]>
<?xml version='1.0'?>
<?php echo 1 ?>
<!DOCTYPE html>
</p/><p>
<p/>x
x<
x</
<a
<a href=
<a href="x
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<template><script>alert(1)</script></template>
<textarea><img src=x onerror=alert(1)></textarea>
<xmp><p title="</xmp><img src=x onerror=alert(1)>">
<plaintext>x
<select><style></select><img src=x onerror=alert(1)></style>
<table background='javascript:alert(1)'></table>
<image src=x>
<p contenteditable>x</p>
&#0;
&#x1b;
&#xD800;
<a href="ftp://x/">x</a>
'''.strip().split("\n"),
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="java\x00script:alert(1)">x</a>',
    '<p style="wid\\th:1">x</p>',
    '<p style="color:re\\64">x</p>',
    "a\x00b",
    "a\x0bb",
    "a\rb",
    "a\ud800b",
    "a\uffffb",
    "&#" + "9" * 5000 + ";",
    "<p \x0cid=x>x</p>",
]
"""Every one is refused by the check and harmless after cleaning; the list grows with every vector we hear of."""

MISNESTED = [
    *"""
<p>a
a</p>
<p><p>a</p></p>
<p><div>a</div></p>
<p><span><h2>a</h2></span></p>
<p><table></table></p>
<b><i>a</b></i>
<a href=x>a<a href=y>b</a></a>
<a href="x"><b><a href="y">z</a></b></a>
<td>a</td>
<tr><td>a</td></tr>
<table>a</table>
<table><td>a</td></table>
<table><tr>a</tr></table>
<table><tr><p>a</p></tr></table>
<table><p>a</p></table>
<ul>a</ul>
<ul><p>a</p></ul>
<ul><ul><li>a</li></ul></ul>
<li>a</li>
<dl>a</dl>
<dd>a</dd>
<h1><h2>a</h2></h1>
<p>a</br></p>
<br></br>
<ul><li>a<li>b</ul>
<p>a</p id=x>
<colgroup><col></colgroup>
<table><colgroup>a</colgroup></table>
""".strip().split("\n"),
    "<table>　</table>",
    "<div>" * 101 + "</div>" * 101,
]
"""HTML5 would move, close or add something, or (lists) the source would mean something else."""
