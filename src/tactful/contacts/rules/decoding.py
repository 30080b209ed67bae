"""Bytes of a file into text. Never fails on bytes that could be a text file at all."""

import codecs
import re
from dataclasses import dataclass

from .trouble import Unusable

#: UTF-8 that was read as Windows-1252 and saved again: "Ã¥" for "å".
_SPOILT = re.compile("\u00c3[\u0080-\u00bf\u02dc\u2020\u2026]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "file.workbook"),
    (b"\xd0\xcf\x11\xe0", "file.workbook"),
    (b"%PDF", "file.pdf"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    encoding: str
    doubtful: bool


def decode(content: bytes) -> Decoded:
    """Text without byte order mark and NUL. Raises ``Unusable`` for workbooks, PDF, empty files."""
    for magic, code in _NOT_TEXT:
        if content.startswith(magic):
            raise Unusable(code)
    text, encoding = _by_bom(content) or _by_trial(content)
    text = text.replace("\0", "")
    if not text.strip():
        raise Unusable("file.empty")
    return Decoded(text, encoding, bool(_SPOILT.search(text)))


def _by_bom(content: bytes) -> tuple[str, str] | None:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, errors="replace"), encoding
    return None


def _by_trial(content: bytes) -> tuple[str, str]:
    if wide := _utf16_without_bom(content):
        return content.decode(wide, errors="replace"), wide
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        # Windows-1252 leaves five bytes undefined; Latin-1 gives each byte a character.
        if all(byte not in content for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)):
            return content.decode("cp1252"), "cp1252"
        return content.decode("latin-1"), "latin-1"


def _utf16_without_bom(content: bytes) -> str:
    head = content[:2000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) * 0.3 and not even:
        return "utf-16-le"
    if even > len(head) * 0.3 and not odd:
        return "utf-16-be"
    return ""
