"""Settings, the mail account, people and one's own account, by whole requests."""

import asyncio
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tactful.channels.actions import AccountForm, save_mail_account
from tactful.channels.actions.sending import pause_account
from tactful.channels.models import Account
from tactful.demo.postbox.ledger import Ledger, SinkSettings
from tactful.demo.postbox.sink_protocol import sink_factory
from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit, User
from tactful.foundation.queries import business_at
from tactful.foundation.secrets import get_secret
from tactful.web.tests.cast import Cast
from tactful.wiring.gate_facts import gate_settings

ROOMS = ("business", "quiet", "caps", "mail", "people")
QUIET = {
    "quiet_from": "19:30",
    "quiet_to": "07:00",
    "quiet_weekdays": ["6"],
    "sms_from": "09:00",
    "sms_to": "18:00",
}
MAIL: dict[str, Any] = {
    "address": "post@fjord.example",
    "sender_name": "",
    "smtp_host": "127.0.0.1",
    "smtp_port": 1,
    "smtp_security": "none",
    "imap_security": "implicit_tls",
}


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("room", ROOMS)
def test_each_room_opens_for_owners_only(cast: Cast, room: str, language: str) -> None:
    assert cast.signed_in(cast.owner, language).get(f"/settings/{room}/").status_code == 200
    for other in (cast.colleague, cast.reader):
        assert cast.signed_in(other, language).get(f"/settings/{room}/").status_code == 403
        assert cast.signed_in(other, language).post(f"/settings/{room}/").status_code == 403


def _rooms(page: str) -> list[str]:
    nav = page.partition('class="set-nav"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]+)"', nav)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_all_rooms_stand_on_one_page_each_with_a_sentence(cast: Cast, language: str) -> None:
    page = cast.signed_in(cast.owner, language).get("/settings/").content.decode()
    nav = page.partition('class="set-nav"')[2].partition("</nav>")[0]
    rooms = _rooms(page)
    assert len(rooms) == len(set(rooms)) == nav.count('<span class="said">')
    assert nav.count("<h2>") == 4
    for room in rooms:
        assert cast.signed_in(cast.owner, language).get(room).status_code == 200, room


def test_who_may_not_change_the_house_finds_only_their_own_rooms(cast: Cast) -> None:
    page = cast.signed_in(cast.reader).get("/settings/").content.decode()
    rooms = _rooms(page)
    assert rooms == ["/me/", "/settings/mail/privacy/"]


def test_quiet_hours_hold_from_now(cast: Cast) -> None:
    held = cast.holds(cast.consenting, wake_on=["settings.changed"], on_release="send")
    cast.signed_in(cast.owner).post("/settings/quiet/", QUIET)
    now = gate_settings(business_now())
    assert (now.quiet_from.hour, now.quiet_weekdays, now.quiet_holidays) == (19, frozenset({6}), False)
    held.refresh_from_db()
    assert held.state == "queued"  # it is asked again by the new hours
    assert Audit.objects.filter(verb="settings.changed", actor=cast.owner.id).exists()


