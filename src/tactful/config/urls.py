"""All addresses. Staff pages at the root, client pages under ``/c/``, sign-in under ``/account/``,
other programs under ``/api/v1/``."""

from django.conf import settings
from django.urls import include, path

DEMO = [path("demo/", include("tactful.demo.urls"))] if settings.DEMO else []
urlpatterns = [
    path("account/", include("tactful.web.account_urls")),
    path("api/v1/", include("tactful.api.rest.urls")),
    path("c/", include("tactful.portal.brand")),
    path("c/", include("tactful.portal.urls")),
    *DEMO,
    path("", include("tactful.web.urls")),
]
