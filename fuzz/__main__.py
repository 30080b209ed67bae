"""bin/fuzz NAME [--seconds N]: atheris on one of the targets, or on each in turn."""

import argparse
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tactful"]):
    from fuzz.parsers import TARGETS

HANG_SECONDS = 5
"""R87 asks for one; the instruments make everything some times slower."""
MOST_BYTES = 65_536
MOST_MB = 1_024


def main() -> int:
    options = argparse.ArgumentParser(prog="bin/fuzz")
    options.add_argument("name", nargs="?", choices=sorted(TARGETS))
    options.add_argument("--seconds", type=int, default=600, help="for all of them together")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.inside:
        search(given.name, given.seconds)
    names = [given.name] if given.name else sorted(TARGETS)
    each = max(1, given.seconds // len(names))
    again = [sys.executable, "-m", "fuzz", "--inside", "--seconds", str(each)]
    found = [name for name in names if subprocess.run([*again, name], check=False).returncode]
    print(f"Something was found in: {', '.join(found)}." if found else "Nothing was found.")
    return 1 if found else 0


def search(name: str, seconds: int) -> None:
    """Does not come back: libFuzzer ends the process. A find is written beside the seeds, and named."""
    target = TARGETS[name]
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for seed in target.seeds:
        (folder / sha256(seed).hexdigest()[:16]).write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-timeout={HANG_SECONDS}", f"-max_len={MOST_BYTES}"]
    atheris.Setup(
        [
            sys.argv[0],
            *limits,
            f"-rss_limit_mb={MOST_MB}",
            f"-artifact_prefix={folder}/found-",
            "-print_final_stats=1",
            str(folder),
        ],
        target.read,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
