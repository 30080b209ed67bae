"""Contrast of two colours by WCAG 2.2, and the nearest colour that can be read."""

import re
from typing import Final

READABLE: Final = 4.5
_HEX: Final = re.compile(r"#?([0-9a-fA-F]{6})")


def colour(text: str) -> str | None:
    """As ``#rrggbb`` in small letters, or None."""
    found = _HEX.fullmatch(text.strip())
    return f"#{found[1].lower()}" if found else None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mended(wanted: str, ground: str, least: float = READABLE) -> str:
    """``wanted``, or the nearest shade of it that can be read on ``ground``."""
    if contrast(wanted, ground) >= least:
        return wanted
    towards = "#000000" if _luminance(ground) > 0.18 else "#ffffff"
    for share in range(1, 101):
        shade = _mixed(wanted, towards, share / 100)
        if contrast(shade, ground) >= least:
            return shade
    return towards


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _luminance(text: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(text))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
