"""Every write to contacts: one named action each, atomic, with its fact and a person's audit row."""

from ._writing import bump_gate
from .arriving import (
    Address,
    Arrivals,
    Wanted,
    arrive,
    change_many,
    dissolve,
    note_duplicates,
    withdraw_duplicates,
)
from .basis import Subject, record_basis, seal_receipts, suppress, unsuppress, withdraw_basis
from .flags import clear_flag, set_flag
from .importing import (
    begin_import,
    continue_imports,
    import_file,
    let_go,
    put_aside,
    sweep_waiting_files,
)
from .objecting import MARKETING, OBJECTIONS, OPTIONAL, correct_objection, object_to, take_back
from .people import ContactError, add_identity, create_contact, update_contact

__all__ = [
    "MARKETING",
    "OBJECTIONS",
    "OPTIONAL",
    "Address",
    "Arrivals",
    "ContactError",
    "Subject",
    "Wanted",
    "add_identity",
    "arrive",
    "begin_import",
    "bump_gate",
    "change_many",
    "clear_flag",
    "continue_imports",
    "correct_objection",
    "create_contact",
    "dissolve",
    "import_file",
    "let_go",
    "note_duplicates",
    "object_to",
    "put_aside",
    "record_basis",
    "seal_receipts",
    "set_flag",
    "suppress",
    "sweep_waiting_files",
    "take_back",
    "unsuppress",
    "update_contact",
    "withdraw_basis",
    "withdraw_duplicates",
]
