"""What every request passes before a view sees it: whose key, how often, and whether it was asked before.

A request that changes something is one transaction. With an ``Idempotency-Key`` (R14) its answer is kept
in that same transaction, so there is never an effect without its answer nor the other way round. Asked
again, the kept answer is given; asked at the same time, 409; asked with another body, 422.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tactful.api.rest.problems import Problem, problem
from tactful.foundation import pg
from tactful.foundation.keep import Answer, keep_answer, kept_answer
from tactful.foundation.keys.actions import key_of
from tactful.foundation.limits import Limit, attempt
from tactful.foundation.models import ApiKey

logger = logging.getLogger(__name__)

A_MINUTE = Limit("api", most=600, seconds=60)
KNOCKS = Limit("api_knocks", most=60, seconds=60)  # with keys that open nothing, from one address
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_BODY = 1_000_000
LONGEST_NAME = 255
LOCK_CLASS = 7_305  # first key of the advisory locks of idempotency keys
#: Answers that say "not now": the same request may get another one next time.
PASSING = frozenset({401, 403, 404, 409, 429})

View = Callable[..., HttpResponse]


class Asked(HttpRequest):
    """A request with the key that it came with."""

    api_key: ApiKey


def guarded(view: View) -> View:
    """For each address of the API."""

    @csrf_exempt  # a key in a header is no cookie: no browser sends it by itself
    @wraps(view)
    def answer(request: Asked, *args: object, **kwargs: object) -> HttpResponse:
        try:
            request.api_key = _admitted(request)
            response = _answered(request, lambda: view(request, *args, **kwargs))
        except Problem as trouble:
            response = problem(trouble.status, trouble.detail, headers=trouble.headers)
        except Exception:
            logger.exception("%s %s failed.", request.method, request.path)
            response = problem(500, "Something went wrong on our side; nothing was changed. Ask again later.")
        if response.status_code == 405:
            response = _not_this_way(response)
        response["Cache-Control"] = "no-store"
        return response

    return answer


def _admitted(request: HttpRequest) -> ApiKey:
    scheme, _sep, token = request.headers.get("Authorization", "").partition(" ")
    key = key_of(token.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        if not attempt(KNOCKS, request.META.get("REMOTE_ADDR", "")):
            raise _too_many()
        detail = "Send a key that is in force, as “Authorization: Bearer tact_…”. Owners make keys."
        raise Problem(401, detail, {"WWW-Authenticate": "Bearer"})
    if not attempt(A_MINUTE, str(key.id)):
        raise _too_many()
    return key


def _too_many() -> Problem:
    detail = f"Too many requests. A key may make {A_MINUTE.most} a minute; wait a minute."
    return Problem(429, detail, {"Retry-After": str(A_MINUTE.seconds)})


def _answered(request: Asked, view: Callable[[], HttpResponse]) -> HttpResponse:
    if request.method in SAFE:
        return view()
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise Problem(413, f"The body is larger than {LARGEST_BODY:,} bytes. Send less at once.")
    name = request.headers.get("Idempotency-Key", "")
    if len(name) > LONGEST_NAME or not name.isprintable():
        detail = f"The Idempotency-Key may have {LONGEST_NAME} printable characters. Take a UUID."
        raise Problem(422, detail)
    with transaction.atomic():
        return _once(request, name, view) if name else _all_or_nothing(view)


def _once(request: Asked, name: str, view: Callable[[], HttpResponse]) -> HttpResponse:
    key_id = request.api_key.id
    if not pg.try_lock(LOCK_CLASS, f"{key_id}:{name}"):
        raise Problem(409, "A request with this Idempotency-Key is being answered. Ask again in a moment.")
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).digest()
    kept = kept_answer(key_id, name)
    if kept is None:
        response = _all_or_nothing(view)
        if response.status_code not in PASSING and response.status_code < 500:
            words = response.content.decode()
            keep_answer(
                key_id, name, Answer(asked, response.status_code, response.headers["Content-Type"], words)
            )
        return response
    if kept.asked != asked:
        raise Problem(422, "This Idempotency-Key came with another request before. Take a new one.")
    response = HttpResponse(kept.body, status=kept.status, content_type=kept.content_type)
    response["Idempotent-Replayed"] = "true"
    return response


def _all_or_nothing(view: Callable[[], HttpResponse]) -> HttpResponse:
    """What a refused request has done so far is undone, and the transaction around it lives on."""
    point = transaction.savepoint()
    response = view()
    if response.status_code >= 400:
        transaction.savepoint_rollback(point)
    else:
        transaction.savepoint_commit(point)
    return response


def _not_this_way(response: HttpResponse) -> HttpResponse:
    allowed = response.headers.get("Allow", "")
    return problem(405, f"This address takes {allowed or 'other methods'}.", headers={"Allow": allowed})
