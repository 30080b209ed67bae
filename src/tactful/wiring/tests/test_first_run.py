"""The first run without pages: what each answer does, and that nothing is switched on before the last."""

from datetime import datetime, timedelta

import pytest

from tactful.channels.models import Account
from tactful.contacts.actions import ContactError
from tactful.contacts.models import BasisSpell
from tactful.content.models import TemplateVersion
from tactful.content.queries import languages_by_slug
from tactful.engagements.models import Engagement
from tactful.events.models import Event
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit, FirstRun, Role, User
from tactful.foundation.queries import business_at
from tactful.foundation.setting_up.actions import close_first_run
from tactful.gate import queries as gate
from tactful.journeys import recipes
from tactful.journeys.models import JourneySpell
from tactful.journeys.rules.definition import read
from tactful.journeys.types import Send
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.rules.trades import trades
from tactful.wiring import first_run as run
from tactful.wiring.tests.cast import Cast
from tactful.wiring.trust import begin_trial

SOON = timedelta(days=9)


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.add(email="kari@example.com", name="Kari Berg", role=Role.OWNER, password="x")


@pytest.fixture
def now(db: None) -> datetime:
    return business_now()


def walk(trade: str, owner: User, now: datetime) -> int:
    """As far as the last screen. Answers the client's id."""
    run.choose_trade(trade, "Berg", by=owner, now=now)
    run.draw_line(by=owner, now=now)
    run.skip("mail", by=owner, now=now)
    client = run.add_client("Liv Aas", "liv@client.example", by=owner, now=now)
    run.answered("clients", by=owner, now=now)
    run.choose_wishes(frozenset({"documents", "appointment", "quote", "order"}), by=owner, now=now)
    run.skip("test", by=owner, now=now)
    return client


@pytest.mark.parametrize("slug", sorted(trades()))
def test_each_trade_begins_whole(slug: str, owner: User, now: datetime) -> None:
    client = walk(slug, owner, now)
    assert not JourneySpell.objects.exists(), "nothing is on before somebody says yes"
    wish = next(each for each in run.wishes_of(run.progress()) if each.key in run.CASES)
    assert run.finish(run.FirstCase(wish.key, client, now + SOON), by=owner, now=now, assessed=True)
    on = set(JourneySpell.objects.filter(kind="live", to_at=None).values_list("journey__slug", flat=True))
    assert on == {each.recipe for each in trades()[slug].wishes}
    undecided = Touchpoint.objects.filter(current__line="undecided").values_list("slug", flat=True)
    spoken = {
        step.touchpoint for each in on for step in read(recipes.text(each)).steps if isinstance(step, Send)
    }
    assert spoken & set(undecided) == set()
    assert run.progress().finished


@pytest.mark.parametrize("slug", sorted(trades()))
def test_the_line_is_one_decision_with_an_owner_everywhere(slug: str, owner: User, now: datetime) -> None:
    run.choose_trade(slug, "Berg", by=owner, now=now)
    pack = trades()[slug]
    assert run.draw_line(by=owner, now=now) == len(pack.structural) + len(pack.judgement)
    rows = {row.slug: row for row in Touchpoint.objects.select_related("current")}
    assert all(row.owner_id == owner.id and row.current and row.current.reason for row in rows.values())
    assert {each for each, row in rows.items() if row.current and row.current.line == "structural"} == set(
        pack.structural
    )
    assert all(
        (rows[each].frequency, rows[each].friction, rows[each].clarity) == score
        for each, score in pack.structural.items()
    )
    assert run.draw_line(by=owner, now=now) == 0  # a second yes decides nothing anew


def test_leaving_keeps_the_place_and_going_back_keeps_the_answers(owner: User, now: datetime) -> None:
    walk("salon", owner, now)
    assert (run.progress().step, run.progress().done) == (
        "start",
        frozenset({"trade", "line", "clients", "wishes"}),
    )
    run.go_back("start", by=owner, now=now)
    run.put_off("test", by=owner, now=now)
    state = run.progress()
    assert (state.step, state.put_off, state.given["wishes"]) == ("test", True, ["appointment"])
    run.answered("test", by=owner, now=now)
    assert not run.progress().put_off


def test_another_trade_forgets_the_wishes_of_the_first(owner: User, now: datetime) -> None:
    walk("salon", owner, now)
    run.choose_trade("accounting", "Berg", by=owner, now=now)
    assert [each.key for each in run.wishes_of(run.progress())] == ["documents"]
    assert business_at(now).trade == "accounting"


