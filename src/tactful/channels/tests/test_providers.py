"""Who keeps a mailbox, from what can be known without a password."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tactful.channels import sentences
from tactful.channels.rules.autoconfig import MOST_BYTES, Autoconfig, Named, read
from tactful.channels.rules.providers import PROVIDERS, chosen, known_domain, known_exchangers, recognise
from tactful.channels.types import Caution, FoundBy, MailHost, Server, SignIn

POST = "post@fjord.example"
ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="fjord.example"><domain>fjord.example</domain>
 <incomingServer type="pop3"><hostname>pop.host.example</hostname><port>995</port>
  <socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>
 <incomingServer type="imap"><hostname>plain.host.example</hostname><port>143</port>
  <socketType>plain</socketType><username>%EMAILADDRESS%</username></incomingServer>
 <incomingServer type="imap"><hostname>imap.{host}</hostname><port>993</port>
  <socketType>SSL</socketType><authentication>password-cleartext</authentication>
  <username>%EMAILLOCALPART%</username></incomingServer>
 <outgoingServer type="smtp"><hostname>smtp.%EMAILDOMAIN%</hostname><port>587</port>
  <socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>"""


def answer(host: str = "host.example") -> bytes:
    return ANSWER.replace("{host}", host).encode()


@pytest.mark.parametrize(
    ("address", "host", "way"),
    [
        ("kari@gmail.com", MailHost.GOOGLE, SignIn.APP_PASSWORD),
        ("kari@Hotmail.NO", MailHost.OUTLOOK, SignIn.XOAUTH2),
        ("kari@icloud.com", MailHost.ICLOUD, SignIn.APP_PASSWORD),
        ("kari@yahoo.no", MailHost.YAHOO, SignIn.APP_PASSWORD),
        ("kari@fastmail.com", MailHost.FASTMAIL, SignIn.APP_PASSWORD),
        ("kari@proton.me", MailHost.PROTON, SignIn.APP_PASSWORD),
        ("kari@online.no", MailHost.TELENOR, SignIn.PASSWORD),
    ],
)
def test_an_address_of_the_providers_own_is_enough(address: str, host: MailHost, way: SignIn) -> None:
    found = recognise(address)
    assert (found.host, found.ways[0], found.found_by) == (host, way, FoundBy.ADDRESS)
    assert known_domain(address)


@pytest.mark.parametrize(
    ("mx", "host"),
    [
        ("aspmx.l.google.com", MailHost.GOOGLE),
        ("smtp.google.com.", MailHost.GOOGLE),
        ("fjord-example.mail.protection.outlook.com", MailHost.MICROSOFT),
        ("fjord-example.a1b2-v1.mx.microsoft", MailHost.MICROSOFT),
        ("fjord-example.olc.protection.outlook.com", MailHost.OUTLOOK),
        ("mx01.mail.icloud.com", MailHost.ICLOUD),
        ("in1-smtp.messagingengine.com", MailHost.FASTMAIL),
        ("mailsec.protonmail.ch", MailHost.PROTON),
        ("MX.Domeneshop.NO", MailHost.DOMENESHOP),
        ("mx1.pub.mailpod8-cph3.one.com", MailHost.ONE),
    ],
)
def test_a_firms_own_domain_is_known_by_its_exchangers(mx: str, host: MailHost) -> None:
    found = recognise(POST, ["backup.example.net", mx])
    assert (found.host, found.found_by) == (host, FoundBy.MX)
    assert known_exchangers([mx])
    assert not known_domain(POST)
    assert Caution.PRIVATE_ADDRESS not in found.cautions


@pytest.mark.parametrize(
    "mx", ["mx.notgoogle.com", "google.com.evil.example", "one.company", "xdomeneshop.no"]
)
def test_names_that_only_look_alike_are_nobody(mx: str) -> None:
    assert recognise(POST, [mx]).host is MailHost.OTHER
    assert not known_exchangers([mx])


def test_microsoft_365_says_that_passwords_are_over() -> None:
    found = recognise(POST, ["fjord-example.mail.protection.outlook.com"])
    assert found.ways == (SignIn.XOAUTH2,)
    assert set(found.cautions) == {Caution.NO_IMAP_PASSWORD, Caution.SMTP_PASSWORD_ENDS}
    assert (found.incoming, found.outgoing) == (
        Server("outlook.office365.com", 993, "implicit_tls"),
        Server("smtp.office365.com", 587, "starttls"),
    )


def test_user_names_that_are_not_the_address() -> None:
    assert (recognise("kari@icloud.com").user_in, recognise("kari@icloud.com").user_out) == (
        "kari",
        "kari@icloud.com",
    )
    assert recognise(POST, ["mx01.mail.icloud.com"]).user_in == ""
    shop = recognise(POST, ["mx.domeneshop.no"])
    assert (shop.user_in, shop.user_out) == ("", "")
    assert Caution.OTHER_USER_NAME in shop.cautions


