"""Telling a story in the terminal while it really happens, and stopping at the first untruth."""

import html
import http.cookiejar
import re
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 25.0  # seconds until something that was told must have happened
LOOK_EVERY = 0.1


class NotAsTold(Exception):
    """What was told did not happen."""


class Teller:
    def __init__(self) -> None:
        self._chapter = 0

    def chapter(self, title: str) -> None:
        self._chapter += 1
        print(f"\n{self._chapter}. {title}", flush=True)

    def say(self, line: str) -> None:
        print(f"   {line}", flush=True)

    def see(self, what: str, found: bool) -> None:
        """A sentence that must be true now."""
        if not found:
            raise NotAsTold(what)
        print(f"   ✓ {what}", flush=True)

    def wait(self, what: str, look: Callable[[], T | None]) -> T:
        """A sentence that must come true soon; answers with what was seen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = look()
            if found:
                print(f"   ✓ {what}", flush=True)
                return found
            time.sleep(LOOK_EVERY)
        raise NotAsTold(what)


def run(story: Callable[[Teller], None]) -> int:
    """0 when all was as told, else 1 with the sentence that was not true."""
    try:
        story(Teller())
    except NotAsTold as untruth:
        print(f"   ✗ {untruth}\n\nThis was not as told. The story stops here.", file=sys.stderr, flush=True)
        return 1
    except OSError as trouble:
        print(
            f"   ✗ The system did not answer: {trouble}. The story stops here.", file=sys.stderr, flush=True
        )
        return 1
    return 0


def letter_of(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    return part.get_content() if part is not None else ""


def links_of(letter: EmailMessage) -> list[str]:
    return re.findall(r"https?://[^\s<>\"]+", text_of(letter))


@dataclass(slots=True)
class Browser:
    """Just enough of one for a client's page: cookies, forms, files. It speaks to our own server only."""

    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, url: str) -> str:
        return self._open(urllib.request.Request(url))  # noqa: S310, the address stood in our own letter

    def post(self, url: str, values: Mapping[str, str], file: tuple[str, bytes] | None = None) -> str:
        """Submit the form of the page at ``url`` (its CSRF token is fetched first)."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(url))
        fields = dict(values) | ({"csrfmiddlewaretoken": token.group(1)} if token else {})
        body, kind = _multipart(fields, file)
        request = urllib.request.Request(url, data=body, headers={"Content-Type": kind, "Referer": url})  # noqa: S310
        return self._open(request)

    def post_bare(self, url: str, values: Mapping[str, str]) -> str:
        """As a mail program does for one-click: no cookies, no token, no page opened before."""
        data = urllib.parse.urlencode(values).encode()
        with urllib.request.urlopen(url, data=data) as answer:  # noqa: S310
            return str(answer.read(), "utf-8")

    def _open(self, request: urllib.request.Request) -> str:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        with opener.open(request) as answer:
            return html.unescape(str(answer.read(), "utf-8"))


def _multipart(values: Mapping[str, str], file: tuple[str, bytes] | None) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    if file is not None:
        name, content = file
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"
