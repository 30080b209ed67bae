"""What receivers of our mail look at before they let it in (R40): records of the domain, encryption, the name
of the server, the way out of a list, and how often people call it unwanted.

Pure: who asks hands over what name servers say. ``tactful doctor`` and the page under Settings read this.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

Texts = Callable[[str], Sequence[str] | None]
"""The TXT records of a name; None: nobody answered, so the question stays open."""
SELECTORS: Final = (
    "default", "dkim", "mail", "google", "selector1", "selector2", "k1", "s1", "fm1", "key1",
)  # fmt: skip
"""A domain's DKIM selectors cannot be listed; these are the usual ones of providers."""
LEAST_BITS, GOOD_BITS = 1024, 2048
WARN, STOP = 0.001, 0.003
"""Complaints by mails sent, as Google and Yahoo ask since 2024: look above the first, stop at the second."""
FEWEST = 3
"""One angry person among two hundred is no rate: the house stops at this many at least."""


class Verdict(StrEnum):
    WELL = "well"
    BETTER = "better"
    """It does, and could be better."""
    LOOK = "look"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """``name``: spf, dkim, dmarc, tls, ptr, one_click, complaints. ``code``: of ``sender_words.SAID``."""

    name: str
    verdict: Verdict
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def domain_checks(domain: str, ask: Texts, selector: str = "") -> Iterator[Check]:
    """``selector``: of the DKIM signature that a mail of ours was seen with; empty where none was seen."""
    yield _record("spf", domain, domain, "v=spf1", ask)
    yield _dkim(domain, ask, selector)
    yield _dmarc(domain, ask)


def _record(name: str, domain: str, at: str, begins: str, ask: Texts) -> Check:
    words = {"domain": domain, "record": name.upper()}
    every = ask(at)
    if every is None:
        return Check(name, Verdict.UNKNOWN, "record.unasked", words)
    texts = [text for text in every if text.lower().replace(" ", "").startswith(begins)]
    if not texts:
        return Check(name, Verdict.LOOK, "record.none", words)
    if len(texts) > 1:
        return Check(name, Verdict.LOOK, "record.many", words | {"count": str(len(texts))})
    if name == "spf" and "+all" in texts[0].lower().split():
        return Check(name, Verdict.LOOK, "spf.all", words)
    return Check(name, Verdict.WELL, "record.there", words | {"text": texts[0][:80]})


def _dmarc(domain: str, ask: Texts) -> Check:
    """Aligned by ourselves: the address in From and the path of failures are of one domain."""
    found = _record("dmarc", domain, f"_dmarc.{domain}", "v=dmarc1", ask)
    if found.code == "record.there" and _tags(found.params["text"]).get("p") == "none":
        return Check("dmarc", Verdict.BETTER, "dmarc.watches", {"domain": domain})
    return found


def _dkim(domain: str, ask: Texts, seen: str) -> Check:
    """By the selector that was seen, else by those that are usual."""
    words = {"domain": domain}
    keys: dict[str, Mapping[str, str]] = {}
    for selector in (seen,) if seen else SELECTORS:
        texts = ask(f"{selector}._domainkey.{domain}")
        if texts is None:
            return Check("dkim", Verdict.UNKNOWN, "dkim.unasked", words)
        keys |= {selector: _tags(text) for text in texts if "p" in _tags(text)}  # noqa: B035
    if not keys:
        none = Check("dkim", Verdict.LOOK, "dkim.gone", words | {"selector": seen})
        return none if seen else Check("dkim", Verdict.UNKNOWN, "dkim.unseen", words)
    return min((_key(domain, name, tags) for name, tags in keys.items()), key=_worst)


_ORDER = (Verdict.LOOK, Verdict.UNKNOWN, Verdict.BETTER, Verdict.WELL)


def _worst(check: Check) -> int:
    return _ORDER.index(check.verdict)


def _key(domain: str, selector: str, tags: Mapping[str, str]) -> Check:
    words = {"domain": domain, "selector": selector}
    if not tags["p"]:
        return Check("dkim", Verdict.LOOK, "dkim.revoked", words)
    if tags.get("k", "rsa").lower() != "rsa":
        return Check("dkim", Verdict.WELL, "dkim.there", words)
    bits = key_bits(tags["p"])
    if bits is None:
        return Check("dkim", Verdict.LOOK, "dkim.unread", words)
    words["bits"] = str(bits)
    if bits < LEAST_BITS:
        return Check("dkim", Verdict.LOOK, "dkim.short", words)
    return (
        Check("dkim", Verdict.BETTER, "dkim.old", words)
        if bits < GOOD_BITS
        else Check("dkim", Verdict.WELL, "dkim.bits", words)
    )


def key_bits(text: str) -> int | None:
    """Of an RSA key as DKIM publishes it (RFC 6376); None where it cannot be read."""
    try:
        key = load_der_public_key(b64decode("".join(text.split()) + "==="))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def encryption(host: str, security: str) -> Check:
    """``security``: of the account's settings."""
    if not host:
        return Check("tls", Verdict.UNKNOWN, "tls.other", {})
    if security in ("implicit_tls", "starttls"):
        return Check("tls", Verdict.WELL, "tls.on", {"host": host})
    return Check("tls", Verdict.LOOK, "tls.off", {"host": host})


def reverse_name_check(host: str, addresses: Mapping[str, tuple[str, ...] | None]) -> Check:
    """``addresses``: of the server that takes our mail, each with its names; None where nobody answered."""
    words = {"host": host}
    if addresses and all(ip_address(address).is_private for address in addresses):
        return Check("ptr", Verdict.UNKNOWN, "ptr.inside", words)
    if not addresses or all(names is None for names in addresses.values()):
        return Check("ptr", Verdict.UNKNOWN, "ptr.unasked", words)
    bare = [address for address, names in addresses.items() if names == ()]
    if bare:
        return Check("ptr", Verdict.LOOK, "ptr.none", words | {"address": bare[0]})
    first = next((names[0] for names in addresses.values() if names), host)
    return Check("ptr", Verdict.WELL, "ptr.there", words | {"name": first})


def one_click(base_url: str) -> Check:
    """Providers ask for our page by POST, so it must be reachable for them (RFC 8058)."""
    if not base_url.startswith("https://"):
        return Check("one_click", Verdict.LOOK, "one_click.plain", {"url": base_url})
    return Check("one_click", Verdict.WELL, "one_click.on", {"url": base_url})


@dataclass(frozen=True, slots=True)
class Complaints:
    """Of the last thirty days: ``sent`` mails and those that their receivers called unwanted."""

    sent: int
    unwanted: int

    @property
    def rate(self) -> float:
        return self.unwanted / self.sent if self.sent else 0.0

    @property
    def stops(self) -> bool:
        return self.rate >= STOP and self.unwanted >= FEWEST


def complaints(found: Complaints) -> Check:
    words = {"sent": str(found.sent), "count": str(found.unwanted), "rate": f"{100 * found.rate:.2f}"}
    if not found.sent:
        return Check("complaints", Verdict.UNKNOWN, "complaints.none_sent", words)
    if found.stops:
        return Check("complaints", Verdict.LOOK, "complaints.stop", words)
    if found.rate >= WARN:
        return Check("complaints", Verdict.LOOK, "complaints.warn", words)
    return Check("complaints", Verdict.WELL, "complaints.few", words)
