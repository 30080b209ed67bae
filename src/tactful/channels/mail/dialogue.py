"""The dialogue with the server over one wire, message after message (see ``smtp``)."""

import re
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress

from tactful.channels.mail.envelope import Features, Transaction
from tactful.channels.mail.feed import Feed
from tactful.channels.mail.handshake import SmtpUnavailable
from tactful.channels.mail.journal import Journal, JournalError
from tactful.channels.mail.outcomes import ACCEPTED, Stage, accepted, local_result, verdict
from tactful.channels.mail.troubles import MOST
from tactful.channels.mail.wire import Reply, Wire, WireError
from tactful.channels.types import OutboundMessage, Outcome, SendResult, our_words

CLOSING = 421  # the server hangs up after this reply
_GO_AHEAD = 354
_ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)
# The replies to a whole envelope, which mostly came in one packet with the reply to the last dot.
_ALL_WELL = re.compile(rb"2\d\d [^\n]*\n2\d\d [^\n]*\n354[ \r][^\n]*\n")
_IN_STEP = re.compile(ACCEPTED.pattern + _ALL_WELL.pattern)
_NO_TURN = nullcontext()
_KNOWN_HERE = suppress(JournalError)  # the answer is; the next begin stops the sending

Turn = AbstractContextManager[object]


class Dialogue:
    """``broken``: the wire must be closed. ``patience``: time-outs to bear for the reply to a dot."""

    def __init__(self, wire: Wire, features: Features, patience: int, turn: Turn) -> None:
        self._wire = wire
        self._features = features
        self._patience = patience
        self._turn = turn
        self._announced = False  # the envelope of the next message left with the last body
        self._reset_due = False  # a refused envelope still stands
        self._failure: WireError | None = None  # of the last write of a body
        self.broken = False
        self.answered = False  # the server has said something about a message and stayed

    def run(self, feed: Feed, journal: Journal) -> Iterator[SendResult | None]:
        """Results until the feed is empty or the wire is broken; then the rest is back in the feed.

        None means: a body and its dot are out, and the next step waits for the reply. Other
        connections may work meanwhile. Never for a ``must_arrive`` message: its turn is held until
        the reply. Raises ``SmtpUnavailable`` if the journal cannot be written.
        """
        current = feed.take(self._features)
        while current is not None:
            try:
                result = None if self._is_announced() else self._envelope(current)
            except WireError as error:
                self.broken = True
                feed.give_back_broken(current, error)
                break
            following = None if self.broken else feed.take(self._features)
            if result is None and current.message.must_arrive:
                with self._turn:
                    self._hand_over(current, following, feed, journal)
                    result = self._hear(current, journal)
            elif result is None:
                self._hand_over(current, following, feed, journal)
                yield None
                current, following = yield from self._in_step(current, following, feed, journal)
                result = self._hear(current, journal)
            self.answered = self.answered or result.code not in (None, CLOSING)
            yield result
            if feed.refused:
                yield from feed.drain()
            if self.broken:
                feed.give_back(following)
                return
            current = following
        yield from feed.drain()

    def _in_step(
        self, current: Transaction, following: Transaction | None, feed: Feed, journal: Journal
    ) -> Generator[SendResult | None, None, "tuple[Transaction, Transaction | None]"]:
        """While the server says what it mostly says: that it has the mail, and that it waits for the next.

        Answers with the mail whose body is out and whose reply is still to be heard, and the one behind it.
        """
        while self._announced and self._failure is None:
            if following is None or following.message.must_arrive:
                break
            try:
                answer = self._wire.hear(_IN_STEP, self._patience)
            except WireError as error:
                self._failure = error
                break
            if answer is None:
                break
            result = accepted(current.message, answer)
            with _KNOWN_HERE:
                journal.answer(result)
            self.answered = True
            self._announced = False
            yield result
            if feed.refused:
                yield from feed.drain()
            current, following = following, feed.take(self._features)
            self._hand_over(current, following, feed, journal)
            yield None
        return current, following

    def _is_announced(self) -> bool:
        """Whether the server has taken the envelope that rode behind the last body, as mostly it has."""
        if self._announced and self._wire.expect(_ALL_WELL):
            self._announced = False
            return True
        return False

    def _envelope(self, transaction: Transaction) -> SendResult | None:
        """None if the server waits for the body, else the refusal. ``WireError``: nothing is known."""
        if self._features.pipelining:
            if not self._announced:
                reset = b"RSET\r\n" if self._reset_due else b""
                self._wire.write(reset + transaction.opening)
                if reset:
                    self._wire.read_reply()
            self._announced = self._reset_due = False
            return self._read_envelope(transaction.message)
        if self._reset_due:
            self._ask(b"RSET\r\n")
            self._reset_due = False
        return self._ask_envelope(transaction)

    def _read_envelope(self, message: OutboundMessage) -> SendResult | None:
        if self._wire.expect(_ALL_WELL):
            return None
        refusal = None
        try:
            for stage in _ENVELOPE:
                reply = self._wire.read_reply()
                if refusal is None:
                    refusal = self._refusal(message, stage, reply)
                elif reply.code == _GO_AHEAD:
                    self.broken = True  # it wants a body although it refused: send none, not even a dot
                if self.broken:
                    break
        except WireError:
            if refusal is None:
                raise
            self.broken = True
        return refusal

    def _ask_envelope(self, transaction: Transaction) -> SendResult | None:
        for stage, command in zip(_ENVELOPE, transaction.commands(), strict=True):
            refusal = self._refusal(transaction.message, stage, self._ask(command))
            if refusal is not None:
                return refusal
        return None

    def _refusal(self, message: OutboundMessage, stage: Stage, reply: Reply) -> SendResult | None:
        if reply.code == _GO_AHEAD if stage is Stage.DATA else 200 <= reply.code < 300:
            return None
        self._reset_due = True
        self.broken = reply.code == CLOSING
        return verdict(message, stage, reply)

    def _hand_over(
        self, current: Transaction, following: Transaction | None, feed: Feed, journal: Journal
    ) -> None:
        """Journal, then body and dot in one write. The next envelope rides behind the dot."""
        message = current.message
        try:
            journal.begin(message.ident, message.attempt)
        except JournalError as error:
            feed.give_back(following)
            feed.give_back(current)
            raise SmtpUnavailable(our_words("smtp.journal", error=str(error)[:MOST])) from error
        try:
            if following is not None and self._features.pipelining:
                self._announced = True
                self._wire.write(b"".join((*current.body, following.opening)))
            else:
                self._wire.write(b"".join(current.body))
        except WireError as error:
            self._failure = error

    def _hear(self, current: Transaction, journal: Journal) -> SendResult:
        """The reply to the dot, or that there is none; journal."""
        try:
            if self._failure is not None:
                raise self._failure
            if answer := self._wire.hear(ACCEPTED, self._patience):
                result = accepted(current.message, answer)
            else:
                reply = self._wire.read_reply(self._patience)
                result = verdict(current.message, Stage.DOT, reply)
                self.broken = reply.code == CLOSING
        except WireError as error:
            self.broken = True
            dot_stayed = error.accepted is not None and error.accepted < sum(map(len, current.body))
            outcome = Outcome.SAFE if dot_stayed else Outcome.AMBIGUOUS
            result = local_result(current.message, outcome, str(error))
        with _KNOWN_HERE:
            journal.answer(result)
        return result

    def _ask(self, command: bytes) -> Reply:
        self._wire.write(command)
        return self._wire.read_reply()
