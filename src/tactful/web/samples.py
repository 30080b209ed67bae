# ruff: noqa: RUF001 (the words of people keep their apostrophes)
"""Plausible pieces for the parts page, which shows every component without a database."""

from datetime import UTC, datetime

from tactful.web.types import (
    Act,
    Bubble,
    Cell,
    Crossing,
    EmptyState,
    HoldCard,
    Link,
    Meta,
    Pager,
    Person,
    Progress,
    Shell,
    StepCard,
    StepCount,
    Table,
    Tag,
    TaskRow,
    TimelineEntry,
    TouchpointCard,
)

NOW = datetime(2026, 4, 9, 7, 42, tzinfo=UTC)  # 09:42 in Bergen

INGRID = Person("Ingrid Solheim", title="Owner")
KARI = Person("Kari Blomdal", title="Payroll")
JONAS = Person("Jonas Rekdal", title="Accountant")
LIV = Person("Liv Sandal", is_client=True, title="Sandviken Keramikk")
TORGEIR = Person("Torgeir Hauge", is_client=True, title="Skuteviken Båtbyggeri")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of April 2026, by Bergen's clock."""
    return datetime(2026, 4, day, hour - 2, minute, tzinfo=UTC)


def shell(section: str = "") -> Shell:
    return Shell(
        business="Fjordkontoret Regnskap",
        user=INGRID,
        section=section,
        needs_person=4,
        unanswered=3,
        holding=7,
    )


def go(text: str, *, strong: bool = False) -> Act:
    return Act(text, "#", post=False, strong=strong)


