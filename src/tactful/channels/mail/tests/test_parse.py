# ruff: noqa: E501 - long lines are what the world sends
"""Mail from outside: ordinary, automatic, forged and hostile."""

import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.channels.mail.bounces import read_events
from tactful.channels.mail.parse import Envelope, Reading, parse_message
from tactful.channels.types import Authentication, InboundMessage

READING = Reading(own=frozenset({"reply@firm.example"}), trusted=frozenset({"postbox.local"}))
TOKEN = "aebagbafaydqqcikbmga2dqp"


def raw(*headers: str, body: str = "Hello\r\n") -> bytes:
    return ("\r\n".join(headers) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


def read(*headers: str, body: str = "Hello\r\n", envelope: Envelope | None = None) -> InboundMessage:
    return parse_message(raw("From: Kari <kari@EXAMPLE.com>", *headers, body=body), READING, envelope)


def test_an_ordinary_reply() -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Kåre Ødegård <kare@Example.COM>"
    message["To"] = f"Firm <reply+{TOKEN}@firm.example>"
    message["Subject"] = "Sv: Bilag for mars: æøå"
    message["Date"] = "Fri, 3 Apr 2026 09:12:00 +0200"
    message["Message-ID"] = "<reply-1@example.com>"
    message["In-Reply-To"] = "<ours-1@firm.example>"
    message["References"] = "<ours-0@firm.example> <ours-1@firm.example>"
    message.set_content("Her er de.\n\nDen 2. april 2026 kl. 10:00 skrev Anna:\n> Hei\n")
    message.add_alternative("<p>Her er de.</p>", subtype="html")
    message.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="../../bilag æ.pdf")
    found = parse_message(message.as_bytes(), READING)
    assert (found.sender, found.sender_name) == ("kare@example.com", "Kåre Ødegård")
    assert found.subject == "Sv: Bilag for mars: æøå"
    assert found.sent_at == datetime(2026, 4, 3, 7, 12, tzinfo=UTC)
    assert found.reply_text == "Her er de."
    assert "skrev Anna" in found.text
    assert "<p>Her er de.</p>" in found.html
    assert found.in_reply_to == "<ours-1@firm.example>"
    assert found.references == ("<ours-0@firm.example>", "<ours-1@firm.example>")
    assert found.plus_token == TOKEN
    assert [(a.file_name, a.content_type, a.content) for a in found.attachments] == [
        ("bilag æ.pdf", "application/pdf", b"%PDF-1")
    ]
    assert not found.automatic
    assert found.defects == ()


def test_the_provider_id_is_the_same_over_every_way_and_another_for_another_body() -> None:
    one = raw("Message-ID: <a@b.example>", "From: a@b.example")
    other_way = b"Received: from x by y\r\nDelivered-To: us@firm.example\r\n" + one
    unix = one.replace(b"\r\n", b"\n")
    ids = {parse_message(data, READING).provider_id for data in (one, other_way, unix)}
    assert len(ids) == 1
    assert ids.pop().startswith("<a@b.example>:")
    assert parse_message(one + b"more", READING).provider_id != parse_message(one, READING).provider_id


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", "Blåbær".encode("latin-1"), "Blåbær"),
        ("us-ascii", "Blåbær".encode(), "Blåbær"),
        ("utf-8", "Blåbær".encode("cp1252"), "Blåbær"),
        ("no-such-charset", "Blåbær".encode(), "Blåbær"),
        ("utf-8", b"a\x00b", "ab"),
        ("utf-7", b"+2AA-", ""),  # a lone surrogate
    ],
)
def test_charsets(charset: str, data: bytes, text: str) -> None:
    head = raw(f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: 8bit", body="")
    assert parse_message(head + data, READING).text == text


def test_a_mail_of_html_alone_and_with_an_empty_text() -> None:
    page = "<div>Hei</div><div>ring meg &amp; smil</div><script>alert(1)</script>"
    assert read("Content-Type: text/html; charset=utf-8", body=page).text == "Hei\n\nring meg & smil"
    parts = (
        f"--b\r\nContent-Type: text/plain\r\n\r\n \r\n--b\r\nContent-Type: text/html\r\n\r\n{page}\r\n--b--"
    )
    assert read('Content-Type: multipart/alternative; boundary="b"', body=parts).reply_text.startswith("Hei")


def test_an_attached_mail_is_an_attachment_and_not_our_text() -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nSee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "From: x@y.example\r\nSubject: inner\r\n\r\ninner text\r\n--b--\r\n"
    )
    found = read("Content-Type: multipart/mixed; boundary=b", body=body)
    assert found.text == "See below"
    assert found.attachments[0].content_type == "message/rfc822"
    assert b"inner text" in found.attachments[0].content


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied", 'Auto-Submitted: auto-generated; owner-email="a@b.example"',
        "Precedence: bulk", "Precedence: list", "Precedence: junk", "List-Id: <news.example.com>",
        "Return-Path: <>", "X-Autoreply: yes",
    ],
)  # fmt: skip
def test_machines_are_known(header: str) -> None:
    assert read(header).automatic
    assert not read(header).out_of_office


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: no", "Return-Path: <kari@example.com>", "X-Mailer: Outlook"]
)
def test_people_are_not_machines(header: str) -> None:
    assert not read(header).automatic