def test_a_web_host_is_believed_about_itself() -> None:
    found = recognise(POST, ["mx.host.example"], read(answer(), POST))
    assert (found.host, found.found_by) == (MailHost.OTHER, FoundBy.AUTOCONFIG)
    assert found.incoming == Server("imap.host.example", 993, "implicit_tls")
    assert found.outgoing == Server("smtp.fjord.example", 587, "starttls")
    assert (found.user_in, found.user_out) == ("post", POST)
    assert Caution.NO_AUTOMATED_MAIL in found.cautions
    assert Caution.GUESSED not in found.cautions


def test_a_domain_that_names_a_known_provider_gets_that_providers_own_servers() -> None:
    """Also behind a filter, whose MX tells nothing."""
    said = read(answer("gmail.com"), POST)
    found = recognise(POST, ["mx1.pphosted.com"], said)
    assert (found.host, found.found_by) == (MailHost.GOOGLE, FoundBy.AUTOCONFIG)
    assert found.outgoing.host == "smtp.gmail.com"
    assert Caution.FILTER in found.cautions


def test_a_domain_cannot_send_the_password_of_a_known_provider_elsewhere() -> None:
    evil = read(answer("evil.example"), "kari@gmail.com")
    assert recognise("kari@gmail.com", [], evil).outgoing.host == "smtp.gmail.com"


def test_nothing_known_is_a_guess_and_says_so() -> None:
    found = recognise(POST)
    assert found.found_by is FoundBy.GUESS
    assert Caution.GUESSED in found.cautions
    assert found.incoming == Server("imap.fjord.example", 993, "implicit_tls")


def test_a_person_knows_better() -> None:
    assert chosen(POST, MailHost.MICROSOFT).ways == (SignIn.XOAUTH2,)
    assert chosen(POST, MailHost.OTHER).host is MailHost.OTHER


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html><body>Not here</body>",
        b"<clientConfig/>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + answer().split(b"?>", 1)[1],
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + answer().split(b"?>", 1)[1],
        answer() + b" " * MOST_BYTES,
        answer().replace(b"SSL", b"plain").replace(b"STARTTLS", b"plain"),
        answer().replace(b"UTF-8", b"no-such-code"),
    ],
    ids=["empty", "page", "bare", "entity", "file", "long", "plain", "encoding"],
)
def test_what_is_no_answer_is_none(document: bytes) -> None:
    assert read(document, POST) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [("imap.host.example", "127.0.0.1"), ("imap.host.example", "localhost"), ("993", "70000"), ("993", "-1"),
     ("imap.host.example", "a b.example"), ("imap.host.example", "x" * 300 + ".example")],
)  # fmt: skip
def test_a_server_that_cannot_be_one_is_passed_over(before: str, after: str) -> None:
    said = read(answer().replace(before.encode(), after.encode()), POST)
    assert said is not None
    assert said.incoming is None
    found = recognise(POST, [], said)
    assert Caution.GUESSED in found.cautions  # half an answer is half a guess


def test_entities_that_every_document_has_are_read() -> None:
    said = read(answer().replace(b"%EMAILLOCALPART%", b"a&amp;b"), POST)
    assert said == Autoconfig(
        Named(Server("imap.host.example", 993, "implicit_tls"), "a&b"),
        Named(Server("smtp.fjord.example", 587, "starttls"), POST),
    )


@given(st.binary(max_size=300), st.integers(0, 900))
def test_no_answer_of_anybody_breaks_us(noise: bytes, at: int) -> None:
    whole = answer()
    for document in (noise, whole[:at] + noise + whole[at:]):
        said = read(document, POST)
        found = recognise(POST, [noise.decode("latin-1")], said)
        assert found.outgoing.security in ("starttls", "implicit_tls")
        assert found.incoming is None or found.incoming.security in ("starttls", "implicit_tls")


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_provider_has_steps_of_its_own_in_words(language: str) -> None:
    with translation.override(language):
        others = sentences.steps_of(MailHost.OTHER, SignIn.PASSWORD)
        for provider in PROVIDERS:
            assert sentences.name_of(provider.host)
            for way in provider.ways:
                assert sentences.steps_of(provider.host, way) != others
        assert all(sentences.caution(code) for code in Caution)


def test_the_steps_are_translated() -> None:
    with translation.override("en"):
        english = sentences.steps_of(MailHost.GOOGLE, SignIn.APP_PASSWORD)
    with translation.override("nb"):
        norwegian = sentences.steps_of(MailHost.GOOGLE, SignIn.APP_PASSWORD)
    assert len(english) == len(norwegian)
    assert not set(english) & set(norwegian)
