"""In which of its languages a client gets a broadcast."""

from collections.abc import Collection

NORWEGIAN = ("nb", "no", "nn")


def chosen(known: str, house: str, there: Collection[str]) -> str:
    """``known``: the client's, "" is unknown; ``house``: the business's. ``there`` is not empty."""
    for wanted in (known, house, "en"):
        short = "nb" if wanted.startswith(NORWEGIAN) else wanted.partition("-")[0]
        if short in there:
            return short
    return min(there)
