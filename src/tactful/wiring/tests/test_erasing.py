"""A client is erased: from every table and file, for good, and what counts stays (R75, R76)."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tactful.contacts import actions as contacts
from tactful.contacts.actions import ErasureWish
from tactful.contacts.actions.erasing import name_erasure
from tactful.contacts.models import ConsentReceipt, Contact, Erasure, Suppression
from tactful.contacts.queries.erasing import first_broken_receipt
from tactful.contacts.types import Ground, ImportRequest, NewContact
from tactful.delivery.models import Dispatch, Message
from tactful.foundation import pg
from tactful.foundation.files import path_of
from tactful.foundation.models import Audit
from tactful.foundation.sealing import first_altered_payload, first_break, seal
from tactful.gate.actions import NewHold, place_hold
from tactful.inbox.actions.answer import Answer, add_note, reply
from tactful.journeys.models import Enrolment
from tactful.tracking.actions import add_source, take_in
from tactful.tracking.hot import received
from tactful.tracking.types import KeyKind
from tactful.wiring import erasing, merging
from tactful.wiring.tests.canary import WORD, Canary, unplanted
from tactful.wiring.tests.cast import Cast, with_file
from tactful.wiring.tests.two_people import NOW

LATER = NOW + timedelta(minutes=5)
TABLES = """SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""


@pytest.fixture(autouse=True)
def journal(settings: Any, tmp_path: Path) -> Path:
    settings.ERASURES_FOLDER = tmp_path / "erasures"
    return tmp_path / "erasures"


