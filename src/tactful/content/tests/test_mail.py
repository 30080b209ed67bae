"""What leaves the house, read back by another parser (R29, R30)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tactful.content.rules.compile import compile_mail
from tactful.content.rules.compiled import CompiledMail
from tactful.content.rules.escaping import items_of, one_line
from tactful.content.rules.headers import NAME_LIMIT, SUBJECT_LIMIT, clean_words
from tactful.content.rules.person_mail import build_person_mail
from tactful.content.types import (
    AutoSubmitted,
    Brand,
    FooterWords,
    MailAddress,
    MailEnvelope,
    MailLinks,
    MailRefused,
    MailSource,
    PersonMail,
    Unsubscribe,
    Variable,
    VariableKind,
)

BRAND = Brand(
    "Berg & Dahl {Regnskap}", "Storgata 1 <Oslo>", FooterWords("Why this?", "Choose", "Unsubscribe")
)
LABEL = "This is an automatic message from Berg & Dahl. Kari reads your answer."
ENVELOPE = MailEnvelope(
    to=MailAddress("liv@example.com", "Liv Ås"),
    sender=MailAddress("post@example.org", "Berg & Dahl"),
    date=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    message_id="<1.abc@example.org>",
    reply_to=MailAddress("post+r.token@example.org"),
    automatic_label=LABEL,
    links=MailLinks("https://example.org/w/1", "https://example.org/p/1"),
    unsubscribe=Unsubscribe("https://example.org/u/1", "post+u.token@example.org"),
)
VARIABLES = (
    Variable("given_name", default="there"),
    Variable("city", default=""),
    Variable("missing", default="", kind=VariableKind.LIST),
    Variable("note", default="", kind=VariableKind.LINES),
    Variable("upload_url", kind=VariableKind.URL, required=True),
)
BODY = """<mj-section><mj-column><mj-text>
<p id="name">{{ given_name }}</p><p id="city" title="{{ city }}">.{{ city | default: "Nowhere" }}.</p>
<ul>{{ missing }}</ul><p id="note">{{ note }}</p>
<a id="part" href="https://example.org/?c={{ city }}">x</a></mj-text>
<mj-button href="{{ upload_url }}">Send</mj-button></mj-column></mj-section>"""
TEXT = ".dot\n[{{ given_name }}]\n[{{ city }}]\n{{ missing }}\n[{{ note }}]\nFrom here\n{{ upload_url }}\n"
FAST = MailSource("For {{ given_name }}", BODY, TEXT, "en", "{{ city }}", VARIABLES, unsubscribe=True)
SLOW = replace(
    FAST,
    text="{% if city != '' %}{% endif %}" + TEXT,
    mjml=BODY.replace("<p id=", "{% if true %}{% endif %}<p id=", 1),
)
COMPILED = {"fast": compile_mail(FAST, BRAND), "slow": compile_mail(SLOW, BRAND)}
URL = "https://example.org/d/abc?x=1&y=2"

_NASTY = st.sampled_from(
    [
        *(
            "\r\nBcc: x@evil.example",
            "\n.\n",
            "\r\n.\r\nQUIT",
            "\x00",
            "\u2028",
            "\u2029",
            "\x85",
            "\x0b",
            "\x0c",
        ),
        *(
            "\x1c",
            "😀",
            "مرحبا",
            "\u202eabc",
            "Ærlig",
            "\ud800",
            "x" * 1200,
            "=",
            "=3D",
            "=?utf-8?q?x?=",
            ".",
            "..",
        ),
        *(
            "{{ upload_url }}",
            "{% if %}",
            "<script>",
            "&amp;",
            '"',
            "'",
            "\\",
            "\t",
            "  ",
            "--=_tactful",
            "From ",
        ),
        *("a,b@c", "(x)", ";"),
    ]
)
nasty = st.lists(st.one_of(_NASTY, st.text(max_size=12)), max_size=6).map("".join)


class _Page(HTMLParser):
    """Text of elements by id, attributes by id, and the names of all elements."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: dict[str, str] = {}
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.elements: list[str] = []
        self.items: list[str] = []
        self._open = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        given = dict(attrs)
        if tag == "br":
            self.handle_data("\n")
        elif tag == "li":
            self._open = "li"
            self.items.append("")
        elif given.get("id"):
            self._open = str(given["id"])
            self.attributes[self._open] = given

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "li":
            self.items[-1] += data
        elif self._open:
            self.words[self._open] = self.words.get(self._open, "") + data


