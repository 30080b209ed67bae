"""Replays that were told: how they stand, what they say, and their lines in lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from tactful.foundation import pg
from tactful.journeys.models import ReplayedLine, ReplayRun
from tactful.journeys.rules.replay_lines import Summary, read_summary

__all__ = [
    "LinePage",
    "ReplayRun",
    "ReplayedLine",
    "Wanted",
    "last_replay",
    "last_replay_run",
    "others_of_client",
    "replay_run",
    "replay_under_way",
    "replayed_line",
    "replayed_lines",
    "replays_of",
]

PAGE = 50


@dataclass(frozen=True, slots=True)
class LinePage:
    """``before``: how many lines of this list stand before the page. ``after``: the number from which the
    next page goes on; None on the last one."""

    rows: tuple[ReplayedLine, ...]
    after: int | None


def replay_run(run_id: int) -> ReplayRun | None:
    return ReplayRun.objects.filter(id=run_id).first()


def replays_of(slug: str, limit: int = 10) -> list[ReplayRun]:
    """The newest first, without the definitions."""
    rows = ReplayRun.objects.filter(slug=slug).defer("document").order_by("-asked_at", "-id")
    return list(rows[:limit])


def replay_under_way() -> ReplayRun | None:
    return ReplayRun.objects.filter(state__in=("queued", "running")).first()


def last_replay_run(slug: str, digest: str) -> ReplayRun | None:
    """The newest one of exactly this definition that was told to its end."""
    rows = ReplayRun.objects.filter(slug=slug, digest=digest, state="done").defer("document")
    return rows.order_by("-asked_at", "-id").first()


def last_replay(slug: str, digest: str) -> Summary | None:
    """What the newest replay of exactly this definition says (``rules.digest.digest_of``)."""
    run = last_replay_run(slug, digest)
    return read_summary(run.summary) if run is not None else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of a list. ``mark``: of ``rules.replay_lines.MARKS``, "" for all. ``few``: the list is a short
    one, which is found by its mark and not by reading on from ``after``."""

    mark: str = ""
    after: int = 0
    limit: int = PAGE
    few: bool = True


FEW = """WITH marked AS MATERIALIZED (
    SELECT number FROM replayed_line WHERE marks @> ARRAY[%(mark)s]::varchar[] AND run_id = %(run)s)
SELECT number FROM marked WHERE number > %(after)s ORDER BY number LIMIT %(limit)s"""


def replayed_lines(run_id: int, wanted: Wanted) -> LinePage:
    """In the order of time."""
    limit = wanted.limit
    rows = ReplayedLine.objects.filter(run_id=run_id).order_by("number")
    if wanted.mark and wanted.few:
        params = {"mark": wanted.mark, "run": run_id, "after": wanted.after, "limit": limit + 1}
        rows = rows.filter(number__in=[number for (number,) in pg.many(FEW, params)])
    elif wanted.mark:
        rows = rows.filter(number__gt=wanted.after, marks__contains=[wanted.mark])
    else:
        rows = rows.filter(number__gt=wanted.after)
    found = list(rows[: limit + 1])
    return LinePage(tuple(found[:limit]), found[limit - 1].number if len(found) > limit else None)


def replayed_line(run_id: int, number: int) -> ReplayedLine | None:
    return ReplayedLine.objects.filter(run_id=run_id, number=number).first()


def others_of_client(line: ReplayedLine, limit: int = 50) -> Sequence[ReplayedLine]:
    """All lines of the same client in this replay."""
    rows = ReplayedLine.objects.filter(run_id=line.run_id, contact_id=line.contact_id)
    return list(rows.order_by("number")[:limit])
