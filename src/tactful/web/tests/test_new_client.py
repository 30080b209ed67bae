"""A client is written by hand, from the list."""

from datetime import timedelta

import pytest

from tactful.contacts import queries as contacts
from tactful.contacts.actions import Subject, suppress
from tactful.contacts.models import Contact
from tactful.web.tests.cast import Cast

GIVEN = {"name": "Nora Berg", "mail": "Nora@client.example", "phone": "401 23 456", "language": "en"}


def test_a_client_is_added_and_their_page_opens(cast: Cast) -> None:
    staff = cast.signed_in(cast.colleague)
    assert '/clients/new/"' in staff.get("/clients/").content.decode()
    assert '/clients/new/"' not in cast.signed_in(cast.reader).get("/clients/").content.decode()
    answer = staff.post("/clients/new/", GIVEN, follow=True)
    made = Contact.objects.get(name="Nora Berg")
    assert answer.redirect_chain[-1][0] == f"/clients/{made.id}/"
    page = answer.content.decode()
    assert "Nora Berg is a client now." in page
    assert made.language == "en"
    assert "+4740123456" in made.identities.values_list("value", flat=True)
    at = cast.now + timedelta(minutes=1)
    basis = contacts.basis_facts_at([made.id], "service", "mail", at)
    assert basis[made.id].kind == "contract"
    assert contacts.basis_facts_at([made.id], "marketing", "mail", at)[made.id].kind == "none"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mail": "", "phone": ""}, "so that they can be reached"),
        ({"mail": "nowhere"}, "nowhere"),
        ({"name": ""}, "required"),
        ({"mail": "client1@client.example"}, "Twin"),
    ],
)
def test_what_cannot_be_added_is_said_and_kept(cast: Cast, change: dict[str, str], said: str) -> None:
    cast.client("Twin")
    answer = cast.signed_in(cast.colleague).post("/clients/new/", GIVEN | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="401 23 456"' in answer.content.decode() or not change.get("phone", "x")
    assert not Contact.objects.filter(name="Nora Berg").exists()


def test_an_address_to_which_we_write_no_more(cast: Cast) -> None:
    suppress(Subject("mail", "nora@client.example"), "objection", acting_user=None, now=cast.now)
    answer = cast.signed_in(cast.colleague).post("/clients/new/", GIVEN)
    assert answer.status_code == 422
    assert "We do not write to" in answer.content.decode()
    assert not Contact.objects.filter(name="Nora Berg").exists()


def test_readers_add_nobody(cast: Cast) -> None:
    reader = cast.signed_in(cast.reader)
    assert reader.get("/clients/new/").status_code == 403
    assert reader.post("/clients/new/", GIVEN).status_code == 403
