"""The outbox with the house's own facts and letters and our own transport, against a server on loopback."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, connections

from tactful.channels.mail.wire import Wire
from tactful.channels.models import Account
from tactful.contacts.actions import update_contact
from tactful.content.actions import NewTemplate, compiled_for_good, publish_template
from tactful.content.models import TypesetVersion
from tactful.content.rules import compile as compiling
from tactful.content.types import MailSource, Variable
from tactful.delivery import session, worker
from tactful.delivery.actions import decide_unknown
from tactful.delivery.hot.sweeps import LEASE
from tactful.delivery.models import Dispatch
from tactful.delivery.queries import audience
from tactful.delivery.recovery import recover
from tactful.delivery.tests.house import Clerk, due_at_once, pass_time
from tactful.delivery.tests.test_recovery import Killed
from tactful.delivery.worker import DeliveryWorker, ask_people
from tactful.demo.postbox.sink import Script, Sink, SinkSettings
from tactful.events.models import Event as FactRow
from tactful.foundation import pg
from tactful.foundation.actions import change_settings
from tactful.touchpoints.types import MessageClass, Purpose
from tactful.wiring.letters import fact_sources
from tactful.wiring.mail import JOURNALS, open_transport
from tactful.wiring.tests.cast import Cast, make_cast

NO_PIPELINING = tuple(name for name in SinkSettings().extensions if name != "PIPELINING")
LIV = "liv@client.example"


def through(cast: Cast, sink: Sink) -> None:
    """The account's mail goes to this server."""
    place = {"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none"}
    Account.objects.filter(pk=cast.account.id).update(settings=place)


def a_clerk(folder: Path) -> Clerk:
    house: Any = SimpleNamespace(sources=fact_sources)
    provider: Any = SimpleNamespace(open=open_transport)
    return Clerk(house, provider, folder)


