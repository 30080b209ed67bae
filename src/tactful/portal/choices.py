"""What a client decides about what they hear. Each act speaks to the floors that keep the decision."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.contacts import actions as contacts
from tactful.contacts import queries as people
from tactful.contacts.actions import MARKETING, OPTIONAL, object_to, take_back
from tactful.contacts.types import Ground
from tactful.foundation.clock import business_now
from tactful.gate.actions import NewHold, keep_hold
from tactful.gate.types import OnRelease
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import TALK_TO_ME, NewTask
from tactful.portal.coming import coming_rows
from tactful.portal.links import Visit
from tactful.portal.types import PreferenceRow, PreferencesPage, UnsubscribePage
from tactful.wiring.looking import hold_chasers

PAUSE = timedelta(days=30)


def refuse(contact_id: int, flags: Collection[str], *, how: str, now: datetime) -> None:
    """No more of these, from now (R70)."""
    object_to(contact_id, flags, how=how, source="portal", now=now)


def pause(contact_id: int, *, now: datetime) -> None:
    """Thirty days without anything that can wait."""
    hold = NewHold(
        scope="contact",
        scope_id=contact_id,
        topic="optional",
        reason="client_pause",
        expires_at=now + PAUSE,
        on_release=OnRelease.RECOMPUTE,
    )
    keep_hold(hold, now=now)


@transaction.atomic
def ask_for_person(visit: Visit, message_id: int, *, now: datetime) -> None:
    """Until somebody has talked with them, nothing comes that can wait."""
    task = NewTask(
        kind="call",
        code=TALK_TO_ME,
        dedupe_key=f"talk:{message_id}:{now.date().isoformat()}",
        contact_id=visit.person.id,
        owner_id=visit.person.manager_id,
        subject_kind="contact",
        subject_id=visit.person.id,
        due_at=now + timedelta(days=1),
    )
    if open_tasks([task], now=now):
        hold_chasers(visit.person.id, visit.person.manager_id, now, TALK_TO_ME)


def unsubscribe_page(token: str, why_token: str, done: bool) -> UnsubscribePage:
    return UnsubscribePage(
        what=_(
            "Press the button, and you get no more reminders, offers and greetings from automation. "
            "What you wait for from us, such as receipts and deadlines, still comes."
        ),
        url=reverse("portal:unsubscribe", args=[token]),
        preferences_url=reverse("portal:preferences", args=[why_token]),
        done=_("You get no more of these messages. It holds from now.") if done else "",
        undo_url=reverse("portal:unsubscribe_undo", args=[token]) if done else "",
    )  # fmt: skip


def preferences_page(visit: Visit, token: str, done: str = "") -> PreferencesPage:
    profile = people.profile(visit.person.id)
    flags = {spell.key for spell in profile.flags}
    mails = [identity.shown for identity in profile.identities if identity.kind == "email"]
    return PreferencesPage(
        address=mails[0] if mails else visit.person.name,
        url=reverse("portal:preferences", args=[token]),
        none_url=reverse("portal:preferences_none", args=[token]),
        purposes=(
            PreferenceRow(
                "must",
                _("What you wait for"),
                _("Receipts, confirmations and dates set by law"),
                True,
                fixed=True,
            ),
            PreferenceRow(
                "optional",
                _("Reminders and follow-ups"),
                _("When something is missing or a meeting comes up"),
                OPTIONAL not in flags,
            ),
            PreferenceRow(
                "marketing", _("News and offers"), _("Now and then"), _wants_news(profile.basis, flags)
            ),
        ),
        channels=(PreferenceRow("mail", _("Mail"), ", ".join(mails), True, fixed=True),),
        coming=coming_rows(visit, business_now()),
        someone=visit.someone,
        done=done,
        erasure_url=reverse("portal:erasure", args=[token]),
    )


def _wants_news(basis: Collection[object], flags: Collection[str]) -> bool:
    granted = any(
        getattr(spell, "purpose", "") == "marketing" and getattr(spell, "kind", "") != "withdrawn"
        for spell in basis
    )
    return granted and MARKETING not in flags


@transaction.atomic
def keep_choices(
    contact_id: int, chosen: Collection[str], *, wording: str, language: str, now: datetime
) -> None:
    """What was ticked holds from now. Ticking news is a consent, with the words that stood there; a tick
    that stood there already is none, for nobody has set it (R69)."""
    if "optional" in chosen:
        take_back(contact_id, [OPTIONAL], now=now)
    else:
        refuse(contact_id, [OPTIONAL], how="portal", now=now)
    if "marketing" not in chosen:
        refuse(contact_id, [MARKETING], how="portal", now=now)
        return
    profile = people.profile(contact_id)
    if _wants_news(profile.basis, {spell.key for spell in profile.flags}):
        return
    contacts.clear_flag(contact_id, "flag", MARKETING, acting_user=None, now=now)
    ground = Ground(
        purpose="marketing",
        channel="mail",
        kind="consent",
        how="portal",
        wording=wording,
        language=language,
        source="portal",
    )
    contacts.record_basis(contact_id, ground, acting_user=None, now=now)
