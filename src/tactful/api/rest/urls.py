"""``/api/v1/…`` and its description."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from tactful.api.rest import broadcasts, contacts, doings, segments
from tactful.api.rest.door import guarded
from tactful.api.rest.problems import MEDIA_TYPE, Problem, problem
from tactful.contacts.actions import ContactError

MOST_ERRORS = 50
DESCRIPTION = """Clients, what happened with them, and what Tactful does. A program may look up, tell and
begin; it never writes to a client: every message passes the gate or a named person."""

api = NinjaAPI(title="Tactful", version="1", description=DESCRIPTION, docs_url=None, openapi_url=None)
api.add_router("/contacts", contacts.router)
api.add_router("/segments", segments.router)
api.add_router("/broadcasts", broadcasts.router)
api.add_router("", doings.router)


@api.exception_handler(Problem)
def _as_said(_request: HttpRequest, trouble: Any) -> HttpResponse:
    return problem(trouble.status, trouble.detail, headers=trouble.headers)


@api.exception_handler(ValidationError)
def _not_understood(_request: HttpRequest, trouble: Any) -> HttpResponse:
    errors = [
        {"where": ".".join(map(str, each["loc"])), "detail": each["msg"]}
        for each in trouble.errors[:MOST_ERRORS]
    ]
    return problem(422, "Some of this could not be understood; see “errors”.", errors=errors)


@api.exception_handler(ContactError)
def _cannot_be(_request: HttpRequest, trouble: Any) -> HttpResponse:
    return problem(422, str(trouble))


@api.exception_handler(HttpError)
def _http(_request: HttpRequest, trouble: Any) -> HttpResponse:
    return problem(trouble.status_code, str(trouble))


@require_safe
def openapi(_request: HttpRequest) -> HttpResponseBase:
    """OpenAPI 3.1, for everybody: it tells nothing about anybody."""
    return JsonResponse(document())


@cache
def document() -> dict[str, Any]:
    described: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")
    described["components"]["schemas"]["Problem"] = PROBLEM
    for operations in described["paths"].values():
        for method, operation in operations.items():
            changes = method not in ("get", "head")
            for status, words in ERRORS.items():
                if changes or status not in ONLY_FOR_CHANGES:
                    operation["responses"].setdefault(status, _answer(words))
            if changes:
                operation.setdefault("parameters", []).append(IDEMPOTENCY)
    return described


def _answer(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {MEDIA_TYPE: {"schema": schema}}}


ERRORS = {
    "401": "No key that is in force",
    "403": "The key may not do this",
    "404": "Nothing with this id",
    "409": "The same request is being answered",
    "413": "The body is too large",
    "422": "Not understood, or it cannot be",
    "429": "Too many requests",
}
ONLY_FOR_CHANGES = {"409", "413"}
PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457.",
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "detail"],
                "properties": {"where": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "description": "Asked again with the same key and body, the same answer is given, for three days.",
}


def nothing_here(_request: HttpRequest) -> HttpResponse:
    return problem(404, "There is no such address. /api/v1/openapi.json lists them.")


def _patterns() -> Iterator[URLPattern]:
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = guarded(pattern.callback)
            yield pattern


urlpatterns = [
    path("openapi.json", openapi),
    *_patterns(),
    re_path("", guarded(nothing_here)),
]
