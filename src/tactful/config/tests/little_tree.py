"""A process tree for tests: little parts by name, and a server in the folder that TACTFUL_HOME names."""

import os
import sys
from pathlib import Path

from tactful.config.child import Part
from tactful.config.postgres.server import Server
from tactful.config.process_tree import Tree

LITTLE = "tactful.config.tests.little_part"


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    server = Server(Path(os.environ["TACTFUL_HOME"]), say, durable=False)
    server.start()
    say(f"server pid {server.pid}")
    parts = [Part(name, LITTLE, (name,), says_ready=True) for name in sys.argv[1:]]
    return Tree(parts, server, say, say, lambda: say("all ready")).run()


if __name__ == "__main__":
    sys.exit(main())
