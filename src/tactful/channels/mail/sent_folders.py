"""Which folders hold what was sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

USE = "\\sent"
CLOSED = frozenset({"\\noselect", "\\nonexistent"})
MOST = 4
NAMES = frozenset(
    name
    for names in (
        "sent|sent items|sent mail|sent messages|sent-mail",
        "sendt|sendte|sendte elementer|sendte element|sendt e-post|sendte meldinger|sendt post",
        "skickat|skickade|skickade objekt|sendte beskeder|lähetetyt",
        "gesendet|gesendete elemente|gesendete objekte|gesendete nachrichten|verzonden|verzonden items",
        "envoyés|éléments envoyés|messages envoyés|enviados|elementos enviados|itens enviados",
        "inviata|posta inviata|wysłane|elementy wysłane|išsiųsti|nosūtītie|saadetud",
    )
    for name in names.split("|")
)


@dataclass(frozen=True, slots=True)
class Folder:
    """``name``: as the server wants it back. ``shown``: as people read it, below all folders that it is in.
    ``uses``: lower-case, e.g. ``\\sent`` (RFC 6154)."""

    name: str
    shown: str
    uses: frozenset[str] = frozenset()


def sent_folders(folders: Iterable[Folder], inbox: str = "INBOX") -> Sequence[str]:
    """Those that the server calls so (RFC 6154); else those with a usual name, for each program of a person
    may have made its own.

    >>> sent_folders([Folder("INBOX", "INBOX"), Folder("Sendte elementer", "Sendte elementer")])
    ['Sendte elementer']
    """
    open_ones = [each for each in folders if not each.uses & CLOSED and each.name.upper() != inbox.upper()]
    called = [each.name for each in open_ones if USE in each.uses]
    named = [each.name for each in open_ones if each.shown.strip().casefold() in NAMES]
    return (called or named)[:MOST]
