"""What comes in a file of clients and must come out of the house as plain words, or not at all."""

from collections.abc import Mapping
from types import MappingProxyType

LONG = "x" * 5_000
FORMULAS = ("=1+1", "+1-1", "-1+1", "@SUM(A1)", "\t=1", "|calc", "\uff1d1+1", "=HYPERLINK(0)", "%0A")

VALUES: Mapping[str, str] = MappingProxyType(
    {
        "header": "\r\nBcc: all@evil.example\r\nX-Evil: 1",
        "lone_cr": "\rBcc: all@evil.example",
        "lone_lf": "\nTo: all@evil.example",
        "nul": "\x00Cc: all@evil.example",
        "line_separator": "\u2028Bcc: all@evil.example",
        "paragraph_separator": "\u2029Bcc: all@evil.example",
        "next_line": "\x85Bcc: all@evil.example",
        "tabs": "\x0b\x0c\x1c\tBcc: all@evil.example",
        "end_of_mail": "\r\n.\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<all@evil.example>\r\nDATA",
        "dots": "\n.\n..\n.dot",
        "liquid": "{{ 7 | times: 191 }}{% for i in 1..9 %}1337{% endfor %}{{ upload_url }}",
        "liquid_end": "{% endif %}{% include 'x' %}{%- raw -%}{{ name }}",
        "format": "%(name)s {name} {0.__class__} ${name} %s",
        "script": "<script>alert`1`</script>",
        "image": "<img src=x onerror=alert`1`>",
        "comment": "<!--[if mso]><script src=//evil.example></script><![endif]-->",
        "style": "</style><style>*{background:url//evil.example}</style>",
        "mjml": "</mj-text><mj-raw><b>raw</b></mj-raw><mj-include path='/etc/passwd' /><mj-text>",
        "attribute": '" onmouseover="alert`1`" x="',
        "entities": "&lt;b&gt; &amp;amp; &#60;",
        "quotes": '"O\'Hara" \\ `x` «y»',
        "javascript": "javascript:alert`1`",
        "boundary": "\n--=_tactful\nContent-Type: text/html\n\n<b>x</b>\n--=_tactful--",
        "encoded_word": "=?utf-8?q?=0d=0aBcc:_all=40evil.example?=",
        "quoted_printable": "=0D=0ABcc:=20x =3D =\n",
        "bidi": "\u202egpj.exe\u202c \u2066x\u2069 \u200f\u061c",
        "zero_width": "A\u200bB\u200dC\ufeffD",
        "emoji": "😀 👩\u200d💻 🇳🇴 e\u0301",
        "right_to_left": "محمد כהן",
        "overlong": LONG,
        "long_words": "ord " * 1_500,
        "addresses": "<all@evil.example>, all@evil.example; x",
        **{f"formula_{number}": text for number, text in enumerate(FORMULAS)},
    }
)
