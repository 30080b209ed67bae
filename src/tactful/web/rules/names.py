"""Initials for a round mark."""


def initials(name: str) -> str:
    """First letters of the first and the last word, upper-cased; ``?`` for an empty name."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    ends = words if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()
