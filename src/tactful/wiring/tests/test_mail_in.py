"""The way of a mail from the wire into the inbox: once, whole, and never in the way of the next one."""

from email.message import EmailMessage
from typing import Any

import pytest
from django.db import OperationalError

from tactful.channels.actions import AccountForm, save_mail_account
from tactful.channels.mail.parse import parse_message
from tactful.channels.models import ImapCursor, InboundRaw
from tactful.contacts.models import Suppression
from tactful.delivery.models import Dispatch
from tactful.demo.postbox.imap_server import ImapBox, ImapServer
from tactful.foundation import files
from tactful.foundation.models import Audit, AuditPayload
from tactful.foundation.secrets import get_secret
from tactful.inbox.models import Entry
from tactful.wiring import inbound, mail, mail_parts
from tactful.wiring.polling import poll_account
from tactful.wiring.tests.cast import RETURN_PATH, US, Cast, with_file


def test_the_same_mail_five_times_is_one_entry(cast: Cast) -> None:
    raw = cast.mail("Når er fristen?")
    for _ in range(5):
        cast.arrives(raw)
    assert Entry.objects.filter(kind="inbound").count() == 1


def test_a_hostile_mail_is_laid_aside_after_three_attempts_and_the_others_go_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = parse_message

    def read(raw: bytes, *more: Any) -> Any:
        if b"poison" in raw:
            raise ValueError("This mail \x00 breaks the reader.")
        return real(raw, *more)

    monkeypatch.setattr(inbound, "parse_message", read)
    assert cast.arrives(cast.mail("poison")) is None
    for number in range(4):
        assert cast.writes(f"Når er fristen {number}?")
    row = InboundRaw.objects.get(result="failed")
    assert (row.attempts, row.processed_at is not None) == (3, True)
    assert [task.subject_id for task in cast.tasks(code="mail_unreadable")] == [row.id]


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), OperationalError("away")])
def test_trouble_of_ours_does_not_use_up_the_attempts_of_a_mail(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def full(content: bytes) -> Any:
        raise trouble

    raw = with_file(cast)
    with monkeypatch.context() as broken:
        broken.setattr(files, "keep", full)
        for _ in range(5):
            assert cast.arrives(raw) is None
    assert InboundRaw.objects.get().attempts == 0
    assert cast.arrives(raw) is not None


def test_the_mailbox_is_read_past_a_mail_that_nobody_can_parse(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any, **more: Any) -> Any:
        raise RuntimeError("A defect of the parser.")

    monkeypatch.setattr("tactful.channels.mail.parse.parse_message", broken)
    with ImapServer(box := ImapBox()) as server:
        given = {
            "imap_host": "127.0.0.1",
            "imap_port": server.port,
            "imap_username": "kari",
            "imap_security": "none",
        }
        form = AccountForm("Post", US, "", given, {"imap_password": "hemmelig"})
        account = save_mail_account(form, account_id=cast.account.id, acting_user=cast.owner.id, now=cast.now)
        settings = mail.imap_settings(account)
        assert settings is not None
        poll_account(account, settings)
        box.add(cast.mail("One"))
        box.add(cast.mail("Two"))
        poll_account(account, settings)
        assert ImapCursor.objects.get().uid == 2
        assert InboundRaw.objects.count() == 2
        box.add(cast.mail("Three"))
        with monkeypatch.context() as torn:
            torn.setattr(ImapCursor.objects, "update_or_create", broken)
            with pytest.raises(RuntimeError):
                poll_account(account, settings)
        assert (ImapCursor.objects.get().uid, InboundRaw.objects.count()) == (2, 2)
        poll_account(account, settings)
    assert (ImapCursor.objects.get().uid, InboundRaw.objects.count()) == (3, 3)


def test_no_secret_of_an_account_reaches_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    form = AccountForm(
        "Post", US, "Fjord", {"smtp_host": "mail.example"}, {"smtp_password": "hunter2-hunter2"}
    )
    account = save_mail_account(form, account_id=cast.account.id, acting_user=cast.owner.id, now=cast.now)
    assert get_secret(f"account:{account.id}:smtp_password") == "hunter2-hunter2"
    assert "hunter2" not in str(list(AuditPayload.objects.values_list("body", flat=True)))
    assert "hunter2" not in str(account.settings) + caplog.text
    assert Audit.objects.filter(verb="account.saved", actor=cast.owner.id).count() == 1
    stray = AccountForm("Post", US, "Fjord", {"smtp_password": "hunter2-hunter2"})
    with pytest.raises(ValueError, match="is a secret"):
        save_mail_account(stray, account_id=cast.account.id, acting_user=cast.owner.id, now=cast.now)


def bounce(to: str, recipient: str = "liv@client.example", message_id: str = "<x@fjord.example>") -> bytes:
    report = "\r\n".join(
        [
            f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nMessage-ID: <b{to}@mx.example>",
            "Subject: Undelivered Mail",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.",
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n",
            f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1",
            "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n",
            "--b\r\nContent-Type: text/rfc822-headers\r\n",
            f"Message-ID: {message_id}\r\nTo: {recipient}\r\n",
            "--b--\r\n",
        ]
    )
    return report.encode()


def test_a_report_with_our_token_turns_unknown_into_sent_and_ends_writing_there(cast: Cast) -> None:
    message = cast.sent(cast.liv, state="unknown")
    cast.arrives(bounce(cast.plus(RETURN_PATH, message)))
    assert Dispatch.objects.get(pk=message).state == "sent"
    cast.reacts()
    assert Suppression.objects.running().get().contact_id == cast.liv.id
    assert Entry.objects.count() == 0


def test_a_forged_report_suppresses_nobody(cast: Cast) -> None:
    message = cast.sent(cast.liv, state="unknown")
    token = cast.token(RETURN_PATH, message)
    for forged in ("nonsense", token[:-1] + ("a" if token[-1] != "a" else "b"), cast.token("reply", message)):
        cast.arrives(bounce(US.replace("@", f"+{forged}@")))
    cast.reacts()
    assert not Suppression.objects.exists()
    assert Dispatch.objects.get(pk=message).state == "unknown"


def test_a_report_about_our_mail_that_names_another_address_ends_nothing_there(cast: Cast) -> None:
    cast.arrives(bounce(cast.plus(RETURN_PATH, cast.sent(cast.liv)), recipient="paal@client.example"))
    cast.reacts()
    assert not Suppression.objects.filter(contact_id=cast.paal.id).exists()


def test_the_words_of_a_person_are_never_swallowed_as_a_report(cast: Cast) -> None:
    """A client forwards a bounce as it came and writes a line above."""
    raw = bounce(US).replace(b"MAILER-DAEMON@mx.example", b"liv@client.example")
    entry = cast.arrives(raw)
    assert entry is not None
    assert "did not arrive" in entry.text


def test_a_mail_with_too_many_files_keeps_the_first_and_says_how_many_are_missing(cast: Cast) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Message-ID"] = "liv@client.example", US, "<many@client.example>"
    letter.set_content("Bilder")
    for number in range(60):
        letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename=f"{number}.pdf")
    entry = cast.arrives(letter.as_bytes())
    assert entry is not None
    assert (entry.files.count(), entry.data["left_out"]) == (50, 10)


