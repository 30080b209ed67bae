"""Hostile values from a client's file to the client's mailbox (R29, R30, R55), and back out in a file (R60).

Everything on the way is real: the import, the outbox, the gate, the templates, our transport, and SMTP on
loopback. What arrives is read by the standard library.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tactful.channels.models import Account
from tactful.contacts.actions import import_file
from tactful.contacts.models import Contact, Identity, ImportRow, ImportRun
from tactful.contacts.queries import refused_csv
from tactful.contacts.rules.tables import read_table
from tactful.contacts.types import ImportRequest
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.rules.headers import SUBJECT_LIMIT
from tactful.content.templates_seed import load_seed_templates
from tactful.content.types import MailSource, Variable, VariableKind
from tactful.delivery.models import Dispatch
from tactful.delivery.tests.house import Clerk
from tactful.demo.postbox.sink import Sink
from tactful.foundation.actions import change_settings
from tactful.wiring.letters import fact_sources
from tactful.wiring.mail import open_transport
from tactful.wiring.tests.cast import Cast
from tactful.wiring.tests.hostile_values import VALUES

HEADINGS = ("Navn", "E-post", "Firma", "Merknad")
HEADERS = [
    "Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "List-Unsubscribe",
    "List-Unsubscribe-Post", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To",
]  # fmt: skip
URL = "https://fjord.example/d/abc?x=1&y=2"
BODY = """<mj-section><mj-column><mj-text>
<p id="name">{{ name }}</p><p id="company" title="{{ company }}">{{ company }}</p><p id="word">{{ word }}</p>
<ul>{{ items }}</ul><p id="lines">{{ lines }}</p><a href="https://fjord.example/?w={{ word }}">part</a>
</mj-text><mj-button href="{{ link }}">Open</mj-button></mj-column></mj-section>"""
TEXT = ".first\n[{{ name }}]\n<{{ company }}>\n({{ word }})\n{{ items }}\n{{ lines }}\nlast\n{{ link }}\n"
VARIABLES = (
    Variable("name", default="nobody"),
    Variable("company", default="no firm"),
    Variable("word", default="nothing"),
    Variable("items", default="", kind=VariableKind.LIST),
    Variable("lines", default="", kind=VariableKind.LINES),
    Variable("link", kind=VariableKind.URL, required=True),
)
PLAIN = MailSource("For {{ name }}: {{ word }}", BODY, TEXT, "nb", "{{ company }}", VARIABLES)
WITH_TAGS = MailSource(
    PLAIN.subject, BODY.replace("<ul>", "{% if word != '' %}{% endif %}<ul>"),
    "{% if name %}{% endif %}" + TEXT, "nb", PLAIN.preheader, VARIABLES,
)  # fmt: skip


def a_file(rows: Sequence[tuple[str, ...]], heads: tuple[str, ...] = HEADINGS) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([heads, *rows])
    return out.getvalue().encode()


def row_of(key: str, mail: str = "") -> tuple[str, ...]:
    value = VALUES[key]
    return (f"Kari {value} Hansen", mail or f"{key}@client.example", f"{value} AS", value)


def bring_in(content: bytes, cast: Cast) -> ImportRun:
    return import_file(ImportRequest("fiendtlig.csv", content), acting_user=cast.owner.id, now=cast.now)


def ink(text: str) -> str:
    """What can be seen of a text: no blanks, no controls, one form of each letter."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] not in "CZ")


