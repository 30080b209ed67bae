"""Our phase-aware SMTP transport: it always knows on which side of the final dot a message is.

``smtplib`` raises the same exception before DATA and after an accepted dot, so a caller cannot tell
"try again" from "perhaps sent". Here every message gets one ``SendResult`` and nothing is raised.

With PIPELINING (RFC 2920) a kept connection costs one write and about one read per message:

    us      MAIL 1, RCPT 1, DATA            body 1, dot, MAIL 2, RCPT 2, DATA     body 2, dot, …
    server                      250 250 354                      250, 250 250 354

The dot of message 2 leaves only after the reply to the dot of message 1 was read, so a death leaves
at most one message per connection between dot and reply.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from math import ceil
from types import TracebackType
from typing import Self

from tactful.channels.mail.dialogue import Dialogue, Turn
from tactful.channels.mail.envelope import Features
from tactful.channels.mail.feed import Feed
from tactful.channels.mail.handshake import SmtpUnavailable, open_wire
from tactful.channels.mail.journal import Journal
from tactful.channels.mail.settings import Security, SmtpSettings
from tactful.channels.mail.wire import Wire, WireError
from tactful.channels.types import OutboundMessage, SendResult, our_words

__all__ = ["Security", "SmtpConnection", "SmtpPool", "SmtpSettings", "SmtpUnavailable", "send_over"]

FRUITLESS_LIMIT = 3  # connections in a row that brought no answer, before we give up on the server


class SmtpConnection:
    """One kept connection, for one thread. It opens itself when needed and again after a drop.

    ``must_arrive_turn``: a lock that all connections of the process share. It is held between dot and
    reply of a ``must_arrive`` message, so that a kill leaves at most one such message in doubt.
    """

    def __init__(self, settings: SmtpSettings, *, must_arrive_turn: Turn | None = None) -> None:
        self.settings = settings
        self.features = Features()
        self._wire: Wire | None = None
        self._turn = must_arrive_turn or nullcontext()
        self._patience = max(1, ceil(settings.reply_timeout / settings.timeout))

    @property
    def is_open(self) -> bool:
        return self._wire is not None

    def connect(self) -> None:
        """Connect, EHLO, STARTTLS, AUTH; nothing if already open. Raises ``SmtpUnavailable``."""
        self._open()

    def close(self) -> None:
        """Drop the connection without a word; the server forgets a message without its dot."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def quit(self) -> None:
        """Say goodbye and close; not while a ``send_many`` runs."""
        if self._wire is not None:
            with suppress(WireError):  # the goodbye is a courtesy
                self._wire.write(b"QUIT\r\n")
                self._wire.read_reply()
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.quit()
        else:
            self.close()

    def send_many(self, messages: Iterable[OutboundMessage], journal: Journal) -> Iterator[SendResult]:
        """``send_over`` this connection alone."""
        return send_over([self], messages, journal)

    def steps(self, feed: Feed, journal: Journal) -> Generator[SendResult | None, None, None]:
        """For ``send_over``: results, and None where others may work (see ``Dialogue.run``).

        Opens the connection when needed and again after a drop. Raises ``SmtpUnavailable`` when there
        is no connection to be had, or no journal. A generator closed early drops the connection.
        """
        finished = False
        fruitless = 0
        try:
            while not feed.is_empty():
                if fruitless == FRUITLESS_LIMIT:
                    raise SmtpUnavailable(our_words("smtp.hung_up", times=fruitless))
                fruitless += 1
                dialogue = Dialogue(self._open(), self.features, self._patience, self._turn)
                yield from dialogue.run(feed, journal)
                if dialogue.answered:
                    fruitless = 0
                if dialogue.broken:
                    self.close()
            finished = True
        finally:
            if not finished:
                self.close()

    def _open(self) -> Wire:
        if self._wire is None:
            self._wire, self.features = open_wire(self.settings)
        return self._wire


class SmtpPool:
    """An account's connections, for one thread: while one of them waits for a reply, others write."""

    def __init__(self, settings: SmtpSettings, connections: int, *, must_arrive_turn: Turn) -> None:
        self.connections = [
            SmtpConnection(settings, must_arrive_turn=must_arrive_turn) for _ in range(connections)
        ]

    def send_many(self, messages: Iterable[OutboundMessage], journal: Journal) -> Iterator[SendResult]:
        return send_over(self.connections, messages, journal)

    def close(self) -> None:
        for connection in self.connections:
            connection.close()


def send_over(
    connections: Sequence[SmtpConnection], messages: Iterable[OutboundMessage], journal: Journal
) -> Iterator[SendResult]:
    """One result for each message, in the order in which they become certain.

    In one thread: while one connection waits for the reply to its dot, the others write. With two or
    more the worker hardly ever idles. Raises nothing for a message. When no connection is to be had,
    or the journal cannot be written, all that is left ends as ``SAFE`` (bad credentials: ``ACCOUNT``).
    ``messages`` is read one ahead while the server waits for a body, so give it ready messages.
    Closing the iterator early, or an exception out of ``messages``, drops the connections.
    """
    feed = Feed(messages)
    running = deque(connection.steps(feed, journal) for connection in connections)
    trouble = SmtpUnavailable(our_words("smtp.nothing_to_send_over"))
    try:
        while running:
            try:
                for result in running[0]:
                    if result is None:
                        break
                    yield result
                else:
                    running.popleft()
                running.rotate(-1)
            except SmtpUnavailable as error:
                running.popleft()
                trouble = error
        yield from feed.refuse_rest(trouble)
    finally:
        for steps in running:
            steps.close()
