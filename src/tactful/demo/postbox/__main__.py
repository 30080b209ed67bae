"""``python -m tactful.demo.postbox --folder F --smtp-port N``"""

import argparse
import asyncio
import sys
from pathlib import Path

from tactful.demo.postbox.server import serve


def main() -> int:
    options = argparse.ArgumentParser(
        prog="postbox", description="A local mail server that keeps what it gets."
    )
    options.add_argument("--folder", type=Path, required=True, help="where the letters are kept")
    options.add_argument("--smtp-port", type=int, required=True, help="0 takes a free port and says which")
    given = options.parse_args()
    try:
        asyncio.run(serve(given.folder, given.smtp_port))
    except OSError as error:
        print(
            f"The postbox cannot start on port {given.smtp_port} with {given.folder}: {error}",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
