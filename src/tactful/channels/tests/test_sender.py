"""What receivers look at, each by what name servers say."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tactful.channels.rules.sender import (
    Check,
    Complaints,
    Texts,
    Verdict,
    complaints,
    domain_checks,
    encryption,
    key_bits,
    one_click,
    reverse_name_check,
)
from tactful.channels.rules.sender_words import in_english

DOMAIN = "fjord.example"
SHORT = (  # 512 bits, as nobody makes them any more
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAJ0iJdQ1IQbmn3g6O1jKQKDHzoDVt5iNJ0N6Kf2Nn5cT1wyzUq8xMEjQ5yQh3u6e"
    "vQYw1sO6HqUe4k6tQm0jS1kCAwEAAQ=="
)


def key(bits: int) -> str:
    public = generate_private_key(65537, bits).public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def texts(said: Mapping[str, Sequence[str]]) -> Texts:
    return lambda name: said.get(name, [])


def looked(said: Mapping[str, Sequence[str]], selector: str = "") -> dict[str, Check]:
    found = list(domain_checks(DOMAIN, texts(said), selector))
    assert all(in_english(each) for each in found), "each has its sentence"
    return {each.name: each for each in found}


@pytest.mark.parametrize(
    ("bits", "verdict"), [(1024, Verdict.BETTER), (2048, Verdict.WELL), (3072, Verdict.WELL)]
)
def test_the_length_of_a_key_is_read(bits: int, verdict: Verdict) -> None:
    found = looked({f"google._domainkey.{DOMAIN}": [f"v=DKIM1; k=rsa; p={key(bits)}"]})["dkim"]
    assert found.verdict is verdict
    assert str(bits) in in_english(found)


def test_a_short_key_needs_a_person() -> None:
    assert key_bits(SHORT) == 512
    found = looked({f"mail._domainkey.{DOMAIN}": [f"v=DKIM1; p={SHORT}"]})["dkim"]
    assert (found.verdict, found.code) == (Verdict.LOOK, "dkim.short")


@pytest.mark.parametrize(
    ("record", "code", "verdict"),
    [
        ("v=DKIM1; p=", "dkim.revoked", Verdict.LOOK),
        ("v=DKIM1; p=%%%", "dkim.unread", Verdict.LOOK),
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "dkim.there", Verdict.WELL),
    ],
)
def test_other_keys(record: str, code: str, verdict: Verdict) -> None:
    found = looked({f"s1._domainkey.{DOMAIN}": [record]})["dkim"]
    assert (found.code, found.verdict) == (code, verdict)


def test_the_selector_that_was_seen_goes_before_the_usual_ones() -> None:
    said = {f"odd._domainkey.{DOMAIN}": [f"p={key(2048)}"]}
    assert looked(said)["dkim"].code == "dkim.unseen"
    assert looked(said, "odd")["dkim"].code == "dkim.bits"
    assert looked(said, "gone")["dkim"].code == "dkim.gone"


def test_spf_for_everybody_and_dmarc_that_watches() -> None:
    said = {
        DOMAIN: ["v=spf1 include:x.example +all"],
        f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none; rua=mailto:a@b.example"],
    }
    found = looked(said)
    assert found["spf"].code == "spf.all"
    assert (found["dmarc"].code, found["dmarc"].verdict) == ("dmarc.watches", Verdict.BETTER)


def test_nobody_answers() -> None:
    found = {each.name: each.verdict for each in domain_checks(DOMAIN, lambda _name: None)}
    assert found == dict.fromkeys(("spf", "dkim", "dmarc"), Verdict.UNKNOWN)


def test_encryption_names_and_one_click() -> None:
    assert encryption("smtp.x.example", "starttls").verdict is Verdict.WELL
    assert encryption("smtp.x.example", "none").verdict is Verdict.LOOK
    assert encryption("", "").verdict is Verdict.UNKNOWN
    assert one_click("https://post.fjord.example").verdict is Verdict.WELL
    assert one_click("http://localhost:8017").verdict is Verdict.LOOK
    named = reverse_name_check("smtp.x.example", {"9.9.9.9": ("smtp.x.example",), "9.9.9.10": None})
    assert named.verdict is Verdict.WELL
    assert reverse_name_check("smtp.x.example", {"9.9.9.9": ()}).code == "ptr.none"
    assert reverse_name_check("smtp.x.example", {"9.9.9.9": None}).verdict is Verdict.UNKNOWN
    assert reverse_name_check("localhost", {"127.0.0.1": ()}).code == "ptr.inside"
    assert reverse_name_check("nowhere.example", {}).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("sent", "unwanted", "code", "stops"),
    [
        (0, 0, "complaints.none_sent", False),
        (10_000, 9, "complaints.few", False),
        (10_000, 10, "complaints.warn", False),
        (10_000, 29, "complaints.warn", False),
        (10_000, 30, "complaints.stop", True),
        (200, 1, "complaints.warn", False),  # one angry person is no rate
        (200, 3, "complaints.stop", True),
    ],
)
def test_complaints_warn_and_stop(sent: int, unwanted: int, code: str, stops: bool) -> None:
    found = Complaints(sent, unwanted)
    check = complaints(found)
    assert (check.code, found.stops) == (code, stops)
    assert "%%" not in in_english(check)