def test_impossible_hours_are_refused_and_stay_typed(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    response = client.post(
        "/settings/quiet/", QUIET | {"quiet_to": "19:30", "quiet_weekdays": list("0123456")}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose two different times" in page
    assert "Leave at least one day" in page
    assert 'value="19:30"' in page
    assert "gate" not in str(business_at(business_now()).gate)


def test_business_and_caps(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    house = {"name": "Ny", "language": "en", "time_zone": "Europe/Berlin", "country": "DE"}
    client.post("/settings/business/", house)
    assert business_at(business_now()).time_zone == "Europe/Berlin"
    assert client.post("/settings/business/", house | {"time_zone": "Mars/Olympus"}).status_code == 422
    caps = {"contact_day": 2, "contact_week": 4, "household_day": 2, "company_day": 5, "mood_days": 0}
    client.post("/settings/caps/", caps)
    assert gate_settings(business_now()).contact_week == 4
    assert client.post("/settings/caps/", caps | {"contact_week": 1}).status_code == 422
    assert client.post("/settings/caps/", caps | {"contact_day": 0}).status_code == 422


def test_the_mail_account_keeps_its_password_secret(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    secure = MAIL | {"smtp_host": "smtp.example.com", "smtp_port": 587, "smtp_security": "starttls"}
    client.post("/settings/mail/", secure | {"smtp_username": "post", "smtp_password": "geheim 1"})
    account = Account.objects.get()
    assert get_secret(f"account:{account.id}:smtp_password") == "geheim 1"
    assert "geheim" not in client.get("/settings/mail/").content.decode()
    assert "geheim" not in str(list(Audit.objects.values_list("payload__body", flat=True)))
    client.post("/settings/mail/", secure | {"smtp_username": "post", "sender_name": "Fjord"})
    assert get_secret(f"account:{account.id}:smtp_password") == "geheim 1"
    moved = client.post(
        "/settings/mail/", secure | {"smtp_username": "post", "smtp_host": "smtp.evil.example"}
    )
    assert "type its password again" in moved.content.decode()


def test_no_encryption_only_on_this_machine(cast: Cast) -> None:
    response = cast.signed_in(cast.owner).post("/settings/mail/", MAIL | {"smtp_host": "smtp.example.com"})
    assert "Choose one" in response.content.decode()
    assert not Account.objects.exists()


@pytest.fixture
def smtp_port() -> Iterator[int]:
    """A real server on loopback that takes everything."""
    loop = asyncio.new_event_loop()
    factory = sink_factory(SinkSettings(), Ledger())
    server = loop.run_until_complete(loop.create_server(factory, "127.0.0.1", 0))
    runner = threading.Thread(target=loop.run_forever)
    runner.start()
    yield int(server.sockets[0].getsockname()[1])
    loop.call_soon_threadsafe(loop.stop)
    runner.join()
    server.close()
    loop.close()


def account_at(port: int) -> Account:
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
    form = AccountForm("Post", "post@fjord.example", "", given)
    return save_mail_account(form, account_id=None, acting_user=None, now=business_now())


def test_trying_it_really_connects_and_lets_a_paused_account_send(cast: Cast, smtp_port: int) -> None:
    account = account_at(smtp_port)
    pause_account(account.id, "auth", "535", cast.now)
    client = cast.signed_in(cast.owner)
    assert "Nothing leaves since" in client.get("/settings/mail/").content.decode()
    page = client.post("/settings/mail/test/", follow=True).content.decode()
    assert f"We reach 127.0.0.1:{smtp_port} and may send." in page
    account.refresh_from_db()
    assert account.paused_reason == ""


def test_a_server_that_is_away_is_said_plainly(cast: Cast) -> None:
    account = account_at(1)
    pause_account(account.id, "auth", "535", cast.now)
    page = cast.signed_in(cast.owner).post("/settings/mail/test/", follow=True).content.decode()
    assert "We do not reach 127.0.0.1:1." in page
    assert "Nobody answers at 127.0.0.1:1." in page
    account.refresh_from_db()
    assert account.paused_reason == "auth"


def test_only_owners_try_the_account_and_only_by_post(cast: Cast) -> None:
    assert cast.signed_in(cast.colleague).post("/settings/mail/test/").status_code == 403
    assert cast.signed_in(cast.owner).get("/settings/mail/test/").status_code == 405


NEW = {"name": "Maryam Haidari", "email": "maryam@fjord.example", "role": "staff"}


def test_a_new_person_gets_a_password_that_is_shown_once_and_works(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    page = client.post("/settings/people/", NEW).content.decode()
    password = page.split("<code>")[1].split("</code>")[0]
    assert User.objects.get(email=NEW["email"]).check_password(password)
    assert password not in client.get("/settings/people/").content.decode()
    assert (
        "already"
        in client.post("/settings/people/", NEW | {"email": "MARYAM@fjord.example"}).content.decode()
    )
    assert password not in str(list(Audit.objects.values_list("payload__body", flat=True)))


def test_the_last_owner_stays_owner(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    url = f"/settings/people/{cast.owner.id}/"
    given = {"name": "Ingrid", "email": cast.owner.email, "role": "staff"}
    assert "the only owner" in client.post(url, given, follow=True).content.decode()
    assert "the only owner" in client.post(f"{url}departure/", follow=True).content.decode()
    cast.owner.refresh_from_db()
    assert (cast.owner.role, cast.owner.is_active) == ("owner", True)


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


@pytest.mark.parametrize("change", [{"role": "read_only"}, {"email": "kari.ny@fjord.example"}])
def test_a_new_role_or_address_ends_all_sessions(cast: Cast, change: dict[str, str]) -> None:
    theirs, url = cast.signed_in(cast.colleague), f"/settings/people/{cast.colleague.id}/"
    same = {"name": "Kari", "email": cast.colleague.email, "role": "staff"}
    cast.signed_in(cast.owner).post(url, same)
    assert is_in(theirs)
    cast.signed_in(cast.owner).post(url, same | change)
    assert not is_in(theirs)


def test_who_leaves_is_out_at_once_and_may_come_back(cast: Cast) -> None:
    theirs, url = cast.signed_in(cast.colleague), f"/settings/people/{cast.colleague.id}/"
    owner = cast.signed_in(cast.owner)
    owner.post(f"{url}departure/")
    assert not is_in(theirs)
    owner.post(f"{url}return/")
    cast.colleague.refresh_from_db()
    assert cast.colleague.is_active


def test_a_new_one_time_password_ends_the_sessions_of_whoever_had_the_old(cast: Cast) -> None:
    theirs, url = cast.signed_in(cast.colleague), f"/settings/people/{cast.colleague.id}/password/"
    page = cast.signed_in(cast.owner).post(url).content.decode()
    cast.colleague.refresh_from_db()
    assert cast.colleague.check_password(page.split("<code>")[1].split("</code>")[0])
    assert not is_in(theirs)
    assert cast.signed_in(cast.reader).post(url).status_code == 403


@pytest.mark.parametrize("language", ["en", "nb"])
def test_everybody_keeps_their_own_account_readers_too(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.reader, language)
    assert client.get("/me/").status_code == 200
    client.post("/me/", {"name": "Jonas R.", "language": "en", "theme": "dark"})
    cast.reader.refresh_from_db()
    assert (cast.reader.name, cast.reader.theme, cast.reader.shortcuts) == ("Jonas R.", "dark", False)
    assert cast.reader.role == "read_only"
    assert client.post("/me/", {"name": "", "language": "en"}).status_code == 422


def test_what_few_need_rests_under_a_lid_that_opens_where_it_is_wrong(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    page = client.get("/settings/mail/").content.decode()
    assert page.count('<details class="more-fields">') == 2
    assert "Try sending and receiving" not in page  # there is nothing to try yet
    wrong = client.post("/settings/mail/", MAIL | {"imap_port": "100000"}).content.decode()
    assert wrong.count('<details class="more-fields" open>') == 1
