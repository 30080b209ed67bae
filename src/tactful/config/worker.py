"""The background process. A placeholder until delivery and journeys have work for it."""

import signal


def main() -> int:
    """Wait for the signal to stop."""
    wanted = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    signal.sigwait(wanted)
    return 0
