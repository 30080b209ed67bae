# ruff: noqa: RUF001 (the words of people keep their apostrophes)
from dataclasses import replace

from tactful.web.pages.outbox import MessagePage, OutboxPage, OutboxRow, ReasonRow, StateRow
from tactful.web.samples import HOLDS, KARI, LIV, TORGEIR, at
from tactful.web.types import Act, EmptyState, Fact, Link, Pager, Person, Tab

_TABS = (
    Tab("Held", "#", current=True, count=7, glyph="held"),
    Tab("Will be sent", "#", count=18, glyph="plan"),
    Tab("Sent", "#", count=31, glyph="sent"),
    Tab("Stopped", "#", count=2, glyph="refused"),
    Tab("Not known", "#", count=1, glyph="unknown"),
)
HELD = OutboxPage(
    tabs=_TABS,
    rows=(
        OutboxRow(
            1, "held", "Receipts, second reminder", LIV, "We owe Liv a call.", ("Mail", "was due 08:00")
        ),
        OutboxRow(2, "sent", "Documents received", TORGEIR, "Delivered.", ("Mail", "today 08:12")),
        OutboxRow(
            3,
            "refused",
            "Spring newsletter",
            Person("Mette Lyngbø", is_client=True),
            "Mette said no thanks in May 2024.",
            ("Mail", "today 08:00"),
        ),
        OutboxRow(
            4,
            "unknown",
            "Meeting tomorrow",
            Person("Henrik Dahl", is_client=True),
            "We do not know if it arrived. It is not sent again by itself.",
            ("SMS", "today 08:30"),
        ),
    ),
    pager=Pager(1, 4, 4),
    summary="Seven messages wait for something. Eighteen go out today, if nothing changes.",
    holds=HOLDS,
)
EMPTY = OutboxPage(
    tabs=_TABS,
    rows=(),
    pager=Pager(0, 0, 0),
    summary="Nothing is being held.",
    empty=EmptyState("Nothing is being held", "When a message waits, it stands here with its reason."),
)
_CHECKS = (
    ("pass", "The touchpoint is structural", "Ingrid drew the line on 2 April."),
    ("pass", "The address works", "liv@sandviken-keramikk.example"),
    ("pass", "We may write", "Contract since 14 February 2019."),
    ("pass", "It is still true", "Six receipts are missing."),
    ("pass", "It is not too late", "It makes sense until 10 April."),
    ("pass", "Nobody from us is talking", "The conversation waits for us, see the next line."),
    ("hold", "Our hands are clean", "We promised a call on Wednesday at 14:00 and have not made it."),
    ("skip", "The mood is good", "Not asked: it was held before."),
)
MESSAGE = MessagePage(
    title="Receipts, second reminder",
    client=replace(LIV, url="#"),
    state="held",
    state_words="Held",
    answer="We owe Liv a call. We do not chase someone we keep waiting.",
    chain=tuple(ReasonRow(outcome, title, text) for outcome, title, text in _CHECKS),  # type: ignore[arg-type]
    history=(
        StateRow("held", "Held", at(9, 8), "Until the call is done"),
        StateRow("plan", "Planned", at(8, 8), "By step 4 of the journey"),
    ),
    facts=(
        Fact("Touchpoint", "Missing receipts", url="#"),
        Fact("Kind", "Reminder"),
        Fact("Channel", "Mail"),
        Fact("Makes sense until", "10 April"),
    ),
    checked_at=at(9, 8),
    cause=(Link("Receipts for the VAT term, step 4", "#"),),
    hold=replace(HOLDS[0], acts=(Act("Call is done", "#"), Act("Skip this one", "#"))),
    text="Hi Liv,\n\nyour receipts are now a day late.",
    why_url="#",
)
BY_PERSON = replace(
    MESSAGE,
    state="sent",
    state_words="Sent",
    answer="Delivered to Liv’s mailbox.",
    chain=(),
    hold=None,
    by_person=KARI,
    subject="The kiln receipts",
)
