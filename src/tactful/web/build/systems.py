"""What the pages of connected systems show."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tactful.connectors import queries
from tactful.connectors.queries import OTHER, Connection, Delivery, Seen
from tactful.connectors.rules.mapping import read_map
from tactful.connectors.rules.paths import leaves
from tactful.connectors.sentences import in_words, sentence
from tactful.connectors.types import House, MappingTrouble, Person, State
from tactful.web.forms.systems import CLIENT, CheckForm, ConnectForm, MappingForm, SecretForm
from tactful.web.pages.systems import (
    Card,
    DeliveryRow,
    EventView,
    MappingPage,
    SystemPage,
    SystemRow,
    SystemsPage,
)
from tactful.web.types import Act, Link, Tag, Text

MOST_SHOWN = 20_000  # characters of a payload


def system_rows() -> tuple[SystemRow, ...]:
    return tuple(
        SystemRow(
            name=row.name,
            system=_named(row),
            url=reverse("web:system", args=[row.id]),
            state=_state(row),
            last_at=row.last_at,
            trouble=_trouble(row),
        )
        for row in queries.connections()
    )


def _trouble(row: Connection) -> Text:
    if row.stopped_at is None and row.refused_at and (row.last_at is None or row.refused_at > row.last_at):
        return _("What came last had a wrong signature. Compare the secret on both sides.")
    return ""


def _named(row: Connection) -> str:
    system = queries.systems().get(row.system)
    return system.name if system else _("Any other system")


def _state(row: Connection) -> Tag:
    if row.stopped_at:
        return Tag(_("Disconnected"))
    if not row.is_live:
        return Tag(_("Not switched on"), "held")
    return Tag(_("Connected"), "moss") if row.received else Tag(_("Waiting for the first message"), "held")


def systems_page(form: Form) -> SystemsPage:
    language = _language()
    cards = [Card(each.slug, each.name, each.brings[language]) for each in queries.systems().values()]
    other = Card(
        OTHER,
        _("Any other system"),
        _("A till, a booking program, a form: what can send a webhook. You say by clicking what it means."),
    )
    return SystemsPage((*cards, other), form)


def _language() -> str:
    return "nb" if (get_language() or "en").startswith(("nb", "no", "nn")) else "en"


def system_page(row: Connection, form: Form | None = None) -> SystemPage:
    system = queries.systems().get(row.system)
    secret = queries.signing_secret(row) if row.stopped_at is None else ""
    ours = system is None or system.is_secret_ours
    meaning = Link(_("What its messages mean"), reverse("web:system_mapping", args=[row.id]))
    return SystemPage(
        name=row.name,
        system=_named(row),
        address=queries.address_of(row),
        steps=tuple(system.steps[_language()]) if system else _other_steps(),
        secret=secret if ours else "",
        needs=not ours and not secret,
        form=form or (SecretForm() if system else CheckForm(initial=CheckForm.initial_of(row.verify or {}))),
        state=_state(row),
        waits=not row.received,
        is_stopped=row.stopped_at is not None,
        refused=row.refused,
        refused_at=row.refused_at,
        deliveries=tuple(_delivery(each) for each in queries.latest(row.id)),
        mapping=None if system else meaning,
        acts=() if row.stopped_at else (Act(_("Disconnect"), reverse("web:system_end", args=[row.id])),),
    )


def _other_steps() -> tuple[Text, ...]:
    return (
        _("In the other system, look for “webhook” or “HTTP request”, and paste the address below."),
        _("Let it send JSON with POST, with the secret in the header Authorization, after the word Bearer."),
        _("Let it send one message. Then say here, by clicking, what it means, and switch it on."),
    )


def _delivery(row: Delivery) -> DeliveryRow:
    tags = {
        State.WAITING: Tag(_("Being read"), "held"),
        State.KEPT: Tag(_("Kept"), "held"),
        State.DONE: Tag(_("Taken in"), "moss"),
        State.IGNORED: Tag(_("Not needed")),
        State.FAILED: Tag(_("Could not be used"), "brick"),
    }
    state = State(row.state)
    again = Act(_("Try again"), reverse("web:hook_again", args=[row.id]))
    take = Act(_("Take it in"), reverse("web:hook_again", args=[row.id]))
    acts = {State.FAILED: (again,), State.KEPT: (take,) if row.connection.is_live else ()}
    return DeliveryRow(
        at=row.received_at,
        state=tags[state],
        became=", ".join(row.events),
        why=in_words(row.reason, row.params) if row.reason else "",
        shown=_written(row),
        acts=acts.get(state, ()),
    )


def _written(row: Delivery) -> str:
    payload = queries.payload_of(row)
    if payload is None:
        return bytes(row.body).decode("utf-8", "replace")[:MOST_SHOWN]
    try:
        return json.dumps(payload.body, ensure_ascii=False, indent=2)[:MOST_SHOWN]
    except (ValueError, RecursionError):
        return bytes(row.body).decode("utf-8", "replace")[:MOST_SHOWN]


def mapping_page(
    row: Connection, chosen: int | None, house: House, data: Mapping[str, Any] | None = None
) -> MappingPage:
    rows = list(queries.latest(row.id))
    delivery = next((each for each in rows if each.id == chosen), rows[0] if rows else None)
    payload = queries.payload_of(delivery) if delivery else None
    found = leaves(payload.body) if payload else []
    form = MappingForm(found, data, initial=MappingForm.initial_of(row.mapping or {}))
    document = form.document() if data is not None else row.mapping
    problems, seen = _tried(document, delivery, house) if document else ((), None)
    here = reverse("web:system_mapping", args=[row.id])
    return MappingPage(
        name=row.name,
        back=Link(row.name, reverse("web:system", args=[row.id])),
        url=here,
        preview=reverse("web:system_preview", args=[row.id]),
        form=form,
        payloads=tuple((each.id, each.received_at, each is delivery) for each in rows),
        leaves=tuple(found),
        problems=problems,
        client=_client(seen.meaning.person) if seen else (),
        events=_events(seen) if seen else (),
        is_ignored=bool(seen and not seen.meaning.events and not seen.meaning.problem),
        is_live=row.is_live,
        is_saved=row.mapping is not None,
        switch=None if row.is_live else Act(_("Switch on"), reverse("web:system_live", args=[row.id])),
    )


def _tried(
    document: Mapping[str, Any], delivery: Delivery | None, house: House
) -> tuple[tuple[Text, ...], Seen | None]:
    """Problems in words, and what the mapping makes of the payload."""
    try:
        mapping = read_map(dict(document))
    except MappingTrouble as trouble:
        return (sentence(trouble.problem),), None
    if delivery is None:
        return (), None
    seen = queries.seen(delivery, mapping, house)
    troubles = [seen.meaning.problem] if seen.meaning.problem else []
    return tuple(sentence(each) for each in (*troubles, *seen.meaning.remarks)), seen


def _client(person: Person) -> tuple[tuple[Text, str], ...]:
    told = {"id": person.external, **person.traits}
    return tuple((str(label), str(told[name])) for name, label in CLIENT.items() if told.get(name))


def _events(seen: Seen) -> tuple[EventView, ...]:
    return tuple(
        EventView(event.name, event.at or seen.row.received_at, _lines(event.properties))
        for event in seen.meaning.events
    )


def _lines(properties: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _plain(value)) for name, value in properties.items())


def _plain(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(", ".join(map(str, each.values())) for each in value)[:200]
    return str(value)[:200]


def connect_form() -> ConnectForm:
    return ConnectForm()