class Page(HTMLParser):
    """The words of elements with an id, every element's name, and every attribute."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: dict[str, str] = {}
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._open = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._open = dict(attrs).get("id") or ("items" if tag == "li" else self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "li"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.words[self._open] = self.words.get(self._open, "") + data

    def links(self) -> set[str]:
        return {value for name, value in self.attributes if name in ("href", "src", "action", "background")}


@dataclass
class Post:
    """One worker over real SMTP, and the mails that arrived, by recipient."""

    cast: Cast
    sink: Sink
    clerk: Clerk
    made: list[int] = field(default_factory=list)

    def queue(self, contact: Contact, template: str, **variables: str) -> int:
        values = {"link": URL, **variables}
        ident = self.cast.plans(contact, subject="", body="", template=template, variables=values)
        self.made.append(ident)
        return ident

    def go(self) -> dict[str, list[EmailMessage]]:
        while self.clerk.turn():
            pass
        arrived: dict[str, list[EmailMessage]] = {}
        for mail, payload in zip(self.sink.ledger.mails, self.sink.ledger.payloads, strict=True):
            arrived.setdefault(mail.recipient, []).append(well_formed(payload))
        return arrived

    def states(self) -> set[str]:
        return set(Dispatch.objects.filter(pk__in=self.made).values_list("state", flat=True))


@pytest.fixture
def post(cast: Cast, tmp_path: Path) -> Iterator[Post]:
    change_settings(values={"gate.company_day": 1000}, acting_user=None, now=cast.now)
    with Sink() as sink:
        place = {"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none"}
        Account.objects.filter(pk=cast.account.id).update(settings=place)
        house: Any = SimpleNamespace(sources=fact_sources)
        kept = cache(open_transport)
        provider: Any = SimpleNamespace(open=kept)
        clerk = Clerk(house, provider, tmp_path)
        yield Post(cast, sink, clerk)
        kept(cast.account.id).close()
        clerk.leave()


def well_formed(payload: bytes) -> EmailMessage:
    """R29, and nothing that a server or a reader could take for more than one mail."""
    assert payload.isascii()
    assert not {13, 10} & set(payload.replace(b"\r\n", b""))
    assert max(map(len, payload.split(b"\r\n"))) <= 998
    message = message_from_bytes(payload, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    assert sorted(message.keys()) == HEADERS
    return message


def parts(message: EmailMessage) -> tuple[str, Page]:
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, page = (cast_part(part).get_content() for part in message.iter_parts())
    return str(plain).replace("\r\n", "\n"), Page(str(page))


def cast_part(part: object) -> EmailMessage:
    return cast(EmailMessage, part)


def publish(slug: str, source: MailSource, cast: Cast) -> None:
    publish_template(NewTemplate(slug, slug, slug, source), acting_user=None, now=cast.now)


def imported(cast: Cast) -> dict[str, Contact]:
    """By key of the value. Every row came in, and with the name that can be read in the file."""
    run = bring_in(a_file([row_of(key) for key in VALUES]), cast)
    assert run.counts["created"] == len(VALUES)
    found = {
        row.value.partition("@")[0]: row.contact
        for row in Identity.objects.select_related("contact__company")
    }
    return {key: found[key] for key in VALUES}


def check(message: EmailMessage, contact: Contact, word: str, usual: Page) -> None:
    """The headers are ours, and what came from the file stands in them and in both parts as words."""
    mail = contact.identities.get().value
    company = contact.company.name if contact.company else ""
    [to] = message["To"].addresses
    assert to.addr_spec == mail
    assert ink(contact.name).startswith(ink(to.display_name))
    assert ink(f"For {contact.name}: {word}").startswith(ink(message["Subject"]))
    assert len(message["Subject"]) > min(SUBJECT_LIMIT - 30, len(contact.name))
    plain, page = parts(message)
    for value in (f"[{contact.name}]", f"<{company}>", f"({word})"):
        assert ink(value) in ink(plain)
    assert ink(page.words["name"]) == ink(contact.name)
    assert ink(page.words["company"]) == ink(company)
    for place in ("word", "lines", "items"):
        assert ink(page.words[place]) == ink(word)
    assert [tag for tag in page.elements if tag not in ("br", "li")] == usual.elements
    assert dict(page.attributes)["title"]
    check_safe(message["Subject"] + plain, page)


def check_safe(text: str, page: Page) -> None:
    """Nothing that a reader's program would run, fetch, follow or show in another order."""
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text + "".join(page.words.values()))
    assert not [name for name, _value in page.attributes if name.startswith("on")]
    assert not [value for name, value in page.attributes if name == "style" and "evil" in value]
    here = {urlsplit(URL).netloc, urlsplit(settings.BASE_URL).netloc}
    assert {urlsplit(link).netloc for link in page.links() if link != "#"} <= here


def check_commands(sink: Sink, count: int) -> None:
    """The server heard one envelope with one recipient for each mail, and no other command."""
    said = [line.partition(b" ")[0].upper() for line in sink.ledger.commands]
    assert {word: said.count(word) for word in set(said) - {b"EHLO", b"QUIT"}} == {
        b"MAIL": count, b"RCPT": count, b"DATA": count,
    }  # fmt: skip
    assert not [line for line in sink.ledger.commands if b"evil" in line]


@pytest.mark.parametrize("source", [PLAIN, WITH_TAGS], ids=["patched", "rendered"])
def test_every_value_arrives_as_words(post: Post, source: MailSource) -> None:
    publish("hostile", source, post.cast)
    people = imported(post.cast)
    usual = post.cast.liv
    usual.company = None
    post.queue(usual, "hostile", company="Firm", word="word", lines="line", items="item")
    for key, contact in people.items():
        value = VALUES[key].replace("\0", "")  # PostgreSQL keeps no NUL, so no variable can bring one
        post.queue(contact, "hostile", word=value, lines=value, items=value)
    arrived = post.go()
    assert post.states() == {"sent"}
    [harmless] = arrived.pop("liv@client.example")
    plain_page = parts(harmless)[1]
    plain_page.elements = [tag for tag in plain_page.elements if tag not in ("br", "li")]
    assert arrived.keys() == {f"{key}@client.example" for key in VALUES}
    for key, contact in people.items():
        [message] = arrived[f"{key}@client.example"]
        check(message, contact, VALUES[key].replace("\0", ""), plain_page)
    check_commands(post.sink, len(VALUES) + 1)


