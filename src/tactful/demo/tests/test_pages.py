"""The clients' side of the wire, by whole requests."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile

from tactful.channels.actions import AccountForm, save_mail_account
from tactful.channels.mail.inbound_server import DoorSettings, InboundServer
from tactful.channels.mail.parse import Envelope
from tactful.demo.letters import mailbox
from tactful.demo.morning import next_morning
from tactful.demo.postbox.mailbox import Direction
from tactful.demo.views import hand_over_port
from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit
from tactful.web.tests.cast import Cast

LIV = "liv@client.example"


def a_letter(html: bool = True) -> int:
    message = EmailMessage()
    message["From"], message["To"] = "Fjordkontoret <post@fjord.example>", f"Liv Sandal <{LIV}>"
    message["Subject"], message["Message-ID"] = "Dette trenger vi", "<1@fjord.example>"
    message["Date"] = "Mon, 23 Nov 2026 08:00:00 +0100"
    message.set_content("Hei Liv")
    if html:
        message.add_alternative(
            "<p>Hei <script>alert(1)</script><a href='https://x.example'>Liv</a></p>", subtype="html"
        )
    return mailbox().add(message.as_bytes(), direction=Direction.RECEIVED, client=LIV).number


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The real door on a free port; what it takes in."""
    taken: list[bytes] = []

    def keep(raw: bytes, _envelope: Envelope) -> None:
        taken.append(raw)

    server = InboundServer(DoorSettings(port=0), keep)
    server.start()
    monkeypatch.setattr("tactful.demo.views.hand_over_port", lambda: server.port)
    yield taken
    server.stop()


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_empty_postbox_and_a_full_one(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.reader, language)
    assert client.get("/demo/postbox/").status_code == 200
    number = a_letter()
    assert "Dette trenger vi" in client.get("/demo/postbox/").content.decode()
    assert client.get(f"/demo/postbox/{number}/").status_code == 200
    assert "Dette trenger vi" not in client.get("/demo/postbox/?q=nothing").content.decode()
    assert client.get("/demo/postbox/999/").status_code == 404


def test_the_frame_runs_no_script_and_opens_links_beside_it(cast: Cast) -> None:
    response = cast.signed_in(cast.owner).get(f"/demo/postbox/{a_letter()}/body/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-same-origin allow-popups" in policy
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in response.content.decode()


def test_a_client_answers_with_a_file_over_the_wire(cast: Cast, door: list[bytes]) -> None:
    number = a_letter()
    files = [SimpleUploadedFile("bilag.pdf", b"%PDF-1.4")]
    cast.signed_in(cast.owner).post(
        f"/demo/postbox/{number}/answer/", {"text": "Her er det.", "files": files}
    )
    (raw,) = door
    mail = message_from_bytes(raw, policy=default)
    assert (mail["From"], mail["To"]) == (f"Liv Sandal <{LIV}>", "Fjordkontoret <post@fjord.example>")
    assert mail["In-Reply-To"] == "<1@fjord.example>"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["bilag.pdf"]
    assert [each.direction for each in mailbox().letters()] == [Direction.RECEIVED, Direction.WRITTEN]


def test_an_empty_answer_and_a_closed_door_are_said_and_nothing_is_lost(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, client = a_letter(), cast.signed_in(cast.owner)
    assert client.post(f"/demo/postbox/{number}/answer/", {"text": " "}).status_code == 422
    monkeypatch.setattr("tactful.demo.views.hand_over_port", lambda: 1)
    response = client.post(f"/demo/postbox/{number}/answer/", {"text": "Min lange tekst"})
    assert response.status_code == 422
    assert "Min lange tekst</textarea>" in response.content.decode()


def test_a_client_writes_a_new_mail(cast: Cast, door: list[bytes]) -> None:
    account = AccountForm("Post", "post@fjord.example", "", {"smtp_host": "127.0.0.1"})
    save_mail_account(account, account_id=None, acting_user=None, now=cast.now)
    client = cast.signed_in(cast.owner)
    assert (
        client.post("/demo/postbox/new/", {"client": "x@y.z", "subject": "?", "text": "!"}).status_code == 422
    )
    client.post("/demo/postbox/new/", {"client": LIV, "subject": "Restskatt", "text": "Ring meg"})
    (raw,) = door
    assert message_from_bytes(raw, policy=default)["Subject"] == "Restskatt"


def test_the_next_morning_comes_by_post_and_is_noted(cast: Cast) -> None:
    client = cast.signed_in(cast.colleague)
    before = business_now()
    assert client.get("/demo/next-morning/").status_code == 405
    assert cast.signed_in(cast.reader).post("/demo/next-morning/").status_code == 403
    assert client.post("/demo/next-morning/")["Location"] == "/"
    now = business_now().astimezone(ZoneInfo("Europe/Oslo"))
    assert now > before
    assert (now.hour, now.minute) == (8, 40)
    assert now.weekday() < 5
    assert Audit.objects.filter(verb="clock.moved", actor=cast.colleague.id).exists()


def test_no_morning_passes_over_what_is_due_before_it(cast: Cast) -> None:
    """Else the demo asks about each reminder whether it may go so late."""
    client = cast.signed_in(cast.owner)
    client.post("/demo/next-morning/")  # 08:40, whatever the hour of the test
    cast.plans(cast.client("Liv Sandal"), due_at=business_now() + timedelta(minutes=20))
    client.post("/demo/next-morning/")
    stop = business_now().astimezone(ZoneInfo("Europe/Oslo"))
    assert (stop.hour, stop.minute) == (9, 1)
    client.post("/demo/next-morning/")
    assert business_now() - stop > timedelta(hours=20)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-23T06:00", "2026-11-23T07:40"),  # before office hours: today
        ("2026-11-23T07:40", "2026-11-24T07:40"),
        ("2026-11-27T12:00", "2026-11-30T07:40"),  # over the weekend
        ("2026-04-01T12:00", "2026-04-07T06:40"),  # over Easter
    ],
)
def test_mornings_are_working_mornings(now: str, morning: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_morning(at, "Europe/Oslo", "NO") == datetime.fromisoformat(morning).replace(tzinfo=UTC)


def test_without_a_demo_there_is_no_postbox(cast: Cast, settings: LazySettings) -> None:
    settings.DEMO = False
    client = cast.signed_in(cast.owner)
    assert {client.get(f"/demo/{place}").status_code for place in ("postbox/", "postbox/new/")} == {404}
    assert client.post("/demo/next-morning/").status_code == 404


def test_the_door_is_the_worker_s(settings: LazySettings) -> None:
    assert hand_over_port() == settings.ENVIRONMENT.inbound_port
