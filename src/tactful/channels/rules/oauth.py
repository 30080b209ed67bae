"""OAuth 2 as a mailbox needs it: the authorisation code flow with PKCE (RFC 6749, RFC 7636), as pure words.

Endpoints and scopes as Google and Microsoft publish them, November 2026.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from tactful.channels.types import MailHost

EVERY = timedelta(minutes=10)
"""An access token is exchanged at this age, though it lasts an hour. So its death is known long before mail
stops, and an authority that is away for three quarters of an hour is not even noticed."""
AT_LEAST = timedelta(minutes=5)  # what must be left for a token to be used without a question
USUAL_LIFE = 3600
TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,250}")
LATER = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
GOOGLE = "https://mail.google.com/"
MICROSOFT_SENDS = "https://outlook.office.com/SMTP.Send"
MICROSOFT = (
    "https://outlook.office.com/IMAP.AccessAsUser.All",
    MICROSOFT_SENDS,
    "offline_access",
)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who gives leave. ``asks``: where people go to say yes. ``gives``: where tokens come from."""

    asks: str
    gives: str
    scopes: tuple[str, ...]
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Client:
    """The firm's own registration."""

    ident: str
    secret: str = field(repr=False)
    back: str = ""  # the redirect address, exactly as registered


@dataclass(frozen=True, slots=True)
class Tokens:
    """``refresh``: "" where the old one stays. ``seconds``: how long ``access`` lasts."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """``final``: asking again changes nothing; a person must connect again. ``code``: of RFC 6749 5.2."""

    final: bool
    code: str
    detail: str = ""


def authority_of(host: MailHost, tenant: str = "") -> Authority | None:
    """None: nobody there gives leave this way. Raises ``ValueError`` for a tenant that cannot be one."""
    if host is MailHost.GOOGLE:
        extra = {"access_type": "offline", "prompt": "consent"}  # else a second yes brings no lasting token
        return Authority(
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            (GOOGLE,),
            extra,
        )
    if host not in (MailHost.MICROSOFT, MailHost.OUTLOOK):
        return None
    tenant = "consumers" if host is MailHost.OUTLOOK else tenant.strip()
    if not TENANT.fullmatch(tenant):
        raise ValueError("The directory (tenant) ID looks like 1b2c3d4e-…, or is your domain.")
    base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    return Authority(f"{base}/authorize", f"{base}/token", MICROSOFT)


def same_authority(host: MailHost, gives: str) -> Authority | None:
    """The one at this provider whose tokens come from ``gives``; None if that is another one."""
    tenant = urlsplit(gives).path.strip("/").partition("/")[0] if host is MailHost.MICROSOFT else ""
    try:
        found = authority_of(host, tenant)
    except ValueError:
        return None
    return found if found is not None and found.gives == gives else None


def to_read(authority: Authority) -> Authority:
    """The same, asked for no more than reading, where it tells the two apart."""
    return replace(authority, scopes=tuple(each for each in authority.scopes if each != MICROSOFT_SENDS))


def challenge(verifier: str) -> str:
    """RFC 7636 4.2, S256."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def address_to_ask(authority: Authority, client: Client, *, state: str, verifier: str, address: str) -> str:
    """Where the owner's browser goes."""
    asked = {
        "response_type": "code",
        "client_id": client.ident,
        "redirect_uri": client.back,
        "scope": " ".join(authority.scopes),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        "login_hint": address,
        **authority.extra,
    }
    sign = "&" if urlsplit(authority.asks).query else "?"
    return f"{authority.asks}{sign}{urlencode(asked)}"


def first_request(client: Client, code: str, verifier: str) -> bytes:
    """The body that turns a code into tokens."""
    return _body(client, grant_type="authorization_code", code=code, redirect_uri=client.back,
                 code_verifier=verifier)  # fmt: skip


def next_request(client: Client, refresh: str) -> bytes:
    return _body(client, grant_type="refresh_token", refresh_token=refresh)


def _body(client: Client, **asked: str) -> bytes:
    secret = {"client_secret": client.secret} if client.secret else {}
    return urlencode({"client_id": client.ident, **secret, **asked}).encode()


def read(status: int | None, body: bytes) -> Tokens | Refusal:
    """What the authority answered. ``status``: of HTTP, None where nobody answered."""
    said = _json(body)
    if status is not None and 200 <= status < 300:
        return _tokens(said)
    code = _word(said, "error") or (f"http_{status}" if status else "nobody")
    detail = _word(said, "error_description")[:300]
    passing = status is None or status >= 500 or status in (408, 425, 429) or code in LATER
    # Without a word of the protocol it may be a proxy that speaks, and nobody is cut off for that.
    return Refusal(not passing and bool(_word(said, "error")), code[:60], detail)


def _tokens(said: Mapping[str, object]) -> Tokens | Refusal:
    access, kind = _word(said, "access_token"), _word(said, "token_type")
    if not access or kind.lower() != "bearer" or not access.isprintable() or not access.isascii():
        return Refusal(False, "no_token")
    seconds = said.get("expires_in")
    try:
        lasts = int(str(seconds))
    except ValueError:
        lasts = USUAL_LIFE
    return Tokens(access, _word(said, "refresh_token"), min(max(lasts, 0), 86_400))


def _json(body: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _word(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def usable(until: datetime | None, now: datetime) -> bool:
    return until is not None and until - now > timedelta(0)


def is_due(issued_at: datetime | None, until: datetime | None, now: datetime) -> bool:
    """Whether it is time for the next one, by age or by what is left."""
    return issued_at is None or until is None or now - issued_at >= EVERY or until - now < AT_LEAST
