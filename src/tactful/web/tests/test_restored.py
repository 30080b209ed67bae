"""After a restore: nothing leaves until an owner has looked (R13)."""

from datetime import timedelta

import pytest

from tactful.delivery import queries as outbox
from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit, Instance
from tactful.web.tests.cast import Cast

pytestmark = pytest.mark.django_db


def restore(why: str = "restored", **more: object) -> None:
    now = business_now()
    Instance.objects.filter(id=1).update(
        sending_paused=why, restored_at=now, restored_from=now - timedelta(hours=4), **more
    )


def test_today_leads_there_and_does_not_let_it_send_by_itself(cast: Cast) -> None:
    restore()
    owner = cast.signed_in(cast.owner)
    page = owner.get("/").content.decode()
    assert "a backup has been restored" in page
    assert 'href="/restored/"' in page
    assert owner.post("/sending/confirmation/")["Location"] == "/restored/"
    assert outbox.sending_paused() == "restored"


def test_only_an_owner_says_so_and_only_in_words(cast: Cast) -> None:
    restore()
    colleague = cast.signed_in(cast.colleague)
    assert "Only an owner can decide this." in colleague.get("/restored/").content.decode()
    assert colleague.post("/restored/confirmation/", {"since": "send"}).status_code == 403
    owner = cast.signed_in(cast.owner)
    owner.post("/restored/confirmation/", {"since": "perhaps"})
    assert outbox.sending_paused() == "restored"
    owner.post("/restored/confirmation/", {"since": "leave"})
    assert outbox.sending_paused() == ""
    assert Instance.objects.get().restored_choice == "leave"
    assert Audit.objects.filter(verb="restore.confirmed", actor=cast.owner.id).count() == 1


def test_the_page_says_what_is_known(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    assert "Nothing waits for your word" in owner.get("/restored/").content.decode()
    restore()
    assert "Nobody knows what has left since then" in owner.get("/restored/").content.decode()
    restore(restored_known=business_now() - timedelta(minutes=5))
    page = owner.get("/restored/").content.decode()
    assert "We know what has left since" in page
    assert "Stop it first" in page


def test_a_copy_waits_for_the_same_word(cast: Cast) -> None:
    restore("epoch")
    owner = cast.signed_in(cast.owner)
    assert "looks like a copy" in owner.get("/").content.decode()
    assert owner.post("/sending/confirmation/")["Location"] == "/restored/"
    page = owner.get("/restored/").content.decode()
    assert "it was moved, copied or brought back" in page
    assert "Nobody knows what has left since then" in page
    assert "backup" not in page
    owner.post("/restored/confirmation/", {"since": "send"})
    assert outbox.sending_paused() == ""
