from tactful.web.pages.today import Automation, HourBar, Relations, RunRow, TodayPage
from tactful.web.samples import KARI, LIV, TORGEIR, at, go
from tactful.web.types import Act, EmptyState, Fact, Glyph, HoldCard, Link, Meta, Person, Tag, TaskRow

_SIGNS: dict[str, Glyph] = {"s": "auto", "p": "plan", "h": "held", "r": "refused"}
_DAY = {
    7: "sss",
    8: "sssssssssssssrr"[:16],
    9: "ssssssssssssssh",
    10: "pppp",
    11: "hp",
    12: "ppppph",
    13: "",
    14: "ppp",
    15: "hhhhp",
    16: "ppp",
    17: "p",
}
AYESHA = Person("Ayesha Malik", is_client=True)

TASKS = (
    TaskRow(
        name="Torgeir Hauge",
        org="Skuteviken Båtbyggeri",
        who=TORGEIR,
        matter="Tredje gang jeg spør om lønnskjøringen. Leser noen dette?",
        quote=True,
        tag=Tag("Klage", "brick"),
        meta=(Meta("E-post kl. 09:00"), Meta("Lovet svar kl. 10:00", late=True)),
        act=go("Svar", strong=True),
    ),
    TaskRow(
        name="Liv Sandal",
        org="Sandviken Keramikk",
        who=LIV,
        matter="Ring henne. Vi lovet det i går kl. 14:00.",
        meta=(Meta("Kari eier løftet"), Meta("2 holdes igjen")),
        act=go("Ring"),
    ),
    TaskRow(
        name="Ayesha Malik",
        org="Kafé Kråka",
        who=AYESHA,
        matter="Godkjenn tilbudet som Maryam har skrevet: årsoppgjør, 14\u00a0800\u00a0kr.",
        meta=(Meta("Klart siden i går"), Meta("Ventes i dag")),
        act=go("Les gjennom"),
    ),
    TaskRow(
        name="Henrik Dahl",
        org="Byfjorden Fysioterapi",
        glyph="unknown",
        matter="SMS om møtet i morgen. Teleselskapet svarte aldri.",
        tag=Tag("Uvisst om den kom fram"),
        meta=(Meta("Sendes ikke på nytt av\u00a0seg\u00a0selv"),),
        act=go("Avgjør"),
    ),
)
HOLDS = (
    HoldCard(
        title="Hvordan gikk det? · Torgeir",
        reason="Torgeir har klaget. Da spør vi ikke hvordan det gikk.",
        left=34,
        owner=KARI,
        until="klagen er løst",
        until_at=at(23, 9),
        then="sendes den ikke",
        act=Act("Åpne klagen", "#", post=False),
    ),
    HoldCard(
        title="Purring på bilag · Liv",
        reason="Vi skylder Liv en telefon. Vi purrer ikke på noen vi selv har latt vente.",
        left=72,
        owner=KARI,
        until="vi har ringt",
        until_at=at(10, 12),
        then="vurderes på nytt",
        act=Act("Ring Liv", "#", post=False),
    ),
    HoldCard(
        title="Mva-frist i morgen · 5 kunder",
        reason="De har spurt oss om noe og ikke fått svar ennå. Svaret går først.",
        left=88,
        owner=Person("Jonas og Maryam"),
        until="alle har svar",
        until_at=at(9, 15),
        then="sendes den",
        act=Act("Se de fem", "#", post=False),
    ),
)
PAGE = TodayPage(
    greeting="God morgen",
    tasks=TASKS,
    tasks_total=4,
    holds=HOLDS,
    holds_total=7,
    holds_url="#",
    automation=Automation(
        sent=31,
        planned=18,
        held=7,
        refused=2,
        hours=tuple(
            HourBar(hour, tuple(_SIGNS[sign] for sign in signs), is_now=hour == 9)
            for hour, signs in _DAY.items()
        ),
        rows=(
            RunRow("auto", "Mva-frist 10. april", "til 19 kunder", "#"),
            RunRow("auto", "Kvittering for bilag", "til 12 kunder", "#"),
            RunRow("plan", "Møtepåminnelse", "til 6 kunder kl. 12:00", "#"),
            RunRow("refused", "Nyhetsbrev", "2 har sagt nei takk", "#"),
        ),
        sent_url="#",
        planned_url="#",
        held_url="#",
        refused_url="#",
    ),
    relations=Relations(
        3, 7, 74, "#", strained_link=Link("Torgeir, Liv, Pål", "#"), quiet_link=Link("Se hvem", "#")
    ),
    promises=(
        Fact("Første svar", "52 min", "halvparten er raskere"),
        Fact("Løfter holdt", "31 av 33", "to er for sene"),
        Fact("Meldinger i uken", "1,2 per kunde", "taket er 3"),
    ),
    next_up="«Kvittering for innsendt årsoppgjør» ble skrevet nesten likt 46 ganger i fjor.",
    next_up_link=Link("Se på den", "#"),
)
EMPTY = TodayPage(
    greeting="God morgen",
    tasks=(),
    tasks_total=0,
    holds=(),
    holds_total=0,
    holds_url="#",
    automation=Automation(0, 0, 0, 0, (HourBar(9, (), is_now=True),), (), "#", "#", "#", "#"),
    nothing_to_do=EmptyState("Ingen venter på svar", "Neste møte er kl. 12:00", "client"),
    notice="Prøveuke: ingenting sendes.",
    notice_act=Act("Begynn", "#"),
)
