"""Fill a house with hostile words, through every door by which words come in. Prints where to look.

Run in the house's environment: ``python -m tests.browser.hostile``.
"""

import json
import os
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from tactful.channels.actions import RawMail, store_raw  # noqa: E402
from tactful.channels.queries import mail_accounts  # noqa: E402
from tactful.contacts import queries as contacts  # noqa: E402
from tactful.contacts.actions import import_file  # noqa: E402
from tactful.contacts.types import ImportRequest  # noqa: E402
from tactful.content.tests.hostile_html import hostile_corpus  # noqa: E402
from tactful.demo import seed  # noqa: E402
from tactful.engagements import queries as engagements  # noqa: E402
from tactful.engagements.actions import open_engagements  # noqa: E402
from tactful.engagements.types import NewEngagement  # noqa: E402
from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.models import User  # noqa: E402
from tactful.foundation.secrets import key_ring  # noqa: E402
from tactful.inbox.models import Conversation, Entry  # noqa: E402
from tactful.kernel.tokens import sign  # noqa: E402
from tactful.portal.views import DOCUMENTS  # noqa: E402
from tactful.wiring.inbound import read_waiting  # noqa: E402
from tactful.wiring.reactor import run_all  # noqa: E402

CLIENTS = 40
WRITERS = 10  # of all the mails, so that few threads hold many; the others write once, to stand in the lists
FITS = 90  # characters of a snippet that a name, a subject and a file name hold whole
FIRST = "villain0@hostile.example"


def main() -> None:
    seed.start_on_a_working_morning()
    now = business_now()
    owner = seed.hire(now)
    seed.furnish(owner, now)
    seed.draw_the_line(owner, now)
    corpus = [snippet.encode("utf-8", "replace").decode() for snippet in hostile_corpus()]
    short = [" ".join(each.split()) for each in corpus if len(each) < FITS and each.isprintable()]
    run = bring_in(owner, short, now)
    account = mail_accounts()[0].id
    mails = [said(number, number % WRITERS, corpus[number], short) for number in range(len(corpus))]
    mails += [said(number, number, corpus[number], short) for number in range(WRITERS, CLIENTS)]
    mails += [report(number, snippet) for number, snippet in enumerate(short[:CLIENTS])]
    store_raw([RawMail(account, f"hostile:{place}", raw) for place, raw in enumerate(mails)], now=now)
    while read_waiting(now):
        pass
    hand_in(short, now)
    run_all(now)
    print(json.dumps({"import_run": run, "first": contacts.find_by_address("email", FIRST)} | where()))


def where() -> dict[str, object]:
    """``html``: all that is kept, each once, for hundreds of snippets are cleaned to the same few words.
    ``entries``: one for each of them and for each mail that is shown as text. ``threads``: those of more than
    one mail, which hold all words that the others hold."""
    entries = Entry.objects.filter(kind=Entry.Kind.INBOUND).order_by("-id")
    talks = Conversation.objects.annotate(mails=Count("entries"))
    shown = {entry.html or entry.full_text or entry.text: entry.id for entry in entries}
    return {
        "mails": len(entries),
        "threads": list(talks.filter(mails__gt=1).values_list("id", flat=True)),
        "entries": sorted(shown.values()),
        "html": sorted({entry.html for entry in entries} - {""}),
    }


def bring_in(owner: User, short: list[str], now: datetime) -> int:
    """The names and companies of a list. The file has a hostile name too, and rows that are refused."""
    quoted = ['"' + snippet.replace('"', '""') + '"' for snippet in short]
    rows = [f"{quoted[n]};{quoted[-1 - n]};villain{n}@hostile.example" for n in range(CLIENTS)]
    refused = [f"{quoted[n]};x;{quoted[n]}" for n in range(CLIENTS, CLIENTS + 10)]
    content = "\n".join(["Navn;Firma;E-post", *rows, *refused]).encode()
    name = f"{short[0]}.csv"
    return import_file(ImportRequest(name, content), acting_user=owner.id, now=now).id


def hand_in(short: list[str], now: datetime) -> None:
    """Files on a client's page, under hostile names."""
    client = contacts.find_by_address("email", FIRST)
    assert client is not None
    wanted = NewEngagement(client, "annual_accounts", short[1], short[2], (("scan", short[3], short[4]),))
    open_engagements([wanted], acting_user=None, now=now)
    view = engagements.of_contact(client, now)[0]
    files = [SimpleUploadedFile(f"{name}.pdf", b"%PDF-1.4\n%%EOF\n") for name in short[:5]]
    door = reverse("portal:documents", args=[sign(key_ring(), DOCUMENTS, view.id)])
    answer = Client(HTTP_HOST="localhost").post(door, {"files": files})
    assert answer.status_code == 302, answer.content


def said(number: int, writer: int, snippet: str, short: list[str]) -> bytes:
    """A mail of one snippet: as HTML, as text, as subject and as the name of a file."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"villain{writer}@hostile.example"
    message["To"] = f"post@{seed.cast.DOMAIN}"
    message["Subject"] = short[number % len(short)]
    message["Message-ID"] = f"<hostile-{number}-{writer}@hostile.example>"
    message.set_content(snippet)
    message.add_alternative(f"<p>Hei</p>{snippet}", subtype="html")
    if number < 60:
        message.add_attachment(
            b"%PDF-1.4\n", maintype="application", subtype="pdf", filename=short[number] + ".pdf"
        )
    return message.as_bytes()


def report(number: int, snippet: str) -> bytes:
    """A bounce whose words are the snippet."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "MAILER-DAEMON@hostile.example"
    message["To"] = f"post@{seed.cast.DOMAIN}"
    message["Subject"] = f"Undelivered mail {snippet}"
    message["Message-ID"] = f"<report-{number}@hostile.example>"
    message.set_content(f"<villain{number % CLIENTS}@hostile.example>: 550 5.1.1 {snippet}")
    return message.as_bytes()


if __name__ == "__main__":
    main()
