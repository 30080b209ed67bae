"""The door for uvicorn: Django's pages, and in front of them the Tracking API."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")

pages = get_asgi_application()

from tactful.api.tracking.door import PREFIX, TrackingDoor  # noqa: E402, Django must be set up first

tracking = TrackingDoor()


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    if scope["type"] == "http" and scope["path"].startswith(PREFIX):
        await tracking(scope, receive, send)
    else:
        await pages(scope, receive, send)
