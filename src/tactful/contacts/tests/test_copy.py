"""Rows that are copied in arrive as they were given, whatever stands in them."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.contacts.models import ConsentReceipt, Contact
from tactful.foundation.ids import new_id
from tactful.foundation.pg import copy_in

NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    body=st.dictionaries(
        st.text('ab\\"\n\t\x85\u2028é', max_size=5), st.text("x\\\r'\t\u20ac", max_size=5), max_size=3
    ),
    digest=st.binary(max_size=8),
)
@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
def test_copied_rows_hold_what_they_were_given(text: str, body: dict[str, str], digest: bytes) -> None:
    rows = [
        Contact(
            id=new_id(), name=text, sort_key=r"\N", attributes=body, created_at=NOW, pieces=[len(text), -7]
        ),
        Contact(id=new_id(), name="", sort_key="\\.", attributes={}, created_at=NOW),
    ]
    receipt = ConsentReceipt(
        id=new_id(), contact_id=1, kind="k", purpose="p", channel="c", wording=text, wording_hash=digest,
        controller="", how="", at=NOW, actor=None,
    )  # fmt: skip
    with transaction.atomic():
        copy_in(rows)
        copy_in([receipt])
        copy_in([])
        for row in rows:
            found = Contact.objects.get(id=row.id)
            assert (found.name, found.sort_key, found.attributes) == (row.name, row.sort_key, row.attributes)
            assert (found.pieces, found.company_id, found.created_at) == (row.pieces, None, NOW)
        kept = ConsentReceipt.objects.get(id=receipt.id)
        assert (bytes(kept.wording_hash), kept.wording, kept.actor) == (digest, text, None)
        transaction.set_rollback(True)
