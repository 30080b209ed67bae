"""Which release this is: CHANGELOG.md in a clone, the package's own record when installed."""

import re
from importlib.metadata import PackageNotFoundError, version

from tactful.config.home import checkout


def release() -> str:
    project = checkout()
    if project is not None and (project / "CHANGELOG.md").is_file():
        found = re.search(
            r"^## (\d+\.\d+\.\d+)", (project / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
        )
        if found:
            return found[1]
    try:
        return version("tactful")
    except PackageNotFoundError:
        return "unknown"