HOLDS = (
    HoldCard(
        title="Receipts, reminder · Liv Sandal",
        reason="We owe Liv a call. We do not chase someone we keep waiting.",
        left=96,
        owner=KARI,
        until="the call is done",
        until_at=at(10, 12),
        then="checked again",
    ),
    HoldCard(
        title="How did it go? · Torgeir Hauge",
        reason="Torgeir has complained. Then we do not ask how it went.",
        left=50,
        owner=KARI,
        until="the complaint is solved",
        until_at=at(23, 9),
        then="not sent",
    ),
    HoldCard(
        title="VAT is due tomorrow · Pål Steine",
        reason="Pål asked us something and has no answer yet. The answer goes first.",
        left=8,
        owner=None,
        take=Act("take it", "#"),
        until="he has an answer",
        until_at=at(9, 10, 2),
        then="you are asked",
        last_hour=True,
    ),
)
BUBBLES = (
    Bubble("client", "A client writes. White, round, book face, on the left.", at(9, 9, 31), LIV, "sms"),
    Bubble("us", "One of us writes. Warm, round, book face, on the right.", at(9, 9, 26), KARI, "sms"),
    Bubble(
        "auto",
        "Automation writes. Cool, square, ruled edge, interface face.",
        at(9, 8),
        channel="mail",
        why_url="#",
    ),
    Bubble(
        "held",
        "Automation wanted to write. Dotted, no fill.",
        due_at=at(9, 8),
        reason="the reason stands right under it.",
    ),
    Bubble("note", "A note among ourselves. The client never sees it.", at(9, 9, 40), KARI),
    Bubble(
        "note",
        "A program proposes this. Square, for no person wrote it.",
        at(9, 9, 41),
        proposed_by="Assistant",
    ),
)
CROSSINGS = (
    Crossing("Kari took over. Automation went quiet.", at(9, 13, 24)),
    Crossing("Kari handed back. Automation may write again.", at(9, 15, 2)),
)
TASKS = (
    TaskRow(
        name="Torgeir Hauge",
        org="Skuteviken Båtbyggeri",
        who=TORGEIR,
        matter="Third time I ask about the payroll run. Is anyone reading this?",
        quote=True,
        tag=Tag("Complaint", "brick"),
        meta=(Meta("Mail 09:00"), Meta("Promised by 10:00", late=True)),
        act=go("Answer", strong=True),
    ),
    TaskRow(
        name="Liv Sandal",
        org="Sandviken Keramikk",
        who=LIV,
        matter="Call her. We promised to, yesterday at 14:00.",
        meta=(Meta("Kari owns the promise"), Meta("2 held")),
        act=go("Call"),
        also=(Act("Answered by phone", "#"), Act("Received another way", "#")),
    ),
    TaskRow(
        name="Henrik Dahl",
        org="Byfjorden Fysioterapi",
        glyph="unknown",
        matter="SMS about tomorrow’s meeting. The phone company never answered.",
        tag=Tag("Not known if it arrived"),
        meta=(Meta("Not sent again by itself"),),
        act=go("Decide"),
    ),
)
TOUCHPOINTS = (
    TouchpointCard("complaint", "Complaint", "judgement", owner=KARI),
    TouchpointCard("gone-quiet", "Gone quiet", "undecided"),
    TouchpointCard("receipt", "Receipt for annual accounts", "judgement", owner=JONAS, next_up=True),
    TouchpointCard("missing-receipts", "Missing receipts", "structural", score=100),
)
STEPS = (
    StepCard("start", "Begins", "on 1 April, for clients with VAT", count=StepCount(61, "began", "#")),
    StepCard(
        "step",
        "Send",
        "“What we need from you”",
        number=1,
        note="Mail, in the client’s language. Not after the 8th.",
        channel="mail",
        line="structural",
        count=StepCount(59, "sent", "#", "2 refused"),
    ),
    StepCard("line", text="From here a person decides"),
    StepCard(
        "person",
        "Ask Jonas:",
        "call, give more time, or file without?",
        owner=JONAS,
        change="new",
        note="Within one working day. If nobody answers, Ingrid is asked.",
        count=StepCount(2, "on Jonas’s list", "#", "oldest since Wed"),
    ),
)
TIMELINE = (
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
    TimelineEntry("day", at=at(1, 9)),
    TimelineEntry(
        "entry",
        "What we need from you",
        "by mail, delivered",
        meta="Automation",
        at=at(1, 8),
        glyph="sent",
        links=(Link("Receipts for the VAT term", "#"), Link("why", "#")),
    ),
)
EMPTY = EmptyState(
    "Nothing is being held",
    "When a message waits, it stands here with its reason.",
    link=Link("See what automation may write", "#"),
)
TABLE = Table(
    "Touchpoints in March",
    (
        Cell("Touchpoint"),
        Cell("Sent", right=True),
        Cell("Held", right=True),
        Cell("Cross replies", right=True),
    ),
    tuple(
        (
            Cell(name, glyph="auto", url="#"),
            *(Cell(str(figure), right=True) for figure in figures),
        )
        for name, figures in (
            ("Missing receipts", (212, 18, 4)),
            ("Deadline coming up", (164, 9, 0)),
            ("Meeting confirmed", (71, 0, 0)),
        )
    ),
)
PROGRESS = Progress(
    "Reading 12 400 clients from your file", 7900, 12400, "About two minutes left. You can leave this page."
)
PAGER = Pager(51, 100, 12400, previous_url="#", next_url="#")
COLOURS = (
    *("paper", "surface", "sunken", "rule", "edge", "ink-3", "ink-2", "ink"),
    *("auto-soft", "auto-edge", "auto", "person-soft", "person-edge", "person-solid", "person", "hold"),
    *("brick-soft", "brick", "moss-soft", "moss", "action", "focus", "hold-edge"),
)


def everything() -> dict[str, object]:
    """The context of the parts page."""
    return {
        "now": NOW,
        "holds": HOLDS,
        "bubbles": BUBBLES,
        "crossings": CROSSINGS,
        "tasks": TASKS,
        "touchpoints": TOUCHPOINTS,
        "steps": STEPS,
        "timeline": TIMELINE,
        "empty": EMPTY,
        "table": TABLE,
        "progress": PROGRESS,
        "pager": PAGER,
        "colours": COLOURS,
    }
