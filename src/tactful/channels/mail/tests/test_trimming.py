# ruff: noqa: E501 - long lines are what mail programs write
"""Replies as mail programs really write them, in English and Norwegian."""

import pytest

from tactful.channels.mail.html_text import html_text
from tactful.channels.mail.trimming import newest_words

OURS = "Hi Kari,\nwe still miss your receipts.\n\nBest regards,\nAnna"
QUOTED = "\n".join("> " + line for line in OURS.split("\n"))

SAMPLES = {
    "gmail": f"Yes please.\n\nOn Fri, Apr 3, 2026 at 9:12 AM Anna Berg <anna@firm.example> wrote:\n\n{QUOTED}\n",
    "gmail wrapped": (
        "Yes please.\n\nOn Fri, Apr 3, 2026 at 9:12 AM Anna Berg from the Accountants of the\n"
        f"Northern Coast <anna+0123456789@firm.example> wrote:\n\n{QUOTED}"
    ),
    "gmail norwegian": f"Yes please.\n\nfre. 3. apr. 2026 kl. 09:12 skrev Anna Berg <anna@firm.example>:\n\n{QUOTED}",
    "gmail norwegian wrapped": (
        f"Yes please.\n\nfre. 3. apr. 2026 kl. 09:12 skrev Anna Berg fra Regnskap <\nanna@firm.example>:\n\n{QUOTED}"
    ),
    "den with marks": f"Yes please.\n\nDen 3. april 2026 kl. 09:12 skrev Kari:\n{QUOTED}",
    "den without marks": f"Yes please.\n\nDen 3. april 2026 kl. 09:12 skrev Kari:\n{OURS}",
    "apple": f"Yes please.\n\n> On 3 Apr 2026, at 09:12, Anna Berg <anna@firm.example> wrote:\n>\n{QUOTED}",
    "apple norwegian": f"Yes please.\n\n> 3. apr. 2026 kl. 09:12 skrev Anna Berg <anna@firm.example>:\n> \n{QUOTED}",
    "iphone": (
        "Yes please.\n\nSent from my iPhone\n\n> On 3 Apr 2026, at 09:12, Anna Berg <anna@firm.example> wrote:\n"
        f"> \n{QUOTED}"
    ),
    "iphone norwegian": (
        "Yes please.\n\nSendt fra min iPhone\n\n> 3. apr. 2026 kl. 09:12 skrev Anna <anna@firm.example>:\n> \n" + QUOTED
    ),
    "outlook": (
        "Yes please.\n\nFrom: Anna Berg <anna@firm.example>\nSent: Friday, April 3, 2026 9:12 AM\n"
        f"To: Kari <kari@example.com>\nSubject: Receipts\n\n{OURS}"
    ),
    "outlook norwegian": (
        "Yes please.\n\nFra: Anna Berg <anna@firm.example>\nSendt: fredag 3. april 2026 09:12\n"
        f"Til: Kari <kari@example.com>\nEmne: Bilag\n\n{OURS}"
    ),
    "outlook bold": (
        "Yes please.\n\n*Fra:* Anna Berg <anna@firm.example>\n*Sendt:* fredag 3. april 2026 09:12\n"
        f"*Til:* Kari <kari@example.com>\n*Emne:* Bilag\n\n{OURS}"
    ),
    "outlook with kopi": (
        "Yes please.\n\nFra: Anna Berg\nSendt: 3. april 2026 09:12\nTil: Kari\nKopi: Ola\nEmne: Bilag\n\n" + OURS
    ),
    "outlook web rule": (
        "Yes please.\n\n________________________________\nFra: Anna Berg <anna@firm.example>\n"
        f"Sendt: fredag 3. april 2026 09:12\nTil: Kari <kari@example.com>\nEmne: Bilag\n\n{OURS}"
    ),
    "outlook ios": (
        "Yes please.\n\nHent Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n"
        f"Fra: Anna\nSendt: fredag\nTil: Kari\nEmne: Bilag\n\n{OURS}"
    ),
    "old outlook": f"Yes please.\n\n-----Original Message-----\nFrom: Anna\nSent: Friday\nTo: Kari\n\n{OURS}",
    "old outlook norwegian": f"Yes please.\n\n-----Opprinnelig melding-----\nFra: Anna\nSendt: i dag\n\n{OURS}",
    "forward": f"Yes please.\n\n---------- Forwarded message ---------\nFrom: Anna\nDate: today\n\n{OURS}",
    "forward norwegian": f"Yes please.\n\n---------- Videresendt melding ---------\nFra: Anna\n\n{OURS}",
    "thunderbird": f"Yes please.\n\nOn 03/04/2026 09:12, Anna Berg wrote:\n{QUOTED}",
    "thunderbird norwegian": f"Yes please.\n\nDen 03.04.2026 09:12, skrev Anna Berg:\n{QUOTED}",
    "nynorsk": f"Yes please.\n\nDen 3. april 2026 kl. 09:12 skreiv Anna:\n{QUOTED}",
    "danish": f"Yes please.\n\nDen fre. 3. apr. 2026 kl. 09.12 skrev Anna <anna@firm.example>:\n\n{QUOTED}",
    "swedish": (
        "Yes please.\n\nFrån: Anna Berg\nSkickat: den 3 april 2026 09:12\nTill: Kari\nÄmne: Kvitton\n\n" + OURS
    ),
    "signature": f"Yes please.\n\n-- \nKari Nordmann\nTel. 99 88 77 66\n\nOn 3 Apr 2026 at 9:12 Anna wrote:\n{QUOTED}",
    "mvh": f"Yes please.\n\nMvh Kari\n\nDen 3. april 2026 kl. 09:12 skrev Anna:\n{QUOTED}",
    "med vennlig hilsen": "Yes please.\n\nMed vennlig hilsen\n\nKari Nordmann\nDaglig leder\n+47 99 88 77 66\n",
    "kind regards": "Yes please.\n\nKind regards,\nKari Nordmann\n",
    "non-breaking spaces": f"Yes please.\n\nOn Apr\u00a03, 2026, at 9:12\u202fAM, Anna <a@firm.example> wrote:\n{QUOTED}",
    "crlf": f"Yes please.\r\n\r\nOn 3 Apr 2026, at 09:12, Anna wrote:\r\n{QUOTED}".replace("\n", "\r\n"),
    "only marks": f"Yes please.\n{QUOTED}",
    "bottom posting": f"On 3 Apr 2026 at 09:12 Anna wrote:\n{QUOTED}\n\nYes please.\n",
    "bottom posting norwegian": f"Den 3. april 2026 kl. 09:12 skrev Anna:\n\n{QUOTED}\n\nYes please.\n",
    "german": f"Yes please.\n\nAm 03.04.2026 um 09:12 schrieb Anna Berg:\n{QUOTED}",
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_only_the_newest_words_stay(name: str) -> None:
    assert newest_words(SAMPLES[name].replace("\r\r", "\r")) == "Yes please."


UNTOUCHED = [
    "Hei!\n\nJeg skrev til dere 3. april: da hadde jeg ikke fått svar.\nHva gjør vi nå?",
    "You wrote:\nthat I should send the receipts. Which ones?",
    "Fra: mandag til fredag har jeg ikke tid.",
    "From: my point of view it is fine.\nThe date is good as well.",
    "Best\n\nis what you can do. Can you call me?",
    "Takk!\n\nHilsen Kari\n\nPS: Kan dere ringe meg?",
    "- first\n- second\n- third",
    "Ja, kl. 10:30 passer:\nvi sees da.",
    "",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_a_person_wrote_stays(text: str) -> None:
    assert newest_words(text) == text


def test_answers_between_the_quotes_stay() -> None:
    text = "Den 3. april 2026 kl. 09:12 skrev Anna:\n> Har du bilagene?\nJa, alle.\n> Og kontrakten?\nNei.\n"
    assert newest_words(text) == "Ja, alle.\nNei."


def test_a_reply_without_words_keeps_everything() -> None:
    assert newest_words(QUOTED) == QUOTED


def test_html_reply_of_gmail_and_outlook() -> None:
    gmail = (
        "<html><head><style>p{color:red}</style></head><body><div dir='ltr'>Yes&nbsp;please.<br></div><div>"
        "On Fri, Apr 3, 2026 at 9:12 AM Anna &lt;anna@firm.example&gt; wrote:<br></div>"
        "<blockquote><p>Hi Kari,</p><p>we miss <b>receipts</b></p></blockquote></body></html>"
    )
    assert newest_words(html_text(gmail)) == "Yes please."
    outlook = (
        "<p class=MsoNormal>Yes please.</p><p>&nbsp;</p><div><p><b>Fra:</b> Anna<br><b>Sendt:</b> fredag<br>"
        "<b>Til:</b> Kari<br><b>Emne:</b> Bilag</p></div><p>Hei Kari</p>"
    )
    assert newest_words(html_text(outlook)) == "Yes please."


def test_a_mail_of_nothing_but_closings_is_read_in_one_go() -> None:
    """Each closing looks at the few lines after it, not at all that follow."""
    assert newest_words("Hei\n" + "Mvh\n" * 100_000).startswith("Hei")
