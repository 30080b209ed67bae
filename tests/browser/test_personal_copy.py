"""An owner takes out everything that is known of a client, and it is everything (R74)."""

import json
import zipfile
from typing import Any

from psycopg import sql

from tactful.wiring.no_personal_data import NOWHERE
from tactful.wiring.personal_data import SECTIONS
from tests.browser.conftest import INGRID, MARYAM, Signed
from tests.browser.houses import House

BUSIEST = """SELECT c.contact_id, i.value FROM conversation c
    JOIN identity i ON i.contact_id = c.contact_id AND i.kind = 'email'
    JOIN entry e ON e.conversation_id = c.id
    JOIN contact p ON p.id = c.contact_id AND p.language = 'nb'
    WHERE e.raw_id IS NOT NULL
    GROUP BY 1, 2 ORDER BY count(*) DESC, 1 LIMIT 1"""
TABLES = """SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'django_migrations'"""
SETTLED_LATER = {"sealed_order"}  # the chain of the audit gives it a moment after the row
NAMING = """SELECT to_jsonb(t) FROM {} t
    WHERE t::text ~ ('\\y' || %s || '\\y') OR position(%s IN t::text) > 0"""


def test_the_copy_holds_every_row_that_names_the_client(house: House, signed_in: Signed) -> None:
    ((contact, address),) = house.rows(BUSIEST)
    page = signed_in(house, INGRID).show(f"/clients/{contact}/")
    with page.expect_download() as coming:
        page.locator("form[action$='/copy/'] button").click()
    with zipfile.ZipFile(coming.value.path()) as folder:
        names = folder.namelist()
        data: dict[str, list[dict[str, Any]]] = json.loads(folder.read("data.json"))
        said = folder.read(names[0]).decode()
        files = [folder.read(name) for name in names if name.startswith("files/")]
    assert names[0] == "Les meg.html"  # in the client's language, not in the reader's
    assert str(address) in said
    assert "Det som er skrevet og sagt" in said
    assert files
    assert all(files)
    assert _left_out(house, str(contact), str(address), data) == []


def test_only_an_owner_may(house: House, signed_in: Signed) -> None:
    ((contact, _address),) = house.rows(BUSIEST)
    page = signed_in(house, MARYAM).show(f"/clients/{contact}/")
    assert page.locator("form[action$='/copy/']").count() == 0


def _left_out(
    house: House, contact: str, address: str, data: dict[str, list[dict[str, Any]]]
) -> list[tuple[str, dict[str, Any]]]:
    """Rows of any table that name them, by number or by address, and are not in the copy."""
    held = {each.table: each for section in SECTIONS for each in section.tables}
    elsewhere = {table for each in NOWHERE for table in each.tables}
    missing = []
    for (name,) in house.rows(TABLES):
        table = str(name)
        if table in elsewhere:
            continue
        query = sql.SQL(NAMING).format(sql.Identifier(table)).as_string()
        for (row,) in house.rows(query, contact, address):
            assert isinstance(row, dict)
            kept = row.keys() - held[table].hides.keys() - SETTLED_LATER
            shown = {key: row[key] for key in kept}
            if not any(shown.items() <= known.items() for known in data.get(table, ())):
                missing.append((table, shown))
    return missing
