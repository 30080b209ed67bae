"""From nothing to a connection that may send: DNS, connect, TLS, EHLO, AUTH."""

import base64

from tactful.channels.mail.envelope import Features
from tactful.channels.mail.outcomes import Stage, classify, reply_words
from tactful.channels.mail.settings import Bearer, NoAccess, Security, SmtpSettings, tls_context, xoauth2
from tactful.channels.mail.troubles import no_connection
from tactful.channels.mail.wire import Reply, Wire, WireError
from tactful.channels.types import Outcome, our_words
from tactful.foundation import egress


class SmtpUnavailable(Exception):
    """There is no connection to send over. Nothing was handed over.

    ``outcome``: ``SAFE`` (try later) or ``ACCOUNT`` (a person must correct the settings).
    """

    def __init__(self, detail: str, outcome: Outcome = Outcome.SAFE, code: int | None = None) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.code = code


def open_wire(settings: SmtpSettings) -> tuple[Wire, Features]:
    """A wire that is ready for MAIL FROM, and what the server offers. Raises ``SmtpUnavailable``."""
    wire = _connect(settings)
    try:
        return wire, _greet(wire, settings)
    except WireError as error:
        wire.close()
        raise SmtpUnavailable(str(error)) from error
    except BaseException:
        wire.close()
        raise


def _connect(settings: SmtpSettings) -> Wire:
    place = f"{settings.host}:{settings.port}"
    try:
        sock = egress.connect(settings.host, settings.port, settings.timeout)
    except egress.NotAllowed as error:
        raise SmtpUnavailable(our_words("smtp.local_host", place=settings.host), Outcome.ACCOUNT) from error
    except (OSError, UnicodeError) as error:
        raise SmtpUnavailable(no_connection(error, place)) from error
    return Wire(sock, settings.timeout)


def _greet(wire: Wire, settings: SmtpSettings) -> Features:
    if settings.security is Security.IMPLICIT_TLS:
        wire.encrypt(tls_context(settings.verify_certificates), settings.host)
    _expect(wire.read_reply(), 220, Stage.HELLO)
    features = _hello(wire, settings)
    if settings.security is Security.STARTTLS:
        if not features.starttls:
            raise SmtpUnavailable(our_words("smtp.no_starttls"))
        _expect(_ask(wire, b"STARTTLS\r\n"), 220, Stage.HELLO)
        wire.encrypt(tls_context(settings.verify_certificates), settings.host)
        features = _hello(wire, settings)
    if settings.username:
        _log_in(wire, settings, features)
    return features


def _hello(wire: Wire, settings: SmtpSettings) -> Features:
    address = wire.local_address
    literal = f"[IPv6:{address}]" if ":" in address else f"[{address or '127.0.0.1'}]"
    reply = _ask(wire, f"EHLO {settings.local_hostname or literal}\r\n".encode())
    _expect(reply, 250, Stage.HELLO)
    return read_features(reply.lines[1:])


def read_features(lines: tuple[bytes, ...]) -> Features:
    """The lines of an EHLO reply after its first, RFC 5321 4.1.1.1. ``AUTH=`` is an old spelling."""
    words: dict[str, list[str]] = {}
    for line in lines:
        keyword, _, rest = line.decode("ascii", "replace").upper().replace("AUTH=", "AUTH ").partition(" ")
        words.setdefault(keyword, []).extend(rest.split())
    size = words.get("SIZE", [])
    return Features(
        pipelining="PIPELINING" in words,
        eight_bit="8BITMIME" in words,
        smtputf8="SMTPUTF8" in words,
        starttls="STARTTLS" in words,
        size_known="SIZE" in words,
        size=int(size[0]) if size and size[0].isascii() and size[0].isdigit() else 0,
        auth=frozenset(words.get("AUTH", [])),
    )


def _log_in(wire: Wire, settings: SmtpSettings, features: Features) -> None:
    loopback = egress.is_loopback(settings.host)
    if not (wire.encrypted or settings.plain_auth or loopback):
        raise SmtpUnavailable(our_words("smtp.clear_password"), Outcome.ACCOUNT)
    if settings.bearer is not None:
        _expect(_show_token(wire, settings.username, settings.bearer, features), 235, Stage.AUTH)
        return
    if "PLAIN" in features.auth:
        secret = _base64(f"\0{settings.username}\0{settings.password}")
        reply = _ask(wire, b"AUTH PLAIN " + secret + b"\r\n")
    elif "LOGIN" in features.auth:
        _expect(_ask(wire, b"AUTH LOGIN\r\n"), 334, Stage.AUTH)
        _expect(_ask(wire, _base64(settings.username) + b"\r\n"), 334, Stage.AUTH)
        reply = _ask(wire, _base64(settings.password) + b"\r\n")
    else:
        raise SmtpUnavailable(our_words("smtp.no_auth"), Outcome.ACCOUNT)
    _expect(reply, 235, Stage.AUTH)


def _show_token(wire: Wire, user: str, bearer: Bearer, features: Features) -> Reply:
    """A token that is refused may have died a moment ago: a fresh one is tried, once."""
    if "XOAUTH2" not in features.auth:
        raise SmtpUnavailable(our_words("smtp.no_xoauth2"), Outcome.ACCOUNT)
    refused = ""
    while True:
        try:
            token = bearer(refused)
        except NoAccess as trouble:
            raise SmtpUnavailable(str(trouble), trouble.outcome) from trouble
        reply = _ask(wire, b"AUTH XOAUTH2 " + base64.b64encode(xoauth2(user, token)) + b"\r\n")
        if reply.code == 334:  # it says why, in a form of its own; an empty line asks for the refusal
            reply = _ask(wire, b"\r\n")
        if refused or reply.code != 535:
            return reply
        refused = token


def _ask(wire: Wire, command: bytes) -> Reply:
    wire.write(command)
    return wire.read_reply()


def _expect(reply: Reply, code: int, stage: Stage) -> None:
    if reply.code == code:
        return
    enhanced, text = reply_words(reply)
    outcome = classify(stage, reply.code, enhanced, text) if reply.code >= 400 else Outcome.SAFE
    raise SmtpUnavailable(f"{reply.code} {enhanced} {text}", outcome, reply.code)


def _base64(text: str) -> bytes:
    return base64.b64encode(text.encode())
