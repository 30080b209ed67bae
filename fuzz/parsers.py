"""What reads bytes that strangers made, each with seeds in the shapes that it knows (R87).

A target takes bytes and may refuse them with the error that its callers know; anything else is a find.
``tests/test_fuzz.py`` gives each some hundred mutations; ``bin/fuzz`` searches for as long as it is told to.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tactful.channels.mail.bounces import read_events
from tactful.channels.mail.parse import Envelope, Reading, parse_message
from tactful.channels.mail.tests.bounce_samples import SAMPLES
from tactful.contacts.rules.tables import read_table
from tactful.contacts.rules.trouble import Unusable
from tactful.tracking.rules.calls import problem, read
from tactful.tracking.rules.envelope import opened, unpacked
from tactful.tracking.types import BadRequest, KeyKind, Received, Source

EXAMPLES = Path(__file__).parent.parent / "examples"
OURS = frozenset({"post@firm.example"})
SHOP = Source(1, "Shop", KeyKind.SERVER)
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)

MAIL = (
    b"From: Kari <kari@example.no>\r\nTo: post@firm.example\r\nSubject: =?utf-8?q?N=C3=A5r=3F?=\r\n"
    b"Date: Fri, 20 Nov 2026 12:00:00 +0100\r\nMessage-ID: <1@example.no>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nHei =C3=A5\r\n> sitat\r\n--b\r\n"
    b'Content-Type: application/pdf; name="bilag.pdf"\r\nContent-Disposition: attachment\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n"
)
PAGE = b"From: a@b.example\nContent-Type: text/html; charset=iso-8859-1\n\n<p>Bl\xe5b\xe6r<br><blockquote>x"
CARD = (
    b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Kari Nordmann\r\nN:Nordmann;Kari;;;\r\nTEL;TYPE=cell:+47 912 34 567"
    b"\r\nEMAIL:kari@example.no\r\nBDAY:--0412\r\nNOTE:En lang\r\n  linje\r\nEND:VCARD\r\n"
)
OLD_CARD = (
    b"BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=98;=C3=85=\n=20se\nEND:VCARD\n"
)
BATCH = (
    b'{"batch":[{"type":"identify","userId":"u1","messageId":"m1","traits":{"email":"a@example.no"}},'
    b'{"type":"track","userId":"u1","event":"Order Completed","timestamp":"2026-11-20T09:30:00Z",'
    b'"properties":{"total":499.0,"deep":{"a":[1,2,{"b":null}]}}}],"sentAt":"2026-11-20T09:30:01Z"}'
)
CALL = b'{"type":"page","anonymousId":"x","context":{"page":{"url":"https://a.example"}},"name":"\\ud800"}'
PACKED = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV\xaa\x05\x00\x43\xbf\xa6\xa3"


@dataclass(frozen=True, slots=True)
class Target:
    read: Callable[[bytes], object]
    seeds: Sequence[bytes]


def _mail(raw: bytes) -> None:
    parse_message(raw, Reading(OURS), Envelope("", ("post+abc@firm.example",)))
    parse_message(raw, Reading())


def _bounce(raw: bytes) -> None:
    read_events(raw, OURS)


def _table(content: bytes) -> None:
    with suppress(Unusable):
        read_table(content)


def _calls(body: bytes) -> None:
    """As the door does it: what it lets in must be readable afterwards."""
    for kind in ("batch", "identify", "track"):
        with suppress(BadRequest):
            stored, _number, _key = opened(unpacked(body, ""), kind)
            problem(stored, kind)
            read(Received(1, SHOP.id, AT, kind, stored), SHOP)


def _packed(body: bytes) -> None:
    with suppress(BadRequest):
        unpacked(body, "gzip")


TARGETS = {
    "mail": Target(_mail, (MAIL, PAGE)),
    "bounces": Target(_bounce, [raw.encode("latin-1", "replace") for raw, _ in SAMPLES.values()]),
    "csv": Target(_table, [path.read_bytes()[:4_000] for path in sorted(EXAMPLES.glob("*.csv"))]),
    "vcard": Target(_table, (CARD, OLD_CARD)),
    "calls": Target(_calls, (BATCH, CALL)),
    "gzip": Target(_packed, (PACKED,)),
}
