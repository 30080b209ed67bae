from tactful.web.pages.inbox import Choice
from tactful.web.pages.line import LinePage, LookRow, NextUp, Phase, Revision, Scale, TouchpointPage
from tactful.web.samples import INGRID, JONAS, KARI, at
from tactful.web.types import Act, Fact, Link, Person, TouchpointCard


def _p(name: str, owner: Person, lift: int = 0) -> TouchpointCard:
    return TouchpointCard("a", name, "judgement", owner=owner, lift=lift)


def _a(name: str, score: int, lift: int = 0) -> TouchpointCard:
    return TouchpointCard("a", name, "structural", score, lift=lift)


LINE = LinePage(
    judgement=11,
    structural=11,
    undecided=1,
    phases=(
        Phase(
            "Finding us",
            (_p("Question from a stranger", INGRID, 3),),
            (_a("First answer, out of hours", 32), _a("Meeting confirmed", 30)),
        ),
        Phase(
            "Starting up",
            (_p("Welcome call", KARI, 2), _p("Quote", INGRID, 2)),
            (_a("Engagement letter to sign", 45), _a("What we need from you", 80)),
        ),
        Phase(
            "Every month",
            (
                _p("Numbers look odd", JONAS, 3),
                TouchpointCard("a", "Receipt for annual accounts", "judgement", owner=JONAS, next_up=True),
            ),
            (_a("Missing receipts", 100), _a("Documents received", 40, 1)),
        ),
        Phase(
            "When something happens",
            (_p("Complaint", KARI, 2), _p("We are late", KARI), _p("Fee goes up", INGRID, 1)),
            (_a("Change of address", 12),),
        ),
        Phase(
            "Year end",
            (_p("Talk about the result", JONAS, 2), _p("Tax message explained", JONAS, 1)),
            (_a("Deadline coming up", 75), _a("Filed, with receipt", 50)),
        ),
        Phase(
            "Staying, leaving",
            (_p("A death, an illness", INGRID, 3), TouchpointCard("a", "Gone quiet", "undecided", lift=1)),
            (_a("Meeting every spring", 27), _a("Your data, when you leave", 10)),
        ),
    ),
    next_up=NextUp(
        "Receipt for annual accounts",
        "Written by hand 46 times last year, and 44 were the same but for the name. Nobody wrote back upset.",
        (
            Fact("How often", "46 a year"),
            Fact("How alike", "96 %"),
            Fact("If it is wrong", "Small, easy to mend"),
            Fact("Time you get back", "6 hours a year"),
        ),
        (Act("Decide on it", "#", post=False, strong=True), Act("Keep it with people", "#")),
    ),
    look=(
        LookRow(
            "client",
            "Gone quiet",
            "has not been decided. Until you do, only people write.",
            Link("Decide now", "#"),
        ),
        LookRow(
            "auto",
            "Missing receipts",
            "led to four cross replies in March. Perhaps the second reminder belongs to a person.",
            Link("Read the four", "#"),
        ),
    ),
    add_url="#",
)
TOUCHPOINT = TouchpointPage(
    slug="missing-documents",
    name="Missing receipts",
    phase="Every month",
    moment="Something that we asked for has not come.",
    line="structural",
    classes=(Choice("reminder", "Reminder", chosen=True), Choice("awaited", "Awaited by the client")),
    owners=(Choice("", "Nobody"), Choice("1", "Jonas Rekdal", chosen=True)),
    scales=(
        Scale("frequency", "How often it happens", "1 is once a year, 5 is every day", 5),
        Scale("friction", "How much effort each one costs", "1 is a minute, 5 is half an hour", 4),
        Scale("clarity", "How clear the result is", "5 is a plain yes or no", 5),
    ),
    score=100,
    rank="First of eleven.",
    reason="Lists are what machines are good at.",
    suggestion="We suggest structural: the list of what is missing is a fact.",
    consequence="If it becomes judgement, 4 planned messages turn into tasks for its owner.",
    reason_error="Say why in one sentence. The next person will wonder.",
    history=(
        Revision(at(2, 10), "Ingrid Solheim", "structural", "Lists are what machines are good at."),
        Revision(at(1, 10), "Suggested by Tactful", "undecided", ""),
    ),
    used_by=(Link("Documents for the annual accounts, step 2", "#"),),
)
