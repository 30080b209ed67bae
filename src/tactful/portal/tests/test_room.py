"""How much a client may hand in by a link, and what happens when there is no room for it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from tactful.engagements.models import ReceivedFile
from tactful.foundation import files
from tactful.portal import documents
from tactful.portal.tests.test_pages import browser, pdf, upload_url
from tactful.wiring.tests.cast import PDF, Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reason", ["quota", "disk"])
def test_without_room_nothing_is_taken_and_a_person_is_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, reason: str
) -> None:
    url = upload_url(cast, cast.asks_for_documents())
    assert browser().post(url, {"files": pdf()}).status_code == 302
    if reason == "quota":
        monkeypatch.setattr(documents, "MOST_IN_A_WHILE", 2 * len(PDF) - 1)
    else:
        monkeypatch.setattr(files, "room", lambda: documents.LEAST_ROOM + len(PDF) - 1)
    for _ in range(2):
        answer = browser().post(url, {"files": pdf()})
        assert answer.status_code == 422
        assert "We cannot take more files here just now" in answer.content.decode()
    assert ReceivedFile.objects.count() == 1
    assert len([path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]) == 1
    told = [task.params for task in cast.tasks() if task.code == "upload_full"]
    assert told == [{"reason": reason}]


def test_what_was_sent_long_ago_does_not_count(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    url = upload_url(cast, cast.asks_for_documents())
    monkeypatch.setattr(documents, "MOST_IN_A_WHILE", 2 * len(PDF) - 1)
    browser().post(url, {"files": pdf()})
    ReceivedFile.objects.update(received_at=cast.now - documents.A_WHILE - timedelta(hours=1))
    assert browser().post(url, {"files": pdf()}).status_code == 302
