"""Sends without end until somebody kills it: ``python -m … PORT JOURNAL CONNECTIONS``."""

import itertools
import sys
import threading
from pathlib import Path

from tactful.channels.mail.journal import PhaseJournal
from tactful.channels.mail.smtp import SmtpConnection, send_over
from tactful.channels.mail.tests.helpers import message, settings


def main() -> None:
    port, journal, count = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    turn = threading.Lock()
    connections = [SmtpConnection(settings(port), must_arrive_turn=turn) for _ in range(count)]
    messages = (message(n, must_arrive=n % 2 == 0) for n in itertools.count(1))
    with PhaseJournal(journal) as phases:
        for _ in send_over(connections, messages, phases):
            pass


if __name__ == "__main__":
    main()
