"""The people, promises and decisions of Fjordkontoret Regnskap, the invented business of the demo."""

from dataclasses import dataclass

from tactful.foundation.models import Role
from tactful.touchpoints.types import Line

PASSWORD = "fjord-og-fjell-2026"  # noqa: S105, printed for everybody who starts the demo
DOMAIN = "fjordkontoret.example"


@dataclass(frozen=True, slots=True)
class Colleague:
    name: str
    title: str
    role: Role
    language: str = "nb"

    @property
    def email(self) -> str:
        first = self.name.split()[0].lower().replace("ø", "o")
        return f"{first}@{DOMAIN}"


STAFF = (
    Colleague("Ingrid Solheim", "Daglig leder", Role.OWNER),
    Colleague("Kari Blomdal", "Regnskapsfører", Role.STAFF),
    Colleague("Maryam Haidari", "Regnskapsfører", Role.STAFF, "en"),
    Colleague("Jonas Rekdal", "Regnskapsfører", Role.STAFF),
    Colleague("Øystein Fosse", "Lærling", Role.READ_ONLY),
)
BUSINESS = {
    "name": "Fjordkontoret Regnskap",
    "address": "Strandgaten 18, 5013 Bergen",
    "phone": "+4755000140",
    "language": "nb",
    "time_zone": "Europe/Oslo",
    "country": "NO",
    "trade": "accounting",
}
UNDECIDED = {"gone-quiet", "quote-follow-up"}
"""Two are left for whoever tries the demo: the first things to decide on the map."""

DOCUMENTS = (
    ("bank-statements", "Bank statements as of 31 December", "Kontoutskrifter per 31. desember"),
    ("stock-count", "Stock count", "Varetelling"),
    ("receipts", "Receipts for the last quarter", "Bilag for siste kvartal"),
    ("loan-statements", "Annual statements from lenders", "Årsoppgaver fra långivere"),
)
"""What annual accounts need: slug, English, Norwegian."""

CSV_FILES = (
    "kunder-regnskapssystem.csv",
    "crm-contacts.csv",
    "telefonkontakter.csv",
    "gammel-kundeliste.csv",
)
WANTED_FROM = 24  # clients whom the demo asks for documents


@dataclass(frozen=True, slots=True)
class Said:
    """What a client writes on the morning of the demo."""

    who: str  # address
    subject: str
    text: str


SAID = (
    Said(
        "torgeir@skuteviken-batbyggeri.example",
        "Lønnskjøringen",
        "Tredje gang jeg spør om lønnskjøringen. Leser noen dette?\n\nTorgeir",
    ),
    Said(
        "liv@sandviken-keramikk.example",
        "Brev fra Skatteetaten",
        "Hei Kari,\n\njeg har fått et brev om restskatt som jeg ikke forstår. Kan du ringe meg?\n\nHilsen Liv",
    ),
    Said(
        "ayesha@kafe-kraka.example",
        "VAT for the new coffee machine",
        "Hi Maryam,\n\nshould we book the new machine as an investment or as a cost? It was 48 900 kr.\n\nAyesha",
    ),
)
"""Each of them is also asked for documents, so each of these words makes automation hold its tongue."""

SUBJECTS = {
    ("request", "nb"): "Noen dokumenter til",
    ("request", "en"): "A few documents for",
    ("reminder", "nb"): "Dette mangler fortsatt til",
    ("reminder", "en"): "Still missing for",
    ("receipt", "nb"): "Vi har mottatt dokumentene",
}
"""How the subjects of the story's letters begin, by letter and language."""

REASONS = {
    Line.JUDGEMENT: "Det avhenger av kunden. Et menneske skriver.",
    Line.STRUCTURAL: "Innholdet er likt hver gang, og det er klart når det er gjort.",
}
