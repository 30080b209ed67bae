"""The script for a firm's own site, under one address that stays."""

import hashlib
from functools import lru_cache

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from .answers import Answer, Refused

SNIPPET = "tactful.js"
_FILE = "build/snippet.js"


def snippet(method: str, headers: dict[bytes, str]) -> Answer:
    if method not in ("GET", "HEAD"):
        raise Refused(405, "method")
    body, tag = _script()
    told = (
        (b"content-type", b"text/javascript; charset=utf-8"),
        (b"cache-control", b"public, max-age=3600"),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"etag", tag),
    )
    if headers.get(b"if-none-match", "").encode("latin-1") == tag:
        return Answer(304, headers=told)
    return Answer(200, b"" if method == "HEAD" else body, told)


@lru_cache(maxsize=1)
def _script() -> tuple[bytes, bytes]:
    found = finders.find(_FILE)
    if isinstance(found, str):
        with open(found, "rb") as file:  # noqa: PTH123
            body = file.read()
    else:
        if not staticfiles_storage.exists(_FILE):
            raise Refused(404, "path")
        with staticfiles_storage.open(_FILE) as stored:
            body = stored.read()
    return body, b'"' + hashlib.sha256(body).hexdigest()[:20].encode() + b'"'
