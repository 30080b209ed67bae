"""From the first link to the first scheduled reminder, on a phone, in the words of three trades.

Every tap is counted, a field that is filled counts as one, and so is every decision: a form that asks for one
says so. The measure is DESIGN's: at most 35 taps, 3 decisions, 12 screens, 10 minutes.

Minutes are counted, not clocked, but for the machine's own: for each tap the keystroke-level model's time to think
and to point (Card, Moran and Newell), for each character half a second, which is slow on a phone, for each screen the
time to read all its words at 200 a minute, for what has to be fetched from a provider's pages two minutes, and the
time that the pages really took to come. Nobody has measured a person yet.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tactful.config.tests.processes import wait_until
from tactful.demo.postbox.imap_server import ImapBox, ImapServer
from tactful.demo.postbox.sink import Sink, SinkSettings
from tactful.kernel.clock import SystemClock, machine_ms
from tactful.testing.authority import Authority, authority
from tactful.testing.server import SharedServer
from tests.browser.chromium import Desk, desk
from tests.browser.conftest import PHONE, looks, stage
from tests.browser.houses import House, empty_house
from tests.browser.looking import faults_in_both_themes, too_wide
from tests.browser.test_signing_in import FINGER

TAPS, DECISIONS, SCREENS, MINUTES = 35, 3, 12, 10
THINK, POINT, CHARACTER, WORD, FETCH = 1.35, 1.2, 0.5, 60 / 200, 120.0  # seconds
OWNER, PASSWORD = "kari@example.com", "fire-ord-paa-rad-2026"
CARDS = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Liv Aas\r\nEMAIL:liv@client.example\r\nEND:VCARD\r\n"
ROWS = "Navn;E-post\nLiv Aas;liv@client.example\nPål Dahl;paal@client.example\n".encode()


@dataclass
class Hand:
    """A thumb on a phone."""

    page: Page
    taps: int = 0
    decisions: int = 0
    screens: set[str] = field(default_factory=set)
    seconds: float = 0.0

    def tap(self, what: Locator) -> None:
        self._see()
        self.count()
        with self._waiting():
            what.click()

    def fill(self, name: str, value: str) -> None:
        self.count()
        self.seconds += CHARACTER * len(value)
        self.page.locator(f"[name={name}]").fill(value)

    def tick(self, name: str) -> None:
        self.count()
        self.page.locator(f"[name={name}]").check()

    def choose(self, name: str, label: str) -> None:
        self.count()
        self.seconds += POINT  # the list opens, then one of it is touched
        self.page.locator(f"[name={name}]").select_option(label=label)

    def count(self, taps: int = 1) -> None:
        self.taps += taps
        self.seconds += taps * (THINK + POINT)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        before = machine_ms()
        yield
        self.seconds += (machine_ms() - before) / 1000

    def send(self, words: str) -> None:
        """The button of a form; what the form asks for is counted."""
        self._see()
        button = self.page.get_by_role("button", name=words, exact=True)
        self.count()
        self.decisions += button.evaluate("each => Number('decision' in (each.form?.dataset ?? {}))")
        with self._waiting(), self.page.expect_navigation():
            button.click()

    def _see(self) -> None:
        title = self.page.locator("h1").inner_text()
        if title not in self.screens:
            self.seconds += WORD * len(self.page.locator("main").inner_text().split())
        self.screens.add(title)
        assert not too_wide(self.page)


@dataclass(frozen=True)
class Firm:
    house: House
    link: str
    sink: Sink
    imap: ImapServer
    leave: Authority


@pytest.fixture
def by_leave() -> bool:
    """Whether the mail servers take tokens of the authority, and nothing else."""
    return False


@pytest.fixture
def firm(
    browser: Browser, tmp_path: Path, test_server: SharedServer, database_template: str, by_leave: bool
) -> Iterator[Firm]:
    with authority() as leave, ExitStack() as servers:
        accepts = leave.accepts if by_leave else None
        said = (*SinkSettings().extensions, "AUTH XOAUTH2" if by_leave else "AUTH PLAIN")
        sink = servers.enter_context(Sink(SinkSettings(extensions=said, accepts=accepts)))
        imap = servers.enter_context(ImapServer(ImapBox(accepts=accepts)))
        house, link = servers.enter_context(empty_house(tmp_path, test_server, database_template))
        leave.back = (f"{house.url}/settings/mail/connect/back/",)
        yield Firm(house, link, sink, imap, leave)


@pytest.fixture
def phone(firm: Firm, browser: Browser) -> Iterator[Desk]:
    desks = ExitStack()
    try:
        yield stage.submit(
            desks.enter_context, desk(browser, firm.house.url, locale="nb-NO", **looks("light", PHONE))
        ).result()
    finally:
        stage.submit(desks.close).result()


def say_who(firm: Firm, hand: Hand) -> None:
    hand.page.goto(firm.house.url + firm.link)
    expect(hand.page.locator("main")).to_contain_text("Ingenting sendes før du sier ja.")
    hand.fill("name", "Kari Berg")
    hand.fill("email", OWNER)
    hand.send("Gå videre")
    expect(hand.page.locator("main")).to_contain_text("Ingenting sendes før du sier ja.")


def come_in(firm: Firm, hand: Hand) -> None:
    say_who(firm, hand)
    hand.fill("password", PASSWORD)
    hand.send("Begynn")


def with_a_finger(page: Page) -> None:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})


def come_in_by_passkey(firm: Firm, hand: Hand) -> None:
    """The device's own question counts as a tap too: a finger is laid on it."""
    say_who(firm, hand)
    with_a_finger(hand.page)
    hand.count()
    hand.send("Kom inn med finger eller ansikt")
    assert firm.house.one("SELECT count(*) FROM mfa_authenticator WHERE type = 'webauthn'") == 1
    assert str(firm.house.one("SELECT password FROM staff")).startswith("!"), "there is no password"


