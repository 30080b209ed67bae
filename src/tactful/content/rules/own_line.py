"""A person's own line on top of a template: the words before the greeting, with the name under them."""

import re
from dataclasses import replace
from typing import Final

from tactful.content.types import MailSource, Variable

LINE: Final = "personal_line"
BY: Final = "personal_by"
_BLOCK = (
    "<mj-section><mj-column><mj-text><p>{{ personal_line }}<br>{{ personal_by }}</p></mj-text>"
    "</mj-column></mj-section>"
)
_BODY = re.compile(r"<mj-body[^>]*>")


def with_line(source: MailSource) -> MailSource:
    """Values ``personal_line`` and ``personal_by`` belong to it."""
    body = _BODY.search(source.mjml)
    at = 0 if body is None else body.end()
    known = {variable.name for variable in source.variables}
    fresh = tuple(Variable(name, default="") for name in (LINE, BY) if name not in known)
    text = "{{ personal_line }}\n{{ personal_by }}\n\n" + source.text if source.text.strip() else source.text
    mjml = source.mjml[:at] + _BLOCK + source.mjml[at:]
    return replace(source, mjml=mjml, text=text, variables=(*source.variables, *fresh))
