"""What clients see of the mock's day."""

from datetime import UTC, datetime

from tactful.portal.types import (
    Business,
    ComingRow,
    ErasurePage,
    Option,
    PreferenceRow,
    PreferencesPage,
    Someone,
    UnsubscribePage,
    UploadItem,
    UploadPage,
    WhyPage,
    WhyReason,
)

BUSINESS = Business("Fjordkontoret Regnskap", "Strandgaten, Bergen")
JONAS = Someone("Jonas Rekdal", "regnskapsføreren din", "+4755000000", "jonas@fjordkontoret.example")
SENT_AT = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
WHY = WhyPage(
    channel="sms",
    at=SENT_AT,
    text="Hei Mette, to kvitteringer mangler fra februar."
    " Last dem opp her, så leverer vi momsen i\u00a0tide.",
    answer="Du er kunde hos oss, og vi trenger bilagene for å levere mva-meldingen din"
    " fredag\u00a010.\u00a0april.",
    reasons=(
        WhyReason(
            "auto",
            "Den ble sendt automatisk.",
            "Teksten er skrevet av Jonas Rekdal, og den er lik for alle.",
        ),
        WhyReason("doc", "Vi har lov fordi du har en avtale med oss.", "Dette er ikke reklame."),
        WhyReason(
            "check",
            "Vi sjekket først",
            "at bilagene fortsatt manglet, at du ikke ventet på svar fra oss,"
            " og at klokken var mellom 8 og 18.",
        ),
    ),
    someone=JONAS,
    options=(
        Option("Jeg har allerede sendt dem", "Da slutter vi å minne om det, og Jonas ser etter", "#"),
        Option("Ikke send meg påminnelser på SMS", "Gjelder med en gang, uten innlogging", "#"),
        Option("Heller på e-post", "Samme påminnelser, annen kanal", "#"),
        Option("Dette kommer du til å høre fra oss", "2 meldinger de neste 30 dagene", "#", post=False),
    ),
    language="nb",
)
UPLOAD = UploadPage(
    title="Dette mangler vi",
    intro="To ting, så er årsregnskapet i gang.",
    items=(
        UploadItem(1, "Kvitteringer for januar", is_done=True),
        UploadItem(2, "Kvitteringer for februar", "Bilder er fine"),
        UploadItem(3, "Kontoutskrift per 31. desember"),
    ),
    url="#",
    sent_url="#",
    limits="PDF, bilder og regneark, opptil 20 MB",
    someone=JONAS,
    error="Filen er for stor. Send den i to deler.",
)
UPLOADED = UploadPage(
    title="Takk",
    intro="Alt er kommet fram.",
    items=(UploadItem(1, "Kvitteringer for januar", is_done=True),),
    url="#",
    sent_url="#",
    limits="",
    done="Vi har fått filen.",
)
PREFERENCES = PreferencesPage(
    address="m•••@lyngbo.example",
    url="#",
    none_url="#",
    channels=(PreferenceRow("mail", "E-post", "", True), PreferenceRow("sms", "SMS", "9 til 19", False)),
    purposes=(
        PreferenceRow("service", "Det avtalen krever", "Kan ikke slås av", True, fixed=True),
        PreferenceRow("news", "Nytt fra oss", "Fire ganger i året", False),
    ),
    coming=(ComingRow("Vårmøtet ditt", "20. april"),),
    someone=JONAS,
    erasure_url="#",
)
UNSUBSCRIBE = UnsubscribePage("Du får ikke flere påminnelser på SMS.", "#", "#")
UNSUBSCRIBED = UnsubscribePage("", "#", "#", "Du får ikke flere påminnelser på SMS. Det gjelder fra nå.", "#")
ERASURE = ErasurePage("#", "#", JONAS)
ERASURE_ASKED = ErasurePage("#", "#", JONAS, SENT_AT)
PAGES = {
    "why": WHY,
    "upload": UPLOAD,
    "upload-done": UPLOADED,
    "preferences": PREFERENCES,
    "erasure": ERASURE,
    "erasure-asked": ERASURE_ASKED,
    "unsubscribe": UNSUBSCRIBE,
    "unsubscribe-done": UNSUBSCRIBED,
}
