"""A mail that a person typed: their words, no shell, no label; the same care for headers and lines."""

import hashlib

from tactful.content.rules.compile import mime_headers, part_end, part_start
from tactful.content.rules.escaping import Context, escape_for
from tactful.content.rules.headers import SUBJECT_LIMIT, clean_words, header_block
from tactful.content.rules.plain import text_to_html
from tactful.content.rules.quoted_printable import encode_text
from tactful.content.types import AutoSubmitted, MailEnvelope, MailRefused, PersonMail, VariableKind

_clean = escape_for(Context.TEXT, VariableKind.LINES)
_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark"></head>\n'
    "<body style=\"font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
    'font-size:16px;line-height:1.55">\n{words}\n</body></html>\n'
)


def build_person_mail(mail: PersonMail, envelope: MailEnvelope) -> bytes:
    """The whole mail in wire form. The same input gives the same bytes. Raises ``MailRefused``.

    The envelope must say ``AutoSubmitted.NO``: a named person stands behind these words.
    """
    if envelope.auto_submitted is not AutoSubmitted.NO:
        raise MailRefused("A person wrote this mail, so its envelope may not call it automatic.")
    text = _clean(mail.text)
    if not text.strip():
        raise MailRefused("The mail has no words. Write at least one line.", "mail.no_words")
    page = _PAGE.format(language=_language(mail.language), words=text_to_html(text))
    boundary = f"=_tactful_{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"
    head = header_block(envelope, clean_words(mail.subject, SUBJECT_LIMIT)) + mime_headers(
        mail.language, boundary
    )
    body = [encode_text(text + "\n"), part_start("html", boundary), encode_text(page), part_end(boundary)]
    return b"".join([head.encode(), part_start("plain", boundary), *body])


def _language(language: str) -> str:
    return language if language.replace("-", "").isalnum() and language.isascii() else "und"
