"""Perhaps the same person: the list, the pair side by side, merging, and taking it back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tactful.contacts.actions import find_duplicates, object_to, update_contact
from tactful.contacts.models import Contact, ContactMerge, DuplicatePair, Household
from tactful.contacts.queries import find_by_address
from tactful.events.actions import Told, append
from tactful.foundation.models import Role, User
from tactful.web.build import pairs as build
from tactful.web.tests.cast import Cast

BORN = "1980-02-03"


def twins(cast: Cast, name: str = "Kari Li", born: str = BORN) -> tuple[Contact, Contact]:
    one, other = cast.client(name), cast.client(name)
    for each in (one, other):
        update_contact(each.id, {"birthday": born}, acting_user=None, now=cast.now)
    return one, other


def at(one: Contact, other: Contact, act: str = "") -> str:
    return f"/clients/{one.id}/same/{other.id}/{act}"


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_empty_list_teaches(cast: Cast, language: str) -> None:
    page = cast.signed_in(cast.owner, language).get("/clients/same/")
    assert page.context["page"].empty is not None
    assert str(page.context["page"].empty.title) in page.content.decode()


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_way_of_a_pair(cast: Cast, language: str) -> None:
    one, other = twins(cast)
    object_to(other.id, ["objected:marketing"], how="portal", source="portal", now=cast.now)
    find_duplicates(now=cast.now)
    client = cast.signed_in(cast.owner, language)
    (row,) = client.get("/clients/same/").context["page"].rows
    assert row.url == at(one, other)
    assert client.get("/clients/").context["page"].pairs == 1
    assert at(one, other).encode() in client.get(f"/clients/{one.id}/").content
    page = client.get(row.url).context["page"]
    assert any(field.of_other and field.after for field in page.rows)
    answer = client.post(page.merge.url, follow=True)
    assert answer.redirect_chain == [(f"/clients/{one.id}/", 302)]
    assert client.get(f"/clients/{other.id}/")["Location"] == f"/clients/{one.id}/"
    (banner,) = answer.context["page"].merged
    undo = client.get(banner.undo.url).context["page"].undo
    assert client.post(undo.url)["Location"] == f"/clients/{other.id}/"
    assert Contact.objects.filter(id__in=(one.id, other.id)).count() == 2
    assert client.get(f"/clients/{one.id}/").context["page"].merged == ()
    assert client.get(banner.undo.url).status_code == 404


def test_two_people_are_not_asked_about_again(cast: Cast) -> None:
    one, other = twins(cast)
    find_duplicates(now=cast.now)
    client = cast.signed_in(cast.owner)
    assert client.post(at(one, other, "apart/"))["Location"] == "/clients/same/"
    assert client.get("/clients/same/").context["page"].rows == ()
    assert DuplicatePair.objects.get().verdict == "different"


def test_a_reader_sees_and_changes_nothing(cast: Cast) -> None:
    one, other = twins(cast)
    reader = User.objects.add(email="reader@fjord.example", name="Rolf Dal", role=Role.READ_ONLY)
    client = cast.signed_in(reader)
    page = client.get(at(one, other)).context["page"]
    assert (page.merge, page.apart) == (None, None)
    assert client.post(at(one, other, "merge/")).status_code == 403
    assert Contact.objects.filter(id__in=(one.id, other.id)).count() == 2


def test_after_thirty_days_it_stays(cast: Cast) -> None:
    one, other = twins(cast)
    client = cast.signed_in(cast.owner)
    client.post(at(one, other, "merge/"))
    row = ContactMerge.objects.get()
    ContactMerge.objects.update(at=row.at - timedelta(days=31))
    assert client.get(f"/clients/{one.id}/").context["page"].merged == ()
    assert client.get(f"/merges/{row.id}/").context["page"].undo is None
    client.post(f"/merges/{row.id}/undo/")
    assert not Contact.objects.filter(id=other.id).exists()


def test_nobody_stands_beside_themselves(cast: Cast) -> None:
    one, other = twins(cast)
    client = cast.signed_in(cast.owner)
    assert client.get(at(one, one)).status_code == 404
    client.post(at(one, other, "merge/"))
    assert client.get(at(one, other)).status_code == 404
    assert client.post(at(one, other, "merge/")).status_code == 404


def test_somebody_who_is_here_twice_is_found_by_hand(cast: Cast) -> None:
    one, other = twins(cast)
    page = cast.signed_in(cast.owner).get(f"/clients/{one.id}/same/?q=kari").context["page"]
    assert [row.url for row in page.rows] == [at(one, other)]


def test_the_list_goes_on_by_key_with_the_same_queries_for_few_and_many(cast: Cast) -> None:
    twins(cast)
    find_duplicates(now=cast.now)
    client = cast.signed_in(cast.owner)
    client.get("/clients/same/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/clients/same/")
    for each in range(build.PAGE):
        twins(cast, f"Ola Nr{each}", f"19{each + 10}-01-01")
    find_duplicates(now=cast.now)
    with CaptureQueriesContext(connection) as many:
        first = client.get("/clients/same/").context["page"]
    assert len(many) == len(few)
    second = client.get(f"/clients/same/{first.pager.next_url.partition('/same/')[2]}").context["page"]
    urls = [row.url for row in (*first.rows, *second.rows)]
    assert len(set(urls)) == len(urls) == build.PAGE + 1


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_profile_says_who_is_around_them_and_what_other_systems_tell(cast: Cast, language: str) -> None:
    liv, other = cast.consenting, cast.client("Per Sandal")
    house = Household.objects.create(name="Sandal")
    Contact.objects.filter(id__in=(liv.id, other.id)).update(household=house, tier="gold")
    append(
        [Told("Order Completed", liv.id, cast.now, "tracking", b'{"total": 12, "$": {"u": "1"}}')],
        now=cast.now,
    )
    client = cast.signed_in(cast.owner, language)
    page = client.get(f"/clients/{liv.id}/?show=elsewhere")
    assert "Order Completed" in page.content.decode()
    assert "total: 12" in page.content.decode()
    assert [who.name for who in page.context["page"].related] == ["Per Sandal"]
    assert {"gold", "Sandal"} <= {str(fact.value) for fact in page.context["page"].facts}


def test_merged_stands_on_the_time_line_in_words(cast: Cast) -> None:
    one, other = twins(cast)
    client = cast.signed_in(cast.owner)
    client.post(at(one, other, "merge/"))
    assert "Two clients became this one." in client.get(f"/clients/{one.id}/").content.decode()
    assert find_by_address("email", "nobody@x.example") is None


def test_an_old_link_to_a_thread_leads_to_the_one_that_it_joined(cast: Cast) -> None:
    ours = cast.writes(cast.consenting, "Hello?").conversation_id
    theirs = cast.writes(cast.left, "Hello too?").conversation_id
    client = cast.signed_in(cast.owner)
    client.post(at(cast.consenting, cast.left, "merge/"))
    assert client.get(f"/inbox/{theirs}/")["Location"] == f"/inbox/{ours}/"
    page = client.get(f"/inbox/{ours}/").content.decode()
    assert "Hello?" in page
    assert "Hello too?" in page
    assert client.get("/inbox/17/").status_code == 404
