"""Staff pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tactful.web.urls_more import urlpatterns as more

app_name = "web"


def _nothing(request: HttpRequest, **_: object) -> HttpResponse:
    return HttpResponse()


_OTHERS = {
    "today": "", "inbox": "inbox", "conversation": "inbox/<int:pk>", "clients": "clients",
    "client": "clients/<int:pk>", "outbox": "outbox", "message": "outbox/<int:pk>",
    "hold_everything": "hold", "release_everything": "hold/release", "language": "language",
}  # fmt: skip
urlpatterns = [*more, *(path(p, _nothing, name=n) for n, p in _OTHERS.items())]
