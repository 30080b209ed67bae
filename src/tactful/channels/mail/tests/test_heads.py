"""What can be told from the envelope of a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.channels.mail.heads import see
from tactful.channels.mail.imap_types import LINES

OWN = frozenset({"post@fjord.example"})
NAMES = st.sampled_from(LINES).map(str.encode)
PIECES = st.one_of(
    st.binary(max_size=40), st.sampled_from([b"<", b">", b"@", b"=?utf-8?q?", b"?=", b"\r\n ", b'"'])
)


def head(**lines: str) -> bytes:
    return (
        "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n"
    )


def test_addresses_tokens_and_references() -> None:
    seen = see(
        head(
            From='"Liv, at work" <liv@CLIENT.example>',
            To="Post <post+tok@fjord.example>, paal@client.example",
            Cc="x@y.example",
            Bcc="z@y.example",
            Reply_To="post+back@fjord.example",
            Message_ID="<m@c>",
            In_Reply_To="<a@b>",
            References="<one@b>\r\n <two@b>",
        ),
        OWN,
    )
    assert seen.senders == ("liv@client.example",)
    assert seen.recipients == (
        "post+tok@fjord.example", "paal@client.example", "x@y.example", "z@y.example",
    )  # fmt: skip
    assert (seen.token, seen.asks_back, seen.message_id) == ("tok", "back", "m@c")
    assert seen.answers == ("a@b", "two@b", "one@b")
    assert (seen.report, seen.machine) == (False, False)


def test_the_envelope_of_the_door_comes_first() -> None:
    assert see(head(To="list@other.example"), OWN, ("post+tok@fjord.example",)).token == "tok"


@pytest.mark.parametrize(
    "lines",
    [
        {"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"},
        {"Content_Type": 'multipart/report; report-type="feedback-report"'},
        {"From": "Mail Delivery <MAILER-DAEMON@mx.example>"},
        {"Return_Path": "<>"},
    ],
)
def test_what_may_be_a_report(lines: dict[str, str]) -> None:
    assert see(head(**lines), OWN).report


@pytest.mark.parametrize(
    ("lines", "machine"),
    [
        ({"Auto_Submitted": "auto-generated"}, True),
        ({"Auto_Submitted": "no"}, False),
        ({"List_Id": "<news.example>"}, True),
        ({"Precedence": "bulk"}, True),
        ({"Precedence": "first-class"}, False),
    ],
)
def test_what_no_person_has_written(lines: dict[str, str], machine: bool) -> None:
    assert see(head(**lines), OWN).machine is machine


@given(st.lists(st.tuples(NAMES, st.lists(PIECES, max_size=8).map(b"".join)), max_size=8))
def test_no_envelope_breaks_the_reader(lines: list[tuple[bytes, bytes]]) -> None:
    seen = see(b"".join(name + b": " + value + b"\r\n" for name, value in lines) + b"\r\n", OWN)
    assert all("@" in address and "\x00" not in address for address in (*seen.senders, *seen.recipients))


@given(st.binary(max_size=400))
def test_nor_does_anything_else(raw: bytes) -> None:
    see(raw, OWN)