def read(payload: bytes) -> EmailMessage:
    """Parses; asserts what must hold for every mail of ours."""
    assert payload.isascii()
    assert not {13, 10} & set(payload.replace(b"\r\n", b""))
    lines = payload.split(b"\r\n")
    assert max(len(line) for line in lines) <= 998
    head_length = lines.index(b"")
    assert max(len(line) for line in lines[head_length:]) <= 76
    assert not any(line.startswith(b".") for line in lines)
    message = message_from_bytes(payload, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"):
        assert len(message.get_all(name, [])) == 1
    assert message["Date"].datetime == ENVELOPE.date
    return message


def parts(message: EmailMessage) -> tuple[str, _Page]:
    plain, page = (part.get_content() for part in message.iter_parts() if isinstance(part, EmailMessage))
    return plain.replace("\r\n", "\n"), _Page(page)


def build(kind: str, values: Mapping[str, str], envelope: MailEnvelope = ENVELOPE) -> EmailMessage:
    return read(COMPILED[kind].build(envelope, {"upload_url": URL, **values}))


def shown(value: str, default: str) -> str:
    """What a reader sees of a one-line value: nothing visible counts as no value."""
    return one_line(value) if one_line(value).strip() else default


PLAIN_ELEMENTS = parts(build("fast", {"missing": "a"}))[1].elements
HEADERS = sorted(name for name in build("fast", {}))


@pytest.mark.parametrize("kind", ["fast", "slow"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(name=nasty, city=nasty, note=nasty)
def test_values_come_through_and_bring_nothing_along(kind: str, name: str, city: str, note: str) -> None:
    message = build(kind, {"given_name": name, "city": city, "note": note, "missing": "a"})
    name, city = shown(name, "there"), shown(city, "")
    assert sorted(message) == HEADERS
    assert message["Subject"] == clean_words(f"For {name}", SUBJECT_LIMIT)
    plain, page = parts(message)
    assert f"[{name}]" in plain
    assert f"[{city}]" in plain
    assert page.words["name"] == name
    assert page.words["city"] == f".{city or 'Nowhere'}."
    assert page.attributes["city"]["title"] == city
    assert [tag for tag in page.elements if tag != "br"] == [tag for tag in PLAIN_ELEMENTS if tag != "br"]


@pytest.mark.parametrize("kind", ["fast", "slow"])
@settings(max_examples=20, deadline=None)
@given(items=st.lists(nasty, max_size=4))
def test_a_list_becomes_items_and_dashes(kind: str, items: list[str]) -> None:
    value = "\n".join(items)
    plain, page = parts(build(kind, {"missing": value}))
    assert page.items == items_of(value)
    assert "\n".join(f"- {item}" for item in items_of(value)) in plain


@settings(max_examples=40, deadline=None)
@given(to=nasty, sender=nasty)
def test_names_stay_names(to: str, sender: str) -> None:
    envelope = ENVELOPE._replace(
        to=MailAddress("liv@example.com", to), sender=MailAddress("post@example.org", sender)
    )
    message = build("fast", {}, envelope)
    for header, name, address in (("To", to, "liv@example.com"), ("From", sender, "post@example.org")):
        [mailbox] = message[header].addresses
        assert mailbox.addr_spec == address
        # The standard library keeps the fold between two encoded words as a blank; RFC 2047 does not.
        assert mailbox.display_name.replace(" ", "") == clean_words(name, NAME_LIMIT).replace(" ", "")
        if len(name.encode("utf-8", "replace")) <= 42:
            assert mailbox.display_name == clean_words(name, NAME_LIMIT)


@settings(max_examples=60, deadline=None)
@given(
    address=st.one_of(
        nasty, nasty.map(lambda text: f"liv@{text}.com"), nasty.map(lambda text: f"{text}@example.com")
    )
)
def test_an_address_is_one_address_or_refused(address: str) -> None:
    assume(address.rpartition("@")[0].isascii())  # else see test_addresses
    try:
        message = build("fast", {}, ENVELOPE._replace(to=MailAddress(address, "Liv")))
    except MailRefused:
        return
    [mailbox] = message["To"].addresses
    assert mailbox.username == address.rpartition("@")[0]
    assert sorted(message) == HEADERS


@pytest.mark.parametrize("field", ["message_id", "unsubscribe", "mailto", "reply_to"])
@settings(max_examples=15, deadline=None)
@given(tail=nasty.filter(lambda text: not text.isalnum()))
def test_the_envelope_lets_nothing_in(field: str, tail: str) -> None:
    changed = {
        "message_id": ENVELOPE._replace(message_id=f"<1@example.org>{tail}"),
        "unsubscribe": ENVELOPE._replace(
            unsubscribe=Unsubscribe(f"https://example.org/{tail}", "u@example.org")
        ),
        "mailto": ENVELOPE._replace(unsubscribe=Unsubscribe("https://example.org/u", f"u@example.org{tail}")),
        "reply_to": ENVELOPE._replace(reply_to=MailAddress(f"u@example.org{tail}", tail)),
    }[field]
    try:
        assert sorted(build("fast", {}, changed)) == HEADERS
    except MailRefused:
        assert tail


@given(references=st.lists(nasty, max_size=4), answered=nasty)
@settings(max_examples=20, deadline=None)
def test_other_peoples_message_ids_are_kept_only_when_they_are_well_formed(
    references: list[str], answered: str
) -> None:
    good = [f"<{number}@example.net>" for number in range(20)]
    message = build("fast", {}, ENVELOPE._replace(references=(*good, *references), in_reply_to=answered))
    assert set(message) <= {*HEADERS, "References", "In-Reply-To"}
    assert str(message["References"]).split()[0] == good[0]


@pytest.mark.parametrize(
    "scheme",
    ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "\x01javascript:x", "//evil.example"],
)
@pytest.mark.parametrize("kind", ["fast", "slow"])
def test_a_link_with_a_strange_scheme_leads_nowhere(kind: str, scheme: str) -> None:
    message = read(COMPILED[kind].build(ENVELOPE, {"upload_url": scheme}))
    page = next(part for part in message.walk() if part.get_content_type() == "text/html")
    assert "script:" not in str(page.get_content()).lower()
    assert 'href="#"' in str(page.get_content())


def test_links_come_through_and_parts_of_links_are_encoded() -> None:
    payload = COMPILED["fast"].build(ENVELOPE, {"upload_url": URL, "city": "a b&c=d/é"})
    page = next(part for part in read(payload).walk() if part.get_content_type() == "text/html")
    assert 'href="https://example.org/d/abc?x=1&amp;y=2"' in str(page.get_content())
    assert 'href="https://example.org/?c=a%20b%26c%3Dd%2F%C3%A9"' in str(page.get_content())


def test_headers_of_automatic_mail() -> None:
    message = build("fast", {})
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<https://example.org/u/1>, <mailto:post+u.token@example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Reply-To"] == "post+r.token@example.org"
    assert message["Content-Language"] == "en"
    assert message.get_content_type() == "multipart/alternative"
    answer = build(
        "fast", {}, ENVELOPE._replace(auto_submitted=AutoSubmitted.REPLIED, in_reply_to="<9@x.example>")
    )
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["In-Reply-To"] == "<9@x.example>"


@pytest.mark.parametrize("kind", ["fast", "slow"])
def test_the_footer_says_who_and_why_in_both_parts(kind: str) -> None:
    for part in build(kind, {}).iter_parts():
        assert isinstance(part, EmailMessage)
        words = part.get_content().replace("&amp;", "&").replace("\r\n", "\n")
        assert LABEL in words
        for link in ("https://example.org/w/1", "https://example.org/p/1", "https://example.org/u/1"):
            assert link in words


def test_fast_and_slow_say_the_same() -> None:
    values = {"given_name": "Åse & <Co>", "city": "Bø", "missing": "a\nb", "note": "x\ny"}
    fast, slow = (parts(build(kind, values)) for kind in ("fast", "slow"))
    assert COMPILED["fast"].patched
    assert not COMPILED["slow"].patched
    assert fast[0] == slow[0]
    assert (fast[1].words, fast[1].elements) == (slow[1].words, slow[1].elements)


def test_the_same_input_gives_the_same_bytes_from_a_fresh_compile_too() -> None:
    values = {"upload_url": URL, "given_name": "Åse"}
    first = COMPILED["fast"].build(ENVELOPE, values)
    assert compile_mail(FAST, BRAND).build(ENVELOPE, dict(reversed(values.items()))) == first
    assert COMPILED["fast"].build(ENVELOPE, {**values, "given_name": "Ase"}) != first


def test_a_text_part_is_made_from_the_html_where_none_is_given() -> None:
    plain, _ = parts(
        read(
            compile_mail(replace(FAST, text=""), BRAND).build(
                ENVELOPE, {"upload_url": URL, "missing": "a\nb"}
            )
        )
    )
    assert "- a\n- b" in plain
    assert f"Send: {URL}" in plain
    assert LABEL in plain


def refuse(mail: CompiledMail, envelope: MailEnvelope, values: Mapping[str, str]) -> str:
    with pytest.raises(MailRefused) as refused:
        mail.build(envelope, values)
    return str(refused.value)


def test_what_is_missing_is_said_in_words() -> None:
    mail, values = COMPILED["fast"], {"upload_url": URL}
    assert "upload_url" in refuse(mail, ENVELOPE, {})
    assert "unsubscribe_url" in refuse(mail, ENVELOPE._replace(unsubscribe=None), values)
    assert "automatic" in refuse(mail, ENVELOPE._replace(automatic_label=""), values)
    assert "why_url" in refuse(mail, ENVELOPE._replace(links=MailLinks()), values)
    assert "not a mail address" in refuse(mail, ENVELOPE._replace(to=MailAddress("liv")), values)


def test_an_international_domain_goes_out_in_a_labels() -> None:
    message = build("fast", {}, ENVELOPE._replace(to=MailAddress("liv@blåbær.no")))
    assert message["To"] == "liv@xn--blbr-roah.no"


TYPED = ENVELOPE._replace(auto_submitted=AutoSubmitted.NO, automatic_label="", unsubscribe=None)


@settings(max_examples=30, deadline=None)
@given(text=nasty.filter(lambda text: bool(one_line(text).strip())), subject=nasty)
def test_a_typed_mail_comes_through(text: str, subject: str) -> None:
    message = read(build_person_mail(PersonMail(subject, text), TYPED))
    assert message["Subject"] == clean_words(subject, SUBJECT_LIMIT)
    assert "Auto-Submitted" not in message
    plain, page = parts(message)
    assert plain.split() == one_line(text).split()
    assert set(page.elements) <= {"html", "head", "meta", "body", "p", "br", "a"}


def test_a_typed_mail_keeps_paragraphs_lines_and_links() -> None:
    mail = PersonMail("Hei", "Hei Liv,\n\ntakk. Se https://example.com/a?b=1.\nHilsen\nKari\n", "nb")
    plain, _ = parts(read(build_person_mail(mail, TYPED)))
    page = next(
        part for part in read(build_person_mail(mail, TYPED)).walk() if part.get_content_type() == "text/html"
    )
    assert plain == "Hei Liv,\n\ntakk. Se https://example.com/a?b=1.\nHilsen\nKari\n"
    assert '<a href="https://example.com/a?b=1">https://example.com/a?b=1</a>.<br>' in str(page.get_content())


def test_a_typed_mail_may_not_be_called_automatic_or_be_empty() -> None:
    with pytest.raises(MailRefused, match="may not call it automatic"):
        build_person_mail(PersonMail("Hei", "Hei"), ENVELOPE)
    with pytest.raises(MailRefused, match="no words"):
        build_person_mail(PersonMail("Hei", " \n"), TYPED)
