"""A small authorisation server on loopback: RFC 6749 with PKCE (RFC 7636), strict where a real one is.

It says yes at once to whoever comes by the browser. A code works once and only with its verifier; each
refresh gives a new lasting token and ends the one before, as Microsoft does.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from urllib.parse import parse_qs, urlencode, urlsplit

from tactful.testing.listener import served

Form = dict[str, str]


@dataclass(slots=True)
class Authority:
    """What it knows, to be changed while it runs. ``away``: answers 503. ``lifetime``: seconds of an access
    token. ``pause``: set it to let those answer who wait. ``says_no``: the owner refuses."""

    user: str = "post@fjord.example"
    client_id: str = "client-1"
    client_secret: str = "s3cret-of-the-client"  # noqa: S105 - a test's
    back: tuple[str, ...] = ()
    lifetime: int = 3600
    lasting: bool = True
    away: bool = False
    says_no: bool = False
    codes: dict[str, Form] = field(default_factory=dict)
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    asked: list[Form] = field(default_factory=list)  # of the token endpoint
    hold: Event | None = None
    url: str = ""
    lock: Lock = field(default_factory=Lock)

    @property
    def refreshes(self) -> int:
        return sum(form.get("grant_type") == "refresh_token" for form in self.asked)

    def accepts(self, user: str, token: str) -> bool:
        """For mail servers: whether this token opens this mailbox."""
        return user == self.user and token in self.access

    def revoke(self) -> None:
        """The owner takes their yes back, or an administrator does."""
        self.access.clear()
        self.refresh.clear()

    def agree(self, asked: Form) -> str:
        """Where the browser is sent. Raises ``LookupError`` where it must not be sent anywhere."""
        if asked.get("client_id") != self.client_id or asked.get("redirect_uri") not in self.back:
            raise LookupError("Unknown client, or an address to go back to that is not registered.")
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            answer = {"error": "invalid_request"}
        elif self.says_no:
            answer = {"error": "access_denied"}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            answer = {"code": code}
        return f"{asked['redirect_uri']}?{urlencode(answer | {'state': asked.get('state', '')})}"

    def give(self, form: Form) -> tuple[int, Form]:
        """Status and answer of the token endpoint."""
        with self.lock:
            self.asked.append(form)
            if self.away:
                return 503, {}
            if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
                return 401, {"error": "invalid_client", "error_description": "Unknown client."}
            good = (
                self._by_code(form) if form.get("grant_type") == "authorization_code" else self._again(form)
            )
            return (200, self._tokens()) if good else (400, {"error": "invalid_grant"})

    def _by_code(self, form: Form) -> bool:
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return (
            asked is not None
            and asked["redirect_uri"] == form.get("redirect_uri")
            and asked.get("code_challenge") == challenge
        )

    def _again(self, form: Form) -> bool:
        given = form.get("refresh_token", "")
        good = given in self.refresh
        self.refresh.discard(given)
        return good

    def _tokens(self) -> Form:
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.access.add(access)
        said = {"access_token": access, "token_type": "Bearer", "expires_in": str(self.lifetime)}
        if self.lasting:
            self.refresh.add(refresh)
            said["refresh_token"] = refresh
        return said


def _form(query: str) -> Form:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def _handler(authority: Authority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                to = authority.agree(_form(urlsplit(self.path).query))
            except LookupError as trouble:
                self.send_error(400, str(trouble))
                return
            self.send_response(302)
            self.send_header("Location", to)
            self.end_headers()

        def do_POST(self) -> None:
            form = _form(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if authority.hold is not None:
                authority.hold.wait(20)
            status, said = authority.give(form)
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence: what it hears are secrets."""

    return Handler


@contextmanager
def authority(**given: object) -> Iterator[Authority]:
    made = Authority(**given)  # type: ignore[arg-type]
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.url = f"http://127.0.0.1:{http.server_port}"
    with served(http):
        yield made
