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
from .asking import Wish, confirm_wish, forget_wishes, note_wish, unanswered, wish
from .basis import Subject, record_basis, seal_receipts, suppress, unsuppress, withdraw_basis
from .duplicates import find_duplicates, look_for_duplicates, tell_apart
from .erasing import REASONS as ERASURE_REASONS
from .erasing import Wish as ErasureWish
from .erasing import ask_erasure, let_in_again, refused
from .flags import clear_flag, set_flag
from .importing import (
    begin_import,
    continue_imports,
    import_file,
    let_go,
    put_aside,
    sweep_waiting_files,
)
from .merging import MergeError, follow, merge, unmerge
from .objecting import MARKETING, OBJECTIONS, OPTIONAL, correct_objection, object_to, take_back
from .people import NO_ATTRIBUTES, ContactError, add_identity, create_contact, update_contact
from .undoing import ask_undo, continue_undoing

__all__ = [
    "ERASURE_REASONS",
    "MARKETING",
    "NO_ATTRIBUTES",
    "OBJECTIONS",
    "OPTIONAL",
    "Address",
    "Arrivals",
    "ContactError",
    "ErasureWish",
    "MergeError",
    "Subject",
    "Wanted",
    "Wish",
    "add_identity",
    "arrive",
    "ask_erasure",
    "ask_undo",
    "begin_import",
    "bump_gate",
    "change_many",
    "clear_flag",
    "confirm_wish",
    "continue_imports",
    "continue_undoing",
    "correct_objection",
    "create_contact",
    "dissolve",
    "find_duplicates",
    "follow",
    "forget_wishes",
    "import_file",
    "let_go",
    "let_in_again",
    "look_for_duplicates",
    "merge",
    "note_duplicates",
    "note_wish",
    "object_to",
    "put_aside",
    "record_basis",
    "refused",
    "seal_receipts",
    "set_flag",
    "suppress",
    "sweep_waiting_files",
    "take_back",
    "tell_apart",
    "unanswered",
    "unmerge",
    "unsuppress",
    "update_contact",
    "wish",
    "withdraw_basis",
    "withdraw_duplicates",
]
