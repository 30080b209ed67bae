"""A part for tests: says its process id and waits. ``stubborn``: does not listen to a polite stop."""

import os
import signal
import sys
import time

from tactful.config.child import READY_LINE

if __name__ == "__main__":
    if "stubborn" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("pid", os.getpid())
    print(READY_LINE)
    while True:
        time.sleep(60)
