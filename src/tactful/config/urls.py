"""All addresses. Staff pages at the root, client pages under ``/c/``, sign-in under ``/account/``."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("c/", include("tactful.portal.urls")),
    path("", include("tactful.web.urls")),
]