def say_the_trade(hand: Hand, trade: str, name: str = "Berg") -> None:
    hand.fill("name", name)
    hand._see()
    hand.count()
    with hand.page.expect_navigation():
        hand.page.locator(f"button[name=trade][value={trade}]").click()
    hand.send("Ja, trekk den her")


def connect(firm: Firm, hand: Hand) -> None:
    """The most that anybody types: a server of one's own, on an odd port, without encryption."""
    hand.fill("address", "post@example.com")
    hand.fill("smtp_host", "127.0.0.1")
    hand.fill("imap_host", "127.0.0.1")
    hand.fill("imap_password", firm.imap.box.password)
    hand.tap(hand.page.locator("summary").first)
    hand.fill("smtp_port", str(firm.sink.port))
    hand.page.locator("[name=smtp_security]").select_option("none")
    hand.tap(hand.page.locator("summary").last)
    hand.fill("imap_port", str(firm.imap.port))
    hand.page.locator("[name=imap_security]").select_option("none")
    hand.count(2)
    hand.send("Koble til")
    expect(hand.page.locator(".tested .good")).to_have_count(2)
    hand.send("Gå videre")


def find(hand: Hand, address: str) -> None:
    """Tactful looks for the settings by itself."""
    hand.tap(hand.page.get_by_role("link", name="La Tactful finne innstillingene"))
    hand.fill("address", address)
    hand.send("Gå videre")


def loopback(firm: Firm, page: Page) -> None:
    """Where the provider of this test lives. Of a real one Tactful knows it, so these are nobody's taps."""
    page.get_by_text("Servere og mer").click()
    for side, port in (("smtp", firm.sink.port), ("imap", firm.imap.port)):
        page.locator(f"[name={side}_host]").fill("127.0.0.1")
        page.locator(f"[name={side}_port]").fill(str(port))
        page.locator(f"[name={side}_security]").select_option("none")


def connect_by_app_password(firm: Firm, hand: Hand) -> None:
    find(hand, "salongen@gmail.com")
    expect(hand.page.locator("main")).to_contain_text("Google")
    hand.fill("password", firm.imap.box.password)
    hand.seconds += FETCH
    loopback(firm, hand.page)
    hand.send("Koble til")
    came_back(firm, hand)


def connect_by_leave(firm: Firm, hand: Hand) -> None:
    """XOAUTH2 at a server of one's own, where all is to be typed."""
    firm.leave.user = "post@klinikken.example"
    find(hand, firm.leave.user)
    hand.tap(hand.page.locator("a[href*='way=xoauth2']"))
    hand.seconds += FETCH
    hand.fill("client_id", firm.leave.client_id)
    hand.fill("client_secret", firm.leave.client_secret)
    hand.fill("asks", f"{firm.leave.url}/authorize".replace("127.0.0.1", "localhost"))
    hand.fill("gives", f"{firm.leave.url}/token")
    hand.fill("scopes", "mail")
    loopback(firm, hand.page)
    hand.send("Lagre")
    hand.tap(hand.page.locator("a[href$='/connect/go/']"))
    came_back(firm, hand)


