"""Replays in the background: asked for, taken up, watched, kept. One at a time in the whole house.

Whoever tells one gives a sign of life by the machine clock; a run without one is begun anew by the next
worker, a few times.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from tactful.foundation import pg
from tactful.foundation.actions import record_audit
from tactful.foundation.clock import machine_now
from tactful.journeys.models import ReplayedLine, ReplayRun
from tactful.journeys.rules.definition import document
from tactful.journeys.rules.digest import digest_of
from tactful.journeys.rules.replay_lines import kept_lines, summary_of
from tactful.journeys.rules.replayed import Replay
from tactful.journeys.types import Definition

SILENT = timedelta(seconds=30)
MOST_INTERRUPTED = 3
KEPT = 6  # runs of one journey; older ones are let go
TOO_OFTEN = "interrupted"
BUSY = Q(state__in=("queued", "running"))


class ReplayBusy(LookupError):
    """Another one is under way; ``run`` says which."""

    def __init__(self, run: ReplayRun) -> None:
        super().__init__(f"A replay of “{run.slug}” is under way. Wait for it, or cancel it.")
        self.run = run


def ask_replay(
    definition: Definition,
    *,
    days: int,
    version: int | None = None,
    draft: str = "",
    acting_user: int,
    now: datetime,
) -> ReplayRun:
    """A worker tells it. Raises ``ReplayBusy`` while another one is under way."""
    run = ReplayRun(
        slug=definition.slug,
        version=version,
        draft=draft,
        digest=digest_of(definition),
        document=document(definition),
        since=now - timedelta(days=days),
        until=now,
        asked_at=now,
        by=acting_user,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            body: dict[str, object] = {"version": version, "draft": draft, "days": days}
            subject = f"journey:{definition.slug}"
            record_audit(actor=acting_user, verb="journey.replay_asked", subject=subject, now=now, body=body)
            _let_go_of_old(definition.slug)
    except IntegrityError as error:
        raise ReplayBusy(ReplayRun.objects.get(BUSY)) from error
    return run


def _let_go_of_old(slug: str) -> None:
    over = ReplayRun.objects.filter(slug=slug).exclude(BUSY).order_by("-asked_at", "-id")
    ReplayRun.objects.filter(id__in=list(over.values_list("id", flat=True)[KEPT - 1 :])).delete()


def cancel_replay(run_id: int, *, acting_user: int, now: datetime) -> bool:
    """False if it was over already."""
    found = ReplayRun.objects.filter(BUSY, id=run_id).update(state="cancelled", finished_at=now)
    if found:
        subject = f"replay:{run_id}"
        record_audit(actor=acting_user, verb="journey.replay_cancelled", subject=subject, now=now, body={})
    return bool(found)


@transaction.atomic
def take_replay(now: datetime) -> ReplayRun | None:
    """The one that waits, or one whose worker has fallen silent."""
    moment = machine_now()
    waiting = Q(state="queued") | Q(state="running", beat_at__lt=moment - SILENT)
    run = ReplayRun.objects.select_for_update(skip_locked=True).filter(waiting).first()
    if run is None:
        return None
    run.interrupted += run.state == "running"
    if run.interrupted > MOST_INTERRUPTED:
        _settle(run.id, "failed", now, TOO_OFTEN)
        return None
    run.state, run.done, run.total = "running", 0, 0
    run.started_at = run.beat_at = moment
    run.save(update_fields=["state", "done", "total", "started_at", "beat_at", "interrupted"])
    return run


def beat(run_id: int, done: int | None = None, total: int = 0) -> bool:
    """A sign of life, with how many clients are done; false if it is not wanted any more."""
    values: dict[str, object] = {"beat_at": machine_now()}
    values |= {} if done is None else {"done": done, "total": total}
    return bool(ReplayRun.objects.filter(id=run_id, state="running").update(**values))


def give_back(run_id: int) -> None:
    """This worker stops; the next one begins it anew."""
    ReplayRun.objects.filter(id=run_id, state="running").update(
        state="queued", interrupted=F("interrupted") + 1
    )


def fail_replay(run_id: int, error: str, now: datetime) -> None:
    _settle(run_id, "failed", now, error)


def _settle(run_id: int, state: str, now: datetime, error: str = "") -> None:
    running = ReplayRun.objects.filter(id=run_id, state="running")
    running.update(state=state, finished_at=now, error=error.replace("\0", "")[:300])


@transaction.atomic
def keep_replay(run_id: int, replay: Replay, now: datetime) -> bool:
    """The lines and the summary; false if it was cancelled meanwhile."""
    run = ReplayRun.objects.select_for_update().filter(id=run_id, state="running").first()
    if run is None:
        return False
    lines = list(kept_lines(replay))
    pg.copy_in(
        [
            ReplayedLine(
                run_id=run_id, number=number, contact_id=line.contact, at=line.at, marks=list(line.marks),
                body=line.body,
            )
            for number, line in enumerate(lines, 1)
        ]
    )  # fmt: skip
    run.summary = summary_of(replay, lines)
    run.state, run.done, run.total, run.finished_at = "done", replay.clients, replay.clients, now
    run.save(update_fields=["summary", "state", "done", "total", "finished_at"])
    return True
