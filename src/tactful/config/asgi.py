"""The door for uvicorn: Django's pages, and in front of them the Tracking API and the door for webhooks."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")

pages = get_asgi_application()

from tactful.api.hooks.door import PREFIX as HOOKS  # noqa: E402, Django must be set up first
from tactful.api.hooks.door import HookDoor  # noqa: E402
from tactful.api.tracking.door import PREFIX as TRACKING  # noqa: E402
from tactful.api.tracking.door import TrackingDoor  # noqa: E402
from tactful.config.bodies import measured  # noqa: E402
from tactful.config.vitals import PATHS, vitals  # noqa: E402

tracking = TrackingDoor()
hooks = HookDoor()


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    if scope["type"] == "http" and scope["path"] in PATHS:
        await vitals(scope, send)
    elif scope["type"] == "http" and scope["path"].startswith(TRACKING):
        await tracking(scope, receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(HOOKS):
        await hooks(scope, receive, send)
    elif scope["type"] == "http":
        await measured(pages, scope, receive, send)
    else:
        await pages(scope, receive, send)
