# ruff: noqa: E501 - one sample is one line
"""Bounces, delay notices, receipts and complaints in the shapes that mail servers really send.

Each sample: name -> (raw mail, expected). ``expected``: (kind, recipient, outcome, enhanced code), or
None for a mail that is no report. Every report speaks of ``OURS`` unless it shows no original at all.
"""

from typing import NamedTuple

from tactful.channels.types import DeliveryEventKind as Kind
from tactful.channels.types import Outcome

TOKEN = "aebagbafaydqqcikbmga2dqp"
RETURN_PATH = f"bounce+{TOKEN}@firm.example"
MESSAGE_ID = "<7341@firm.example>"
KARI = "kari@example.com"
OURS = (
    f"Return-Path: <{RETURN_PATH}>\nFrom: Anna <anna@firm.example>\nTo: Kari <{KARI}>\nSubject: Receipts\n"
    f"Message-ID: {MESSAGE_ID}\nMIME-Version: 1.0\nContent-Type: text/plain\n"
)


class Expected(NamedTuple):
    kind: Kind
    recipient: str = KARI
    outcome: Outcome | None = None
    enhanced: str = ""
    message_id: str = MESSAGE_ID
    token: str = TOKEN


def dsn(
    recipient_block: str, *, sender: str = "MAILER-DAEMON@mx.example", subject: str = "Undelivered Mail",
    head: str = "Reporting-MTA: dns; mx.example\nArrival-Date: Fri, 3 Apr 2026 09:12:00 +0000\n",
    original: str = "message/rfc822", text: str = "I could not deliver your mail.", to: str = RETURN_PATH,
) -> str:  # fmt: skip
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: {to}\nSubject: {subject}\nAuto-Submitted: auto-replied\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n{text}\n\n--b\nContent-Type: message/delivery-status\n\n"
        f"{head}\n{recipient_block}\n\n--b\nContent-Type: {original}\n\n{OURS}\nHello\n\n--b--\n"
    )


def failed(status: str, diagnostic: str, action: str = "failed", who: str = KARI) -> str:
    return (
        f"Final-Recipient: rfc822; {who}\nAction: {action}\nStatus: {status}\nRemote-MTA: dns; mx.example.com\n"
        f"Diagnostic-Code: smtp; {diagnostic}"
    )


def plain(sender: str, subject: str, body: str, headers: str = "") -> str:
    return f"Return-Path: <>\nFrom: {sender}\nTo: {RETURN_PATH}\nSubject: {subject}\n{headers}\n{body}\n"


def arf(fields: str, original: str = "message/rfc822", kind: str = "abuse") -> str:
    return (
        "From: <feedback@provider.example>\nTo: abuse@firm.example\nSubject: FW: Receipts\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n--b\n"
        f"Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: SomeFBL/1.0\nVersion: 1\n"
        f"{fields}\n--b\nContent-Type: {original}\nContent-Disposition: inline\n\n{OURS}\nHello\n\n--b--\n"
    )


def bounced(outcome: Outcome | None, enhanced: str = "", **changes: str) -> Expected:
    return Expected(Kind.BOUNCED, outcome=outcome, enhanced=enhanced)._replace(**changes)  # type: ignore[arg-type]


HARD, FULL, POLICY, CONTENT = Outcome.HARD_ADDRESS, Outcome.MAILBOX_FULL, Outcome.POLICY, Outcome.CONTENT
DELAYED = Expected(Kind.DELAYED)
NO_ORIGINAL = {"message_id": ""}

