"""How a rule says that a value cannot be used."""

from tactful.contacts.types import Note


class Unusable(ValueError):
    """A value, or a whole file, that cannot be used. ``note`` says why as a code."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.note = Note(code, params)


def shown(text: str, limit: int = 60) -> str:
    """``text`` short enough to stand in a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
