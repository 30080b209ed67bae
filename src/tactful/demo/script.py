"""The main job, told step by step while the real system does it: ``bin/demo --script``.

Real database, real worker, real SMTP both ways, the real web server. Nothing here reaches around the
product: clients write mail and open links, people use the same actions as the pages do.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from django.conf import settings  # noqa: E402, Django must be set up first
from django.db.models import Min  # noqa: E402

from tactful.contacts import queries as contacts  # noqa: E402
from tactful.contacts.types import Person as Client  # noqa: E402
from tactful.delivery import queries as outbox  # noqa: E402
from tactful.delivery.actions import NothingToDecide  # noqa: E402
from tactful.delivery.models import Dispatch  # noqa: E402
from tactful.delivery.queries import Held  # noqa: E402
from tactful.demo import cast  # noqa: E402
from tactful.demo.morning import go_to_next_morning  # noqa: E402
from tactful.demo.postbox.client import Draft, Person, send, write_new, write_reply  # noqa: E402
from tactful.demo.postbox.mailbox import Direction, Letter, Mailbox  # noqa: E402
from tactful.demo.telling import Browser, NotAsTold, Teller, letter_of, links_of, run, text_of  # noqa: E402
from tactful.engagements import queries as engagements  # noqa: E402
from tactful.engagements.actions import Arrival, receive_document  # noqa: E402
from tactful.engagements.types import EngagementView  # noqa: E402
from tactful.foundation.clock import business_now, shift_business_clock  # noqa: E402
from tactful.foundation.models import User  # noqa: E402
from tactful.gate.sentences import Reader, reason_sentence  # noqa: E402
from tactful.inbox.actions.answer import Answer, close, reply, settle_complaint  # noqa: E402
from tactful.inbox.models import Conversation, Task  # noqa: E402
from tactful.journeys.models import Enrolment, Journey  # noqa: E402
from tactful.journeys.queries import definition_of  # noqa: E402
from tactful.journeys.sentences import describe  # noqa: E402
from tactful.touchpoints import queries as the_map  # noqa: E402
from tactful.wiring.deciding import decide_held  # noqa: E402

POSTBOX = Mailbox(settings.ENVIRONMENT.home / "postbox")
PDF = b"%PDF-1.4\n% a scanned statement\n%%EOF\n"
READER = Reader(language="en", zone="Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Cast:
    """``calm``: nobody who has written overnight. Each plays one part of the story."""

    torgeir: Client
    liv: Client
    uploads: Client
    asks: Client
    attaches: Client
    leaves: Client


def story(tell: Teller) -> None:
    tell.say("Fjordkontoret Regnskap in Bergen: five people, 120 clients. It is morning.")
    the_line(tell)
    the_journey(tell)
    cast_of = people()
    requests_go_out(tell, cast_of)
    automation_keeps_quiet(tell, cast_of)
    documents_come_in(tell, cast_of)
    a_week_later(tell, cast_of)
    a_person_answers(tell, cast_of)
    everything_has_come(tell, cast_of)
    the_client_asks_why(tell, cast_of)
    print("\nAll of it was as told.", flush=True)


def the_line(tell: Teller) -> None:
    tell.chapter("Draw the line")
    rows = list(the_map.on_the_map())
    ranked = the_map.ranked_structural()
    tell.see(f"{len(rows)} touchpoints stand on the map", len(rows) >= 20)
    for row in ranked[:3]:
        score = f"{row.frequency} x {row.friction} x {row.clarity} = {row.score}"
        tell.say(f"  {row.name_en}: {score}")
    tell.see("the first to automate is on top: missing documents", ranked[0].slug == "document-reminder")
    complaint = next(row for row in rows if row.slug == "complaint")
    assert complaint.current is not None
    tell.see(
        f"a complaint belongs to a person: {complaint.owner}",
        complaint.current.line == "judgement" and complaint.owner is not None,
    )


def the_journey(tell: Teller) -> None:
    tell.chapter("Automate one")
    journey = Journey.objects.select_related("live_version").get(slug="annual-accounts-documents")
    for line in describe(definition_of(journey), "en"):
        tell.say(f"  {line.verb} {line.what}".rstrip() + (f" ({line.conditions})" if line.conditions else ""))


def people() -> Cast:
    """The engaged clients of the seed, each with a part."""
    ids = list(Enrolment.objects.order_by("id").values_list("contact_id", flat=True))
    who = contacts.people(ids)
    wrote = {contacts.find_by_address("email", said.who) for said in cast.SAID}
    now = business_now()
    calm = [who[ident] for ident in ids if ident not in wrote and _several_missing(ident, now)]
    english = [person for person in calm if person.language.startswith("en")]
    norwegian = [person for person in calm if person not in english]
    torgeir, liv = (_by_mail(said.who) for said in cast.SAID[:2])
    return Cast(torgeir, liv, norwegian[0], (english or norwegian)[-1], norwegian[1], norwegian[2])


def _several_missing(contact_id: int, now: datetime) -> bool:
    return any(len(view.missing) > 1 for view in engagements.of_contact(contact_id, now))


def _by_mail(address: str) -> Client:
    ident = contacts.find_by_address("email", address)
    if ident is None:
        raise NotAsTold(f"{address} is one of our clients")
    return contacts.people([ident])[ident]


def requests_go_out(tell: Teller, who: Cast) -> None:
    tell.chapter("Send")
    letter = tell.wait(
        f"{who.uploads.name} has got the request, over real SMTP",
        lambda: newest(who.uploads, cast.SUBJECTS["request", "nb"]),
    )
    for name in ("From", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "List-Unsubscribe-Post"):
        tell.say(f"  {name}: {letter[name]}")
    tell.see("it can be left with one click", "One-Click" in letter["List-Unsubscribe-Post"])
    tell.see("it says that it is automatic", "automatisk melding" in text_of(letter))
    view = view_of(who.uploads)
    tell.see("it names what is missing", all(d.name_nb in text_of(letter) for d in view.missing))
    if who.asks.language.startswith("en"):
        tell.wait(
            f"{who.asks.name} reads it in English", lambda: newest(who.asks, cast.SUBJECTS["request", "en"])
        )


def automation_keeps_quiet(tell: Teller, who: Cast) -> None:
    tell.chapter("Keep quiet")
    for client in (who.torgeir, who.liv):
        held = tell.wait(f"nothing has gone to {client.name}: it is held", lambda c=client: held_for(c))  # type: ignore[misc]
        tell.say(f"  Why: {reasons(held, client)}")
        tell.say(f"  Owner: {name_of(held.owner_id)}. Until: {held.until:%d %B}. Then: looked at again.")
    task = Task.objects.filter(contact_id=who.torgeir.id, code="complaint", done_at=None).first()
    tell.see(
        "the complaint stands on its owner's list, with an empty page",
        task is not None and task.owner_id is not None,
    )
    tell.see("neither of them has got a letter", not received(who.torgeir) and not received(who.liv))


def documents_come_in(tell: Teller, who: Cast) -> None:
    tell.chapter("Listen")
    upload(who.uploads)
    first = view_of(who.uploads).documents[0]
    tell.wait(
        f"{who.uploads.name} has uploaded “{first.name_en}”", lambda: _state(who.uploads, 0) == "received"
    )
    answer_as(who.attaches, "Hei, her er kontoutskriftene.", ("kontoutskrift.pdf", PDF))
    tell.wait(
        f"{who.attaches.name} has mailed a file, and a person is asked: is this it?",
        lambda: Task.objects.filter(contact_id=who.attaches.id, kind="is_this_it", done_at=None).exists(),
    )
    answer_as(who.asks, "Hi, can we have two more weeks? When is the last day?")
    tell.wait(
        f"{who.asks.name} has asked us something",
        lambda: Conversation.objects.filter(contact_id=who.asks.id, state="open").exists(),
    )


def a_week_later(tell: Teller, who: Cast) -> None:
    tell.chapter("A week later")
    to_the_next_step(tell)
    letter = tell.wait(
        f"{who.uploads.name} is reminded", lambda: newest(who.uploads, cast.SUBJECTS["reminder", "nb"])
    )
    done, *rest = view_of(who.uploads).documents
    words = text_of(letter)
    tell.see("of what is still missing", all(document.name_nb in words for document in rest))
    tell.see("and not of what has come", done.name_nb not in words)
    held = tell.wait(f"the reminder to {who.asks.name} is held", lambda: held_for(who.asks))
    tell.say(f"  Why: {reasons(held, who.asks)}")


def a_person_answers(tell: Teller, who: Cast) -> None:
    tell.chapter("Answer")
    conversation = Conversation.objects.get(contact_id=who.asks.id)
    colleague = User.objects.get(email=cast.STAFF[2].email)
    words = "Of course. The last day is the 30th, so take the two weeks you need.\n\nMaryam"
    answer = Answer(conversation.id, words, colleague.id)
    reply(answer, now=business_now())
    letter = tell.wait("a person's own words have arrived", lambda: newest(who.asks, "Re:"))
    tell.see("in the thread, and nothing calls them automatic", letter["Auto-Submitted"] in (None, "no"))
    # The answer lets it go back to the gate, which holds it again a moment later.
    tell.wait("the reminder still rests while the conversation is open", lambda: held_for(who.asks))
    close(conversation.id, acting_user=colleague.id, now=business_now())
    reminder = cast.SUBJECTS["reminder", "en" if who.asks.language.startswith("en") else "nb"]
    tell.wait("handed back: automation has looked again, and reminds", lambda: newest(who.asks, reminder))


def everything_has_come(tell: Teller, who: Cast) -> None:
    tell.chapter("What is settled is not chased")
    kari = User.objects.get(email=cast.STAFF[1].email)
    now = business_now()
    for document in view_of(who.liv).missing:
        receive_document(Arrival(document.id, "other_way", kari.id), now=now)
    tell.say(f"  {who.liv.name} has brought everything in person; Kari has tapped “Received another way”.")
    conversation = Conversation.objects.get(contact_id=who.liv.id)
    close(conversation.id, acting_user=kari.id, now=business_now())
    tell.wait("she gets one receipt", lambda: newest(who.liv, cast.SUBJECTS["receipt", "nb"]))
    tell.see("and never the request that was held", newest(who.liv, cast.SUBJECTS["request", "nb"]) is None)
    torgeir = Conversation.objects.get(contact_id=who.torgeir.id)
    tell.see(f"{who.torgeir.name} has still got nothing from automation", not received(who.torgeir))
    settle_complaint(torgeir.id, acting_user=kari.id, now=business_now())
    close(torgeir.id, acting_user=kari.id, now=business_now())
    tell.say("  His complaint is settled. It took so long that Kari is asked about the request: it may go.")

    def asked() -> list[Letter]:
        if (held := held_for(who.torgeir)) is not None:
            with suppress(NothingToDecide):  # it is being looked at again already
                decide_held(held.message.id, send=True, acting_user=kari.id, now=business_now())
        return received(who.torgeir)

    tell.wait("a person has settled it and decided, and only now he is asked", asked)


def the_client_asks_why(tell: Teller, who: Cast) -> None:
    tell.chapter("Tell why")
    letter = newest(who.leaves)
    if letter is None:
        raise NotAsTold(f"{who.leaves.name} has got a letter")
    browser = Browser()
    page = browser.get(next(link for link in links_of(letter) if "/c/why/" in link))
    tell.see("the page says why, on what basis, and offers a person", "Hvorfor" in page and "kunde" in page)
    leave = letter["List-Unsubscribe"].split(",")[0].strip("<> ")
    browser.get(leave)
    before = contacts.profile(who.leaves.id).flags
    tell.see("opening the link changes nothing", not before)
    browser.post_bare(leave, {"List-Unsubscribe": "One-Click"})
    tell.see("one click ends these messages", bool(contacts.profile(who.leaves.id).flags))
    count = len(received(who.leaves))
    to_the_next_step(tell)
    tell.wait(
        "the next reminder to them is refused at the gate",
        lambda: outbox.outbox(states=("refused",), contact_id=who.leaves.id),
    )
    tell.see("and they hear nothing more", len(received(who.leaves)) == count)


def to_the_next_step(tell: Teller) -> None:
    """Let mornings pass until the moment at which a journey goes on."""
    due = Enrolment.objects.filter(ended_at=None, phase__startswith="waiting").aggregate(first=Min("due_at"))[
        "first"
    ]
    if due is None:
        raise NotAsTold("somebody waits for the next step")
    while (due - business_now()) > timedelta(hours=12):
        tell.wait(
            f"it is {go_to_next_morning():%A morning}; what was due has been looked at", lambda: not overdue()
        )
    shift_business_clock(max(timedelta(), due - business_now()) + timedelta(minutes=2))


def overdue() -> bool:
    """Whether something waits for the worker: a hold whose time is over, a journey whose step is due."""
    now = business_now()
    held = Dispatch.objects.filter(state__in=("held", "queued"), not_before__lte=now).exists()
    return held or Enrolment.objects.filter(due_at__lte=now, ended_at=None).exists()


def received(client: Client) -> list[Letter]:
    return [letter for letter in POSTBOX.letters(mail_of(client)) if letter.direction is Direction.RECEIVED]


def newest(client: Client, subject: str = "") -> EmailMessage | None:
    mails = [letter for letter in received(client) if subject in letter.subject]
    return letter_of(POSTBOX.read(mails[-1].number)) if mails else None


def mail_of(client: Client) -> str:
    return next(each.value for each in contacts.profile(client.id).identities if each.kind == "email")


def view_of(client: Client) -> EngagementView:
    return engagements.of_contact(client.id, business_now())[0]


def _state(client: Client, place: int) -> str:
    return view_of(client).documents[place].state


def held_for(client: Client) -> Held | None:
    rows = outbox.held(contact_ids=[client.id])
    return rows[0] if rows else None


def reasons(held: Held, client: Client) -> str:
    names = {"client": client.given_name, str(held.owner_id): name_of(held.owner_id)}
    return "; ".join(reason_sentence(reason, names, READER) for reason in held.reasons)


def name_of(user_id: int | None) -> str:
    user = User.objects.filter(id=user_id or 0).first()
    return user.name if user else "nobody yet"


def upload(client: Client) -> None:
    letter = newest(client)
    assert letter is not None  # told in the chapter before
    url = next(link for link in links_of(letter) if "/c/documents/" in link)
    document = view_of(client).documents[0]
    Browser().post(url, {"document": str(document.id)}, ("kontoutskrift.pdf", PDF))


def answer_as(client: Client, words: str, file: tuple[str, bytes] | None = None) -> None:
    """The client answers in their mail program; it comes to us over SMTP."""
    address, mails = mail_of(client), received(client)
    draft = Draft(words, attachments=(file,) if file else (), language=client.language or "nb", subject="")
    me = Person(address, client.name)
    now = business_now()
    if mails:
        mail = write_reply(POSTBOX.read(mails[-1].number), me, draft, now)
    else:
        mail = write_new(me, f"post@{cast.DOMAIN}", draft, now)
    send(mail, "127.0.0.1", settings.ENVIRONMENT.inbound_port)


if __name__ == "__main__":
    raise SystemExit(run(story))