def test_the_null_sender_of_the_envelope_is_a_machine() -> None:
    assert read(envelope=Envelope("", ("reply@firm.example",))).automatic
    assert not read(envelope=Envelope("kari@example.com", ("reply@firm.example",))).automatic


AWAY = [
    ("Automatic reply: Receipts", "I am out of office and will be back on 12 August 2026.", (2026, 8, 12)),
    ("Automatic reply: x", "I'm on annual leave, returning Monday, August 10th.", (2026, 8, 10)),
    ("Out of Office: x", "I will return on 2026-08-12. For urgent matters call Ola.", (2026, 8, 12)),
    ("Out of office", "Away from the office until August 12, 2026.", (2026, 8, 12)),
    ("Out of office", "I am away through 12 August.", (2026, 8, 13)),
    ("Automatic reply", "I am out of the office and back 08/31/2026.", (2026, 8, 31)),
    ("Automatisk svar: Bilag", "Jeg er på ferie og er tilbake mandag 10. august.", (2026, 8, 10)),
    ("Autosvar", "Hei! Jeg har ferie til og med 9. august 2026. God sommer!", (2026, 8, 10)),
    ("Fraværsmelding", "Jeg er ikke til stede. Tilbake på kontoret 10.08.2026.", (2026, 8, 10)),
    ("Autosvar", "Ikke på kontoret. Jeg er tilbake den 10.8.", (2026, 8, 10)),
    ("Automatisk svar", "Jeg har ferie t.o.m. 9.8.26", (2026, 8, 10)),
    ("Autosvar", "Jeg er på ferie fram til 3. januar.", (2027, 1, 3)),
    ("Autosvar", "Jeg er på ferie. Ring Ola på 99 88 77 66.", None),
    ("Autosvar", "Jeg er på ferie og tilbake 31. februar.", None),
]


@pytest.mark.parametrize(("subject", "text", "back"), AWAY)
def test_out_of_office_with_the_day_of_return(
    subject: str, text: str, back: tuple[int, int, int] | None
) -> None:
    found = read(
        "Auto-Submitted: auto-replied", f"Subject: {subject}", "Date: Mon, 20 Jul 2026 08:00:00 +0200",
        'Content-Type: text/plain; charset="utf-8"', body=text,
    )  # fmt: skip
    assert found.out_of_office
    assert found.returns_on == (datetime(*back, tzinfo=UTC) if back else None)


def test_a_receipt_of_a_machine_and_a_person_who_speaks_of_a_holiday_are_no_out_of_office() -> None:
    assert not read("Auto-Submitted: auto-replied", "Subject: We have received your mail").out_of_office
    assert not read("Subject: Receipts", body="I was on vacation until 12 August 2026.").out_of_office
    assert not read("Subject: Receipts", body="I was on vacation until 12 August 2026.").automatic


RESULTS = [
    ("postbox.local; spf=pass; dkim=pass; dmarc=pass", Authentication.PASS),
    ("POSTBOX.local; dmarc=fail header.from=example.com", Authentication.FAIL),
    ("postbox.local; spf=fail smtp.mailfrom=example.com; dkim=none", Authentication.FAIL),
    ("postbox.local; dkim=pass header.d=mail.example.com", Authentication.PASS),
    (
        "postbox.local; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example",
        Authentication.NONE,
    ),
    ("postbox.local; dkim=pass header.d=com", Authentication.NONE),
    ("postbox.local; none", Authentication.NONE),
    ("postbox.local 1; dmarc=pass", Authentication.PASS),
    ("evil.example; spf=pass dkim=pass dmarc=pass", Authentication.NONE),
    ("postbox.local.evil.example; dmarc=pass", Authentication.NONE),
    ("postbox.local; ((((", Authentication.NONE),
    ("", Authentication.NONE),
    (";;", Authentication.NONE),
]


@pytest.mark.parametrize(("value", "verdict"), RESULTS)
def test_authentication(value: str, verdict: Authentication) -> None:
    assert read(f"Authentication-Results: {value}").authentication is verdict


def test_only_the_topmost_trusted_result_counts_and_only_if_somebody_is_trusted() -> None:
    top = "Authentication-Results: postbox.local; dmarc=fail"
    forged = "Authentication-Results: postbox.local; dmarc=pass"
    assert read(top, forged).authentication is Authentication.FAIL
    assert parse_message(raw(forged), Reading()).authentication is Authentication.NONE


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ([f"To: reply+{TOKEN}@firm.example"], TOKEN),
        ([f"To: Firm <REPLY+{TOKEN.upper()}@Firm.Example>"], TOKEN),
        (["To: other@x.example", f"Delivered-To: reply+{TOKEN}@firm.example"], TOKEN),
        ([f"Cc: reply+{TOKEN}@firm.example"], TOKEN),
        ([f"To: reply+{TOKEN}@evil.example"], ""),
        ([f"To: other+{TOKEN}@firm.example"], ""),
        (["To: reply@firm.example"], ""),
        (["To: reply+@firm.example"], ""),
    ],
)
def test_the_plus_token(headers: list[str], token: str) -> None:
    assert read(*headers).plus_token == token


