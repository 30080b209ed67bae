"""A message of a story before the gate: what ``delivery`` does with a verdict, in memory."""

from collections.abc import Callable
from datetime import datetime

from tactful.channels.types import Channel
from tactful.gate.rules.check import check
from tactful.gate.rules.codes import TOO_LATE, Code
from tactful.gate.rules.table import plan
from tactful.gate.types import (
    UNKNOWN,
    Author,
    Check,
    ConditionFact,
    GateRequest,
    OnRelease,
    Reason,
    Unknown,
    VerdictKind,
)
from tactful.journeys.rules.conditions import Values, fact_key
from tactful.journeys.rules.ledger import Ledger
from tactful.journeys.rules.moves import Facts
from tactful.journeys.rules.tale import Fate, Letter, Look, Scene, Sending
from tactful.touchpoints.types import Line, MessageClass, Purpose

ALWAYS = ConditionFact(holds=True)
Known = Callable[[tuple[str, ...]], Facts]


class Post:
    def __init__(self, scene: Scene, ledger: Ledger) -> None:
        self.ledger = ledger
        self._scene, self._world = scene, scene.world

    def ask(self, sending: Sending, known: Known, now: datetime) -> None:
        """The gate's real answer at ``now``, written on the sending."""
        request = self._request(sending)
        if request.latest_at is not None and request.latest_at <= now:
            late = Reason(Check.NOT_TOO_LATE, Code.LATE_LATEST)
            sending.looks.append(Look(now, VerdictKind.REFUSE, (late,)))
            sending.fate, sending.at = Fate.EXPIRED, now
            return
        settings = self._world.settings(now)
        facts = self._world.gate_facts(Letter(request, self._condition(sending, known)), now)
        counts = plan(request.author, request.message_class, request.purpose, request.allow).counts_in_caps
        scope = self._world.scope(request.contact_id, now) if counts else None
        if counts:
            usage = None if scope is None else self.ledger.usage(
                request.contact_id, scope, settings.contact_week)  # fmt: skip
            facts = facts._replace(caps=UNKNOWN if usage is None else usage)
        verdict = check(request, facts, settings, now)
        if verdict.kind is VerdictKind.CLEAR:
            if scope is not None:
                self.ledger.take(request.contact_id, scope)
            sending.fate, sending.at = Fate.SENT, now
            return
        sending.looks.append(Look(now, verdict.kind, verdict.reasons, verdict.until, verdict.wake_on))
        if verdict.kind is VerdictKind.HOLD and verdict.until is not None:
            sending.not_before = verdict.until
            sending.held_since = sending.held_since or now
            sending.on_release = str(verdict.on_release) if verdict.wake_on else str(OnRelease.SEND)
        else:
            sending.fate, sending.at = _end(verdict.kind, verdict.reasons), now

    def _request(self, sending: Sending) -> GateRequest:
        """As ``journeys.effects`` and ``delivery.batch`` would make it."""
        effect, point = sending.effect, sending.point
        kind = MessageClass.RELATIONSHIP if point is None else point.message_class
        return GateRequest(
            message_id=sending.number,
            contact_id=sending.walk.contact,
            author=Author.AUTOMATION,
            line=Line.UNDECIDED if point is None else point.line,
            message_class=kind,
            purpose=Purpose.MARKETING if kind is MessageClass.MARKETING else Purpose.SERVICE,
            channel=Channel.MAIL,
            due_at=max(effect.due_at, sending.not_before),
            latest_at=effect.latest_at,
            allow=effect.allow,
            topics=frozenset((effect.about.replace("=", ":"),)) if effect.about else frozenset(),
            held_since=sending.held_since,
        )

    def _condition(self, sending: Sending, known: Known) -> ConditionFact | Unknown:
        """As ``wiring.conditions`` asks it."""
        question = self._scene.plan.nodes[sending.step].question
        if question is None:
            return ALWAYS
        about = sending.effect.about
        suffix = f":{about}" if about else ""
        keys = tuple(fact_key(name, suffix) for name in question.names)
        facts = known(keys)
        if any(facts.get(key, UNKNOWN) is UNKNOWN for key in keys):
            return UNKNOWN
        context = sending.walk.state.context
        holds = question.evaluate(Values(facts, suffix, context, context.get("event", {})))
        return ConditionFact(holds, code=question.names[0] if question.names else "condition")


def release(sending: Sending, now: datetime) -> Fate | None:
    """What the end of its hold means (``delivery.actions.release``): RECOMPUTED and CANCELLED are written
    down; SENT says that the gate is to be asked again; None: a person would decide, and it stays held."""
    if sending.on_release == OnRelease.RECOMPUTE:
        sending.fate, sending.at = Fate.RECOMPUTED, now
        return Fate.RECOMPUTED
    if sending.on_release == OnRelease.SKIP:
        sending.fate, sending.at = Fate.CANCELLED, now
        return Fate.CANCELLED
    if sending.on_release == OnRelease.ASK:
        return None
    sending.not_before, sending.held_since = now, None
    return Fate.SENT


def _end(kind: VerdictKind, reasons: tuple[Reason, ...]) -> Fate:
    if kind is VerdictKind.RETRY:
        return Fate.UNKNOWN
    late = any(reason.code in TOO_LATE for reason in reasons[:1])
    return Fate.EXPIRED if late else Fate.REFUSED