def test_names_come_in_as_they_can_be_seen(cast: Cast) -> None:
    """Blanks and marks are put in order; brackets and a comma mean something in a name, the rest stays."""
    turned = {"addresses", "format", "overlong", "long_words", "formula_3", "formula_7"}
    for key, contact in imported(cast).items():
        assert not [char for char in contact.name if unicodedata.category(char) in ("Cc", "Zl", "Zp")]
        if key not in turned:
            assert ink(contact.name) == ink(row_of(key)[0])


def test_every_template_of_ours_carries_every_value(post: Post) -> None:
    """What a template asks for is filled with one hostile value after the other, in both languages."""
    seeds = load_seed_templates()
    for seed in seeds:
        publish(f"{seed.slug}.{seed.language}", seed.source, post.cast)
    people = imported(post.cast)
    Contact.objects.update(language="")
    for at, (key, contact) in enumerate(people.items()):
        value = VALUES[key].replace("\0", "")
        for seed in seeds[at % 14 :: 14]:
            wanted = {each.name: value for each in seed.source.variables if each.kind is not VariableKind.URL}
            links = {each.name: URL for each in seed.source.variables if each.kind is VariableKind.URL}
            post.queue(contact, f"{seed.slug}.{seed.language}", **wanted, **links)
    mails = [mail for arrived in post.go().values() for mail in arrived]
    assert post.states() == {"sent"}
    assert len(mails) == len(post.made)
    for mail in mails:
        plain, page = parts(mail)
        assert set(page.elements).isdisjoint({"script", "iframe", "object", "form", "svg", "base", "link"})
        assert "all@evil.example" not in [each.addr_spec for each in mail["To"].addresses]
        check_safe(mail["Subject"] + plain, page)
    check_commands(post.sink, len(mails))


LINKS = ("javascript:alert(1)", "JaVa\tScRiPt:x", "data:text/html,<b>", "//evil.example/x", "vbscript:x")


@pytest.mark.parametrize("source", [PLAIN, WITH_TAGS], ids=["patched", "rendered"])
def test_a_link_of_another_kind_leads_nowhere(post: Post, source: MailSource) -> None:
    publish("hostile", source, post.cast)
    for link in LINKS:
        post.queue(post.cast.liv, "hostile", link=link, word="x")
    mails = post.go()["liv@client.example"]
    assert len(mails) == len(LINKS)
    for mail in mails:
        _plain, page = parts(mail)
        assert "#" in page.links()
        check_safe("", page)


ADDRESSES = (
    "liv@client.example>\r\nRCPT TO:<all@evil.example", "liv@client.example,all@evil.example\r\nBcc: x",
    '"liv\r\n"@client.example', "liv@client.example\u2028", "liv\x00@client.example", "<liv@client.example",
    "=?utf-8?q?liv=40evil.example?=@client.example", "liv@evil.example\r\n.\r\nQUIT",
)  # fmt: skip


def test_an_address_of_a_file_is_one_plain_address_or_the_row_is_refused(post: Post) -> None:
    publish("hostile", PLAIN, post.cast)
    rows = [(f"Kari Hansen nr {n}", address, "", "") for n, address in enumerate(ADDRESSES)]
    bring_in(a_file(rows), post.cast)
    plain = re.compile(r"[a-z0-9.=?_-]+@[a-z0-9.-]+")
    found = list(Identity.objects.exclude(contact__in=[post.cast.liv, post.cast.paal]))
    assert all(plain.fullmatch(row.value) for row in found)
    for contact in Contact.objects.filter(identities__in=found).distinct():
        post.queue(contact, "hostile")
    assert post.go().keys() <= {row.value for row in found}


EXPORTED_FIRST = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def test_refused_rows_go_out_without_formulas_and_come_back_as_they_were(cast: Cast) -> None:
    """R60: the exported file in a spreadsheet runs nothing; mended, it brings in what the first one held."""
    heads = (*HEADINGS[:3], "=cmd|' /C calc'!A0")
    spoilt = [row_of(key, f"{key} at client.example") for key in VALUES]
    first = bring_in(a_file(spoilt, heads), cast)
    assert first.counts["refused"] == len(VALUES)
    exported = refused_csv(first.id)
    cells = [
        cell for row in csv.reader(io.StringIO(exported.decode("utf-8-sig")), delimiter=";") for cell in row
    ]
    assert len(cells) == (len(VALUES) + 1) * (len(heads) + 1)
    assert not [cell for cell in cells if cell.strip(" ").startswith(EXPORTED_FIRST)]
    came = [row.cells for row in read_table(a_file(spoilt, heads)).rows]
    again = read_table(exported)
    assert again.header[: len(heads)] == heads
    assert [row.cells[: len(heads)] for row in again.rows] == came

    second = bring_in(exported.replace(b" at client.example", b"@client.example"), cast)
    assert second.counts["created"] == len(VALUES)
    kept = [row.raw[: len(heads)] for row in ImportRow.objects.filter(run=second).order_by("number")]
    assert kept == [[name, mail.replace(" at ", "@"), *rest] for name, mail, *rest in map(list, came)]
