# ruff: noqa: RUF001 (the words of people keep their apostrophes)
from dataclasses import replace

from tactful.web.pages.clients import (
    ClientPage,
    ClientRow,
    ClientsPage,
    ConsentRow,
    DocumentRow,
    HearRow,
    Mood,
    Note,
)
from tactful.web.samples import KARI, LIV, NOW, TORGEIR, at
from tactful.web.types import Act, Fact, Link, Pager, Person, Tab, Tag, TimelineEntry

_METTE = Person("Mette Lyngbø", is_client=True, title="Lyngbø Regi", url="#")
LIST = ClientsPage(
    q="",
    total=120,
    rows=(
        ClientRow(
            replace(TORGEIR, url="#"),
            "Kari Blomdal",
            "Norwegian",
            "Complained today 09:00",
            "One message held",
            Tag("Complaint", "brick"),
        ),
        ClientRow(
            replace(LIV, url="#"),
            "Kari Blomdal",
            "Norwegian",
            "Wrote today 09:31",
            "Two messages held",
            Tag("2 held", "held"),
        ),
        ClientRow(_METTE, "Jonas Rekdal", "Norwegian", "We wrote today 09:00", "Next on Mon 20 April"),
        ClientRow(
            Person("Fiona MacLeod", is_client=True, title="Byfjorden Yoga", url="#"),
            "Maryam",
            "English",
            "Quiet since 2 February",
        ),
    ),
    tabs=(
        Tab("All", "#", current=True, count=120),
        Tab("Strained", "#", count=3),
        Tab("Gone quiet", "#", count=7),
    ),
    pager=Pager(1, 50, 120, next_url="#"),
)
SEARCHED = replace(
    LIST, q="kvittering", total=4, messages=(Link("Liv Sandal: “two receipts from the kiln…”", "#"),)
)
_TIMELINE = (
    TimelineEntry(
        "held",
        "Receipts, second reminder",
        "is held until Kari has called",
        meta="Would have gone today 08:00. Looked at again Fri 12:00 at the latest.",
    ),
    TimelineEntry("now", at=NOW),
    TimelineEntry(
        "entry",
        words="Thank you. Then I’ll find the rest tonight, promise.",
        meta="Liv, SMS",
        at=at(9, 9, 31),
        glyph="client",
    ),
    TimelineEntry(
        "entry",
        words="I owe you a call from yesterday, and I’m sorry. Is 11:30 good?",
        meta="Kari Blomdal, SMS",
        at=at(9, 9, 26),
        person=KARI,
    ),
    TimelineEntry("day", at=at(8, 9)),
    TimelineEntry("cross", "Kari took over. Automation went quiet.", at=at(8, 13, 24)),
    TimelineEntry(
        "entry",
        words="Half of the kiln receipts are in German and I don’t know what counts."
        " Could one of you ring me?",
        meta="Liv, chat on our website",
        at=at(8, 13, 20),
        glyph="client",
    ),
    TimelineEntry("day", at=at(1, 9)),
    TimelineEntry(
        "entry",
        text="Liv uploaded 9 receipts for January and February. 6 are missing.",
        meta="Client portal",
        at=at(1, 11, 48),
        icon="doc",
    ),
    TimelineEntry(
        "entry",
        "What we need from you",
        "by mail, delivered",
        meta="Automation",
        at=at(1, 8),
        glyph="sent",
        links=(Link("step 1 of Receipts for the VAT term", "#"), Link("why", "#")),
    ),
    TimelineEntry(
        "entry",
        "Spring newsletter",
        "was not sent. Liv said no thanks in May 2024.",
        meta="Automation",
        at=at(1, 8),
        glyph="refused",
    ),
)
PAGE = ClientPage(
    client=LIV,
    intro="Potter, sole trader. With us since 2019. Kari and Jonas look after her.",
    acts=(
        Act("Call", "tel:+4790000142", post=False, icon="phone"),
        Act("Hold everything for Liv", "#", glyph="held", key="h"),
        Act("Write to Liv", "#", post=False, strong=True, key="r"),
    ),
    mood=Mood(
        "strain",
        "A little strained.",
        "She waits for a call we promised. Otherwise seven warm years.",
        Link("How we know", "#"),
    ),
    tabs=(
        Tab("All", "#", current=True),
        Tab("People", "#", glyph="client"),
        Tab("Automation", "#", glyph="auto"),
        Tab("Documents", "#", icon="doc"),
    ),
    timeline=_TIMELINE,
    hears=(
        HearRow("Kari calls", "today 11:30", KARI),
        HearRow("Receipts, second reminder", "after the call", glyph="held"),
        HearRow("VAT filed, receipt", "after the call", glyph="held"),
        HearRow("Your spring meeting", "Mon 20 April"),
        HearRow("Payroll deadline", "Mon 4 May"),
    ),
    caps="Never more than 3 a week, never before 08:00 or after 18:00.",
    consent_heads=("Service", "Reminders", "News"),
    consents=(
        ConsentRow("mail", "Mail", (True, True, False)),
        ConsentRow("sms", "SMS", (True, True, False)),
        ConsentRow("chat", "Chat", (True, None, None)),
    ),
    consent_note="Service and reminders: contract of 14 Feb 2019. News: withdrawn by Liv, 22 May 2024.",
    sees=Link("As Liv sees it", "#"),
    documents=(
        DocumentRow("Receipts for January", "received 1 April", True, "#"),
        DocumentRow(
            "Receipts for February", "asked for on 1 April", False, act=Act("Received another way", "#")
        ),
    ),
    notes=(
        Note(
            "Prefers the phone before four. Gets anxious about letters from the tax office, so call before"
            " anything official is sent.",
            "Kari",
            at(3, 9),
        ),
    ),
    note_url="#",
    facts=(
        Fact("Mobile", "+47 900 00 142"),
        Fact("Mail", "liv@sandviken-keramikk.example"),
        Fact("Language", "Norwegian"),
    ),
    more=Link("What came before", "#"),
)
