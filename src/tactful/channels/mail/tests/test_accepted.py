"""The usual answer to a dot, read in one step, says what the long way says."""

import socket

from hypothesis import example, given
from hypothesis import strategies as st

from tactful.channels.mail.outcomes import ACCEPTED, Stage, accepted, verdict
from tactful.channels.mail.wire import Wire
from tactful.channels.types import OutboundMessage

MAIL = OutboundMessage(1, 2, "post@fjord.example", "kari@client.example", [b"x\r\n"])
CODES = st.sampled_from([b"250", b"251", b"200", b"299", b"354", b"421", b"550"])
MARKS = st.sampled_from([b"", b"2.0.0", b"2.1.5 ", b"5.1.1  ", b"2.0.0.1", b"2.0", b"2.0.0Ok"])
WORDS = st.sampled_from(
    [b"Ok", b"queued as ABC", b"queued as", b" ", b"\t", b"  ", b"\xc3\xa5", b"a" * 499, b"-"]
)
ENDS = st.sampled_from([b"\r\n", b"\n", b" \r\n", b"\r\r\n"])


@given(CODES, st.sampled_from([b" ", b"-", b""]), MARKS, st.lists(WORDS, max_size=4).map(b" ".join), ENDS)
@example(b"250", b" ", b"2.0.0 ", b"Ok: queued as ABCDEF12", b"\r\n")
@example(b"250", b" ", b"", b"", b"\r\n")
def test_both_ways_say_the_same(code: bytes, gap: bytes, mark: bytes, words: bytes, end: bytes) -> None:
    line = code + gap + mark + words + end
    found = ACCEPTED.match(line)
    if found is None:
        return  # the long way reads it
    assert found.end() == len(line)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(line)
        reply = Wire(ours, 5).read_reply()
    assert accepted(MAIL, found) == verdict(MAIL, Stage.DOT, reply)


def test_the_usual_answers_are_read_in_one_step() -> None:
    for line in (b"250 2.0.0 Ok: queued as ABCDEF12\r\n", b"250 OK\r\n", b"250 2.0.0\r\n", b"250 \r\n"):
        assert ACCEPTED.fullmatch(line)
