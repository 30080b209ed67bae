"""The brand's shell around every automatic mail: calm, white, one column, made for a phone first.

The mark of automation is the petrol double rule on the left of the footer's first line; it is a border,
not a picture, so it also shows where images are off. Fonts are those of the reader's own machine.
"""

from html import escape
from typing import Final

from tactful.content.rules.contrast import mended
from tactful.content.types import Brand, Variable, VariableKind

# Values that every mail has. They come from the envelope, never from contact data.
LABEL, SUBJECT, WHY, PREFERENCES, UNSUBSCRIBE = (
    "automatic_label", "subject", "why_url", "preferences_url", "unsubscribe_url",
)  # fmt: skip
LINKS = (WHY, PREFERENCES, UNSUBSCRIBE)
OWN_VARIABLES = (
    Variable(SUBJECT, default=""),
    Variable("preheader", default=""),
    Variable(LABEL, default=""),
    Variable(WHY, kind=VariableKind.URL, required=True),
    Variable(PREFERENCES, kind=VariableKind.URL, required=True),
    Variable(UNSUBSCRIBE, kind=VariableKind.URL, required=True),
)
_FONT = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

_HEAD = """<mjml lang="{language}"><mj-head>
<mj-title>{{{{ subject }}}}</mj-title>
{preview}
<mj-raw><meta name="color-scheme" content="light dark"></mj-raw>
<mj-raw><meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-attributes>
<mj-all font-family="{font}"/>
<mj-text font-size="16px" line-height="1.55" color="#17211f" padding="8px 24px"/>
<mj-button background-color="{button}" color="#ffffff" font-size="16px" font-weight="600" align="left"
 border-radius="9px" inner-padding="14px 22px" padding="12px 24px"/>
<mj-section padding="0"/>
</mj-attributes>
<mj-style>
ul {{ margin: 0 0 14px; padding: 0 0 0 20px; }} li {{ padding: 3px 0; }}
p {{ margin: 0 0 14px; }} p:last-child {{ margin: 0; }}
a {{ color: {accent}; }}
.tf-foot a {{ color: #465350; text-decoration: underline; }}
@media (prefers-color-scheme: dark) {{
body, body > div, .tf, body > div > div {{ background: #101716 !important; }}
body div, body td, body p, body li {{ color: #e8ede8 !important; }}
body a, body .tf-name div {{ color: {dark_accent} !important; }}
.tf-logo img {{ background: #ffffff; border-radius: 6px; }}
body .tf-foot div, body .tf-foot p, body .tf-foot a {{ color: #b7c2bc !important; }}
body .tf-auto {{ border-color: #4c93a8 !important; }}
td[bgcolor="{button}"], td[bgcolor="{button}"] a {{
background: {dark_button} !important; color: #101716 !important; }}
}}
</mj-style></mj-head>
<mj-body width="560px" background-color="#ffffff">"""

_TOP = """<mj-section css-class="tf" padding="20px 0 8px"><mj-column>
{logo}<mj-text css-class="tf-name" font-size="15px" font-weight="650" color="{accent}"
 padding="8px 24px 12px">{business}</mj-text>
</mj-column></mj-section>"""

_LOGO = """<mj-image css-class="tf-logo" src="{logo}" alt="" width="72px" align="left" padding="0 24px 8px"/>
"""
_SIGNED = """<mj-section css-class="tf"><mj-column>
<mj-text color="#465350">{lines}</mj-text></mj-column></mj-section>
"""
DARK: Final = "#101716"
_DARK_BUTTON: Final = {"#1c3b36": "#dce9e2"}  # ours is lighter than readable needs
_DARK_ACCENT: Final = {"#12566b": "#8ecbdd"}

_BOTTOM = """{signed}<mj-section css-class="tf tf-foot" padding="28px 0 32px"><mj-column>
<mj-text font-size="13px" line-height="1.5" color="#465350" padding="0 24px">
<p class="tf-auto" style="margin:0 0 12px;padding:2px 0 2px 12px;border-left:5px double {accent};">
{{{{ automatic_label }}}}</p>
<p style="margin:0 0 12px;">{links}</p>
<p style="margin:0;">{business}<br>{address}</p>
</mj-text></mj-column></mj-section></mj-body></mjml>"""


def is_whole_document(mjml: str) -> bool:
    return mjml.lstrip().lower().startswith("<mjml")


def shell(brand: Brand, language: str, *, preheader: bool, unsubscribe: bool) -> tuple[str, str]:
    """The MJML before and after a body (sections); its marks are named in ``OWN_VARIABLES``."""
    accent = escape(brand.accent)
    head = _HEAD.format(
        language=escape(language),
        preview="<mj-preview>{{ preheader }}</mj-preview>" if preheader else "",
        font=_FONT,
        accent=accent,
        button=escape(brand.button),
        dark_accent=_DARK_ACCENT.get(brand.accent) or mended(brand.accent, DARK),
        dark_button=_DARK_BUTTON.get(brand.button) or mended(brand.button, DARK),
    )
    named = {"business": literal(brand.business), "accent": accent}
    links, signed = _links(brand, unsubscribe), _signed(brand)
    bottom = _BOTTOM.format(links=links, signed=signed, address=literal(brand.postal_address), **named)
    logo = _LOGO.format(logo=literal(brand.logo)) if brand.logo else ""
    return head + _TOP.format(logo=logo, **named), bottom


def _signed(brand: Brand) -> str:
    lines = [literal(line) for line in brand.signature.splitlines() if line.strip()]
    return _SIGNED.format(lines=f"<p>{'<br>'.join(lines)}</p>") if lines else ""


def bare(body: str, language: str) -> str:
    """The body alone: what the plain part is made from where the author gave none."""
    return f'<mjml lang="{escape(language)}"><mj-body>{body}</mj-body></mjml>'


def text_footer(brand: Brand, *, unsubscribe: bool) -> str:
    """The shell's footer as plain text, with the same marks. Braces in names are taken out."""
    words = brand.words
    lines = ["{{ automatic_label }}", "", f"{_before_link(words.why)} {{{{ why_url }}}}"]
    lines.append(f"{_before_link(words.preferences)} {{{{ preferences_url }}}}")
    if unsubscribe:
        lines.append(f"{_before_link(words.unsubscribe)} {{{{ unsubscribe_url }}}}")
    signature = [_unbraced(line) for line in brand.signature.splitlines() if line.strip()]
    return (
        ("\n\n" + "\n".join(signature) if signature else "")
        + "\n\n-- \n"
        + "\n".join([*lines, "", _unbraced(brand.business), _unbraced(brand.postal_address)])
        + "\n"
    )


def literal(words: str) -> str:
    """``words`` for MJML, closed to markup and to Liquid."""
    return escape(words).replace("{", "&#123;").replace("}", "&#125;")


def _before_link(label: str) -> str:
    words = _unbraced(label)
    return f"{words}:" if words[-1:].isalnum() else words


def _unbraced(words: str) -> str:
    return " ".join(words.replace("{", "(").replace("}", ")").split())


def _links(brand: Brand, unsubscribe: bool) -> str:
    words = brand.words
    links = [(words.why, WHY), (words.preferences, PREFERENCES)]
    if unsubscribe:
        links.append((words.unsubscribe, UNSUBSCRIBE))
    return " &nbsp;·&nbsp; ".join(
        f'<a href="{{{{ {name} }}}}" style="color:#465350;">{literal(label)}</a>' for label, name in links
    )
