"""How a broadcast looks: as a phone and as a desk show it, as any client, in any of its languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.broadcasts.queries import Broadcast
from tactful.broadcasts.rules.variants import LETTERS
from tactful.broadcasts.types import Plan, Words
from tactful.contacts import queries as contacts
from tactful.content.types import MailRefused, TemplateRefused
from tactful.web.forms.broadcasts import LANGUAGE_NAMES
from tactful.web.pages.broadcasts import PreviewPart
from tactful.web.types import Act, Link
from tactful.web.visit import Visit
from tactful.web.words import capital
from tactful.wiring.broadcasts import as_seen
from tactful.wiring.written import MailWords

FOUND = 6


@dataclass(frozen=True, slots=True)
class Seen:
    """Which version, in which language, as which client; ``q``: a search for one."""

    variant: int = 0
    language: str = ""
    client: int | None = None
    q: str = ""

    def address(self, name: str, ident: int, **other: object) -> str:
        given = {"v": self.variant, "l": self.language, "client": self.client or "", **other}
        asked = urlencode({key: value for key, value in given.items() if value != ""})
        return f"{reverse(f'web:{name}', args=[ident])}?{asked}"


def seen_of(given: Mapping[str, str]) -> Seen:
    variant, client = given.get("v", ""), given.get("client", "")
    return Seen(
        int(variant) if variant.isdecimal() and len(variant) < 3 else 0,
        given.get("l", "")[:2],
        int(client) if client.isdecimal() and len(client) < 19 else None,
        given.get("q", "").strip()[:200],
    )


def words_seen(plan: Plan, seen: Seen) -> tuple[Words, str] | None:
    """The words and their language; None while there are none."""
    variant = plan.variants[seen.variant] if seen.variant < len(plan.variants) else plan.variants[0]
    languages = variant.languages
    if not languages:
        return None
    language = seen.language if seen.language in languages else languages[0]
    return variant.words[language], language


def mail_seen(plan: Plan, seen: Seen, now: datetime) -> MailWords | None:
    """None while it cannot be shown."""
    found = words_seen(plan, seen)
    if found is None:
        return None
    try:
        return as_seen(*found, seen.client, now)
    except (TemplateRefused, MailRefused):
        return None


def preview_part(row: Broadcast, plan: Plan, visit: Visit, seen: Seen) -> PreviewPart | None:
    if words_seen(plan, seen) is None:
        return None
    mail = mail_seen(plan, seen, visit.now)
    who = next((line.name for line in contacts.lines([seen.client] if seen.client else [])), "")
    test = Act(
        _("Send a test to %(address)s") % {"address": visit.user.email},
        reverse("web:broadcast_test", args=[row.id]),
        fields=(("v", str(seen.variant)), ("l", seen.language)),
    )
    return PreviewPart(
        subject=mail.subject if mail else "",
        frame_url=seen.address("broadcast_frame", row.id),
        choices=tuple(_choices(row, plan, seen)),
        q=seen.q,
        who=who,
        found=tuple(
            Link(line.name, f"{seen.address('broadcast', row.id, client=line.id)}#preview")
            for line in (contacts.search(seen.q, limit=FOUND) if seen.q else ())
        ),
        trouble="" if mail else _("It cannot be shown yet. What has to be mended stands above."),
        test=test if visit.user.may_write and mail else None,
    )


def _choices(row: Broadcast, plan: Plan, seen: Seen) -> list[Link]:
    """Each version in each language, where there is more than one of either."""
    all_of = [(place, code) for place, each in enumerate(plan.variants) for code in each.languages]
    if len(all_of) < 2:
        return []
    named = len(plan.variants) > 1
    return [
        Link(
            f"{LETTERS[place]}, {LANGUAGE_NAMES[code]}" if named else capital(str(LANGUAGE_NAMES[code])),
            f"{seen.address('broadcast', row.id, v=place, l=code)}#preview",
        )
        for place, code in all_of
    ]