def test_the_envelope_names_the_token_first() -> None:
    found = read("To: reply+old@firm.example", envelope=Envelope("a@b.example", ("reply+new@firm.example",)))
    assert found.plus_token == "new"
    assert found.recipients == ("reply+new@firm.example", "reply+old@firm.example")


HOSTILE = [
    b"", b"\x00", b"\r\n", b"\n\n\n", b":", b"From:", b"From: \xff\xfe <\x00@\xff>\r\n\r\n\xff",
    raw("From: =?utf-8?q?=?= =?x?y?z?= =?utf-8?b?////?=", "Subject: =?utf-8?b?4pi?="),
    raw("Content-Type: multipart/mixed"), raw("Content-Type: multipart/mixed; boundary=", body="--\r\n--"),
    raw("Content-Type: text/plain; charset*=utf-8''%FF%FE; charset*0=x"),
    raw("Content-Type: multipart/alternative; boundary=a", body="--a\r\n" * 3000),
    raw("Content-Transfer-Encoding: base64", body="====\xff"),
    raw("Content-Transfer-Encoding: x-uuencode", body="begin 666"),
    raw("Content-Type: message/rfc822", body="Content-Type: message/rfc822\r\n\r\n" * 300),
    raw("Date: Fri, 99 Foo 99999 99:99:99 +9999", "Message-ID: <<<>>>", "References: <a" + "<" * 5000),
    raw("Date: Mon, 1 Jan 0001 00:00:00 +1400"), raw("To: " + "(" * 2000), raw("To: " + "a@b.example," * 2000),
    raw("Content-Disposition: attachment; filename*0*=utf-8''a; filename*1=\"b\"", body="x"),
    raw(*(["Authentication-Results: postbox.local; " + "x=y " * 500] * 20)),
    b"Subject: a\r\n b\r\n\tc\r\n" * 500,
]  # fmt: skip


def nested(depth: int) -> bytes:
    text = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return text.encode()


@pytest.mark.parametrize("data", [*HOSTILE, nested(50), nested(400), nested(3000)])
def test_hostile_mail_gives_a_message_that_the_database_takes(data: bytes) -> None:
    check(data)


def check(data: bytes) -> None:
    found = parse_message(data, READING)
    for text in (found.subject, found.sender, found.sender_name, found.text, found.html, found.reply_text,
                 found.message_id, found.provider_id, *found.references, *found.recipients,
                 *(a.file_name for a in found.attachments)):  # fmt: skip
        assert "\0" not in text
        text.encode("utf-8")
    assert "\n" not in found.subject + found.sender + found.sender_name + found.message_id
    read_events(data, READING.own)


HEADER_NAMES = st.sampled_from(
    ["From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Transfer-Encoding",
     "Content-Disposition", "Authentication-Results", "Auto-Submitted", "List-Id", "Action", "Final-Recipient"]
)  # fmt: skip
FRAGMENTS = st.sampled_from(
    [b"multipart/mixed; boundary=b", b"multipart/report; report-type=delivery-status; boundary=b", b"text/html",
     b"message/rfc822", b"message/delivery-status", b"message/feedback-report", b"; charset=", b'"', b"<", b">",
     b"=?utf-8?q?", b"?=", b"base64", b"quoted-printable", b"a@b.example", b"\0", b"\xff", b"\r\n ", b"rfc822;",
     b"failed", b"5.1.1", b"; filename*=utf-8''", b"(", b",", b"postbox.local; dmarc=pass"]
)  # fmt: skip
VALUES = st.lists(st.one_of(FRAGMENTS, st.binary(max_size=12)), max_size=8).map(b"".join)
HEADS = st.lists(st.tuples(HEADER_NAMES, VALUES), max_size=8).map(
    lambda pairs: b"".join(name.encode() + b": " + value + b"\r\n" for name, value in pairs) + b"\r\n"
)
BODIES = st.lists(
    st.one_of(st.just(b"--b\r\n"), st.just(b"--b--\r\n"), st.binary(max_size=60), HEADS), max_size=8
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), st.tuples(HEADS, BODIES.map(b"".join)).map(b"".join)))
def test_no_bytes_crash_the_readers(data: bytes) -> None:
    check(data)


def test_a_charset_with_a_nul_in_its_name_is_none() -> None:
    raw = b"From: a@b.example\nContent-Type: text/html; charset=iso-8\x00-1\n\n<p>Bl\xe5b\xe6r"
    assert parse_message(raw, Reading()).text == "Blåbær"
