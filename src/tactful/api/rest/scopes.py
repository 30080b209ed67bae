"""Keys at the addresses of the API."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from tactful.api.rest.door import Asked
from tactful.api.rest.problems import Problem
from tactful.foundation.keys.types import Scope

__all__ = ["Key", "Scope"]


class Key(HttpBearer):
    """An API key with this scope; ``door`` has found out whose it is."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> bool:
        assert isinstance(request, HttpRequest)
        return self.authenticate(request, "")

    def authenticate(self, request: HttpRequest, token: str) -> bool:  # noqa: ARG002, ninja's form
        asked: Asked = request  # type: ignore[assignment]
        if self.scope not in asked.api_key.scopes:
            raise Problem(403, f"This key may not do that: it lacks “{self.scope}”. Ask an owner for one.")
        return True
