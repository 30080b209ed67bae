"""The line out of the house as YAML, and into it: shown first, then decided with its reasons."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from tactful.foundation.models import WORKING, User
from tactful.touchpoints import actions
from tactful.touchpoints import queries as the_map
from tactful.touchpoints.queries import Touchpoint
from tactful.touchpoints.rules.document import BadLine, Entry, read, write
from tactful.touchpoints.types import Line, MessageClass


def export() -> str:
    return write(_entry(row) for row in the_map.on_the_map())


def changes(text: str) -> list[tuple[Entry, Entry]]:
    """(as it stands, as the file says) of each touchpoint that would change. Raises ``BadLine``."""
    standing = {row.slug: _entry(row) for row in the_map.on_the_map()}
    people = User.objects.filter(is_active=True, role__in=WORKING)
    owners = {mail.lower() for mail in people.values_list("email", flat=True)}
    wanted = read(text, standing, owners)
    pairs = [(standing[each.slug], each) for each in wanted]
    moved = [(old, new) for old, new in pairs if _matter(old) != _matter(new)]
    _expect_reasons(moved)
    return moved


@transaction.atomic
def bring_in(text: str, *, acting_user: int, now: datetime) -> int:
    """Decide what the file says, each with its reason. Answers how many changed. Raises ``BadLine``."""
    moved = changes(text)
    rows = {row.slug: row for row in the_map.on_the_map()}
    ids = {user.email.lower(): user.id for user in User.objects.filter(is_active=True)}
    for old, new in moved:
        row, owner = rows[new.slug], ids.get(new.owner)
        if old.score != new.score:
            actions.rate(row.id, new.score, acting_user=acting_user, now=now)
        if old.line != new.line:
            actions.decide(row.id, new.line, new.why, owner_id=owner, acting_user=acting_user, now=now)
        if (old.message_class, old.owner) != (new.message_class, new.owner):
            actions.describe(row.id, new.message_class, owner_id=owner, acting_user=acting_user, now=now)
    return len(moved)


def sentences(moved: Iterable[tuple[Entry, Entry]]) -> list[str]:
    """What would change, a line for each touchpoint."""
    return [f"{new.slug}: {', '.join(_words(old, new))}" for old, new in moved]


def _words(old: Entry, new: Entry) -> Iterable[str]:
    if old.line != new.line:
        yield f"from {old.line} to {new.line}, because: {new.why}"
    if old.message_class != new.message_class:
        yield f"class {old.message_class} becomes {new.message_class}"
    if old.owner != new.owner:
        yield f"owner {old.owner or 'nobody'} becomes {new.owner or 'nobody'}"
    if old.score != new.score:
        yield f"score {old.score} becomes {new.score}"


def _matter(entry: Entry) -> Entry:
    return replace(entry, name="", why="")


def _expect_reasons(moved: Iterable[tuple[Entry, Entry]]) -> None:
    bare = [new.slug for old, new in moved if old.line != new.line and not new.why]
    if bare:
        raise BadLine(f"{slug} crosses the line, so say why in a few words after “why”." for slug in bare)


def _entry(row: Touchpoint) -> Entry:
    line = Line(row.current.line) if row.current else Line.UNDECIDED
    return Entry(
        slug=row.slug,
        line=line,
        message_class=MessageClass(row.message_class),
        owner=row.owner.email.lower() if row.owner else "",
        score=(row.frequency, row.friction, row.clarity),
        why=row.current.reason if row.current else "",
        name=row.name_en,
    )
