"""Searching where several may be meant, and what a line of the list says."""

from datetime import UTC, datetime

import pytest

from tactful.contacts import actions, queries
from tactful.contacts.models import Contact
from tactful.contacts.types import NewContact

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 8, 0, tzinfo=UTC)


def add(name: str, *mails: str, phones: tuple[str, ...] = (), company: str = "") -> Contact:
    new = NewContact(name, mails, phones, "nb", company)
    return actions.create_contact(new, acting_user=None, now=NOW)


@pytest.fixture
def liv() -> Contact:
    return add("Liv Sandal", "liv@sandviken.example", phones=("900 00 142",), company="Sandviken Keramikk")


@pytest.mark.parametrize(
    "query", ["sandla keramkik", "andal kermaikk", "sadnv", "liv sadnv", "Liv sandla 900"]
)
def test_a_mistake_is_forgiven_in_each_word_and_beside_parts_of_others(liv: Contact, query: str) -> None:
    add("Ola Dal", "ola@dal.example")
    assert [line.id for line in queries.search(query)] == [liv.id]


def test_of_all_that_a_mistake_may_have_meant_some_are_shown() -> None:
    for given in ("Anne", "Bo", "Carl"):
        add(f"{given} Jensen")
        add(f"{given} Johnsen")
    found = queries.search("Jonsen", limit=4)
    assert [line.name for line in found] == ["Anne Jensen", "Bo Jensen", "Anne Johnsen", "Bo Johnsen"]
    assert len(queries.search("Jonsen", limit=10)) == 6


def test_a_given_name_with_a_mistake_is_found_beside_a_family_name() -> None:
    kari = add("Ingrid Hansen")
    add("Ingvild Hansen")
    add("Ola Hansen")
    assert [line.id for line in queries.search("Ingird Hansen")] == [kari.id]
    assert [line.id for line in queries.search("Hasnen Ingrid")] == [kari.id]


def test_many_who_are_called_so_are_shown_in_the_order_of_the_list() -> None:
    for name in ("Åse Berg", "Anne Berg", "Bo Berg", "Bo Bergan", "Berg Olsen"):
        add(name)
    assert [line.name for line in queries.search("berg", limit=3)] == ["Anne Berg", "Bo Berg", "Åse Berg"]
    assert [line.name for line in queries.search("bo berg", limit=2)] == ["Bo Berg", "Bo Bergan"]


def test_a_line_says_how_somebody_is_reached_first_of_all(liv: Contact) -> None:
    actions.add_identity(liv.id, "email", "second@sandviken.example", acting_user=None, now=NOW)
    add("Ola Dal")
    ola, line = queries.in_order().lines
    assert (line.id, line.name, line.sort_key, line.language) == (liv.id, "Liv Sandal", "sandal liv", "nb")
    assert (line.company, line.mail) == ("Sandviken Keramikk", "liv@sandviken.example")
    assert (line.phone, line.manager) == ("+4790000142", "")
    assert (ola.company, ola.mail, ola.phone) == ("", "", "")
