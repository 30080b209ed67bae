"""What a tracked event is called on a client's line."""

from .bodies import clean_text

LONGEST = 80

#: First words of the facts that this house tells of itself. Whoever sends events must not be able to say
#: that a message was sent or that a reply came, so such names are kept with ``tracked.`` before them.
OURS = frozenset(
    [
        "attribute",
        "basis",
        "booking",
        "broadcast",
        "calendar",
        "complaint",
        "computed",
        "contact",
        "conversation",
        "document",
        "documents",
        "duplicate",
        "engagement",
        "handoff",
        "hold",
        "identity",
        "import",
        "journey",
        "line",
        "meeting",
        "message",
        "mood",
        "promise",
        "question",
        "quote",
        "reply",
        "segment",
        "settings",
        "source",
        "suppression",
        "survey",
        "task",
        "touchpoint",
        "tracked",
        "tracking",
        "webhook",
    ]
)
ASIDE = "tracked."

PAGE = "Page Viewed"
SCREEN = "Screen Viewed"


def event_name(said: str) -> str:
    """The name as it is kept: in the sender's words, unless it is one of ours. "" for none."""
    name = (
        said if said.isprintable() else "".join(c if c.isprintable() else " " for c in clean_text(said, 400))
    )
    name = name.strip()[:LONGEST].strip()
    return (ASIDE + name)[:LONGEST] if is_ours(name) else name


def is_ours(name: str) -> bool:
    """Whether it is called as what this house tells of itself."""
    family, dot, _ = name.partition(".")
    return bool(dot) and family.strip().lower() in OURS
