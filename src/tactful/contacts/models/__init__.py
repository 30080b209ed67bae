"""Tables of clients."""

from .clients import (
    BasisSpell,
    Company,
    ConsentReceipt,
    ConsentRequest,
    Contact,
    ContactMerge,
    ContactSpell,
    DuplicatePair,
    Household,
    Identity,
    MergePart,
    Suppression,
)
from .erasing import Erasure, ErasureRefusal
from .importing import ImportPart, ImportRow, ImportRun, ImportTouch, WaitingFile

__all__ = [
    "BasisSpell",
    "Company",
    "ConsentReceipt",
    "ConsentRequest",
    "Contact",
    "ContactMerge",
    "ContactSpell",
    "DuplicatePair",
    "Erasure",
    "ErasureRefusal",
    "Household",
    "Identity",
    "ImportPart",
    "ImportRow",
    "ImportRun",
    "ImportTouch",
    "MergePart",
    "Suppression",
    "WaitingFile",
]
