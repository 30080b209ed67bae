# ruff: noqa: RUF001 (the words of people keep their apostrophes)
from tactful.web.pages.journeys import CheckRow, JourneyPage, JourneyRow, JourneysPage
from tactful.web.samples import JONAS
from tactful.web.types import Act, Fact, Lane, Link, StepCard, StepCount

LIST = JourneysPage(
    rows=(
        JourneyRow(
            "annual-documents",
            "Documents for the annual accounts",
            "Asks for documents, reminds kindly twice, then a person calls.",
            True,
            "On, version 4",
            28,
            act=Act("Switch off", "#"),
        ),
        JourneyRow(
            "vat",
            "Receipts for the VAT term",
            "Asks each client for receipts, reminds kindly.",
            False,
            "Off",
            0,
            warnings=1,
            act=Act("Switch on", "#"),
        ),
    )
)
_LANES = (
    Lane(
        "If all receipts are in",
        (
            StepCard(
                "step",
                "Send",
                "“Documents received”",
                number=3,
                note="Same day, before 16:00",
                channel="mail",
            ),
            StepCard("end", "Ends", "with the goal reached"),
        ),
        StepCount(33, "done", "#"),
    ),
    Lane(
        "If some are missing",
        (
            StepCard(
                "step",
                "Send",
                "“A few are missing”",
                number=4,
                note="SMS at 09:00, if still true",
                channel="sms",
                change="changed",
            ),
            StepCard("step", "Wait", "2 days", number=5),
        ),
        StepCount(9, "inside", "#", "2 held"),
    ),
    Lane(
        "If the client has written to us",
        (StepCard("quiet", "Go quiet", "until we have answered"),),
        StepCount(3, "quiet", "#"),
    ),
)
PAGE = JourneyPage(
    slug="vat",
    name="Receipts for the VAT term",
    area="VAT",
    sentence="Asks each client for receipts, reminds kindly, and passes the ones who struggle to a person.",
    on=True,
    version="Version 4",
    version_note="on since 1 April",
    inside="28 clients are inside",
    steps=(
        StepCard(
            "start",
            "Begins",
            "1st of April, June, August, October, December and February, for clients with VAT",
            count=StepCount(61, "began", "#"),
        ),
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
        StepCard(
            "step",
            "Wait",
            "for receipts or an answer, until the 9th at 16:00",
            number=2,
            count=StepCount(14, "wait here", "#", "until today 16:00"),
        ),
        StepCard("fork", lanes=_LANES),
        StepCard("line", text="From here a person decides"),
        StepCard(
            "person",
            "Ask Jonas:",
            "call, give more time, or file without?",
            owner=JONAS,
            note="Within one working day. If nobody answers, Ingrid is asked.",
            change="new",
            count=StepCount(2, "on Jonas’s list", "#", "oldest since Wed"),
        ),
        StepCard("end", "Ends", "when the VAT return is filed"),
    ),
    checks=(
        CheckRow(
            "warn",
            "Step 4 has no English text.",
            "Four clients read English.",
            "J005",
            Link("See the step", "#"),
        ),
        CheckRow("pass", "Nobody hears from us more than twice a week"),
        CheckRow("pass", "Every send is structural"),
        CheckRow("pass", "Every path ends, none goes in circles"),
    ),
    rules=(
        Fact("Client replies", "Stop and hand over"),
        Fact("Quiet hours", "18:00 to 08:00"),
        Fact("Leaves when", "VAT return filed"),
        Fact("May write because", "Contract"),
    ),
    acts=(Act("Switch off", "#"),),
    source="name: vat-receipts\nversion: 4\nentry:\n  recurring: {rrule: FREQ=MONTHLY}\n",
)
