"""The Python client that is written from the description, against a server."""

import inspect

import pytest

from tactful.api import client as ours
from tactful.api.rest.scopes import Scope
from tactful.api.rest.tests.conftest import program
from tactful.api.rest.tests.test_rest import segment_of_bergen
from tactful.api.rest.urls import document
from tactful.web.tests.cast import Cast


def test_it_has_every_operation() -> None:
    client, said = ours.Tactful, document()["paths"].values()
    for operation in (each for operations in said for each in operations.values()):
        method = getattr(client, operation["operationId"])
        asked = {each["name"] for each in operation.get("parameters", ()) if each["in"] != "header"}
        assert asked <= set(inspect.signature(method).parameters)


def test_it_tells_and_asks(house: tuple[Cast, str]) -> None:
    cast, where = house
    there = ours.Tactful(where, program(cast, list(Scope)).key)
    segment = segment_of_bergen(cast)
    made = [
        there.create_contact({"name": f"Liv Strand {n}", "attributes": {"city": "Bergen"}}) for n in range(3)
    ]
    tagged = there.set_tag(made[0]["id"], "a:b.c")
    assert tagged["tags"] == ["a:b.c"]
    first = there.record_event(made[0]["id"], {"name": "Visit"}, idempotency_key="visit-1")
    again = there.record_event(made[0]["id"], {"name": "Visit"}, idempotency_key="visit-1")
    assert first == again
    assert [each["name"] for each in ours.pages(there.list_events, made[0]["id"], name="Visit")] == ["Visit"]
    members = list(ours.pages(there.list_members, segment.slug, limit=2))
    assert [each["contact_id"] for each in members] == [each["id"] for each in made]
    assert list(ours.pages(there.list_tasks, done=True)) == []


def test_what_is_refused_says_why(house: tuple[Cast, str]) -> None:
    cast, where = house
    narrow = ours.Tactful(where, program(cast, [Scope.READ_CONTACTS]).key)
    with pytest.raises(ours.TactfulError, match="lacks “contacts:write”") as refused:
        narrow.create_contact({"name": "Liv"})
    assert refused.value.status == 403
    with pytest.raises(ours.TactfulError) as unread:
        narrow.list_contacts(limit=0)
    assert [each["where"] for each in unread.value.errors] == ["query.limit"]
    with pytest.raises(ValueError, match="https"):
        ours.Tactful("file:///etc", "key")
