"""Questions to a name server, against one of our own on loopback."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.foundation import dns
from tactful.foundation.dns import Kind, NoAnswer, ask

Reply = Callable[[bytes], bytes]


def _serve(sock: socket.socket, reply: Reply) -> None:
    while True:
        query, peer = sock.recvfrom(4096)
        if not query:
            return
        if said := reply(query):
            sock.sendto(said, peer)


def _listen(tcp: socket.socket, stream: Reply) -> None:
    while True:
        client, _peer = tcp.accept()
        with client:
            asked = client.recv(4096)
            if not asked:
                return
            said = stream(asked[2:])
            client.sendall(struct.pack(">H", len(said)) + said)


@contextmanager
def server(reply: Reply, stream: Reply = lambda _: b"") -> Iterator[tuple[str, int]]:
    """UDP and TCP on the same port. An empty reply is silence."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as sock:
        place: tuple[str, int] = ("127.0.0.1", tcp.getsockname()[1])
        sock.bind(place)
        threads = [Thread(target=_serve, args=(sock, reply)), Thread(target=_listen, args=(tcp, stream))]
        for thread in threads:
            thread.start()
        try:
            yield place
        finally:
            sock.sendto(b"", place)
            socket.create_connection(place).close()
            for thread in threads:
                thread.join()


def answer(query: bytes, *records: bytes, code: int = 0, cut: bool = False) -> bytes:
    flags = 0x8180 | code | (0x0200 if cut else 0)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
    return head + query[12:] + b"".join(records)


def record(kind: int, body: bytes) -> bytes:
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(body)) + body


def mx(order: int, name: bytes) -> bytes:
    return record(15, struct.pack(">H", order) + name)


def test_exchangers_come_by_preference_and_names_are_put_together() -> None:
    def reply(query: bytes) -> bytes:
        return answer(query, mx(20, b"\x04Back\xc0\x0c"), mx(10, b"\x02mx\x04host\x07example\0"))

    with server(reply) as there:
        assert ask("fjord.example", Kind.MX, servers=[there]) == ("mx.host.example", "back.fjord.example")


def test_texts_of_several_pieces_are_one() -> None:
    def reply(query: bytes) -> bytes:
        return answer(query, record(16, b"\x07v=spf1 \x04-all"), record(15, b"\0\x05\0"))

    with server(reply) as there:
        assert ask("fjord.example", Kind.TXT, servers=[there]) == ("v=spf1 -all",)


def test_nothing_there_is_an_answer_and_trouble_is_none() -> None:
    with server(lambda query: answer(query, code=3)) as there:
        assert ask("fjord.example", Kind.MX, servers=[there]) == ()
    with server(lambda query: answer(query, code=2)) as there, pytest.raises(NoAnswer):
        ask("fjord.example", Kind.MX, servers=[there])


def test_a_silent_server_is_passed_over_and_all_silent_is_said() -> None:
    with server(lambda _: b"") as silent:
        with pytest.raises(NoAnswer):
            ask("fjord.example", Kind.MX, seconds=0.2, servers=[silent])
        with server(lambda query: answer(query, mx(1, b"\x02mx\xc0\x0c"))) as there:
            found = ask("fjord.example", Kind.MX, seconds=1.0, servers=[silent, there])
            assert found == ("mx.fjord.example",)


def test_an_answer_that_was_cut_is_asked_for_again_over_tcp() -> None:
    whole = b"".join([b"\xfa" + b"x" * 250] * 4)
    long = record(16, whole)
    with server(lambda query: answer(query, cut=True), lambda query: answer(query, long)) as there:
        assert ask("fjord.example", Kind.TXT, servers=[there]) == ("x" * 1000,)


def test_an_answer_to_another_question_is_not_believed() -> None:
    def other(query: bytes) -> bytes:
        return answer(bytes([query[0] ^ 1]) + query[1:], mx(1, b"\x04evil\0"))

    with server(other) as there, pytest.raises(NoAnswer):
        ask("fjord.example", Kind.MX, servers=[there])


def test_a_name_that_points_at_itself_ends() -> None:
    def circle(query: bytes) -> bytes:
        at = len(query) + 12 + 2
        return answer(query, mx(1, struct.pack(">H", 0xC000 | at)))

    with server(circle) as there, pytest.raises(NoAnswer):
        ask("fjord.example", Kind.MX, servers=[there])


@given(st.binary(max_size=200))
def test_whatever_comes_it_is_read_or_refused(noise: bytes) -> None:
    query = dns._query("fjord.example", Kind.MX)
    with suppress(ValueError, IndexError, struct.error):  # what ``ask`` takes for no answer
        dns._read(query[:2] + b"\x81\x80\0\1\0\2\0\0\0\0" + query[12:] + noise, query, Kind.MX)
