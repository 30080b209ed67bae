"""Who was erased is not brought back: by no file, mail, call, calendar, form or program (R75)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tactful.calendars import actions as calendars
from tactful.calendars.actions import Found, NewFeed
from tactful.calendars.models import Appointment
from tactful.calendars.types import CalendarKind, Occurrence, Reading
from tactful.channels.actions import RawMail, store_raw
from tactful.channels.mail.parse import provider_id
from tactful.channels.models import InboundRaw
from tactful.contacts import actions as contacts
from tactful.contacts.actions import ContactError, ErasureWish
from tactful.contacts.models import Contact, ErasureRefusal, Identity, ImportRow
from tactful.contacts.types import ImportRequest, NewContact
from tactful.delivery.models import Dispatch
from tactful.foundation.models import AuditPayload
from tactful.inbox.models import Conversation, Entry
from tactful.tracking.actions import add_source, take_in
from tactful.tracking.hot import received
from tactful.tracking.models import Visitor, VisitorEvent
from tactful.tracking.types import KeyKind
from tactful.wiring import erasing
from tactful.wiring.inbound import read_waiting
from tactful.wiring.tests.cast import Cast
from tactful.wiring.tests.mailbox import open_mailbox

MAIL, PHONE = "liv@client.example", "+4791234567"
CSV = "Navn;E-post;Telefon\nLiv Sandal;LIV@client.example;\nNy Kunde;ny@client.example;\nLiv S;;91 23 45 67\n"


@pytest.fixture
def house(cast: Cast, settings: Any, tmp_path: Path) -> Cast:
    """Liv has written, was written to, is known to a shop by number and device, and is then erased."""
    settings.ERASURES_FOLDER = tmp_path / "erasures"
    contacts.add_identity(cast.liv.id, "phone", PHONE, acting_user=None, now=cast.now)
    cast.writes("Når er fristen?")
    _calls(cast, "m1", "identify", userId="u-liv", anonymousId="d-liv", traits={"email": MAIL})
    _appointment(cast)
    _erase(cast)
    return cast


def _erase(cast: Cast) -> None:
    row = erasing.ask(ErasureWish(cast.liv.id, "asked", "page"), acting_user=cast.owner.id, now=cast.now)
    assert erasing.carry_on(row.id, cast.now)
    assert not _there()


def _there() -> bool:
    """In any table: by address, number, name, device."""
    return (
        Identity.objects.filter(value__in=(MAIL, PHONE, "u-liv")).exists()
        or Contact.objects.filter(name__contains="Liv").exists()
        or Conversation.objects.filter(stranger=MAIL).exists()
        or Entry.objects.filter(sender__contains="liv").exists()
        or Visitor.objects.filter(value__in=("u-liv", "d-liv")).exists()
        or VisitorEvent.objects.exists()
        or Appointment.objects.filter(title__contains="Liv").exists()
    )


def _calls(cast: Cast, ident: str, kind: str, **fields: Any) -> None:
    source = add_source("Shop", KeyKind.SERVER, [], acting_user=None, now=cast.now).source_id
    call = {"type": kind, "messageId": ident, "timestamp": cast.now.isoformat(), **fields}
    received.keep([(source, "batch", json.dumps({"batch": [call]}).encode())], cast.now)
    assert take_in(cast.now) == 1


def _appointment(cast: Cast, uid: str = "liv-1", feed: Any = None, **more: Any) -> Any:
    new = NewFeed("Chair", CalendarKind.ICS, "https://calendar.example/a.ics")
    feed = feed or calendars.add_feed(new, acting_user=cast.owner.id, now=cast.now)
    at = cast.now + timedelta(days=10)
    found = Occurrence(uid, "", at, at + timedelta(hours=1), title="Liv Sandal, klipp", **more)
    calendars.apply(feed, Reading((found,), 1), Found(), now=cast.now)
    return feed


def _refused(door: str) -> int:
    return sum(ErasureRefusal.objects.filter(door=door).values_list("count", flat=True))


def test_not_by_a_file(house: Cast) -> None:
    run = contacts.import_file(
        ImportRequest("k.csv", CSV.encode(), None), acting_user=house.owner.id, now=house.now
    )
    assert run.counts["created"] == 1
    refused = ImportRow.objects.filter(run=run, outcome="refused")
    assert [(row.raw, row.reasons[0]["code"]) for row in refused] == [([], "person.erased")] * 2
    assert _refused("import") == 2
    assert not _there()


def test_not_by_a_person_or_a_program(house: Cast) -> None:
    for new in (NewContact("Liv Sandal", mails=("Liv@Client.example",)), NewContact("L", phones=(PHONE,))):
        with pytest.raises(ContactError, match="was erased"):
            contacts.create_contact(new, acting_user=None, now=house.now, source="api")
    with pytest.raises(ContactError, match="was erased"):
        contacts.add_identity(house.paal.id, "email", MAIL, acting_user=None, now=house.now)


@pytest.mark.parametrize(
    "call",
    [
        {"kind": "identify", "userId": "u9", "traits": {"email": MAIL, "name": "Liv Sandal"}},
        {"kind": "identify", "userId": "u9", "traits": {"phone": PHONE}},
        {"kind": "track", "userId": "u-liv", "event": "Bought"},
        {"kind": "track", "anonymousId": "d-liv", "event": "Bought"},
        {"kind": "alias", "previousId": "d-liv", "userId": "u9"},
    ],
)
def test_not_by_a_call_of_another_system(house: Cast, call: dict[str, Any]) -> None:
    _calls(house, "m9", **call)
    assert _refused("tracking") == 1
    assert not _there()


def test_not_by_a_calendar(house: Cast) -> None:
    feed = _appointment(house, "new", attendees=(MAIL,))
    assert not _there()
    _appointment(house, "new", feed, attendees=(MAIL,))
    assert not _there()


def test_an_appointment_of_theirs_is_passed_by_although_it_names_no_address(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.ERASURES_FOLDER = tmp_path / "erasures"
    feed = _appointment(cast)
    assert Appointment.objects.get().contact_id == cast.liv.id
    _erase(cast)
    _appointment(cast, feed=feed)
    assert not _there()


def _comes(cast: Cast, text: str) -> None:
    raw = cast.mail(text)
    store_raw([RawMail(cast.account.id, provider_id(raw), raw)], now=cast.now)
    assert read_waiting(cast.now) == 1
    assert InboundRaw.objects.get(result="erased").raw == b""


def test_not_by_what_waits_to_be_read(house: Cast) -> None:
    _comes(house, "Hei, det er Liv")
    assert not _there()
    assert _refused("mail") == 1


def test_not_by_an_answer_to_what_we_wrote(cast: Cast, settings: Any, tmp_path: Path) -> None:
    """Their own address, or another one of theirs that we never knew: of whom it is, nobody knows."""
    settings.ERASURES_FOLDER = tmp_path / "erasures"
    ident = cast.plans(cast.liv)
    Dispatch.objects.filter(pk=ident).update(address=MAIL)
    _erase(cast)
    _comes(cast, "Hei, jeg igjen")
    assert not _there()
    assert not Conversation.objects.filter(contact_id=cast.liv.id).exists()


def test_who_comes_back_is_let_in_and_it_is_written_down(house: Cast) -> None:
    erasing.let_in_again("Liv@client.example", region="NO", acting_user=house.owner.id, now=house.now)
    made = contacts.create_contact(NewContact("Liv Sandal", mails=(MAIL,)), acting_user=None, now=house.now)
    assert made.id != house.liv.id
    assert AuditPayload.objects.filter(audit__verb="contact.let_in_again").count() == 1
    assert MAIL not in str(list(AuditPayload.objects.values_list("body", flat=True)))
    with pytest.raises(ContactError, match="Nobody"):
        erasing.let_in_again("paal@client.example", region="NO", acting_user=house.owner.id, now=house.now)


def test_a_mailbox_is_passed_by(cast: Cast, settings: Any, tmp_path: Path) -> None:
    """New mail, inquiries of strangers wanted, and what we sent to them elsewhere."""
    settings.ERASURES_FOLDER = tmp_path / "erasures"
    with open_mailbox(cast) as mailbox:
        mailbox.account.inquiries = True
        mailbox.account.save()
        mailbox.reads()
        _erase(cast)
        mailbox.comes("Hei, det er Liv")
        mailbox.goes("Hei Liv")
        mailbox.reads()
    assert not _there()
    assert _refused("mail") >= 1
