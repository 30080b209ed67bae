"""A logo as we keep it: PNG or JPEG, small, and nothing in it but the picture.

What a camera or a program has written beside the picture (places, names, colours of other devices, hidden
files) is left out; what cannot be read as one whole picture is refused. Nothing is decoded.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

LARGEST: Final = 300_000  # bytes
WIDEST: Final = 2_000  # pixels
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA"}
_JPEG_KEPT: Final = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDD, 0xE0}
_JPEG_SIZE: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


class PictureRefused(ValueError):
    """``code``: too_large (in bytes), too_wide (in pixels), or not_a_picture."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    kind: str  # png or jpg
    width: int
    height: int


def plain_picture(content: bytes) -> Picture:
    """Raises ``PictureRefused``."""
    if len(content) > LARGEST:
        raise PictureRefused("too_large")
    try:
        found = _png(content) if content.startswith(_PNG) else _jpeg(content)
    except (struct.error, IndexError) as error:
        raise PictureRefused("not_a_picture") from error
    if not (0 < found.width <= WIDEST and 0 < found.height <= WIDEST):
        raise PictureRefused("too_wide")
    return found


def _png(content: bytes) -> Picture:
    at, kept, size, has_words = len(_PNG), [_PNG], (0, 0), False
    while True:
        (length,), name = struct.unpack_from(">I", content, at), content[at + 4 : at + 8]
        body, end = content[at + 8 : at + 8 + length], at + 12 + length
        if end > len(content) or struct.unpack_from(">I", content, end - 4)[0] != zlib.crc32(name + body):
            raise PictureRefused("not_a_picture")
        if (name == b"IHDR") != (at == len(_PNG)):
            raise PictureRefused("not_a_picture")
        if name == b"IHDR":
            size = struct.unpack_from(">II", body)
        has_words = has_words or name == b"IDAT"
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            break
        at = end
    if not has_words:
        raise PictureRefused("not_a_picture")
    return Picture(b"".join(kept), "png", *size)


def _jpeg(content: bytes) -> Picture:
    if not content.startswith(b"\xff\xd8\xff"):
        raise PictureRefused("not_a_picture")
    at, kept, size = 2, [b"\xff\xd8"], (0, 0)
    while True:
        marker = content[at + 1]
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if content[at] != 0xFF or length < 2 or end > len(content):
            raise PictureRefused("not_a_picture")
        if marker in _JPEG_SIZE:
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = (width, height)
        if marker in _JPEG_KEPT:
            kept.append(content[at:end])
        at = end
        if marker == 0xDA:
            break
    last = content.rfind(b"\xff\xd9")
    if last < at:
        raise PictureRefused("not_a_picture")
    return Picture(b"".join([*kept, content[at : last + 2]]), "jpg", *size)