@pytest.mark.parametrize(("depth", "words_only"), [(3, False), (5000, True)])
def test_a_mail_that_is_nested_beyond_reason_is_known_to_be_words_only(
    cast: Cast, depth: int, words_only: bool
) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Message-ID"] = "liv@client.example", US, "<deep@client.example>"
    letter.set_content("Hei")
    letter.add_alternative("<div>" * depth + "<b>Hei</b>" + "</div>" * depth, subtype="html")
    entry = cast.arrives(letter.as_bytes())
    assert entry is not None
    assert (entry.data.get("words_only", False), "<b>" in entry.html) == (words_only, not words_only)
    assert "Hei" in entry.html


def test_the_files_of_one_mail_have_a_limit_together(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_parts, "MOST_BYTES", 10)
    entry = cast.arrives(with_file(cast))
    assert entry is not None
    assert (entry.files.count(), entry.data["left_out"]) == (0, 1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\\\Windows\\\\evil.pdf", "evil.pdf"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("..", "file"),
    ],
)
def test_the_name_of_an_attachment_leads_nowhere(cast: Cast, given: str, kept: str) -> None:
    encoded = "=?utf-8?q?" + "".join(f"={byte:02X}" for byte in given.encode()) + "?="
    raw = with_file(cast, name="PLACE").replace(b"PLACE", encoded.encode())
    entry = cast.arrives(raw)
    assert entry is not None
    (file,) = entry.files.all()
    assert file.name in (kept, "attachment-1")
    assert files.path_of(file.stored).read_bytes().startswith(b"%PDF")


def test_hostile_html_is_harmless_when_it_is_stored(cast: Cast) -> None:
    raw = cast.mail("<p>Når?<script>alert(1)</script><img src=https://t.example/x onerror=alert(1)></p>")
    entry = cast.arrives(raw.replace(b"text/plain", b"text/html"))
    assert entry is not None
    assert not {"<script", "onerror", ' src="'} & {
        part for part in ("<script", "onerror", ' src="') if part in entry.html
    }
    assert "Når?" in entry.html
