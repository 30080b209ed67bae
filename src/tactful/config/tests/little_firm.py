"""``python -m tactful.config.tests.little_firm`` does this and that to a house, for tests: a line of acts
at a time, ``ACT … , ACT …``. Answers with a line of JSON: what the last has said, or why one could not.

``open PORT``: a firm, its owner, and a mail account at a server of the test. ``queue WORD COUNT MINUTES``: so
many reminders whose subject holds the word, due in so many minutes. ``pause``, ``resume``, ``shift MINUTES``.
``states WORD``: how many there are in each state, and why. ``canary``: a client with a word in every column;
says their number. ``dump FILE``: the whole database as text.
"""

import json
import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from tactful.channels.models import Account  # noqa: E402
from tactful.config.backup.dump import dumping  # noqa: E402
from tactful.contacts.actions import seal_receipts  # noqa: E402
from tactful.contacts.models import BasisSpell, Contact, Identity  # noqa: E402
from tactful.content.actions import NewTemplate, publish_template  # noqa: E402
from tactful.content.types import MailSource, Variable  # noqa: E402
from tactful.delivery.actions import enqueue, pause, resume  # noqa: E402
from tactful.delivery.models import Dispatch  # noqa: E402
from tactful.delivery.types import NewMessage  # noqa: E402
from tactful.foundation.actions import change_settings  # noqa: E402
from tactful.foundation.clock import business_now, shift_business_clock  # noqa: E402
from tactful.foundation.ids import new_id  # noqa: E402
from tactful.foundation.models import Role, User  # noqa: E402
from tactful.touchpoints.models import Touchpoint, TouchpointRevision  # noqa: E402
from tactful.touchpoints.types import Line, MessageClass, Purpose  # noqa: E402
from tactful.wiring.tests.canary import Canary  # noqa: E402

OWNER = "kari@fjord.example"
OPEN_ALL_DAY = {
    "gate.quiet_from": "00:00",
    "gate.quiet_to": "00:00",
    "gate.quiet_weekdays": [],
    "gate.quiet_holidays": False,
    "name": "Fjordkontoret",
    "address": "Bryggen 1, 5003 Bergen",
}


def open_firm(port: str) -> None:
    now = business_now()
    change_settings(values=OPEN_ALL_DAY, acting_user=None, now=now)
    User.objects.add(email=OWNER, name="Kari", role=Role.OWNER, password="a long one for a test")
    settings = {"smtp_host": "127.0.0.1", "smtp_port": int(port), "smtp_security": "none"}
    Account.objects.create(channel="mail", name="Post", address="post@fjord.example", settings=settings)
    words = "<mj-section><mj-column><mj-text>{{ what }}</mj-text></mj-column></mj-section>"
    source = MailSource(
        subject="Om {{ what }}",
        mjml=words,
        text="{{ what }}",
        language="nb",
        variables=(Variable("what", default="noe"),),
    )
    publish_template(NewTemplate("little", "Little", "Lite", source), acting_user=None, now=now)
    point = Touchpoint.objects.create(
        slug="little", name_en="L", name_nb="L", phase="staying", position=1, message_class="reminder"
    )
    revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=now)
    Touchpoint.objects.filter(pk=point.pk).update(current=revision)


def queue(word: str, count: str, minutes: str) -> None:
    now = business_now()
    revision = TouchpointRevision.objects.get()
    messages = []
    for number in range(int(count)):
        who = Contact.objects.create(
            id=new_id(), name=f"Kunde {word} {number}", sort_key=word, time_zone="Europe/Oslo", created_at=now
        )
        address = f"{word}{number}@client.example"
        Identity.objects.create(contact=who, kind="email", value=address, shown="", added_at=now)
        BasisSpell.objects.create(
            contact=who, purpose="service", channel="mail", kind="contract", from_at=now, recorded_at=now
        )
        messages.append(
            NewMessage(
                contact_id=who.id,
                dedupe_key=f"{word}:{number}",
                message_class=MessageClass.REMINDER,
                purpose=Purpose.SERVICE,
                due_at=now + timedelta(minutes=int(minutes)),
                cause_kind="notice",
                line=Line.STRUCTURAL,
                touchpoint_id=revision.touchpoint_id,
                touchpoint_rev=revision.id,
                template="little",
                variables={"what": word},
            )
        )
    enqueue(messages, now=now)


def states(word: str) -> tuple[dict[str, int], list[str]]:
    found = Dispatch.objects.filter(message__dedupe_key__startswith=f"{word}:")
    why = [str(why) for why in found.values_list("reasons", "result") if any(why)]
    return Counter(found.values_list("state", flat=True)), why


def canary() -> int:
    with transaction.atomic():
        client = Canary()
        client.plant()
    seal_receipts()
    Dispatch.objects.filter(contact_id=client.one, state="queued").update(state="held")
    return client.one


def dump_to(path: str) -> None:
    url = settings.ENVIRONMENT.owner_database_url
    with Path(path).open("wb") as out, dumping(url, "plain") as source:
        shutil.copyfileobj(source, out)


ACTS: dict[str, Callable[..., object]] = {
    "open": open_firm,
    "queue": queue,
    "states": states,
    "canary": canary,
    "dump": dump_to,
    "pause": lambda: pause(scope="everything", acting_user=None, now=business_now()),
    "resume": lambda: resume(scope="everything", acting_user=None, now=business_now()),
    "shift": lambda minutes: shift_business_clock(timedelta(minutes=int(minutes))),
}


def main() -> None:
    for line in sys.stdin:
        try:
            said = [ACTS[name](*more) for name, *more in map(str.split, line.split(","))]
            answer = {"said": said[-1]}
        except Exception:  # noqa: BLE001, the test that has asked shall see it
            answer = {"trouble": traceback.format_exc()}
        print(json.dumps(answer, default=str), flush=True)


if __name__ == "__main__":
    main()
