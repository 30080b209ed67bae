"""Folders of a mailbox as people read them."""

import base64
import re

_SHIFTED = re.compile(r"&([^-]*)-")


def readable(name: str) -> str:
    """Modified UTF-7 (RFC 3501, 5.1.3) as people write it; what is none stays as it is.

    >>> readable("&AMk-l&AOk-ments envoy&AOk-s")
    'Éléments envoyés'
    """
    try:
        return _SHIFTED.sub(_unshifted, name)
    except (ValueError, UnicodeError):
        return name


def shown_folder(name: str) -> str:
    """
    >>> shown_folder("[Gmail]/Sent Mail")
    'Sent Mail'
    """
    return re.split(r"[/.](?=\S)", readable(name))[-1]


def _unshifted(found: re.Match[str]) -> str:
    if not found[1]:
        return "&"
    coded = found[1].replace(",", "/")
    return base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True).decode("utf-16-be")
