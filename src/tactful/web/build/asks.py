"""What Tactful asks of its people, day by day and by cause, against the budget."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.foundation.staff.queries import working_people
from tactful.inbox import queries as inbox
from tactful.inbox.rules.burden import (
    MAY_BE_GATHERED,
    MAY_BE_OFF,
    Advice,
    Budget,
    Felt,
    advice,
    budget_for,
    is_over,
)
from tactful.web.build.around import post
from tactful.web.pages.settings import AsksPage, CauseRow, DayRow
from tactful.web.templatetags.tactful import in_words
from tactful.web.types import Act, EmptyState
from tactful.web.visit import Visit

STRETCH = timedelta(days=30)
CAUSES: Mapping[str, Callable[[], str]] = {
    "unverified": lambda: _("Mail under an address that nobody vouches for"),
    "asked_to_stop": lambda: _("Somebody may have asked us to stop"),
    "is_this_it": lambda: _("Is this the document that we asked for?"),
    "look_for_document": lambda: _("A client says that a document has been sent"),
    "upload_full": lambda: _("A client could not send more files"),
    "undelivered": lambda: _("A message did not arrive"),
    "message_unknown": lambda: _("Nobody knows whether a message arrived"),
    "message_missed": lambda: _("A message was held until it was too late"),
    "message_held": lambda: _("A held message is soon too late"),
    "message_late": lambda: _("Messages are later than meant"),
    "hold_ended": lambda: _("A hold has ended, and somebody must decide"),
    "hold_expired": lambda: _("A message has been held for long"),
    "fact_unreadable": lambda: _("Something about a message cannot be found out"),
    "journey_call": lambda: _("A journey asks for a call"),
    "journey_write": lambda: _("A journey asks you to write yourselves"),
    "journey_decide": lambda: _("A journey asks for a decision"),
    "journey_approve": lambda: _("A journey asks for a yes"),
    "erasure_asked": lambda: _("A client asks to be forgotten"),
    "account_paused": lambda: _("A mail account is stopped"),
    "mailbox_unread": lambda: _("A mailbox cannot be read"),
    "sending_paused": lambda: _("Sending is paused"),
    "mail_unreadable": lambda: _("A mail could not be read"),
    "endpoint_stopped": lambda: _("Another program does not listen any more"),
    "calendar_failing": lambda: _("A calendar cannot be read"),
    "broadcast_waits": lambda: _("A broadcast waits for a second person"),
    "fact_failed": lambda: _("Something that happened could not be taken in"),
    "trial_week": lambda: _("The mail about the trial week"),
}


def asks_page(visit: Visit) -> AsksPage:
    house = visit.house
    found = inbox.felt_between(visit.now - STRETCH, visit.now, house.time_zone, house.country)
    budget = budget_for(working_people())
    gathered, off = inbox.eased(visit.now)
    offers = {each.cause: each for each in advice(found, budget, gathered | off)}
    known = dict(found.causes) | {cause: 0 for cause in gathered | off if cause not in dict(found.causes)}
    return AsksPage(
        said=_said(found, budget) if found.total else _("In the last 30 days Tactful has asked you nothing."),
        kept=not is_over(found, budget),
        causes=tuple(_cause(cause, count, offers, gathered, off) for cause, count in known.items()),
        days=_days(found, budget) if found.total else (),
        advice=_advice(offers) if is_over(found, budget) else "",
        empty=None if known else EmptyState(_("Nothing has been asked"), _nothing(), "person"),
    )


def cause_name(cause: str) -> str:
    return CAUSES[cause]() if cause in CAUSES else cause.replace("_", " ").capitalize()


def _said(found: Felt, budget: Budget) -> str:
    """In whole questions: nobody is asked half of one."""
    said = _("On an ordinary working day Tactful has %(usual)s for you, on a busy one %(busy)s.")
    may = _("In a firm of your size, %(may)s and %(most)s are meant to be enough.")
    now = {"usual": _questions(round(found.median)), "busy": _questions(round(found.p95))}
    enough = {"may": in_words(round(budget.median)), "most": in_words(round(budget.p95))}
    return f"{said % now} {may % enough}"


def _questions(n: int) -> str:
    return ngettext("one question", "%(n)s questions", n) % {"n": in_words(n)} if n else _("no question")


def _advice(offers: Mapping[str, Advice]) -> str:
    if offers:
        return _("It is too much. What asks most is marked below, with what you can do about it.")
    return _("It is too much, but what asks most cannot wait: a client would be hurt. Look at the journeys.")


def _cause(
    cause: str, count: int, offers: Mapping[str, Advice], gathered: frozenset[str], off: frozenset[str]
) -> CauseRow:
    if cause in gathered & MAY_BE_GATHERED:
        back = (post(_("Ask at once again"), "asks_again", fields={"cause": cause}),)
        return CauseRow(cause_name(cause), count, _("Gathered in one list a week."), back)
    if cause in off & MAY_BE_OFF:
        back = (post(_("Ask again"), "asks_again", fields={"cause": cause}),)
        return CauseRow(cause_name(cause), count, _("Switched off: nobody is asked."), back)
    return CauseRow(cause_name(cause), count, "", _offered(cause, offers.get(cause)))


def _offered(cause: str, offer: Advice | None) -> tuple[Act, ...]:
    if offer is None:
        return ()
    acts = []
    if offer.gather:
        acts.append(post(_("Gather into one list a week"), "asks_gather", fields={"cause": cause}))
    if offer.off:
        acts.append(post(_("Do not ask this"), "asks_off", fields={"cause": cause}))
    return tuple(acts)


def _days(found: Felt, budget: Budget) -> tuple[DayRow, ...]:
    most = max(1, *found.days.values()) if found.days else 1
    return tuple(
        DayRow(day, count, round(100 * count / most), count > budget.p95)
        for day, count in sorted(found.days.items(), reverse=True)
    )


def _nothing() -> str:
    return _("When automation needs a person, it is counted here by its cause.")
