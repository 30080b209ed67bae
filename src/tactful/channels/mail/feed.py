"""The messages on their way to the wire: what comes next, what came back, what we refuse ourselves."""

from collections.abc import Iterable, Iterator

from tactful.channels.mail.envelope import Features, Transaction, open_transaction
from tactful.channels.mail.handshake import SmtpUnavailable
from tactful.channels.mail.outcomes import DETAIL_LIMIT, local_result
from tactful.channels.mail.wire import WireError
from tactful.channels.types import OutboundMessage, Outcome, SendResult


class Feed:
    """Hands each message out until it has a result. All connections of one sending share it, so what
    comes back from one goes out over the next."""

    def __init__(self, messages: Iterable[OutboundMessage]) -> None:
        self._messages = iter(messages)
        self._back: list[OutboundMessage] = []  # last in, first out
        self._broke: set[tuple[int, int]] = set()
        self.refused: list[SendResult] = []

    def is_empty(self) -> bool:
        message = self._next()
        if message is not None:
            self._back.append(message)
        return message is None

    def take(self, features: Features) -> Transaction | None:
        """The next message that may go out. What must not go out lands in ``refused``."""
        while (message := self._next()) is not None:
            made = open_transaction(message, features)
            if isinstance(made, Transaction):
                return made
            self.refused.append(made)
        return None

    def give_back(self, transaction: Transaction | None) -> None:
        """It was not handed over and comes again next."""
        if transaction is not None:
            self._back.append(transaction.message)

    def give_back_broken(self, transaction: Transaction, error: WireError) -> None:
        """The connection broke before the dot: once more on a new one, then ``SAFE``."""
        message = transaction.message
        key = (message.ident, message.attempt)
        if key in self._broke:
            self.refused.append(local_result(message, Outcome.SAFE, str(error)))
        else:
            self._broke.add(key)
            self._back.append(message)

    def drain(self) -> Iterator[SendResult]:
        refused, self.refused = self.refused, []
        return iter(refused)

    def refuse_rest(self, error: SmtpUnavailable) -> Iterator[SendResult]:
        yield from self.drain()
        words = str(error)[:DETAIL_LIMIT]
        while (message := self._next()) is not None:
            yield SendResult(message.ident, message.attempt, error.outcome, error.code, "", words)

    def _next(self) -> OutboundMessage | None:
        return self._back.pop() if self._back else next(self._messages, None)
