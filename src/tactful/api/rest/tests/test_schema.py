"""The description against the house: invented requests by the thousand, as two keys (R88)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from tactful.api.rest import door
from tactful.api.rest.scopes import Scope
from tactful.api.rest.tests.conftest import program
from tactful.api.rest.tests.test_rest import TOLD as JOURNEY
from tactful.api.rest.tests.test_rest import segment_of_bergen
from tactful.api.rest.urls import document
from tactful.broadcasts.actions import create
from tactful.broadcasts.types import Plan
from tactful.foundation.limits import Limit
from tactful.journeys.actions import import_journey
from tactful.testing.fixtures import CommittedDatabase
from tactful.web.tests.cast import make_cast

AT_ONCE = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    database=None,
)
TOLD = {401, 403, 404, 405, 409, 413, 422}
LIST, ONE = "/api/v1/contacts", "/api/v1/contacts/{contact_id}"
NOT_OURS = [
    schemathesis.checks.positive_data_acceptance,  # an address may be taken, a journey may not begin so
    schemathesis.checks.ignored_auth,  # the next test does that for all addresses, with real keys
]


@dataclass(frozen=True)
class Asked:
    """``known``: what really exists; two of three invented requests are about it."""

    operations: list[Any]
    full: str
    narrow: str
    known: dict[str, str]


@pytest.fixture
def ask(committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.setattr(door, "A_MINUTE", Limit("api", 1_000_000, 60))
    cast = make_cast()
    cast.writes(cast.consenting, "A question")
    cast.holds(cast.consenting)
    import_journey(JOURNEY, acting_user=cast.owner.id, now=cast.now)
    segment_of_bergen(cast)
    draft = create(plan=Plan("News", "called-by-shop"), acting_user=None, now=cast.now)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    return Asked(
        [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)],
        program(cast, list(Scope)).key,
        program(cast, [Scope.READ_CONTACTS]).key,
        {
            "contact_id": str(cast.consenting.id),
            "conversation_id": str(cast.thread(cast.consenting).id),
            "slug": "called-by-shop",
            "broadcast_id": str(draft.id),
        },
    )


def test_nothing_breaks_and_nothing_differs_from_its_description(ask: Asked) -> None:
    assert len(ask.operations) == sum(len(each) for each in document()["paths"].values()) >= 24
    for operation in ask.operations:
        invent(operation, ask.known, lambda case: checked(case, ask.full))


def test_a_narrow_key_reaches_nothing_else(ask: Asked) -> None:
    for operation in ask.operations:
        reached: set[int] = set()
        invent(operation, ask.known, partial(note_status, reached, ask.narrow))
        mine = operation.method.upper() == "GET" and operation.path in (LIST, ONE)
        assert reached
        assert mine or reached <= TOLD, operation.label


def invent(operation: Any, known: Mapping[str, str], judge: Callable[[Any], object]) -> None:
    @AT_ONCE
    @given(case=operation.as_strategy(), about=st.integers(0, 2))
    def each(case: Any, about: int) -> None:
        if about:
            case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        judge(case)

    each()


def checked(case: Any, key: str) -> None:
    case.call_and_validate(headers=signed(key), excluded_checks=NOT_OURS)


def note_status(reached: set[int], key: str, case: Any) -> None:
    answer = case.call(headers=signed(key))
    case.validate_response(answer, checks=[not_a_server_error])
    reached.add(int(answer.status_code))


def signed(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Host": "localhost"}