def publish(cast: Cast, words: str) -> None:
    source = MailSource(
        f"{words} for {{{{ name }}}}",
        "<mj-section><mj-column><mj-text>{{ name }}, {{ sender_name }}</mj-text></mj-column></mj-section>",
        f"{words}, {{{{ name }}}}\n{{{{ sender_name }}}}\n",
        "en",
        "",
        (Variable("name", default="you"), Variable("sender_name", default="us")),
    )
    publish_template(NewTemplate("again", "a", "a", source), acting_user=None, now=cast.now)


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_every_attempt_is_the_same_mail_whatever_changes_in_between(
    cast: Cast, tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5: identity over every attempt, the very bytes over every attempt after the first handoff."""
    wanted = SinkSettings(scripts={LIV: Script(stage, "451 4.3.0 Not now", 2)})
    seen: list[bytes] = []
    write = Wire.write

    def watched(wire: Wire, data: bytes) -> None:
        if data.endswith(b"\r\n.\r\n"):
            seen.append(data)
        write(wire, data)

    monkeypatch.setattr(Wire, "write", watched)
    publish(cast, "First words")
    with Sink(wanted) as sink:
        through(cast, sink)
        clerk = a_clerk(tmp_path)
        ident = cast.plans(cast.liv, subject="", body="", template="again")
        key = Dispatch.objects.get(pk=ident).message.dedupe_key
        for attempt in range(3):
            clerk.turn()
            due_at_once()
            publish(cast, f"Other words {attempt}")
            update_contact(cast.liv.id, {"name": f"Liv {attempt}"}, acting_user=cast.owner.id, now=cast.now)
            change_settings(values={"name": f"Firm {attempt}"}, acting_user=cast.owner.id, now=cast.now)
        clerk.leave()
    row = Dispatch.objects.get(pk=ident)
    assert (row.state, row.attempt, row.message.dedupe_key) == ("sent", 3, key)
    assert len(seen) == (1 if stage == "rcpt" else 3)
    assert len(set(seen)) == 1
    assert b"First words" in seen[0]
    senders = {line for line in sink.ledger.commands if line.startswith(b"MAIL FROM")}
    assert len({line.partition(b">")[0] for line in senders}) == 1  # the return path with its token


def test_an_upgrade_that_changes_the_frame_changes_no_mail_in_retry(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5: what was set for the first handoff is kept. A letter of a later version has the new frame."""
    with Sink(SinkSettings(scripts={LIV: Script("dot", "451 4.3.0 Not now", 1)})) as sink:
        through(cast, sink)
        publish(cast, "Words")
        clerk = a_clerk(tmp_path)
        ident = cast.plans(cast.liv, subject="", body="", template="again")
        clerk.turn()
        real = compiling.mjml_to_html
        changed = lambda mjml: real(mjml).replace("<body", "<body dir='ltr'")  # noqa: E731
        monkeypatch.setattr(compiling, "mjml_to_html", changed)
        compiled_for_good.cache_clear()  # another program
        due_at_once()
        clerk.turn()
        publish(cast, "Newer words")
        cast.plans(cast.paal, subject="", body="", template="again")
        clerk.turn()
        clerk.leave()
    assert Dispatch.objects.get(pk=ident).state == "sent"
    mails = [message_from_bytes(payload, policy=policy.SMTP) for payload in sink.ledger.payloads]
    pages = [mail.get_body(("html",)) for mail in mails]
    assert ["dir='ltr'" in page.get_content() for page in pages if page] == [False, True]
    assert TypesetVersion.objects.count() == 2


def test_an_automatic_answer_says_so_and_can_cause_no_answer(cast: Cast, tmp_path: Path) -> None:
    """R34: the null return path, and the header of RFC 3834."""
    with Sink() as sink:
        through(cast, sink)
        clerk = a_clerk(tmp_path)
        publish(cast, "We are closed")
        answer = {"template": "again", "is_auto_reply": True, "message_class": MessageClass.AWAITED}
        cast.plans(cast.liv, subject="", body="", **answer)
        cast.plans(cast.paal, subject="", body="", template="again")
        clerk.turn()
        clerk.leave()
    mails = {
        mail.recipient: (mail.sender, payload)
        for mail, payload in zip(sink.ledger.mails, sink.ledger.payloads, strict=True)
    }
    headers = {who: message_from_bytes(payload, policy=policy.SMTP) for who, (_, payload) in mails.items()}
    assert mails[LIV][0] == ""
    assert headers[LIV]["Auto-Submitted"] == "auto-replied"
    assert mails["paal@client.example"][0].startswith("post+")
    assert headers["paal@client.example"]["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("again", [True, False], ids=["again", "leave"])
def test_what_nobody_knows_stands_on_somebody_s_list_after_a_day(
    cast: Cast, tmp_path: Path, again: bool
) -> None:
    """R4: "send again" sends the very same mail, "leave" leaves it; both take it off the list."""
    with Sink(SinkSettings(scripts={LIV: Script("dot", "drop", 1)})) as sink:
        through(cast, sink)
        publish(cast, "Words")
        clerk = a_clerk(tmp_path)
        ident = cast.plans(cast.liv, subject="", body="", template="again")
        clerk.turn()
        ask_people()
        cast.reacts()
        assert (Dispatch.objects.get(pk=ident).state, cast.tasks()) == ("unknown", [])
        pass_time(timedelta(hours=25))
        cast.later(timedelta(hours=25))
        ask_people()
        cast.reacts()
        (task,) = cast.tasks(code="message_unknown")
        assert (task.contact_id, task.subject_id, task.owner_id) == (cast.liv.id, ident, cast.colleague.id)
        decide_unknown(message_id=ident, send_again=again, acting_user=cast.colleague.id, now=cast.now)
        clerk.turn()
        cast.reacts()
        clerk.leave()
    assert cast.tasks(code="message_unknown") == []
    assert Dispatch.objects.get(pk=ident).state == ("sent" if again else "unknown")
    assert len(sink.ledger.mails) == (2 if again else 1)
    assert len({(mail.message_id, mail.digest) for mail in sink.ledger.mails}) == 1


class Death:
    """Dies at the point with this number, on the wire or around a commit."""

    def __init__(self, at: int) -> None:
        self.at, self.reached = at, 0

    @property
    def happened(self) -> bool:
        return self.reached >= self.at

    def point(self) -> None:
        self.reached += 1
        if self.reached == self.at:
            raise Killed

    def around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def mortal(*args: Any, **kwargs: Any) -> Any:
            self.point()
            result = real(*args, **kwargs)
            self.point()
            return result

        return mortal

    def commit(self, real: Callable[[Any], None]) -> Callable[[Any], None]:
        def mortal(wrapper: Any) -> None:
            try:
                self.point()
            except Killed:
                wrapper.connection.rollback()
                raise
            real(wrapper)
            self.point()

        return mortal


@pytest.fixture
def open_house(committed_db: object, settings: LazySettings, tmp_path: Path) -> Cast:
    settings.FILES_ROOT = tmp_path / "files"
    return make_cast()


def test_a_death_at_every_verb_and_every_commit(
    open_house: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R86 on the real outbox and the real wire: before and after each commit, each write and each reply."""
    cast, points = open_house, 0
    wrapper: Any = type(connections["default"])
    with Sink(SinkSettings(extensions=NO_PIPELINING)) as sink:
        through(cast, sink)
        publish(cast, "Words")
        for at in range(1, 200):
            death = Death(at)
            with monkeypatch.context() as patch:
                patch.setattr(wrapper, "_commit", death.commit(wrapper._commit))
                patch.setattr(Wire, "write", death.around(Wire.write))
                patch.setattr(Wire, "read_reply", death.around(Wire.read_reply))
                _one_life(cast, death, tmp_path, at, sink)
            if not death.happened:
                points = death.reached
                break
    assert 40 <= points < 200, points  # two mails of four verbs, the greeting, and the commits


def _one_life(cast: Cast, death: Death, folder: Path, cause: int, sink: Sink) -> None:
    limit, death.at = death.at, 10_000  # nobody dies while the stage is set
    new = {"cause_id": cause, "subject": "", "body": "", "template": "again"}
    must = cast.plans(cast.liv, message_class=MessageClass.AWAITED, **new)
    may = cast.plans(cast.paal, purpose=Purpose.SERVICE, **new)
    victim = a_clerk(folder)
    death.at, death.reached = limit, 0
    before = len(sink.ledger.mails)
    with suppress(Killed):
        while victim.turn():
            pass
    reached, death.at = death.reached, 10_000
    if reached >= limit:
        connection.close()
    victim.die()
    recover(JOURNALS)
    heir = a_clerk(folder)
    due_at_once()
    while heir.turn():
        pass
    heir.die()
    recover(JOURNALS)
    death.at, death.reached = limit, reached
    _check(must, may, cause, [(m.recipient, m.message_id, m.digest) for m in sink.ledger.mails[before:]])


def _check(must: int, may: int, cause: int, arrived: list[tuple[str, str, str]]) -> None:
    to_must = [mail for mail in arrived if mail[0] == LIV]
    to_may = [mail for mail in arrived if mail[0] != LIV]
    assert 1 <= len(to_must) <= 2
    assert len(set(to_must)) == 1, "a second copy has the same Message-ID and the same bytes"
    assert len(to_may) <= 1
    stand = audience("broadcast", cause)
    assert (stand.total, stand.live, stand.final + stand.unknown) == (2, 0, 2)
    states = dict(Dispatch.objects.filter(pk__in=(must, may)).values_list("pk", "state"))
    assert states[must] == "sent"
    assert states[may] == ("sent" if to_may and states[may] != "unknown" else "unknown")


def test_a_stop_is_not_kept_waiting_by_a_server_that_says_nothing(
    open_house: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R18: the reply to the dot may take ten minutes, a stop does not. The mail is unknown."""
    monkeypatch.setattr(session, "BEAT", 0.05)
    monkeypatch.setattr(session, "PATIENCE_MS", 0)
    stop, taken = Event(), Event()
    wanted = SinkSettings(scripts={LIV: Script("dot", "silence")})
    with Sink(wanted) as sink:
        sink.ledger.on_mail = lambda _mail, _payload: taken.set()
        through(open_house, sink)
        publish(open_house, "Words")
        silent = open_house.plans(open_house.liv, subject="", body="", template="again")
        sender = DeliveryWorker(fact_sources(), open_transport, tmp_path / "journals", JOURNALS)

        def run() -> None:
            sender.run(stop)
            connection.close()

        thread = Thread(target=run)
        thread.start()
        assert taken.wait(20)
        waiting = open_house.plans(open_house.paal, subject="", body="", template="again")
        stop.set()
        thread.join(30)
        assert not thread.is_alive()
    states = dict(Dispatch.objects.values_list("pk", "state"))
    assert states[silent] == "unknown"
    assert states[waiting] == "queued"
    assert not FactRow.objects.filter(name="message.sent").exists()


def test_nobody_of_ours_commits_without_waiting_for_the_disk(open_house: Cast) -> None:
    """R11: whoever answers "done" has it on the disk; no session lowers that."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
        pg.tune()
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


def test_a_dead_worker_s_mails_are_taken_over_within_a_minute() -> None:
    """R9: the lease, the look for dead leases and the rest between two looks add up to less."""
    lease = timedelta(seconds=int(LEASE.removesuffix(" seconds")))
    assert lease + timedelta(milliseconds=worker.RECOVER_MS) + timedelta(seconds=2 * worker.POLL) < timedelta(
        seconds=60
    )
