"""What a server that we trust says about who sent it (RFC 8601)."""

from email.message import Message

import authres  # type: ignore[import-untyped]
from authres.core import AuthResError  # type: ignore[import-untyped]

from tactful.channels.mail.mime import TROUBLE, raw_headers
from tactful.channels.types import Authentication


def authentication(message: Message, sender: str, trusted: frozenset[str]) -> Authentication:
    """By the topmost Authentication-Results of a trusted server alone.

    Anybody can write such a header further down. ``trusted``: authserv-ids whose server removes
    forged ones that carry its own name; empty means that nobody is trusted.
    """
    ids = {name.lower() for name in trusted}
    for value in raw_headers(message, "Authentication-Results"):
        if value.partition(";")[0].split()[:1] and value.partition(";")[0].split()[0].lower() in ids:
            return _verdict(value, sender.rpartition("@")[2])
    return Authentication.NONE


def _verdict(value: str, domain: str) -> Authentication:
    try:
        parsed = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
    except (AuthResError, *TROUBLE):
        return Authentication.NONE
    results = [(str(r.method).lower(), str(r.result).lower(), r) for r in parsed.results or []]
    for method, result, _ in results:
        if method == "dmarc" and result in ("pass", "fail"):
            return Authentication(result)
    if any(result == "pass" and _aligned(found, domain) for _, result, found in results):
        return Authentication.PASS
    failed = any(method in ("spf", "dkim") and result == "fail" for method, result, _ in results)
    return Authentication.FAIL if failed else Authentication.NONE


def _aligned(found: object, domain: str) -> bool:
    """Relaxed: the checked domain is the sender's own, above it or below it."""
    for name in ("header_d", "header_i", "smtp_mailfrom"):
        checked = str(getattr(found, name, None) or "").rpartition("@")[2].lower()
        if "." in checked and (
            checked == domain or checked.endswith("." + domain) or domain.endswith("." + checked)
        ):
            return True
    return False
