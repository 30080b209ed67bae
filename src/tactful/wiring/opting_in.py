"""The door for forms of one's own site that ask for news (double opt-in).

What a browser says starts no message (R94). This is the one exception, and only where an owner has opened it:
one structural question to an address, "was it you?", within limits for each address, each place on the
network, each site and the whole house. Whatever happens, whoever asks learns nothing (R59).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from tactful.contacts import actions as contacts
from tactful.contacts.actions import Wish
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.types import MailSource, Variable, VariableKind
from tactful.delivery.actions import enqueue
from tactful.delivery.types import NewMessage
from tactful.events.queries import has_happened
from tactful.foundation.actions import change_settings
from tactful.foundation.limits import Limit, attempt
from tactful.foundation.queries import settings_at
from tactful.foundation.secrets import key_ring
from tactful.gate import queries as holds
from tactful.gate.actions import NewHold, keep_hold, release_hold
from tactful.gate.rules.orders import QUESTION, UNCONFIRMED
from tactful.gate.types import OnRelease
from tactful.kernel.tokens import sign
from tactful.touchpoints import actions as line
from tactful.touchpoints.queries import by_slug, views
from tactful.touchpoints.types import Line, MessageClass, Purpose
from tactful.tracking.actions import source_of

PURPOSE: Final = "consent"
"""Of the token in the link."""
SETTING: Final = "consent.form"
SLUG: Final = "consent-question"
PER_PLACE: Final = Limit("consent.place", 5, 3600)
PER_HOUSE: Final = Limit("consent.house", 500, 86_400)
PER_HOUR: Final = 30
MOST_PER_HOUR: Final = 1_000
WORDS: Final = {
    "en": "Yes, {business} may send me news and offers by mail, now and then.",
    "nb": "Ja, {business} kan sende meg nyheter og tilbud på e-post av og til.",
}
SPOKE: Final = ("reply.received", "conversation.opened", "contact.updated", "contact.merged")


@dataclass(frozen=True, slots=True)
class Door:
    """``wording``: by language, to what a client says yes. ``per_hour``: mails that each site may cause."""

    is_open: bool = False
    wording: tuple[tuple[str, str], ...] = ()
    per_hour: int = PER_HOUR

    def words(self, language: str) -> str:
        return dict(self.wording).get(language, "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What came from the network. ``place``: the address of the network that it came from."""

    key: str
    origin: str
    place: str
    address: str
    name: str = ""
    language: str = ""
    page: str = ""


def door_at(now: datetime) -> Door:
    kept: dict[str, Any] = settings_at(now).get(SETTING) or {}
    wording = tuple((code, str(kept.get("wording", {}).get(code, ""))) for code in WORDS)
    return Door(bool(kept.get("open")), wording, int(kept.get("per_hour", PER_HOUR)))


@transaction.atomic
def keep_door(door: Door, *, acting_user: int, now: datetime) -> None:
    """An owner opens or closes it. Opening puts the question on the line as structural, in their name."""
    value = {"open": door.is_open, "wording": dict(door.wording), "per_hour": door.per_hour}
    change_settings(values={SETTING: value}, acting_user=acting_user, now=now)
    if door.is_open:
        _on_the_line(acting_user, now)
        for language in WORDS:
            publish_template(_template(language), acting_user=acting_user, now=now)


def ask(asked: Asked, language: str, now: datetime) -> bool:
    """Answers whether a question went out; never for the eyes of whoever asked."""
    door = door_at(now)
    spoken = asked.language if asked.language in WORDS else language
    if not door.is_open or not door.words(spoken) or not _is_ours(asked, door):
        return False
    touchpoint = views([SLUG]).get(SLUG)
    if touchpoint is None or touchpoint.line is not Line.STRUCTURAL:
        return False
    with transaction.atomic():
        wish = Wish(asked.address, asked.name, door.words(spoken), spoken, asked.page or asked.origin)
        row = contacts.note_wish(wish, now=now)
        if row is None:
            return False
        if row.is_new:
            _keep_still(row.contact_id, row.expires_at, now)
        message = NewMessage(
            contact_id=row.contact_id,
            dedupe_key=f"consent:{row.id}",
            message_class=MessageClass.AWAITED,
            purpose=Purpose.SERVICE,
            due_at=now,
            cause_kind="consent",
            cause_id=row.id,
            line=touchpoint.line,
            touchpoint_id=touchpoint.id,
            touchpoint_rev=touchpoint.revision_id,
            template=SLUG,
            language=spoken,
            variables={"confirm_url": f"{settings.BASE_URL}/c/confirm/{sign(key_ring(), PURPOSE, row.id)}/"},
            latest_at=row.expires_at,
            topics=(QUESTION,),
        )
        enqueue([message], now=now)
    return True


