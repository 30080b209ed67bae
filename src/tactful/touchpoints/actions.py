"""Drawing the line: each decision is a new revision with its author and its reason."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.foundation.actions import record_audit
from tactful.foundation.ids import new_id
from tactful.touchpoints.models import HumanTouch, LineComment, Touchpoint, TouchpointRevision
from tactful.touchpoints.rules import catalogue
from tactful.touchpoints.rules.catalogue import Suggestion
from tactful.touchpoints.types import Line, MessageClass


class LineError(ValueError):
    """The decision cannot stand; the sentence says what is missing."""


@transaction.atomic
def adopt(suggestions: tuple[Suggestion, ...], *, now: datetime) -> int:
    """Put suggested touchpoints on the map, undecided, each in its place along the relationship. Those
    that are there already stay as they are."""
    known = set(Touchpoint.objects.values_list("slug", flat=True))
    places = {each.slug: place for place, each in enumerate(catalogue.suggestions())}
    fresh = [(places.get(s.slug, len(places)), s) for s in suggestions if s.slug not in known]
    made = Touchpoint.objects.bulk_create(_from_suggestion(s, place) for place, s in fresh)
    revisions = TouchpointRevision.objects.bulk_create(
        TouchpointRevision(touchpoint=touchpoint, line=Line.UNDECIDED, at=now) for touchpoint in made
    )
    for touchpoint, revision in zip(made, revisions, strict=True):
        touchpoint.current = revision
    Touchpoint.objects.bulk_update(made, ["current"])
    return len(made)


@dataclass(frozen=True, slots=True)
class NewTouchpoint:
    slug: str
    name_en: str
    name_nb: str
    phase: str
    message_class: MessageClass
    moment: str = ""


@transaction.atomic
def add(new: NewTouchpoint, *, acting_user: int, now: datetime) -> Touchpoint:
    """A touchpoint of the business's own; undecided until somebody decides."""
    if Touchpoint.objects.filter(slug=new.slug).exists():
        raise LineError(_("There is a touchpoint with this name already. Choose another name."))
    touchpoint = Touchpoint.objects.create(
        slug=new.slug,
        name_en=new.name_en,
        name_nb=new.name_nb,
        moment_en=new.moment,
        moment_nb=new.moment,
        phase=new.phase,
        position=Touchpoint.objects.count(),
        message_class=new.message_class,
    )
    _revise(touchpoint, Line.UNDECIDED, "", None, now)
    _audit("touchpoint.added", touchpoint, acting_user, now, {"name": new.name_en})
    return touchpoint


@transaction.atomic
def decide(
    touchpoint_id: int, line: Line, reason: str, *, owner_id: int | None, acting_user: int, now: datetime
) -> TouchpointRevision:
    """Judgement or structural, with the reason kept. Judgement needs an owner, for it makes tasks."""
    touchpoint = Touchpoint.objects.select_for_update().get(id=touchpoint_id)
    owner = owner_id or touchpoint.owner_id
    if not reason.strip():
        raise LineError(_("Say why in a few words. The next person will want to know."))
    if line is Line.JUDGEMENT and owner is None:
        raise LineError(_("Choose who owns it. A touchpoint above the line makes tasks for a person."))
    touchpoint.owner_id = owner
    touchpoint.last_reviewed_at = now
    touchpoint.save(update_fields=["owner", "last_reviewed_at"])
    revision = _revise(touchpoint, line, reason.strip(), acting_user, now)
    _audit("touchpoint.line_decided", touchpoint, acting_user, now, {"line": line, "reason": reason})
    return revision


@transaction.atomic
def rate(touchpoint_id: int, score: tuple[int, int, int], *, acting_user: int, now: datetime) -> None:
    """Set frequency, friction and clarity, each 1 to 5."""
    if not all(1 <= part <= 5 for part in score):
        raise LineError(_("Each part of the score is a number from 1 to 5."))
    touchpoint = Touchpoint.objects.select_for_update().get(id=touchpoint_id)
    touchpoint.frequency, touchpoint.friction, touchpoint.clarity = score
    touchpoint.save(update_fields=["frequency", "friction", "clarity"])
    _audit("touchpoint.rated", touchpoint, acting_user, now, {"score": list(score)})


