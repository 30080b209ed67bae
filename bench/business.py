"""A small business with many clients, made in the database of a bench."""

from datetime import datetime

from tactful.channels.models import Account
from tactful.contacts.models import BasisSpell, Contact, Identity
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.types import MailSource, Variable, VariableKind
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.foundation.ids import new_id
from tactful.touchpoints.models import Touchpoint, TouchpointRevision

NAMES = ("Åse", "Bjørn", "Kari", "Ola", "Liv", "Nils", "Ingrid", "Øystein")
SLUG = "bench-news"
PARAGRAPH = (
    "Nå nærmer fristen seg, og vi har samlet det som er nyttig å vite i år. Les gjennom, og si fra om noe er "
    "uklart; svar på denne e-posten kommer rett til oss. "
)


def make(contacts: int, port: int) -> tuple[int, int]:
    """Clients, one account that leads to ``port``, one template of about 5 KB, one structural touchpoint."""
    now = business_now()
    quiet = {"gate.quiet_from": "00:00", "gate.quiet_to": "00:00", "gate.quiet_weekdays": [],
             "gate.quiet_holidays": False, "name": "Fjordkontoret Regnskap", "address": "Bryggen 1, 5003 Bergen"}  # fmt: skip
    change_settings(values=quiet, acting_user=None, now=now)
    settings = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_connections": 10}
    Account.objects.create(channel="mail", name="Post", address="post@fjord.example", settings=settings)
    publish_template(
        NewTemplate(SLUG, "News", "Nytt", _source()),
        acting_user=None,
        now=now,
    )
    for start in range(0, contacts, 2_000):
        _clients(range(start, min(start + 2_000, contacts)), now)
    return _touchpoint(now)


def _source() -> MailSource:
    words = "".join(f"<p>{PARAGRAPH}</p>" for _ in range(4))
    mjml = (
        "<mj-section><mj-column><mj-text><p>Hei {{ given_name }},</p>" + words + "<p>Saken: {{ matter }}.</p>"
        '</mj-text><mj-button href="{{ link }}">Les mer</mj-button>'
        "<mj-text><p>Vennlig hilsen<br>{{ sender_name }}</p></mj-text></mj-column></mj-section>"
    )
    return MailSource(
        subject="Nytt fra oss, {{ given_name }}",
        mjml=mjml,
        text="Hei {{ given_name }},\n\nSaken: {{ matter }}.\n\nLes mer: {{ link }}\n\nHilsen {{ sender_name }}\n",
        language="nb",
        variables=(
            Variable("given_name", default="du"),
            Variable("matter", default="året"),
            Variable("sender_name", default="oss"),
            Variable("link", kind=VariableKind.URL, required=True),
        ),
        unsubscribe=True,
    )


def _clients(numbers: range, now: datetime) -> None:
    people = [
        Contact(
            id=new_id(),
            name=f"{NAMES[n % 8]} Hansen {n}",
            given_name=NAMES[n % 8],
            sort_key=f"hansen {n}",
            language="nb",
            time_zone="Europe/Oslo",
            created_at=now,
        )
        for n in numbers
    ]
    Contact.objects.bulk_create(people)
    Identity.objects.bulk_create(
        Identity(contact=who, kind="email", value=f"k{who.pk}@client.example", shown="", added_at=now)
        for who in people
    )
    BasisSpell.objects.bulk_create(
        BasisSpell(
            contact=who,
            purpose=purpose,
            channel="mail",
            kind="consent",
            receipt_id=1,
            from_at=now,
            recorded_at=now,
        )
        for who in people
        for purpose in ("marketing",)
    )


def _touchpoint(now: datetime) -> tuple[int, int]:
    point = Touchpoint.objects.create(
        slug="news", name_en="News", name_nb="Nytt", phase="staying", position=1, message_class="marketing"
    )
    revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=now)
    Touchpoint.objects.filter(pk=point.pk).update(current=revision)
    return point.pk, revision.pk