@transaction.atomic
def confirm(request_id: int, now: datetime) -> bool:
    """The yes. False: it comes too late."""
    row = contacts.confirm_wish(request_id, now=now)
    if row is not None and row.is_new:
        for hold in holds.standing_on(row.contact_id, now):
            if hold.reason == UNCONFIRMED:
                release_hold(hold.id, acting_user=None, now=now)
    return row is not None


def _is_ours(asked: Asked, door: Door) -> bool:
    """The key is a site's, the page is one of that site's, and nobody asks for too many."""
    source = source_of(asked.key)
    if source is None or source.is_server or asked.origin not in source.origins:
        return False
    per_site = Limit("consent.site", door.per_hour, 3600)
    return attempt(PER_PLACE, asked.place) and attempt(per_site, str(source.id)) and attempt(PER_HOUSE, "")


def _keep_still(contact_id: int, until: datetime, now: datetime) -> None:
    """Nobody writes to a stranger because a stranger asked for it, but for the one question."""
    hold = NewHold(
        scope="contact", scope_id=contact_id, topic=UNCONFIRMED, reason=UNCONFIRMED, expires_at=until,
        on_release=OnRelease.RECOMPUTE,
    )  # fmt: skip
    keep_hold(hold, now=now)


def forget_unanswered(now: datetime) -> int:
    """Whoever did not answer in time is not kept, unless they have spoken with us since."""
    gone = [ident for ident in contacts.unanswered(now) if not has_happened(ident, SPOKE)]
    if gone:
        contacts.dissolve(gone)
    contacts.forget_wishes(now)
    return len(gone)


def _on_the_line(by: int, now: datetime) -> None:
    row = by_slug(SLUG)
    if row is None:
        new = line.NewTouchpoint(
            SLUG, "Was it you who asked for news?", "Var det du som ba om nyheter?", "starting",
            MessageClass.AWAITED, "You wrote your address into a form that asks for news.",
        )  # fmt: skip
        row = line.add(new, acting_user=by, now=now)
    view = views([SLUG])[SLUG]
    if view.line is Line.UNDECIDED:
        reason = "The form on our site asks for it; the same short question to everybody."
        line.decide(row.id, Line.STRUCTURAL, reason, owner_id=None, acting_user=by, now=now)


_MAIL: Final = {
    "en": (
        "Was it you?",
        "Somebody wrote this address into a form of {{ business }} that asks for news by mail.",
        "If it was you, open this page and press the button:",
        "Yes, it was me",
        "If it was not you, do nothing. You hear nothing more.",
    ),
    "nb": (
        "Var det du?",
        "Noen skrev denne adressen inn i et skjema hos {{ business }} for å få nyheter på e-post.",
        "Var det du, åpner du denne siden og trykker på knappen:",
        "Ja, det var meg",
        "Var det ikke du, gjør du ingenting. Da hører du ikke mer.",
    ),
}


def _template(language: str) -> NewTemplate:
    subject, why, how, button, otherwise = _MAIL[language]
    mjml = (
        f"<mj-section><mj-column><mj-text><p>{why}</p><p>{how}</p></mj-text>"
        f'<mj-button href="{{{{ confirm_url }}}}">{button}</mj-button>'
        f"<mj-text><p>{otherwise}</p></mj-text></mj-column></mj-section>"
    )
    ours = {"en": "us", "nb": "oss"}[language]
    variables = (
        Variable("confirm_url", kind=VariableKind.URL, required=True, sample="https://example.com/"),
        Variable("business", default=ours),
    )
    source = MailSource(subject=subject, preheader=why, mjml=mjml, language=language, variables=variables)
    return NewTemplate(SLUG, "Was it you who asked for news?", "Var det du som ba om nyheter?", source)
