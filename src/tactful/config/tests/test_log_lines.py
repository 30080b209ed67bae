"""Whoever may read the log opens no client's page with it."""

import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponseNotAllowed
from django.utils.log import log_response
from django.utils.module_loading import import_string

TOKEN = "2UZoIhejiNfsri_pva6vQbKJNA0SCIG2"


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        (f"/account/invitation/{TOKEN}/", "/account/invitation/…/"),
        (f"/c/documents/1.{TOKEN}/sent/", "/c/documents/…/sent/"),
        (f"/hooks/in/{TOKEN}", "/hooks/in/…"),
        ("/journeys/documents/live/", "/journeys/documents/live/"),
    ],
)
def test_an_address_is_logged_without_its_token(
    path: str, logged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _lines_of_the_house(monkeypatch)
    request = ASGIRequest({"type": "http", "method": "PUT", "path": path, "headers": []}, io.BytesIO())
    refused = HttpResponseNotAllowed(["POST"])
    log_response("Method Not Allowed (%s): %s", request.method, path, response=refused, request=request)
    assert lines.getvalue() == f"WARNING django.request: Method Not Allowed (PUT): {logged}\n"


def _lines_of_the_house(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """As the settings have it, into a file of ours."""
    wanted: Any = settings.LOGGING
    lines, used = io.StringIO(), wanted["handlers"]["stderr"]
    out = logging.StreamHandler(lines)
    out.setFormatter(logging.Formatter(wanted["formatters"][used["formatter"]]["format"]))
    for name in used.get("filters", ()):
        out.addFilter(import_string(wanted["filters"][name]["()"])())
    logger = logging.getLogger("django.request")
    monkeypatch.setattr(logger, "handlers", [out])
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "level", logging.INFO)
    return lines