SAMPLES: dict[str, tuple[str, Expected | None]] = {
    "postfix user unknown": (dsn(failed("5.1.1", f"550 5.1.1 <{KARI}>: Recipient address rejected: User unknown")), bounced(HARD, "5.1.1")),
    "postfix original recipient": (dsn(f"Original-Recipient: rfc822;{KARI}\n" + failed("5.1.1", "550 5.1.1 No", who="box7@inner.example")), bounced(HARD, "5.1.1")),
    "postfix no dns": (dsn(failed("5.4.4", "Host or domain name not found. Name service error").replace("smtp;", "X-Postfix;")), bounced(HARD, "5.4.4")),
    "postfix headers only": (dsn(failed("5.1.1", "550 5.1.1 unknown"), original="text/rfc822-headers"), bounced(HARD, "5.1.1")),
    "gmail unknown": (dsn(failed("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist.\n    550 5.1.1 gsmtp")), bounced(HARD, "5.1.1")),
    "gmail over quota": (dsn(failed("5.2.2", "552-5.2.2 The email account that you tried to reach is over quota")), bounced(FULL, "5.2.2")),
    "gmail over quota expired": (dsn(failed("4.2.2", "452-4.2.2 The email account is over quota")), bounced(FULL, "4.2.2")),
    "gmail disabled": (dsn(failed("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled")), bounced(HARD, "5.2.1")),
    "gmail unauthenticated": (dsn(failed("5.7.26", "550-5.7.26 This mail has been blocked because the sender is unauthenticated")), bounced(POLICY, "5.7.26")),
    "gmail spam": (dsn(failed("5.7.1", "550-5.7.1 Our system has detected that this message is likely unsolicited mail")), bounced(POLICY, "5.7.1")),
    "gmail domain missing": (dsn(failed("5.1.2", "DNS Error: Domain name not found")), bounced(HARD, "5.1.2")),
    "gmail delay": (dsn(failed("4.4.1", "The recipient server did not accept our requests to connect", "delayed"), subject="Delivery Status Notification (Delay)"), DELAYED._replace(enhanced="4.4.1")),
    "gmail gave up": (dsn(failed("4.4.1", "The recipient server did not accept our requests to connect")), bounced(Outcome.TRANSIENT, "4.4.1")),
    "exchange unknown": (dsn(failed("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"), sender="postmaster@outlook.example"), bounced(HARD, "5.1.10")),
    "exchange 5.1.1": (dsn(failed("5.1.1", "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found")), bounced(HARD, "5.1.1")),
    "exchange access denied": (dsn(failed("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)")), bounced(HARD, "5.4.1")),
    "exchange full": (dsn(failed("5.2.2", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException")), bounced(FULL, "5.2.2")),
    "exchange 5.2.0": (dsn(failed("5.2.0", "554 5.2.0 STOREDRV.Deliver.Exception:ConversionFailedException")), bounced(CONTENT, "5.2.0")),
    "exchange too big": (dsn(failed("5.2.3", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large")), bounced(CONTENT, "5.2.3")),
    "exchange restricted": (dsn(failed("5.7.133", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup")), bounced(POLICY, "5.7.133")),
    "outlook 5.7.515": (dsn(failed("5.7.515", "550 5.7.515 Access denied, sending domain does not meet the required authentication level")), bounced(POLICY, "5.7.515")),
    "outlook 5.5.0": (dsn(failed("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)")), bounced(HARD, "5.5.0")),
    "outlook block list": (dsn(failed("5.7.1", "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent (S3140)")), bounced(POLICY, "5.7.1")),
    "exchange delay": (dsn(failed("4.4.7", "400 4.4.7 Message delayed", "delayed")), DELAYED._replace(enhanced="4.4.7")),
    "exchange expired": (dsn(failed("4.4.7", "550 4.4.7 QUEUE.Expired; message expired")), bounced(Outcome.TRANSIENT, "4.4.7")),
    "exchange loop": (dsn(failed("5.4.14", "554 5.4.14 Hop count exceeded - possible mail loop")), bounced(CONTENT, "5.4.14")),
    "yahoo unknown": (dsn(failed("5.0.0", f"554 delivery error: dd This user doesn't have a yahoo.example account ({KARI}) [0]"), sender="MAILER-DAEMON@yahoo.example"), bounced(CONTENT, "5.0.0")),
    "yahoo disabled": (dsn(failed("5.0.0", "554 30 Sorry, your message cannot be delivered. This mailbox is disabled (554.30)")), bounced(CONTENT, "5.0.0")),
    "yahoo policy": (dsn(failed("5.7.9", "554 5.7.9 Message not accepted for policy reasons")), bounced(POLICY, "5.7.9")),
    "sendmail": (dsn(failed("5.1.1", "550 5.1.1 <kari@example.com>... User unknown"), subject="Returned mail: see transcript for details"), bounced(HARD, "5.1.1")),
    "sendmail host unknown": (dsn(failed("5.1.2", "550 Host unknown")), bounced(HARD, "5.1.2")),
    "sendmail delay": (dsn(failed("4.2.0", "450 greylisted", "delayed") + "\nWill-Retry-Until: Wed, 8 Apr 2026 09:12:00 GMT", subject="Warning: could not send message for past 4 hours"), DELAYED._replace(enhanced="4.2.0")),
    "exim report": (dsn(failed("5.0.0", "550 No such recipient here")), bounced(HARD, "5.0.0")),
    "exim rejected": (dsn(failed("5.0.0", "550 Message rejected as spam by content filter")), bounced(POLICY, "5.0.0")),
    "exim full": (dsn(failed("5.0.0", "552 mailbox is full: retry timeout exceeded")), bounced(FULL, "5.0.0")),
    "exim delay": (dsn(failed("4.0.0", "retry time not reached", "delayed")), DELAYED._replace(enhanced="4.0.0")),
    "domino": (dsn(failed("5.1.1", "550 kari... No such user").replace("rfc822; ", "rfc822;")), bounced(HARD, "5.1.1")),
    "opensmtpd": (dsn(failed("5.1.1", "550 Invalid recipient", "error")), bounced(HARD, "5.1.1")),
    "amazon ses": (dsn("Final-Recipient: rfc822;kari@example.com\nAction: failed\nRemote-MTA: dns;mx.example.com\nStatus: 5.1.1\nDiagnostic-Code: smtp;550 5.1.1 unknown", head="Reporting-MTA: dns; a8-50.smtp-out.example\n"), bounced(HARD, "5.1.1")),
    "no diagnostic": (dsn(f"Final-Recipient: rfc822; {KARI}\nAction: failed\nStatus: 5.1.1"), bounced(HARD, "5.1.1")),
    "no status": (dsn(f"Final-Recipient: rfc822; {KARI}\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 unknown"), bounced(HARD, "5.1.1")),
    "no action": (dsn(f"Final-Recipient: rfc822; {KARI}\nStatus: 4.4.1"), DELAYED._replace(enhanced="4.4.1")),
    "nobody says why": (dsn(f"Final-Recipient: rfc822; {KARI}\nAction: failed"), bounced(None)),
    "angle brackets and no type": (dsn(f"Final-Recipient: <{KARI}>\nAction: failed\nStatus: 5.1.1"), bounced(HARD, "5.1.1")),
    "comment on the action": (dsn(f"Final-Recipient: rfc822; {KARI}\nAction: failed (bad destination)\nStatus: 5.1.1 (bad)"), bounced(HARD, "5.1.1")),
    "folded diagnostic": (dsn(f"Final-Recipient: RFC822; {KARI}\nAction: FAILED\nStatus: 5.0.0\nDiagnostic-Code: SMTP;\n  550\n  5.1.1 user unknown"), bounced(HARD, "5.1.1")),
    "upper case and spaces": (dsn("FINAL-RECIPIENT:rfc822;KARI@EXAMPLE.COM\nACTION:   failed\nSTATUS:   5.1.1"), bounced(HARD, "5.1.1", recipient="KARI@example.com")),
    "utf-8 recipient": (dsn("Final-Recipient: utf-8; kari@example.com\nAction: failed\nStatus: 5.6.7\nDiagnostic-Code: smtp; 550 5.6.7 SMTPUTF8 required"), bounced(CONTENT, "5.6.7")),
    "a status of delivery": (dsn(failed("2.0.0", "250 2.0.0 Ok", "delivered"), subject="Successful Mail Delivery Report"), Expected(Kind.DELIVERED, enhanced="2.0.0")),
    "relayed": (dsn(failed("2.0.0", "250 Ok", "relayed")), Expected(Kind.UNKNOWN, enhanced="2.0.0")),
    "token only in the original": (dsn(failed("5.1.1", "550 5.1.1 unknown"), to="postmaster@firm.example"), bounced(HARD, "5.1.1")),
    "norwegian": (dsn(failed("5.1.1", "550 5.1.1 Ukjent mottaker"), subject="Ikke levert: Receipts", text="Meldingen kunne ikke leveres."), bounced(HARD, "5.1.1")),
    "qmail": (plain("MAILER-DAEMON@mx.example", "failure notice", f"Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{KARI}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{OURS}\nHello"), bounced(HARD, "5.1.1")),
    "qmail full": (plain("MAILER-DAEMON@mx.example", "failure notice", f"Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{KARI}>:\nThe users mailfolder is over the allowed quota (size). (#5.2.2)\n\n--- Below this line is a copy of the message.\n\n{OURS}\nHello"), bounced(FULL, "5.2.2")),
    "exim text": (plain("Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender", f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {KARI}\n    SMTP error from remote mail server after RCPT TO:<{KARI}>:\n    host mx.example.com [192.0.2.2]: 550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n{OURS}\nHello", f"X-Failed-Recipients: {KARI}\n"), bounced(HARD, "5.1.1")),
    "exim text warning": (plain("Mail Delivery System <Mailer-Daemon@mx.example>", "Warning: message 1abc delayed 24 hours", f"This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.\n\nThe message identifier is:     1abc\n\nThe address to which the message has not yet been delivered is:\n\n  {KARI}\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals."), DELAYED._replace(message_id="")),
    "complaint": (arf(f"Original-Mail-From: <{RETURN_PATH}>\nOriginal-Rcpt-To: <{KARI}>\nReceived-Date: Fri, 3 Apr 2026 09:12:00 GMT\n"), Expected(Kind.COMPLAINED)),
    "complaint with redacted recipient": (arf(f"Original-Mail-From: <{RETURN_PATH}>\nSource-IP: 192.0.2.1\n"), Expected(Kind.COMPLAINED)),
    "complaint, headers only": (arf(f"Original-Rcpt-To: {KARI}\n", "text/rfc822-headers"), Expected(Kind.COMPLAINED)),
    "complaint about fraud": (arf(f"Original-Rcpt-To: rfc822; {KARI}\n", kind="fraud"), Expected(Kind.COMPLAINED)),
    "no spam after all": (arf(f"Original-Rcpt-To: {KARI}\n", kind="not-spam"), Expected(Kind.UNKNOWN)),
    "authentication report": (arf(f"Original-Rcpt-To: {KARI}\nAuth-Failure: dmarc\n", kind="auth-failure"), Expected(Kind.UNKNOWN)),
    "a person's mail about a bounce": ("From: Kari <kari@example.com>\nTo: reply@firm.example\nSubject: Undelivered mail\n\nMy mail came back with 550 5.1.1 kari@example.com unknown\n", None),
    "an out-of-office": (f"Return-Path: <>\nFrom: kari@example.com\nTo: {RETURN_PATH}\nAuto-Submitted: auto-replied\nSubject: Automatic reply\n\nI am away.\n", None),
    "a read receipt": ('From: kari@example.com\nTo: anna@firm.example\nSubject: Read: Receipts\nContent-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n--b\nContent-Type: text/plain\n\nRead.\n\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;kari@example.com\nDisposition: manual-action; displayed\n\n--b--\n', None),
    "a newsletter": ("From: news@example.com\nTo: anna@firm.example\nSubject: Delivery of joy\nList-Id: <news.example.com>\n\n550 5.1.1\n", None),
}  # fmt: skip
