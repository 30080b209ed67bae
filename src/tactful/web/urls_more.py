"""Staff pages: the line, journeys, import, settings, sign-in, demo."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
