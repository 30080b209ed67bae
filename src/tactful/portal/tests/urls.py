"""The one address that the frame of these pages names."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("", include(([path("language", _nothing, name="language")], "web")))]
