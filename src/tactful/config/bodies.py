"""How much a request may bring, by its address, before Django puts it anywhere.

Django stores the whole body before it looks at host, session or address, so nothing behind it can say no in
time. What is larger is refused at once where its length is told, and else as soon as it is too much.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from django.conf import settings
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from tactful.foundation import files
from tactful.portal.documents import MOST_BYTES
from tactful.portal.links import ident_of
from tactful.portal.views import DOCUMENTS

MB: Final = 1024 * 1024
MOST_OF_ALL: Final = MOST_BYTES + 10 * MB  # bytes; with what a form puts around its files
WITH_A_FILE: Final = files.LARGEST + 5 * MB
OF_STAFF: Final = MB  # a letter or a journey, with every sign written as three
OF_STRANGERS: Final = 64 * 1024
UPLOADS: Final = "/c/documents/"
FILES: Final = frozenset({"/import/", "/start/clients/file/", "/settings/brand/"})
STRANGERS: Final = ("/c/", "/account/")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Any], Awaitable[None]]
Pages = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


def most_for(path: str) -> int:
    """Bytes of a body for this address."""
    if path.startswith(UPLOADS) and _opens(path):
        return MOST_OF_ALL
    if path in FILES or (settings.DEMO and path.startswith("/demo/")):
        return WITH_A_FILE
    return OF_STRANGERS if path.startswith(STRANGERS) else OF_STAFF


def _opens(path: str) -> bool:
    """Whether we have signed this address. Nothing but the signature is looked at."""
    try:
        ident_of(path.removeprefix(UPLOADS).partition("/")[0], DOCUMENTS)
    except Http404:
        return False
    return True


async def measured(pages: Pages, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The pages, with no more of the body than the address may bring."""
    most = most_for(scope["path"])
    if _told(scope) > most:
        await _refuse(send)
    else:
        counted = _Counted(most, receive, send)
        await pages(scope, counted.receive, counted.send)


class _Counted:
    """Between the server and the pages. For the pages, who brings too much has gone away."""

    def __init__(self, most: int, receive: Receive, send: Send) -> None:
        self._left, self._receive, self._send = most, receive, send

    async def receive(self) -> Message:
        if self._left < 0:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            await _refuse(self._send)
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Any) -> None:
        if self._left >= 0:
            await self._send(message)


def _told(scope: dict[str, Any]) -> int:
    """The length that the request tells of itself; 0 if none. The server has refused what is no number."""
    told = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"0")
    return int(told[:20]) if told.isdigit() else 0


async def _refuse(send: Send) -> None:
    """In every language, for nobody is known yet. The connection ends: the rest of the body is not read."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _sentences().encode()})


def _sentences() -> str:
    said = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said.append(_("This is too much at once. Send less, or send it in parts."))
    return "\n".join(said) + "\n"