def words_left() -> dict[str, set[str]]:
    """Words of the client in any column of any table, bytes as text, and in tsvectors."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            for (text,) in cursor.fetchall():
                coded = re.findall(r"\\\\x((?:[0-9a-f]{2})+)", text)
                plain = text + "".join(bytes.fromhex(each).decode("latin-1") for each in coded)
                if words := set(WORD.findall(plain)):
                    found.setdefault(table, set()).update(words)
    return found


def erase(contact: int) -> Erasure:
    row = erasing.ask(ErasureWish(contact, "asked", "page"), acting_user=1, now=NOW)
    assert erasing.carry_on(row.id, NOW)
    return Erasure.objects.get(id=row.id)


@pytest.mark.django_db
def test_no_word_of_theirs_is_left_in_any_table() -> None:
    canary = Canary()
    canary.plant()
    seal(Audit)
    contacts.seal_receipts()
    assert unplanted() <= {"departed", "enrolment_alarm", "event_tally", "event_untallied", "segment_dirty"}
    before = words_left()
    assert len(before) > 50, sorted(before)
    erase(canary.one)
    left = {t: {w: canary.words.get(w, "?") for w in words} for t, words in words_left().items()}
    assert left == {}
    assert Contact.objects.filter(id=canary.other).exists()
    assert not path_of(canary.stored).exists()
    assert (first_broken_receipt(), first_break(Audit), first_altered_payload()) == (None, None, None)
    assert first_break(ConsentReceipt) is not None, "without the word of the audit log it is a break"


@pytest.mark.django_db
def test_what_counts_stays_and_names_nobody() -> None:
    canary = Canary()
    canary.plant()
    counted = (Message, Dispatch, ConsentReceipt, Enrolment)
    counts = {model: model._default_manager.count() for model in counted}
    erase(canary.one)
    assert {model: model._default_manager.count() for model in counts} == counts
    assert not Dispatch.objects.filter(
        contact_id=canary.one, state__in=("queued", "held", "claimed")
    ).exists()
    assert not Enrolment.objects.filter(contact_id=canary.one, ended_at=None).exists()
    assert not Suppression.objects.filter(contact_id=canary.one).exists()


@pytest.mark.django_db
def test_the_final_rows_of_others_stay_final() -> None:
    """Neither without an erasure nor of somebody else, and only to the empty form."""
    canary = Canary()
    canary.plant()
    row = contacts.ask_erasure(ErasureWish(canary.one, "asked", "page"), [], acting_user=1, now=NOW)
    receipt = ConsentReceipt.objects.filter(id=canary.receipt)
    message = Message.objects.filter(contact_id=canary.one)
    empty = {"wording": "", "source": ""}
    assert refuses(lambda: receipt.update(**empty))
    assert refuses(lambda: message.update(body=""))
    name_erasure(row.id)
    assert refuses(lambda: receipt.update(**empty, kind="x"))
    assert refuses(receipt.delete)
    assert refuses(lambda: message.update(body="other words"))
    Erasure.objects.filter(id=row.id).update(contacts=[canary.other])
    assert refuses(lambda: receipt.update(**empty))
    Erasure.objects.filter(id=row.id).update(contacts=[canary.one])
    assert receipt.update(**empty) == 1


def refuses(act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError as error:
        return "never changed" in str(error)
    return False


@pytest.mark.django_db
def test_each_part_is_complete_or_has_not_begun(monkeypatch: pytest.MonkeyPatch, journal: Path) -> None:
    """Killed at any statement: the tables are as they were, and the worker goes on to the end."""
    canary = Canary()
    canary.plant()
    row = contacts.ask_erasure(ErasureWish(canary.one, "asked", "page"), [], acting_user=1, now=NOW)
    before, real = words_left(), pg.run
    for die_at in (1, 7, 31, 60):
        left = iter(range(die_at))

        def run(query: str, params: pg.Params = (), left: Iterator[int] = left) -> int:
            if next(left, None) is None:
                raise Killed
            return real(query, params)

        monkeypatch.setattr(pg, "run", run)
        with pytest.raises(Killed):
            erasing.carry_on(row.id, NOW)
        monkeypatch.setattr(pg, "run", real)
        assert words_left() == before
        assert (journal / "erasures.jsonl").exists(), "the journal knows first"
    erasing.continue_erasures(NOW)
    assert words_left() == {}
    assert path_of(canary.stored).exists()
    erasing.continue_erasures(NOW)
    assert not path_of(canary.stored).exists()
    erasing.continue_erasures(LATER)
    assert Erasure.objects.get(id=row.id).swept_at == LATER
    assert erasing.continue_erasures(LATER) == 0


class Killed(BaseException):
    pass


@pytest.mark.django_db
def test_no_journal_no_erasure(settings: Any, tmp_path: Path) -> None:
    """A disk that is full or gone: nothing is erased that a restore would bring back."""
    canary = Canary()
    canary.plant()
    (tmp_path / "file").touch()
    settings.ERASURES_FOLDER = tmp_path / "file" / "erasures"
    row = contacts.ask_erasure(ErasureWish(canary.one, "asked", "page"), [], acting_user=1, now=NOW)
    with pytest.raises(OSError, match="file"):
        erasing.carry_on(row.id, NOW)
    assert Contact.objects.filter(id=canary.one).exists()
    settings.ERASURES_FOLDER = tmp_path / "erasures"
    assert erasing.carry_on(row.id, NOW)


@pytest.mark.django_db
def test_a_mail_on_the_wire_is_waited_for() -> None:
    canary = Canary()
    canary.plant()
    one = Dispatch.objects.filter(contact_id=canary.one, state="queued").first()
    assert one is not None
    sent = {"author": "automation", "line": "structural", "touchpoint_rev": 1, "clearance": 1}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dispatch DISABLE TRIGGER USER")
    Dispatch.objects.filter(message_id=one.message_id).update(state="handoff", **sent)
    row = erasing.ask(ErasureWish(canary.one, "asked", "page"), acting_user=1, now=NOW)
    assert not erasing.carry_on(row.id, NOW)
    assert Contact.objects.filter(id=canary.one).exists()
    Dispatch.objects.filter(message_id=one.message_id).update(state="sent")
    assert erasing.carry_on(row.id, NOW)
    assert Dispatch.objects.get(message_id=one.message_id).state == "sent"


MAIL, OLD_MAIL = "liv@client.example", "liv.gammel@client.example"
WORDS = ("liv sandal", MAIL, OLD_MAIL, "kanarifugl", "u-liv", "d-liv", "91234567")


@pytest.fixture
def lived(cast: Cast) -> Cast:
    """Liv, with all that the house's own doors have made of her."""
    liv, now, by = cast.liv.id, cast.now, cast.owner.id
    contacts.add_identity(liv, "phone", "+4791234567", acting_user=by, now=now)
    twin = contacts.create_contact(NewContact("Liv Sandal", mails=(OLD_MAIL,)), acting_user=by, now=now)
    cast.arrives(cast.mail("Kanarifugl fra en annen adresse", From=f"Liv <{OLD_MAIL}>"))
    merging.merge(liv, twin.id, acting_user=by, now=now)
    entry = cast.arrives(with_file(cast))
    assert entry is not None
    cast.reacts()
    cast.writes("Kanarifugl? Kan du ringe meg på 91 23 45 67?")
    add_note(entry.conversation_id, "Kanarifugl, bare for oss", acting_user=by, now=now)
    reply(Answer(entry.conversation_id, "Kjære Liv Sandal, om kanarifugl", by), now=now)
    cast.plans(cast.liv, variables={"what": "kanarifugl"})
    hold = NewHold(scope="contact", scope_id=liv, reason="Kanarifugl ber om ro")
    place_hold(hold, acting_user=by, now=now)
    contacts.set_flag(liv, "tag", "kanarifugl", acting_user=by, now=now)
    contacts.update_contact(liv, {"hobby": "kanarifugl"}, acting_user=by, now=now)
    ground = Ground("marketing", "mail", "consent", how="in_person", wording="Ja", source="kanarifugl.pdf")
    contacts.record_basis(liv, ground, acting_user=by, now=now)
    subject = contacts.Subject("mail", MAIL, liv, scope="marketing")
    contacts.suppress(subject, "asked", acting_user=by, now=now, detail="kanarifugl")
    broken = f"Liv Sandal;{MAIL.replace('@', '')};kanarifugl"
    rows = f"Navn;E-post;Fødselsdag\nLiv Sandal;{MAIL};1980-02-03\n{broken}\n"
    contacts.import_file(ImportRequest("kunder.csv", rows.encode(), None), acting_user=by, now=now)
    contacts.put_aside(f"Name;Mail\nx;{MAIL}\n".encode("utf-16"), acting_user=by, now=now)
    _tracked(now)
    cast.reacts()
    seal(Audit)
    contacts.seal_receipts()
    return cast