@transaction.atomic
def describe(
    touchpoint_id: int, kind: MessageClass, *, owner_id: int | None, acting_user: int, now: datetime
) -> None:
    """What kind of message it is, and whose it is. What stands with people keeps an owner."""
    touchpoint = (
        Touchpoint.objects.select_for_update(of=("self",)).select_related("current").get(id=touchpoint_id)
    )
    if owner_id is None and touchpoint.current and touchpoint.current.line == Line.JUDGEMENT:
        raise LineError(_("Choose who owns it. A touchpoint above the line makes tasks for a person."))
    touchpoint.owner_id, touchpoint.message_class = owner_id, kind
    touchpoint.save(update_fields=["owner", "message_class"])
    _audit("touchpoint.described", touchpoint, acting_user, now, {"class": kind, "owner": owner_id})


MOST_HOURS = 72
LONGEST_LINE = 500


@transaction.atomic
def show_before(touchpoint_id: int, hours: int, *, acting_user: int, now: datetime) -> None:
    """Its messages are shown to a person so many hours before they go out; 0: they are not."""
    if not 0 <= hours <= MOST_HOURS:
        raise LineError(_("Choose between 0 and %(most)d hours.") % {"most": MOST_HOURS})
    touchpoint = Touchpoint.objects.select_for_update().get(id=touchpoint_id)
    touchpoint.preview_hours = hours
    touchpoint.save(update_fields=["preview_hours"])
    _audit("touchpoint.shown_before", touchpoint, acting_user, now, {"hours": hours})


LONGEST_COMMENT = 1000


@transaction.atomic
def comment(touchpoint_id: int, text: str, *, acting_user: int, now: datetime) -> None:
    """What somebody thinks before the line moves. Everybody who may write may say so; it decides nothing."""
    words = text.strip()
    if not words:
        raise LineError(_("Write what you think. One sentence is enough."))
    if len(words) > LONGEST_COMMENT:
        raise LineError(_("Write at most %(most)d letters.") % {"most": LONGEST_COMMENT})
    touchpoint = Touchpoint.objects.get(id=touchpoint_id)
    LineComment.objects.create(touchpoint=touchpoint, text=words, by_id=acting_user, at=now)
    _audit("touchpoint.commented", touchpoint, acting_user, now, {"text": words})


@dataclass(frozen=True, slots=True)
class NewTouch:
    """``line``: a person's own words on top; empty stops the message."""

    message_key: str
    touchpoint_id: int
    contact_id: int
    line: str = ""


@transaction.atomic
def touch(new: NewTouch, *, acting_user: int, now: datetime) -> None:
    """Before it goes out; whoever acts last has the word. Only while its message is not written down yet:
    that is for the caller to see to."""
    line = " ".join(new.line.split())
    if len(line) > LONGEST_LINE:
        raise LineError(
            _("Write at most %(most)d letters. This is one line on top.") % {"most": LONGEST_LINE}
        )
    HumanTouch.objects.update_or_create(
        message_key=new.message_key,
        defaults={
            "touchpoint_id": new.touchpoint_id,
            "contact_id": new.contact_id,
            "line": line,
            "stopped": not line,
            "by_id": acting_user,
            "at": now,
        },
    )
    body = {"message": new.message_key, "line": line}
    record_audit(
        actor=acting_user,
        verb="message.line_added" if line else "message.stopped_before",
        subject=f"contact:{new.contact_id}",
        now=now,
        body=body,
    )


@transaction.atomic
def untouch(message_key: str, *, acting_user: int, now: datetime) -> None:
    """It goes out as it would have."""
    for row in HumanTouch.objects.filter(message_key=message_key):
        record_audit(
            actor=acting_user, verb="message.let_be", subject=f"contact:{row.contact_id}", now=now,
            body={"message": message_key},
        )  # fmt: skip
        row.delete()


def _from_suggestion(suggestion: Suggestion, place: int) -> Touchpoint:
    frequency, friction, clarity = suggestion.score
    return Touchpoint(
        slug=suggestion.slug,
        name_en=suggestion.name["en"],
        name_nb=suggestion.name["nb"],
        moment_en=suggestion.moment["en"],
        moment_nb=suggestion.moment["nb"],
        phase=suggestion.phase,
        position=place,
        message_class=suggestion.message_class,
        suggested_line=suggestion.suggested,
        frequency=frequency,
        friction=friction,
        clarity=clarity,
    )


def _revise(
    touchpoint: Touchpoint, line: Line, reason: str, by: int | None, now: datetime
) -> TouchpointRevision:
    revision = TouchpointRevision.objects.create(
        id=new_id(), touchpoint=touchpoint, line=line, at=now, by=by, reason=reason
    )
    touchpoint.current = revision
    touchpoint.save(update_fields=["current"])
    return revision


def _audit(verb: str, touchpoint: Touchpoint, actor: int, now: datetime, body: dict[str, object]) -> None:
    record_audit(actor=actor, verb=verb, subject=f"touchpoint:{touchpoint.id}", now=now, body=body)