def came_back(firm: Firm, hand: Hand) -> None:
    expect(hand.page).to_have_url(f"{firm.house.url}/start/mail/")
    hand.send("Gå videre")


def add_one(hand: Hand) -> None:
    hand.fill("name", "Liv Aas")
    hand.fill("address", "liv@client.example")
    hand.send("Legg til")
    read_back(hand)


def bring_a_file(hand: Hand, name: str, content: bytes) -> None:
    """Two taps after the file is chosen."""
    hand.tap(hand.page.locator("summary"))
    hand.page.locator("[name=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )
    hand.count()
    before = hand.taps
    hand.send("Les filen")
    hand.send("Hent dem inn")
    assert hand.taps - before == 2
    read_back(hand)


def read_back(hand: Hand) -> None:
    """Only who asks for it has the days before read."""
    box = hand.page.locator("[name=history]")
    assert not box.is_checked()
    hand.tap(box)
    hand.send("Gå videre")


def wrote_before(firm: Firm, *addresses: str) -> None:
    """What lies in the mailbox before it is connected."""
    for address in addresses:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = address, "post@example.com", "Time"
        at = SystemClock().now() - timedelta(days=3)
        mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{address}>"
        mail.set_content("Kan jeg komme en annen dag?\n")
        firm.imap.box.add(mail.as_bytes(policy=policy.SMTP), at)


def who_waits(hand: Hand, words: str) -> None:
    """What the run ends with, as soon as the worker has read those days."""

    def told() -> bool:
        hand.page.reload()
        return words in hand.page.locator("main").inner_text()

    wait_until(told, "those who wait for an answer are named")


def try_it(firm: Firm, hand: Hand) -> None:
    hand.send("Send den til meg")
    wait_until(
        lambda: any(mail.recipient == OWNER for mail in firm.sink.ledger.mails), "the test mail arrives"
    )
    hand.send("Gå videre")


def begin(hand: Hand, *, timed: bool) -> None:
    day = (SystemClock().now() + timedelta(days=12)).date().isoformat()
    hand.choose("client", "Liv Aas")
    hand.fill("day", day)
    if timed:
        hand.fill("time", "10:00")
    hand.send("Ja, begynn")
    expect(hand.page.locator("main h1")).to_contain_text("Kari")


def measured(hand: Hand) -> None:
    assert hand.taps <= TAPS
    assert hand.decisions == DECISIONS
    assert len(hand.screens) <= SCREENS
    assert hand.seconds <= 60 * MINUTES


WAITING = """SELECT count(*) FROM enrolment e JOIN journey j ON j.id = e.journey_id
    WHERE j.slug = %s AND e.ended_at IS NULL AND (e.due_at > clock_timestamp() OR EXISTS (
        SELECT FROM dispatch d WHERE d.contact_id = e.contact_id AND d.state IN ('queued', 'held')
            AND d.not_before > clock_timestamp()))"""
"""At night and on Sundays the first message itself is what waits in the outbox."""


def reminder_stands(house: House, slug: str) -> None:
    wait_until(lambda: bool(house.one(WAITING, slug)), f"somebody waits in {slug} for a moment to come")


def test_accounting_with_a_client_who_is_typed(firm: Firm, phone: Desk) -> None:
    hand = Hand(phone.page)
    wrote_before(firm, "liv@client.example", "stranger@elsewhere.example")
    come_in(firm, hand)
    say_the_trade(hand, "accounting", "Berg Regnskap")
    connect(firm, hand)
    add_one(hand)
    hand.send("Gå videre")
    try_it(firm, hand)
    sent_before = len(firm.sink.ledger.mails)
    assert firm.house.one("SELECT count(*) FROM dispatch") == 0, "nothing before somebody says yes"
    begin(hand, timed=False)
    measured(hand)
    reminder_stands(firm.house, "annual-accounts-documents")
    assert sent_before == 1
    who_waits(hand, "En av kundene dine venter på svar: Liv Aas.")
    phone.watch.assert_calm()


def test_a_salon_with_cards_from_a_phone(firm: Firm, phone: Desk) -> None:
    hand = Hand(phone.page)
    come_in_by_passkey(firm, hand)
    say_the_trade(hand, "salon")
    connect_by_app_password(firm, hand)
    bring_a_file(hand, "kontakter.vcf", CARDS)
    hand.send("Gå videre")
    try_it(firm, hand)
    begin(hand, timed=True)
    measured(hand)
    reminder_stands(firm.house, "appointment-reminders")
    phone.show("/start/")
    expect(phone.page).to_have_url(firm.house.url + "/")  # a finished run never comes back


@pytest.mark.parametrize("by_leave", [True])
def test_a_clinic_with_a_list_leaves_and_comes_back(firm: Firm, phone: Desk) -> None:
    """Left on every screen on the way: nothing is lost."""
    hand = Hand(phone.page)
    wrote_before(firm, "liv@client.example", "paal@client.example")
    come_in(firm, hand)
    say_the_trade(hand, "health")
    comes_back_to(phone, "/start/mail/")
    connect_by_leave(firm, hand)
    comes_back_to(phone, "/start/clients/")
    bring_a_file(hand, "liste.csv", ROWS)
    comes_back_to(phone, "/start/wishes/")
    hand.send("Gå videre")
    comes_back_to(phone, "/start/test/")
    try_it(firm, hand)
    comes_back_to(phone, "/start/start/")
    hand.tick("assessed")
    begin(hand, timed=True)
    measured(hand)
    reminder_stands(firm.house, "appointment-reminders")
    assert firm.house.one("SELECT count(*) FROM audit WHERE verb = 'records.stand'") == 1
    who_waits(hand, "To av kundene dine venter på svar:")
    assert not any(b"AUTH PLAIN" in line for line in firm.sink.ledger.commands)


def comes_back_to(phone: Desk, path: str) -> None:
    phone.show("/")
    expect(phone.page).to_have_url(phone.watch.home + path)


def test_every_screen_is_for_everybody(firm: Firm, phone: Desk) -> None:
    """Light and dark, at 390 pixels, without a fault; each can be put off, and Today says how far it is."""
    hand = Hand(phone.page)
    phone.show(firm.link)
    assert not faults_in_both_themes(phone.page)
    say_who(firm, hand)
    assert not faults_in_both_themes(phone.page)
    hand.fill("password", PASSWORD)
    hand.send("Begynn")
    assert not faults_in_both_themes(phone.page)
    hand.fill("name", "Berg")
    with phone.page.expect_navigation():
        phone.page.locator("button[name=trade][value=workshop]").click()
    for step in ("line", "mail", "clients", "wishes", "test"):
        expect(phone.page).to_have_url(f"{firm.house.url}/start/{step}/")
        assert not faults_in_both_themes(phone.page), step
        hand.send("Gjør dette senere")
    assert not faults_in_both_themes(phone.page)
    hand.send("Gå videre en annen gang")
    expect(phone.page.locator("main")).to_contain_text("Oppsett: 1 av 7")
    phone.page.get_by_role("link", name="Gå videre", exact=True).click()
    expect(phone.page).to_have_url(f"{firm.house.url}/start/start/")
    hand.send("Tilbake")
    expect(phone.page).to_have_url(f"{firm.house.url}/start/test/")
    phone.watch.assert_calm()


def test_where_the_browser_cannot_there_is_a_password(firm: Firm, phone: Desk) -> None:
    """Without passkeys none is offered; a device that says no is told of, and the link still opens."""
    hand = Hand(phone.page)
    say_who(firm, hand)
    device = phone.page.context.new_cdp_session(phone.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**FINGER, "isUserVerified": False}})
    expect(phone.page.locator("[data-passkey-no]")).to_be_hidden()
    phone.page.locator("#passkey_signup").click()
    expect(phone.page.locator("[data-passkey-no]")).to_be_visible()
    phone.page.add_init_script("delete window.PublicKeyCredential")
    phone.page.reload()
    expect(phone.page.locator("[data-passkey]")).to_be_hidden()
    hand.fill("password", PASSWORD)
    hand.send("Begynn")
    expect(phone.page).to_have_url(f"{firm.house.url}/start/trade/")
    phone.watch.assert_calm()
