"""Bringing journeys in, switching them on and off, and taking people out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import expect_assessed, record_audit
from tactful.journeys import driver
from tactful.journeys.actions.undoable import (
    Asked,
    ask_of_people,
    ask_to_change_over,
    carry_out_asked,
    take_back,
    take_over_asked,
)
from tactful.journeys.drafts import (
    Did,
    DraftGone,
    Meanwhile,
    Writing,
    begin_journey,
    discard,
    edit,
    held,
    open_draft,
    put_away,
    redo,
    undo,
)
from tactful.journeys.effects import hold_still
from tactful.journeys.hot import rows as hot
from tactful.journeys.hot.crowds import add_up_crowds
from tactful.journeys.hot.replays import (
    ReplayBusy,
    ask_replay,
    beat,
    cancel_replay,
    fail_replay,
    give_back,
    keep_replay,
    take_replay,
)
from tactful.journeys.models import Journey, JourneySpell, JourneyTest, JourneyVersion
from tactful.journeys.queries import definition_of
from tactful.journeys.rules.batch import Load
from tactful.journeys.rules.definition import document, read
from tactful.journeys.rules.entry_events import START_WANTED
from tactful.journeys.rules.expected import read_expected
from tactful.journeys.rules.given import read_given
from tactful.journeys.stored import FailedTests, run_stored
from tactful.journeys.transferring import Passage
from tactful.journeys.types import ManualEntry, Scalar

__all__ = [
    "Asked",
    "Did",
    "DraftGone",
    "Meanwhile",
    "Passage",
    "ReplayBusy",
    "Writing",
    "add_up_crowds",
    "ask_of_people",
    "ask_replay",
    "ask_to_change_over",
    "beat",
    "begin_by_hand",
    "begin_journey",
    "cancel_replay",
    "carry_out_asked",
    "discard",
    "drop_test",
    "edit",
    "fail_replay",
    "give_back",
    "hold_still",
    "import_journey",
    "keep_replay",
    "keep_test",
    "move",
    "open_draft",
    "pause",
    "publish_draft",
    "redo",
    "rename_test",
    "resume",
    "switch_off",
    "switch_on",
    "take_back",
    "take_out",
    "take_over_asked",
    "take_replay",
    "try_again",
    "undo",
]


@transaction.atomic
def import_journey(
    source: str, *, acting_user: int | None, now: datetime, despite_tests: bool = False
) -> JourneyVersion:
    """A journey from its YAML as a new version; the same definition again changes nothing.

    Those who walk an earlier version stay on it. Raises ``DefinitionError`` with every problem at once, and
    ``FailedTests`` if a stored test says no, unless a person publishes ``despite_tests``.
    """
    definition = read(source)
    body = document(definition)
    names = {"name_en": definition.name.en, "name_nb": definition.name.nb}
    journey, _fresh = Journey.objects.select_for_update().get_or_create(slug=definition.slug, defaults=names)
    live = journey.live_version
    if live is not None and live.document == body:
        JourneyVersion.objects.filter(id=live.id).update(source=source)  # its comments may be new
        live.source = source
        return live
    failed = [run for run in run_stored(journey.id, definition) if not run.passes]
    if failed and not despite_tests:
        raise FailedTests(tuple(failed))
    last = journey.versions.aggregate(last=Max("number"))["last"] or 0
    version = JourneyVersion.objects.create(
        journey=journey, number=last + 1, document=body, source=source, created_at=now, by=acting_user
    )
    journey.live_version = version
    journey.name_en, journey.name_nb = definition.name.en, definition.name.nb
    journey.save()
    said: dict[str, object] = {"version": version.number}
    if failed:
        said["despite_tests"] = [run.name for run in failed]
    _audit("journey.imported", journey, acting_user, now, said)
    return version


@transaction.atomic
def publish_draft(writing: Writing, *, despite_tests: bool = False) -> JourneyVersion:
    """The draft as the live version; it is put away. Raises what ``import_journey`` does, ``Meanwhile``,
    ``DraftGone``, and ``ValueError`` if the text has become that of another journey."""
    draft = held(writing)
    if read(draft.text).slug != draft.journey.slug:
        raise ValueError(_("The short name is “%(slug)s” and stays so.") % {"slug": draft.journey.slug})
    version = import_journey(draft.text, acting_user=writing.by, now=writing.now, despite_tests=despite_tests)
    put_away(draft)
    return version


@dataclass(frozen=True, slots=True)
class NewTest:
    """``document`` and ``expected`` as in ``models.JourneyTest``. ``message_id``: the real message that it
    was made from. A test of the same name is replaced."""

    journey_id: int
    name: str
    document: Mapping[str, Any]
    expected: Sequence[Mapping[str, Any]]
    origin: str = "hand"
    message_id: int | None = None


@transaction.atomic
def keep_test(new: NewTest, *, acting_user: int | None, now: datetime) -> JourneyTest:
    """Raises ``NotGiven`` for a test that cannot be read."""
    read_given(new.document)
    read_expected(new.expected)
    body = {
        "document": dict(new.document),
        "expected": list(new.expected),
        "origin": new.origin,
        "message_id": new.message_id,
        "by": acting_user,
        "at": now,
    }
    test, _fresh = JourneyTest.objects.update_or_create(
        journey_id=new.journey_id, name=new.name[:160], defaults=body
    )
    _audit("journey.test_kept", test.journey, acting_user, now, {"test": test.name})
    return test


@transaction.atomic
def rename_test(test_id: int, name: str, *, acting_user: int | None, now: datetime) -> None:
    """Raises ``ValueError`` if another test of the journey has this name."""
    test = JourneyTest.objects.select_related("journey").get(id=test_id)
    if JourneyTest.objects.filter(journey=test.journey, name=name).exclude(id=test.id).exists():
        raise ValueError(_("Another test is called “%(name)s”. Choose another name.") % {"name": name})
    said: dict[str, object] = {"from": test.name, "to": name}
    test.name = name
    test.save(update_fields=["name"])
    _audit("journey.test_renamed", test.journey, acting_user, now, said)


@transaction.atomic
def drop_test(test_id: int, *, acting_user: int | None, now: datetime, reason: str = "") -> None:
    test = JourneyTest.objects.select_related("journey").get(id=test_id)
    _audit("journey.test_dropped", test.journey, acting_user, now, {"test": test.name, "reason": reason})
    test.delete()


@transaction.atomic
def switch_on(journey_id: int, *, acting_user: int | None, now: datetime) -> None:
    """Take entries, and let those go on who were standing still; they hear what has happened meanwhile.
    Raises ``NotAssessed`` where a sensitive trade has something to think over first."""
    expect_assessed(now)
    journey = Journey.objects.select_for_update().get(id=journey_id)
    _end_spells(journey, "paused", now)
    hot.take_up(journey_id)
    running = JourneySpell.objects.running().filter(journey=journey, kind="live")
    if not running.exists():
        _begin_spell(journey, "live", acting_user, now)
        _audit("journey.switched_on", journey, acting_user, now, {})


@transaction.atomic
def switch_off(journey_id: int, *, acting_user: int | None, now: datetime) -> None:
    """Take nobody in; those who walk it stand still where they are until it is on again."""
    journey = Journey.objects.select_for_update().get(id=journey_id)
    if _end_spells(journey, "live", now):
        _begin_spell(journey, "paused", acting_user, now)
        _audit("journey.switched_off", journey, acting_user, now, {})


@transaction.atomic
def take_out(
    enrolment_ids: Sequence[int], *, reason: str, load: Load, acting_user: int, now: datetime
) -> int:
    """End these enrolments; what they had queued is cancelled."""
    count = driver.stop(enrolment_ids, "taken_out", load, now)
    _audit_each("enrolment.taken_out", enrolment_ids, acting_user, now, {"reason": reason})
    return count


@transaction.atomic
def move(
    enrolment_ids: Sequence[int],
    step: str | None,
    *,
    reason: str,
    load: Load,
    acting_user: int,
    now: datetime,
) -> int:
    """On to ``step``, or past the step where each stands (None). Answers how many have moved."""
    count = driver.move(enrolment_ids, step, load, now)
    verb = "enrolment.skipped" if step is None else "enrolment.moved"
    _audit_each(verb, enrolment_ids, acting_user, now, {"reason": reason, "step": step})
    return count


@transaction.atomic
def pause(enrolment_ids: Sequence[int], *, reason: str, acting_user: int, now: datetime) -> int:
    """Nothing comes to them and nothing moves them until ``resume``."""
    count = driver.pause(enrolment_ids, now)
    _audit_each("enrolment.paused", enrolment_ids, acting_user, now, {"reason": reason})
    return count


@transaction.atomic
def resume(enrolment_ids: Sequence[int], *, reason: str, load: Load, acting_user: int, now: datetime) -> int:
    """They go on, with all that has happened meanwhile."""
    count = driver.resume(enrolment_ids, load, now)
    _audit_each("enrolment.resumed", enrolment_ids, acting_user, now, {"reason": reason})
    return count


def try_again(enrolment_ids: Sequence[int]) -> int:
    """Those that stand with an error are tried at once."""
    return hot.try_again(enrolment_ids)


def _audit_each(
    verb: str, enrolment_ids: Sequence[int], actor: int, now: datetime, body: dict[str, object]
) -> None:
    for ident in enrolment_ids:
        record_audit(actor=actor, verb=verb, subject=f"enrolment:{ident}", now=now, body=body)


def _begin_spell(journey: Journey, kind: str, by: int | None, now: datetime) -> None:
    JourneySpell.objects.create(journey=journey, kind=kind, by=by, from_at=now, recorded_at=now)


def _end_spells(journey: Journey, kind: str, now: datetime) -> int:
    running = JourneySpell.objects.running().filter(journey=journey, kind=kind)
    return running.update(to_at=now, end_recorded_at=now)


def _audit(verb: str, journey: Journey, actor: int | None, now: datetime, body: dict[str, object]) -> None:
    record_audit(actor=actor, verb=verb, subject=f"journey:{journey.id}", now=now, body=body)


@transaction.atomic
def begin_by_hand(
    journey_id: int,
    contact_ids: Sequence[int],
    *,
    data: Mapping[str, Scalar],
    acting_user: int | None,
    now: datetime,
) -> None:
    """Begin a journey for these clients, by a person or (``acting_user`` None) another program. ``data``:
    the fields that it gets, its key among them. It begins when the log is read next; who may not begin
    again stays as he is. Raises ``ValueError`` if the journey does not begin when told, or the key is
    missing."""
    definition = definition_of(Journey.objects.select_related("live_version").get(id=journey_id))
    entry = definition.entry
    if not isinstance(entry, ManualEntry):
        raise ValueError(_("“%(name)s” does not begin when told.") % {"name": definition.slug})
    if entry.key and not data.get(entry.key):
        raise ValueError(_("“%(name)s” is missing. Say which one it is about.") % {"name": entry.key})
    told = {"start": definition.slug, "data": dict(data), "by": acting_user}
    record([NewFact(START_WANTED, ident, told) for ident in contact_ids], now=now)
    if acting_user is not None:
        body: dict[str, object] = {"contacts": list(contact_ids)}
        journey = Journey.objects.get(id=journey_id)
        _audit("journey.begun_by_hand", journey, acting_user, now, body)
