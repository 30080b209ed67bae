# ruff: noqa: RUF001 (the words of people keep their apostrophes)
from dataclasses import replace

from tactful.web.pages.inbox import (
    Choice,
    Composer,
    ConversationGroup,
    ConversationRow,
    Debt,
    InboxPage,
    PlanRow,
    Thread,
)
from tactful.web.samples import JONAS, KARI, LIV, TORGEIR, at
from tactful.web.types import (
    Act,
    AttachmentView,
    Bubble,
    Crossing,
    DayMark,
    HoldCard,
    Link,
    Meta,
    Person,
    Tab,
    Tag,
)


def _client(name: str) -> Person:
    return Person(name, is_client=True)


OWED = ConversationGroup(
    "We owe an answer",
    (
        ConversationRow(
            1,
            TORGEIR,
            "Third time I ask about the payroll run. Is anyone reading this?",
            at(9, 9, 0),
            "mail",
            "You promised 10:00",
            late=True,
            tag=Tag("Complaint", "brick"),
        ),
        ConversationRow(
            2,
            LIV,
            "Thank you. Then I’ll find the rest tonight, promise.",
            at(9, 9, 31),
            "sms",
            "You have it",
            held=2,
            current=True,
        ),
        ConversationRow(
            3,
            _client("Pål Steine"),
            "Do I charge VAT when the customer is in Denmark?",
            at(9, 8, 12),
            "chat",
            "Nobody has it yet",
            unread=True,
        ),
    ),
)
BALL = ConversationGroup(
    "The client has the ball",
    (
        ConversationRow(
            4,
            _client("Mette Lyngbø"),
            "Two receipts are missing from February.",
            at(9, 8),
            "sms",
            "Automation, looks again tomorrow",
            by_automation=True,
        ),
        ConversationRow(
            5,
            _client("Ayesha Malik"),
            "Lovely, I look forward to seeing the quote.",
            at(8, 15),
            "mail",
            "Maryam has it",
        ),
        ConversationRow(
            6, _client("Anders Wiig"), "Friday works. See you at ten.", at(7, 15), "sms", "Jonas has it"
        ),
    ),
)
THREAD = Thread(
    id=2,
    client=replace(LIV, url="#"),
    about="answers quickest by SMS",
    entries=(
        DayMark(at(1, 8)),
        Bubble(
            "auto",
            "Hi Liv, we need your receipts for January and February by 8\u00a0April. Upload them here.",
            at(1, 8),
            channel="mail",
            why_url="#",
        ),
        DayMark(at(8, 8)),
        Bubble(
            "client",
            "Half of the kiln receipts are in German. Could one of you ring me? I’m here until four.",
            at(8, 13, 20),
            LIV,
            "chat",
            "on our website",
            attachments=(
                AttachmentView(
                    "kvitteringer-januar.pdf",
                    340_000,
                    "#",
                    "Is this “Receipts for January”?",
                    (Act("Yes, this is it", "#"), Act("No", "#")),
                ),
            ),
        ),
        Crossing("Kari took over. Automation went quiet.", at(8, 13, 24)),
        Bubble("us", "Of course, Liv. I’ll ring you at two.", at(8, 13, 24), KARI, "chat"),
        DayMark(at(9, 8)),
        Bubble(
            "held",
            "Hi Liv, your receipts are now a day late.",
            due_at=at(9, 8),
            reason="we promised a call and have not made it.",
        ),
        Bubble("us", "I owe you a call, and I’m sorry. Is 11:30 good?", at(9, 9, 26), KARI, "sms"),
        Bubble("client", "Thank you. Then I’ll find the rest tonight, promise.", at(9, 9, 31), LIV, "sms"),
    ),
    composer=Composer(
        "#",
        (Choice("sms", "SMS", chosen=True), Choice("mail", "Mail")),
        "Kari Blomdal",
        revision="2-10",
    ),
    acts=(Act("Snooze", "#", icon="clock"), Act("Close", "#", icon="check", key="e")),
    more=(
        Act("Answered by phone", "#", icon="phone"),
        Act("Answered in person", "#", icon="person"),
        Act("Hold everything for Liv", "#", glyph="held", key="h"),
    ),
    debts=(
        Debt(KARI, "A phone call", Meta("Promised Wed 14:00, new time today 11:30", late=True)),
        Debt(JONAS, "VAT return, term 1", Meta("Due Fri 10 April, waits for 6 receipts")),
    ),
    held=(
        HoldCard(
            "Receipts, second reminder",
            "We owe her a call. We do not chase someone we keep waiting.",
            72,
            KARI,
            "the call is done",
            "checked again",
            at(10, 12),
            acts=(Act("Call is done", "#"), Act("Skip this one", "#")),
        ),
    ),
    planned=(
        PlanRow("VAT filed, receipt", "Held with the same call", "#", held=True),
        PlanRow("Your spring meeting", "Mon 20 April, 09:00 by mail", "#"),
    ),
    may_write=("Service messages by mail and SMS. Newsletter: no, since May 2024.",),
)
PAGE = InboxPage(
    tabs=(
        Tab("Open", "#", current=True, count=7),
        Tab("Waiting", "#", count=12),
        Tab("Snoozed", "#"),
        Tab("Closed", "#"),
    ),
    groups=(OWED, BALL),
    thread=THREAD,
    filed=14,
    filed_link=Link("Look anyway", "#"),
)
LIST_ONLY = replace(PAGE, thread=None)
