""" "This should not have gone out": a real message becomes a stored test."""

from datetime import datetime, timedelta

from django.db import transaction

from tactful.contacts import queries as contacts
from tactful.delivery import queries as delivery
from tactful.engagements import queries as engagements
from tactful.events import queries as events
from tactful.events.queries import Stretch
from tactful.events.types import Fact
from tactful.journeys import queries as journeys
from tactful.journeys.actions import NewTest, keep_test
from tactful.journeys.queries import JourneyTest, PastEnrolment
from tactful.journeys.rules.entry_events import events_of
from tactful.journeys.rules.expected import NO_MESSAGE
from tactful.journeys.rules.freezing import Past, freeze
from tactful.journeys.rules.given import SINCE
from tactful.journeys.rules.past import ClientPast
from tactful.journeys.rules.plan import Plan
from tactful.touchpoints import queries as touchpoints
from tactful.wiring.past_reading import ENGAGEMENT, members, read_clients, read_house
from tactful.wiring.really_sent import ANSWERED, CALLED, Own, read_sent, told_of
from tactful.wiring.replay import LATE, WAKES, WEEK

LITTLE = timedelta(minutes=1)


class NoTest(LookupError):
    """The message cannot be made into a test; the sentence says why."""


@transaction.atomic
def message_as_test(message_id: int, *, name: str, acting_user: int | None, now: datetime) -> JourneyTest:
    """Freezes what was known of its client, and what had happened, up to the moment at which it went out,
    and expects that its step sends nothing. Raises ``NoTest``."""
    row = delivery.dispatches([message_id]).get(message_id)
    if row is None or row.message.cause_kind != "visit" or row.first_handoff_at is None:
        raise NoTest("Only a message that a journey has sent becomes a test. Choose another message.")
    found = journeys.walked(row.message.cause_id or 0, row.message.cause_visit or 0)
    if found is None:
        raise NoTest("The journey of this message is gone, so nobody knows its steps any more.")
    past = _past(row.contact_id, found.enrolment, found, row.first_handoff_at)
    new = NewTest(
        journey_id=found.journey_id,
        name=name,
        document=freeze(found.plan, past),
        expected=[{NO_MESSAGE: found.step}],
        origin="message",
        message_id=message_id,
    )
    return keep_test(new, acting_user=acting_user, now=now)


def _past(contact: int, row: PastEnrolment, found: journeys.Walked, sent_at: datetime) -> Past:
    plan, until = found.plan, sent_at + LITTLE
    about = f"{plan.key_field}={row.entry_key}" if plan.key_field else ""
    house = read_house(row.entered_at, until)
    clients = read_clients([contact], [about], house)
    client = clients.get(contact)
    place = client.place(sent_at) if client else None
    if client is None or place is None:
        raise NoTest("What was known of this client then was not kept.")
    own = Own({row.id: row}, {row.id}, found.journey_id, plan.definition.slug)
    points = {view.id: view for view in touchpoints.views_of_all().values()}
    others = read_sent(members([client]), own, points, row.entered_at - WEEK)
    steps = journeys.steps_of_visits([row.id])
    return Past(
        client=client,
        place=place,
        settings=house.settings[-1][1],
        orders=[order for order in house.orders if order.order.scope_id in (None, contact)],
        taken=[use for use in others.taken if use.at < until],
        told=list(told_of(_facts(contact, plan, row, until), own, steps)),
        moments=_moments(client, about, until),
        suffix=f":{about}" if about else "",
        since=row.entered_at,
        until=until,
    )


def _facts(contact: int, plan: Plan, row: PastEnrolment, until: datetime) -> list[Fact]:
    begun_by = events_of(plan.definition.entry)
    names = sorted({*plan.listens, *WAKES, ANSWERED, CALLED, *begun_by})
    stretch = Stretch(names, row.entered_at - LATE, row.entered_at - LATE, until)
    facts = list(events.in_turn(stretch, [contact]))
    if plan.starting:
        return facts
    return [fact for fact in facts if fact.name not in begun_by or fact.id == row.trigger_id]


def _moments(client: ClientPast, about: str, until: datetime) -> list[datetime]:
    """Every moment up to ``until`` at which something about the client or the object may have changed."""
    changes = contacts.contact_pasts([client.id])[client.id].changes.values()
    moments = {at for group in changes for change in group for at in change.span if at is not None}
    kind, _, number = about.partition("=")
    past = (
        engagements.pasts([int(number)]).get(int(number)) if kind == ENGAGEMENT and number.isdigit() else None
    )
    if past is not None:
        moments |= {at for span, _ in past.spells for at in span if at is not None}
        moments |= {past.closed_at} if past.closed_at else set()
    return [SINCE, *sorted(at for at in moments if at <= until)]