def test_a_finished_run_never_comes_back(owner: User, now: datetime) -> None:
    client = walk("salon", owner, now)
    case = run.FirstCase("appointment", client, now + SOON)
    assert run.finish(case, by=owner, now=now)
    events = Event.objects.filter(name="appointment.dated").count()
    assert not run.finish(case, by=owner, now=now)
    run.put_off("trade", by=owner, now=now)
    assert run.progress().finished
    assert Event.objects.filter(name="appointment.dated").count() == events == 1


def test_a_trial_that_was_begun_by_hand_goes_on(owner: User, now: datetime) -> None:
    client = walk("salon", owner, now)
    begun = begin_trial(acting_user=owner.id, now=now, days=3)
    assert run.finish(run.FirstCase("appointment", client, now + SOON), by=owner, now=now)
    going_on = gate.trial(now)
    assert going_on is not None
    assert going_on.id == begun


@pytest.mark.parametrize(
    ("wish", "later", "words"),
    [
        ("appointment", timedelta(hours=-1), "still to come"),
        ("appointment", None, "still to come"),
        ("documents", SOON, "switched on"),
    ],
)
def test_what_cannot_begin_changes_nothing(
    owner: User, now: datetime, wish: str, later: timedelta | None, words: str
) -> None:
    client = walk("salon", owner, now)
    with pytest.raises(run.NotYet, match=words):
        run.finish(run.FirstCase(wish, client, now + later if later else None), by=owner, now=now)
    assert not run.progress().finished
    assert not JourneySpell.objects.exists()


def test_documents_are_asked_for_with_the_owner_as_theirs(owner: User, now: datetime) -> None:
    client = walk("accounting", owner, now)
    run.finish(run.FirstCase("documents", client, now + SOON), by=owner, now=now)
    engagement = Engagement.objects.get(contact_id=client)
    assert engagement.owner_id == owner.id
    assert engagement.documents.count() == len(trades()["accounting"].documents)


def test_a_typed_client_may_get_service_messages_and_no_news(owner: User, now: datetime) -> None:
    walk("salon", owner, now)
    assert list(BasisSpell.objects.values_list("purpose", "kind")) == [("service", "contract")]
    with pytest.raises(ContactError):
        run.add_client("Liv Aas", "not an address@", by=owner, now=now)
    with pytest.raises(run.NotYet, match="mail address or a phone"):
        run.add_client("Liv Aas", " ", by=owner, now=now)


def test_a_clinic_speaks_neutrally_and_says_that_its_records_stand(owner: User, now: datetime) -> None:
    client = walk("health", owner, now)
    run.finish(run.FirstCase("appointment", client, now + SOON), by=owner, now=now, assessed=True)
    assert Audit.objects.filter(verb="records.stand").count() == 1
    for slug, languages in languages_by_slug().items():
        for language in languages:
            row = TemplateVersion.objects.get(template__slug=slug, language=language, is_live=True)
            assert "place" not in str(row.__dict__)


def test_a_clinic_does_not_begin_before_its_assessment_is_taken_up(owner: User, now: datetime) -> None:
    """R91."""
    client = walk("health", owner, now)
    case = run.FirstCase("appointment", client, now + SOON)
    with pytest.raises(run.NotYet, match="tick that you have"):
        run.finish(case, by=owner, now=now)
    assert not JourneySpell.objects.exists()
    assert not Audit.objects.filter(verb="records.stand").exists()
    assert run.finish(case, by=owner, now=now, assessed=True)
    assert JourneySpell.objects.filter(kind="live").exists()
    assert business_at(now).assessed == now.date().isoformat()


def test_a_house_with_clients_is_never_thrown_into_it(cast: Cast) -> None:
    assert not FirstRun.objects.exists()
    assert run.progress().finished


def test_an_empty_house_begins_with_the_first_question(owner: User, now: datetime) -> None:
    assert (run.progress().step, run.progress().finished) == ("trade", False)
    change_settings(values={"name": "Berg"}, acting_user=owner.id, now=now)
    close_first_run(acting_user=owner.id, now=now)
    assert run.progress().finished


def test_the_days_before_are_read_only_where_they_can_be_and_once(owner: User, now: datetime) -> None:
    walk("salon", owner, now)
    assert run.history_offered() is None, "there is no mailbox"
    run.read_back(by=owner, now=now)
    account = Account.objects.create(
        channel="mail", name="Post", address="post@berg.example", connected_at=now
    )
    assert run.history_offered() is None, "mail comes through our own door"
    Account.objects.update(settings={"imap_host": "imap.berg.example"})
    assert run.history_offered() == account
    run.read_back(by=owner, now=now)
    account.refresh_from_db()
    assert account.history_since == now - timedelta(days=30)
    assert run.history_offered() is None
    run.read_back(by=owner, now=now + timedelta(days=3))
    account.refresh_from_db()
    assert account.history_since == now - timedelta(days=30)
