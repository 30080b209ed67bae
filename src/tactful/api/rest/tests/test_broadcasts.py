"""A program drafts and proposes a broadcast. Whatever it tries, only a person lets one go."""

from dataclasses import replace

from tactful.api.rest.scopes import Scope
from tactful.api.rest.tests.conftest import Program, program
from tactful.api.rest.tests.test_rest import all_of, news_on_the_line, segment_of_bergen
from tactful.broadcasts import actions, queries
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.types import Plan, State
from tactful.delivery.models import Message
from tactful.foundation.models import Audit
from tactful.wiring.broadcasts import house_at
from tactful.wiring.segments import ALLOWED

WORDS = {"subject": "Spring is here", "body": "We have new hours, {{ given_name }}."}
SPRING = {
    "name": "Spring",
    "segment": "called-by-shop",
    "touchpoint": "news",
    "variants": [{"words": {"en": WORDS, "nb": WORDS}}],
}


def drafted(full: Program) -> str:
    segment_of_bergen(full.cast)
    news_on_the_line(full.cast)
    made = full.asks("POST", "/broadcasts", SPRING)
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def test_a_draft_is_made_read_changed_and_proposed(full: Program) -> None:
    ident = drafted(full)
    changed = full.asks("PUT", f"/broadcasts/{ident}", SPRING | {"name": "Early spring", "per_hour": 100})
    assert changed.json()["name"] == "Early spring"
    (listed,) = all_of(full, "/broadcasts?x=1", 1)
    assert (listed["id"], listed["state"]) == (ident, "draft")
    read = full.asks("GET", f"/broadcasts/{ident}").json()
    assert read["variants"][0]["words"]["en"]["body"] == WORDS["body"]
    assert read["account"] == {"audience": 0, "counts": {}, "reasons": {}}
    proposed = full.asks("POST", f"/broadcasts/{ident}/proposals")
    assert (proposed.status_code, proposed.json()["state"]) == (200, "waiting"), proposed.content
    assert proposed.json()["approved_by"] is None
    assert Audit.objects.filter(verb="api.broadcast.approval_asked").exists()


def test_a_key_lets_nothing_go_and_a_person_does(full: Program) -> None:
    ident = drafted(full)
    full.asks("POST", f"/broadcasts/{ident}/proposals")
    for path in ("approval", "approvals", "schedule", "sending", "going", "yes"):
        for method in ("POST", "PUT", "PATCH"):
            assert full.asks(method, f"/broadcasts/{ident}/{path}").status_code in (404, 405)
    for field in ("state", "approved_by", "approved_hash", "writers", "begins_at"):
        assert full.asks("POST", "/broadcasts", SPRING | {field: "scheduled"}).status_code == 422
    row, cast = Broadcast.objects.get(id=int(ident)), full.cast
    assert (row.state, row.approved_by, Message.objects.count()) == (State.WAITING, None, 0)
    seen = queries.fingerprint_of(row, ALLOWED)
    went = actions.approve(
        broadcast_id=row.id, seen=seen, house=house_at(cast.now), acting_user=cast.colleague.id
    )
    assert (went.state, went.approved_by) == (State.SCHEDULED, cast.colleague.id)
    late = full.asks("PUT", f"/broadcasts/{ident}", SPRING)
    assert late.status_code == 422, "what a person has said yes to stays as it is"


def test_what_a_person_has_in_hand_is_theirs(full: Program) -> None:
    cast = full.cast
    own = actions.create(plan=Plan("Mine"), acting_user=cast.owner.id, now=cast.now)
    ident = drafted(full)
    row = Broadcast.objects.get(id=int(ident))
    plan = replace(queries.plan_of(row), name="Better")
    actions.edit(broadcast_id=row.id, plan=plan, acting_user=cast.owner.id, now=cast.now)
    for each in (str(own.id), ident):
        assert full.asks("PUT", f"/broadcasts/{each}", SPRING).status_code == 422
        assert full.asks("POST", f"/broadcasts/{each}/proposals").status_code == 422


def test_what_is_missing_is_said(full: Program) -> None:
    made = full.asks("POST", "/broadcasts", {"name": "Bare", "variants": [{"words": {}}]}).json()
    answer = full.asks("POST", f"/broadcasts/{made['id']}/proposals")
    assert answer.status_code == 422
    assert "Choose who gets it." in answer.json()["detail"]


def test_scopes(full: Program) -> None:
    ident = drafted(full)
    reader = program(full.cast, [Scope.READ_BROADCASTS])
    writer = program(full.cast, [Scope.DRAFT_BROADCASTS])
    assert reader.asks("GET", f"/broadcasts/{ident}").status_code == 200
    assert reader.asks("POST", f"/broadcasts/{ident}/proposals").status_code == 403
    assert writer.asks("GET", f"/broadcasts/{ident}").status_code == 403
    assert writer.asks("POST", "/broadcasts", SPRING).status_code == 201
    for unknown in ("7", "9" * 19, "x"):
        assert full.asks("GET", f"/broadcasts/{unknown}").status_code in (404, 422)
