"""Reads of contacts: people, searching, and the facts that the gate is told about them."""

from tactful.contacts.models import Contact

from .facts import (
    Flags,
    address_facts_at,
    basis_facts_at,
    clients,
    flags_at,
    place_facts,
    sensitive_facts_at,
)
from .importing import ImportRow, ImportRun, import_run, import_runs, known_contacts, refused_csv, run_rows
from .past import ContactPast, circles, contact_pasts, neighbours
from .people import (
    Page,
    Profile,
    find_by_address,
    how_many,
    in_order,
    lines,
    objection_sources,
    people,
    profile,
    records,
    search,
)

__all__ = [
    "Contact",
    "ContactPast",
    "Flags",
    "ImportRow",
    "ImportRun",
    "Page",
    "Profile",
    "address_facts_at",
    "basis_facts_at",
    "circles",
    "clients",
    "contact_pasts",
    "find_by_address",
    "flags_at",
    "how_many",
    "import_run",
    "import_runs",
    "in_order",
    "known_contacts",
    "lines",
    "neighbours",
    "objection_sources",
    "people",
    "place_facts",
    "profile",
    "records",
    "refused_csv",
    "run_rows",
    "search",
    "sensitive_facts_at",
]
