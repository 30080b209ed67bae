"""Every address of these pages, walked as a stranger, a reader and an owner, with ids of nobody (R57)."""

import pytest
from django.test import Client
from django.urls import reverse

from tactful.foundation.models import Audit
from tactful.web import urls
from tactful.web.tests.cast import Cast
from tactful.web.urls_more import urlpatterns as more

PAGES = {
    "today", "inbox", "conversation", "entry", "entry_html", "entry_file",
    "clients", "client", "outbox", "message", "message_frame",
}  # fmt: skip
OTHERS = {"parts", "live", "language"}  # tested elsewhere, or for everybody
OWN = [each for each in urls.urlpatterns if each not in more and each.name not in OTHERS]
NAMES = [
    pytest.param(str(each.name), dict.fromkeys(each.pattern.converters, 17), id=str(each.name))
    for each in OWN
]


@pytest.mark.parametrize(("name", "ids"), NAMES)
def test_a_stranger_is_sent_to_the_door(cast: Cast, name: str, ids: dict[str, int]) -> None:
    stranger, url = Client(headers={"host": "localhost"}), reverse(f"web:{name}", kwargs=ids)
    answers = {stranger.get(url).status_code, stranger.post(url).status_code}
    assert answers <= {302, 405}
    assert not Audit.objects.filter(actor=None, verb__startswith="hold").exists()


@pytest.mark.parametrize(("name", "ids"), NAMES)
def test_a_reader_may_look_and_change_nothing(cast: Cast, name: str, ids: dict[str, int]) -> None:
    reader, url = cast.signed_in(cast.reader), reverse(f"web:{name}", kwargs=ids)
    assert reader.post(url).status_code == (405 if name in PAGES else 403)
    assert reader.get(url).status_code == (404 if ids else 200) if name in PAGES else 405
    assert not Audit.objects.filter(actor=cast.reader.id).exists()


@pytest.mark.parametrize(("name", "ids"), [each for each in NAMES if each.values[1]])
def test_what_is_not_there_is_404_for_the_owner_too(cast: Cast, name: str, ids: dict[str, int]) -> None:
    owner, url = cast.signed_in(cast.owner), reverse(f"web:{name}", kwargs=ids)
    answer = owner.get(url) if name in PAGES else owner.post(url, {"owner": str(cast.owner.id)})
    assert answer.status_code == 404
