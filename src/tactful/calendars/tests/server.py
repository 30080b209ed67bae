"""A small calendar server on loopback: ICS with marks, CalDAV with PROPFIND and REPORT, and bad manners."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from tactful.testing.listener import served

USER, PASSWORD = "kari", "app-password"


class CalendarServer:
    """``body``: what GET answers. ``parts``: what REPORT answers. ``asked``: (method, headers) each."""

    def __init__(self) -> None:  # noqa: C901
        self.status, self.body, self.etag, self.tag = 200, b"", "", "1"
        self.parts: list[bytes] = []
        self.location = ""
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(("GET", dict(self.headers)))
                if self.path == "/moved":
                    self._say(302, b"", Location=outer.location or outer.url)
                elif outer.etag and self.headers.get("If-None-Match") == outer.etag:
                    self._say(304, b"")
                else:
                    self._say(outer.status, outer.body, **({"ETag": outer.etag} if outer.etag else {}))

            def do_PROPFIND(self) -> None:
                if self._is_let_in("PROPFIND"):
                    self._say(
                        207,
                        _many(
                            f"<d:propstat><d:prop><cs:getctag>{outer.tag}</cs:getctag></d:prop></d:propstat>"
                        ),
                    )

            def do_REPORT(self) -> None:
                if self._is_let_in("REPORT"):
                    data = [
                        f"<d:propstat><d:prop><c:calendar-data>{escape(part.decode())}</c:calendar-data></d:prop></d:propstat>"
                        for part in outer.parts
                    ]
                    self._say(207, _many(*data))

            def _is_let_in(self, method: str) -> bool:
                self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((method, dict(self.headers)))
                wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
                if self.headers.get("Authorization") != wanted:
                    self._say(401, b"")
                    return False
                return True

            def _say(self, status: int, body: bytes, **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Silence."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/calendar.ics"


def _many(*parts: str) -> bytes:
    spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/"'
    inside = "".join(
        f"<d:response><d:href>/{number}</d:href>{part}</d:response>" for number, part in enumerate(parts)
    )
    return f'<?xml version="1.0"?><d:multistatus {spaces}>{inside}</d:multistatus>'.encode()


@contextmanager
def serving() -> Iterator[CalendarServer]:
    made = CalendarServer()
    with served(made.http):
        yield made


def ics(*events: str) -> bytes:
    """A calendar; each event is its lines."""
    inside = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{inside}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def event(uid: str, start: str = "20261124T090000Z", title: str = "Haircut", more: str = "") -> str:
    return f"UID:{uid}\nDTSTART:{start}\nDURATION:PT30M\nSUMMARY:{title}\n{more}"
