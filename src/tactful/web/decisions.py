"""From what was typed on a touchpoint's page to the decisions that are kept."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from tactful.touchpoints import actions
from tactful.touchpoints.actions import LineError
from tactful.touchpoints.queries import Touchpoint
from tactful.touchpoints.types import Line, MessageClass
from tactful.web.build.touchpoint import Typed, as_it_stands
from tactful.web.forms.line import DecisionForm
from tactful.web.visit import Visit


class Refused(Exception):
    """Nothing was kept. ``typed``: what was typed, with its errors."""

    def __init__(self, typed: Typed) -> None:
        super().__init__("refused")
        self.typed = typed


def typed_by(data: QueryDict, row: Touchpoint, visit: Visit) -> Typed:
    """What was sent, with the rest as it stands; errors for what cannot be."""
    now = as_it_stands(row)
    people = {user.id: user.name for user in visit.staff.values() if user.is_active and user.may_write}
    form = DecisionForm(data, people)
    bad = set() if form.is_valid() else set(form.errors)
    given = form.cleaned_data
    scales = zip(("frequency", "friction", "clarity"), now.score, strict=True)
    frequency, friction, clarity = (given.get(name) or old for name, old in scales)
    errors = {"owner": _("Choose somebody who works here and may write.")} if "owner" in bad else {}
    if bad - {"owner"}:
        errors["reason"] = _("Something here cannot be read. Choose again and keep it once more.")
    return Typed(
        line=Line(given.get("line") or now.line),
        reason=given.get("reason", ""),
        owner_id=given.get("owner"),
        message_class=given.get("message_class") or now.message_class,
        score=(frequency, friction, clarity),
        errors=errors,
    )


@transaction.atomic
def keep_decision(row: Touchpoint, typed: Typed, *, acting_user: int, now: datetime) -> None:
    """Keep what differs. A reason without a move is a new revision too. Raises ``Refused``."""
    if typed.errors:
        raise Refused(typed)
    before = as_it_stands(row)
    try:
        if typed.line != before.line or typed.reason:
            actions.decide(
                row.id, typed.line, typed.reason, owner_id=typed.owner_id, acting_user=acting_user, now=now
            )
        if (typed.owner_id, typed.message_class) != (before.owner_id, before.message_class):
            kind = MessageClass(typed.message_class)
            actions.describe(row.id, kind, owner_id=typed.owner_id, acting_user=acting_user, now=now)
        if typed.score != before.score:
            actions.rate(row.id, typed.score, acting_user=acting_user, now=now)
    except LineError as error:
        where = "owner" if typed.reason or typed.line == before.line else "reason"
        raise Refused(replace(typed, errors={where: str(error)})) from error
