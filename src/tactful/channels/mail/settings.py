"""How to reach a mail server. Plain values; where they are stored is the caller's matter."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tactful.channels.types import Outcome


class Security(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT_TLS = "implicit_tls"


class NoAccess(Exception):
    """There is no token to be had. ``outcome``: ``SAFE`` (try later) or ``ACCOUNT`` (connect again)."""

    def __init__(self, detail: str, outcome: Outcome) -> None:
        super().__init__(detail)
        self.outcome = outcome


Bearer = Callable[[str], str]
"""Gives the token to sign in with. The parameter: one that a server has just refused, "" at first, so that
another one is fetched. Raises ``NoAccess``."""


def xoauth2(user: str, token: str) -> bytes:
    """What a client says first in SASL XOAUTH2, not yet in base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """``timeout``: seconds to wait for connect and replies. ``reply_timeout``: seconds to wait for
    the reply to the final dot (RFC 5321 4.5.3.2.6 advises 600). ``local_hostname``: what we call
    ourselves in EHLO; empty is the address literal. ``plain_auth``: send the password even without
    TLS; loopback needs no such leave. ``bearer``: signs in by token, and ``password`` is not used.
    """

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    local_hostname: str = ""
    timeout: float = 30.0
    reply_timeout: float = 600.0
    verify_certificates: bool = True
    plain_auth: bool = False
    bearer: Bearer | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        # A plain "starttls" from a form must never come to mean "no TLS".
        object.__setattr__(self, "security", Security(self.security))
        if not self.host or not self.host.isprintable() or " " in self.host:
            raise ValueError("The mail server needs a host name, e.g. smtp.example.com.")
        if not self.local_hostname.isprintable() or " " in self.local_hostname:
            raise ValueError("The local host name must be one word, e.g. mail.example.com.")


def tls_context(verify: bool) -> ssl.SSLContext:
    """TLS 1.2 or newer; without ``verify`` any certificate of any name passes."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