def _tracked(now: datetime) -> None:
    source = add_source("Shop", KeyKind.SERVER, [], acting_user=None, now=now).source_id
    calls = [
        {"type": "track", "anonymousId": "d-liv", "event": "Looked", "properties": {"at": "kanarifugl"}},
        {"type": "identify", "userId": "u-liv", "anonymousId": "d-liv", "traits": {"email": MAIL}},
        {"type": "track", "userId": "u-liv", "event": "Bought", "properties": {"what": "kanarifugl"}},
    ]
    for number, call in enumerate(calls):
        call |= {"messageId": f"m{number}", "timestamp": now.isoformat()}
        received.keep([(source, "batch", json.dumps({"batch": [call]}).encode())], now)
        assert take_in(now) == 1


def speaking() -> dict[str, set[str]]:
    """Words of Liv, table by table; bytes read as text."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            for (text,) in cursor.fetchall():
                coded = re.findall(r"\\\\x((?:[0-9a-f]{2})+)", text)
                plain = text + "".join(bytes.fromhex(each).decode("latin-1") for each in coded)
                if words := {word for word in WORDS if word in plain.lower()}:
                    found.setdefault(table, set()).update(words)
    return found


def test_what_the_doors_have_made_of_her_is_gone(lived: Cast, settings: Any) -> None:
    before = speaking()
    assert len(before) > 15, sorted(before)
    stored = {path.name for path in Path(settings.FILES_ROOT).glob("??/*")}
    erase(lived.liv.id)
    assert speaking() == {}
    left = {path.name for path in Path(settings.FILES_ROOT).glob("??/*")}
    assert stored
    assert left == set()
    assert (first_broken_receipt(), first_break(Audit), first_altered_payload()) == (None, None, None)
    assert Contact.objects.filter(id=lived.paal.id).exists()
