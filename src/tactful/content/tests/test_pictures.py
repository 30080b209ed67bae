"""A logo is a picture and nothing else."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.content.rules.pictures import LARGEST, PictureRefused, plain_picture


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 1, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    words = chunk(b"IDAT", zlib.compress(b"\x00\x00\xff"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + words + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*more: bytes) -> bytes:
    frame = segment(0xC0, b"\x08" + struct.pack(">HH", 3, 4) + b"\x01\x01\x11\x00")
    return (
        b"\xff\xd8"
        + b"".join(more)
        + frame
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + b"\x12\x34\xff\xd9"
    )


def test_what_is_written_beside_the_picture_goes() -> None:
    said = chunk(b"tEXt", b"Comment\x00<script>") + chunk(b"eXIf", b"where it was taken")
    found = plain_picture(png(2, 1, said) + b"<?php a hidden file")
    assert (found.kind, found.width, found.height) == ("png", 2, 1)
    assert found.content == png()
    exif = segment(0xE1, b"Exif\x00\x00where") + segment(0xFE, b"<script>")
    found = plain_picture(jpeg(exif) + b"PK\x03\x04")
    assert (found.kind, found.width, found.height) == ("jpg", 4, 3)
    assert found.content == jpeg()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_a_picture"),
        (b"GIF89a....", "not_a_picture"),
        (png()[:-4], "not_a_picture"),
        (png().replace(b"IDAT", b"IDAX"), "not_a_picture"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "not_a_picture"),
        (png(100_000, 1), "too_wide"),
        (png(0, 1), "too_wide"),
        (jpeg()[:-2], "not_a_picture"),
        (png() + b"\x00" * LARGEST, "too_large"),
    ],
)
def test_anything_else_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(PictureRefused) as refusal:
        plain_picture(content)
    assert refusal.value.code == code


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", png()[:40], jpeg()[:20]]),
)
def test_whatever_comes_ends(rest: bytes, start: bytes) -> None:
    try:
        found = plain_picture(start + rest)
    except PictureRefused:
        return
    assert plain_picture(found.content) == found
