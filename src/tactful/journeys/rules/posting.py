"""A message of a story before the gate: what ``delivery`` does with a verdict, in memory."""

from datetime import datetime
from functools import lru_cache

from tactful.channels.types import Channel
from tactful.delivery.types import CapScope
from tactful.gate.rules.check import PlainSitting
from tactful.gate.rules.codes import TOO_LATE, Code
from tactful.gate.rules.table import counts_in_caps
from tactful.gate.types import (
    UNKNOWN,
    Author,
    CapUsage,
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
from tactful.journeys.rules.tale import NOTHING_USED, Fate, Letter, Look, Scene, Sending
from tactful.touchpoints.types import Line, MessageClass

ALWAYS = ConditionFact(holds=True)
NO_TOPICS: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def _said(holds: bool, code: str) -> ConditionFact:
    return ConditionFact(holds, code=code)


class Post:
    def __init__(self, scene: Scene, ledger: Ledger, sitting: PlainSitting) -> None:
        self.ledger = ledger
        self._gate = sitting
        self._scene, self._world = scene, scene.world

    def ask(self, sending: Sending, known: Facts, now: datetime) -> None:
        """The gate's real answer at ``now``, written on the sending. ``known``: answers for any key."""
        request = self._request(sending)
        if request.latest_at is not None and request.latest_at <= now:
            late = Reason(Check.NOT_TOO_LATE, Code.LATE_LATEST)
            sending.looks.append(Look(now, VerdictKind.REFUSE, (late,)))
            sending.fate, sending.at = Fate.EXPIRED, now
            return
        settings = self._world.settings(now)
        scope, usage = self._places(request, settings.contact_week, now)
        letter = Letter(request, self._condition(sending, known), usage)
        verdict = self._gate.check(request, self._world.gate_facts(letter, now), settings, now)
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

    def _places(
        self, request: GateRequest, week: int, now: datetime
    ) -> tuple[CapScope | None, CapUsage | Unknown]:
        """Whose caps count, if any do, and how much of them is used."""
        if not counts_in_caps(request.author, request.message_class):
            return None, NOTHING_USED
        scope = self._world.scope(request.contact_id, now)
        return scope, UNKNOWN if scope is None else self.ledger.usage(request.contact_id, scope, week)

    def _request(self, sending: Sending) -> GateRequest:
        """As ``journeys.effects`` and ``delivery.batch`` would make it."""
        effect, point = sending.effect, sending.point
        kind = MessageClass.RELATIONSHIP if point is None else point.message_class
        line = Line.UNDECIDED if point is None else point.line
        topics = frozenset((effect.about.replace("=", ":"),)) if effect.about else NO_TOPICS
        # What the type's own constructor does, at a third of its price: each message of a past is asked.
        due_at = effect.due_at if effect.due_at > sending.not_before else sending.not_before
        fields = (
            sending.number, sending.walk.contact, Author.AUTOMATION, line, kind, kind.purpose, Channel.MAIL,
            due_at, effect.latest_at, effect.allow, topics, False, None, False, sending.held_since,
            None if point is None else point.id, False,
        )  # fmt: skip
        return tuple.__new__(GateRequest, fields)

    def _condition(self, sending: Sending, known: Facts) -> ConditionFact | Unknown:
        """As ``wiring.conditions`` asks it."""
        question = self._scene.plan.nodes[sending.step].question
        if question is None:
            return ALWAYS
        about = sending.effect.about
        suffix = f":{about}" if about else ""
        if any(known[fact_key(name, suffix)] is UNKNOWN for name in question.names):
            return UNKNOWN
        context = sending.walk.state.context
        holds = question.evaluate(Values(known, suffix, context, context.get("event", {})))
        return _said(holds, question.names[0] if question.names else "condition")


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
