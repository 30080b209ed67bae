"""Keys are shown once; attributes are named; properties are computed of the past."""

import re

import pytest
from django.test import Client

from tactful.tracking.models import Attribute, ComputedProperty, TrackingSource
from tactful.web.tests.cast import Cast


@pytest.fixture
def owner(cast: Cast) -> Client:
    return cast.signed_in(cast.owner)


def test_a_key_is_shown_once_and_can_be_revoked(owner: Client) -> None:
    made = owner.post("/settings/connections/", {"name": "Web shop", "kind": "server", "sites": ""})
    key = re.search(r"tw_[\w-]{20,}", made.content.decode())
    assert key is not None
    later = owner.get("/settings/connections/").content.decode()
    assert key[0] not in later
    assert key[0][:8] in later
    row = TrackingSource.objects.get()
    assert owner.post(f"/settings/connections/{row.id}/end/").status_code == 302
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_site_needs_its_address(owner: Client) -> None:
    answer = owner.post("/settings/connections/", {"name": "Site", "kind": "browser", "sites": ""})
    assert answer.status_code == 422
    assert "https://shop.example" in answer.content.decode()
    made = owner.post("/settings/connections/", {"name": "Site", "kind": "browser", "sites": "shop.example"})
    assert "tactful.js" in made.content.decode()
    assert TrackingSource.objects.get().origins == ["https://shop.example"]


def test_an_attribute_is_declared_named_and_marked(owner: Client) -> None:
    owner.post("/settings/attributes/", {"key": "plan", "label": "Plan", "type": "text"})
    row = Attribute.objects.get()
    owner.post(f"/settings/attributes/{row.id}/", {"label": "Agreement", "sensitive": "on"})
    row.refresh_from_db()
    assert (row.label, row.personal, row.sensitive) == ("Agreement", True, True)
    again = owner.post("/settings/attributes/", {"key": "plan", "label": "Plan", "type": "text"})
    assert again.status_code == 422


def test_a_property_is_defined_and_removed(owner: Client) -> None:
    given = {"label": "Spent", "kind": "sum", "event": "Order Completed", "field": ""}
    assert owner.post("/settings/properties/", given).status_code == 422
    owner.post("/settings/properties/", given | {"field": "total"})
    row = ComputedProperty.objects.get()
    assert row.key == "spent"
    assert "Order Completed" in owner.get("/settings/attributes/").content.decode()
    owner.post(f"/settings/properties/{row.id}/end/")
    assert not ComputedProperty.objects.exists()
