"""Who keeps a mailbox, asked of a world that tests make."""

import pytest

from tactful.channels.tests.test_providers import answer
from tactful.channels.types import Caution, FoundBy, MailHost
from tactful.foundation.calling import Answer
from tactful.foundation.dns import Kind, NoAnswer
from tactful.wiring.mail_lookup import World, look_up

POST = "post@fjord.example"


class Told:
    """A world that says so much and no more, and remembers what it was asked."""

    def __init__(self, mx: tuple[str, ...] | None = (), pages: dict[str, bytes] | None = None) -> None:
        self.mx, self.pages = mx, pages or {}
        self.asked: list[str] = []

    def names(self, name: str, kind: Kind) -> tuple[str, ...]:
        self.asked.append(f"{kind.name} {name}")
        if self.mx is None:
            raise NoAnswer(name)
        return self.mx

    def fetch(self, url: str) -> Answer:
        self.asked.append(url)
        page = self.pages.get(url.partition("?")[0])
        return Answer(404) if page is None else Answer(200, page)

    @property
    def world(self) -> World:
        return World(self.names, self.fetch)


def test_a_known_address_asks_nobody() -> None:
    told = Told()
    assert look_up(" kari@GMAIL.com ", told.world).host is MailHost.GOOGLE
    assert told.asked == []


def test_known_exchangers_ask_no_page() -> None:
    told = Told(("mx.domeneshop.no",))
    assert look_up(POST, told.world).host is MailHost.DOMENESHOP
    assert told.asked == ["MX fjord.example"]


@pytest.mark.parametrize("place", ["autoconfig.fjord.example", "fjord.example/.well-known/autoconfig"])
def test_a_domain_is_asked_about_itself_in_both_places(place: str) -> None:
    told = Told(("mx.host.example",), {f"https://{place}/mail/config-v1.1.xml": answer()})
    found = look_up(POST, told.world)
    assert found.found_by is FoundBy.AUTOCONFIG
    assert all(not each.startswith("http://") for each in told.asked)


def test_a_silent_world_leaves_a_guess() -> None:
    found = look_up(POST, Told(None).world)
    assert (found.found_by, Caution.GUESSED in found.cautions) == (FoundBy.GUESS, True)


def test_letters_beyond_ascii_are_asked_in_their_own_form() -> None:
    told = Told(("aspmx.l.google.com",))
    assert look_up("post@blåbær.example", told.world).host is MailHost.GOOGLE
    other = Told()
    look_up("post@blåbær.example", other.world)
    assert other.asked[1].startswith("https://autoconfig.xn--blbr-roah.example/")


@pytest.mark.parametrize(
    "typed",
    ["", "post", "@fjord.example", "post@", "post@localhost", "post@127.0.0.1", "post@fjord..example",
     "a@b.example/x?y", "a@" + "x" * 300 + ".example"],
)  # fmt: skip
def test_what_is_no_address_is_said_and_asked_of_nobody(typed: str) -> None:
    told = Told()
    with pytest.raises(ValueError, match="no mail address"):
        look_up(typed, told.world)
    assert told.asked == []
