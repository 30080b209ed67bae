"""Why a client got a message: one sentence, then what it rests on, then what they may choose."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.contacts.types import Person
from tactful.delivery.queries import Trace, trace
from tactful.delivery.rules.mail import UNSUBSCRIBE
from tactful.foundation.clock import business_now
from tactful.foundation.secrets import key_ring
from tactful.gate.types import Author, Check
from tactful.kernel.tokens import sign
from tactful.portal.links import Visit
from tactful.portal.types import Option, WhyPage, WhyReason
from tactful.touchpoints import queries as the_map
from tactful.touchpoints.types import MessageClass, TouchpointView
from tactful.wiring.written import words_of


def why_page(visit: Visit, message_id: int, token: str, done: str = "") -> WhyPage:
    found = trace(message_id)
    row = found.dispatch
    return WhyPage(
        channel=found.message.channel,
        at=row.settled_at or row.first_handoff_at or found.message.created_at,
        text=_title(found, visit),
        answer=_answer(found, visit),
        reasons=tuple(_reasons(found, visit.person)),
        someone=visit.someone,
        options=_options(found, token),
        language=visit.language,
        done=done,
    )


def _touchpoint(found: Trace) -> TouchpointView | None:
    ident = found.message.touchpoint_id or 0
    return the_map.views_by_id([ident]).get(ident)


def _title(found: Trace, visit: Visit) -> str:
    if found.message.subject:
        return found.message.subject
    said = words_of([found.dispatch], business_now()).get(found.message.id)
    if said is not None and said.subject:  # by it they know the mail again
        return said.subject
    touchpoint = _touchpoint(found)
    if touchpoint is None:
        return _("A message from %(business)s") % {"business": visit.house.name}
    return touchpoint.name(visit.language)


def _answer(found: Trace, visit: Visit) -> str:
    if found.dispatch.author == Author.PERSON_DIRECT:
        return _("Because a person at %(business)s wrote to you.") % {"business": visit.house.name}
    touchpoint = _touchpoint(found)
    moment = touchpoint.moment(visit.language) if touchpoint else ""
    if not moment:
        return _("Because you are a client of %(business)s.") % {"business": visit.house.name}
    return moment


def _reasons(found: Trace, person: Person) -> list[WhyReason]:
    if found.dispatch.author == Author.PERSON_DIRECT:
        return [WhyReason("person", _("A person wrote it."), _("Nothing in it was written by automation."))]
    rows = [WhyReason("auto", _("Automation sent it."), _reader(person))]
    rows.append(WhyReason("doc", *_basis(found)))
    if Check.STILL_TRUE in found.checks and found.message.condition:
        rows.append(WhyReason("check", _("We checked first."), _("When it left, what it says was still so.")))
    if Check.NOBODY_TALKING in found.checks:
        words = _("Nobody here was talking with you, and you were not waiting for an answer from us.")
        rows.append(WhyReason("check", _("It waited its turn."), words))
    return rows


def _reader(person: Person) -> str:
    if person.manager:
        return _("%(name)s reads your answer.") % {"name": person.manager}
    return _("A person reads your answer.")


def _basis(found: Trace) -> tuple[str, str]:
    if found.message.purpose == "marketing":
        return _("You may say no."), _("You agreed to hear from us, or are a customer who has not said no.")
    return _("You are our client."), _("It belongs to the work that we do for you.")


def _options(found: Trace, token: str) -> tuple[Option, ...]:
    leave = sign(key_ring(), UNSUBSCRIBE, found.message.id, found.message.key_id)
    fewer = Option(
        _("Fewer for a while"), _("Nothing for 30 days that can wait"), reverse("portal:pause", args=[token])
    )
    how = Option(
        _("Another way"),
        _("Choose what you hear, and how"),
        reverse("portal:preferences", args=[token]),
        post=False,
    )
    none = Option(
        _("None of these"),
        _("We stop messages of this kind"),
        reverse("portal:unsubscribe", args=[leave]),
        post=False,
    )
    person = Option(
        _("A person instead"), _("Somebody gets in touch with you"), reverse("portal:talk", args=[token])
    )
    must = found.message.message_class in (MessageClass.AWAITED, MessageClass.DEADLINE)
    return (how, person) if must else (fewer, how, none, person)
