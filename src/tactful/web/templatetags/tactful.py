"""Signs, moments and form fields for templates. ``{% load tactful %}``.

Moments are shown in the active time zone (the business's) and the active language. Filters that say
"today" take ``now`` as their argument: ``{{ hold.until_at|until:now }}``.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tactful.web.rules import when
from tactful.web.rules.browsers import browser_name
from tactful.web.rules.compounds import parted
from tactful.web.rules.names import initials

register = template.Library()

_TONES = {
    "auto": "auto",
    "plan": "auto",
    "sent": "auto",
    "structural": "auto",
    "person": "person",
    "judgement": "person",
    "held": "hold",
    "client": "ink",
    "refused": "ink",
    "unknown": "ink",
}
_WORDS = {
    "auto": _("automation"),
    "plan": _("planned"),
    "sent": _("sent"),
    "structural": _("structural"),
    "person": _("a person of ours"),
    "judgement": _("judgement"),
    "held": _("held"),
    "client": _("client"),
    "refused": _("refused"),
    "unknown": _("not known"),
}


def _language() -> str:
    return get_language() or "en"


def _local(at: datetime) -> datetime:
    return timezone.localtime(at)


@register.simple_tag
@lru_cache(maxsize=256)
def glyph(name: str, tone: str = "") -> SafeString:
    """One of the signs, hidden from readers: text must stand beside it. ``tone``: auto, person, hold, ink."""
    return format_html(
        '<svg class="g g-{}" aria-hidden="true"><use href="#g-{}"/></svg>', tone or _TONES[name], name
    )


@register.simple_tag
def glyphs(names: Iterable[str]) -> SafeString:
    """Signs side by side: Today has hundreds, and a loop in a template takes its time for each."""
    return mark_safe("".join([glyph(name) for name in names]))  # noqa: S308, each is marked already


@register.simple_tag
def dots(kinds: Sequence[str]) -> SafeString:
    """One dot for each, by its class."""
    drawn = {kind: format_html('<i class="{}"></i>', kind) for kind in set(kinds)}
    return mark_safe("".join([drawn[kind] for kind in kinds]))  # noqa: S308, each is marked already


@register.simple_tag
def mark(name: str, words: str = "") -> SafeString:
    """A sign with its word for screen readers, for places where no text says it."""
    return format_html('{}<span class="vh">{}</span>', glyph(name), words or _WORDS[name])


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def logo() -> SafeString:
    return mark_safe('<svg aria-hidden="true" viewBox="0 0 28 28"><use href="#logo"/></svg>')


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """Initials in a circle. ``person`` has ``name`` and may have ``is_client``; size: "", "s", "l"."""
    name = str(getattr(person, "name", person))
    kind = " client" if getattr(person, "is_client", False) else ""
    step = f" {size}" if size else ""
    return format_html('<span class="av{}{}" aria-hidden="true">{}</span>', kind, step, initials(name))


@register.simple_tag
def arc(left: int) -> SafeString:
    """The musical hold; ``left`` is what remains of it, 0 to 100."""
    return format_html(
        '<svg class="ferm" viewBox="0 0 28 28" aria-hidden="true">'
        '<path class="bg" pathLength="100" d="M3 16.5a11 11 0 0 1 22 0"/>'
        '<path class="fg" pathLength="100" stroke-dasharray="{} 100" d="M3 16.5a11 11 0 0 1 22 0"/>'
        '<rect x="10.5" y="15.5" width="7" height="7" rx="1.2"/></svg>',
        max(0, min(100, left)),
    )


@register.simple_tag
def channel_icon(channel: str) -> SafeString:
    """The icon of a channel or of a way to talk: mail, sms, chat, whatsapp, phone, portal."""
    names = {
        "mail": "mail",
        "sms": "sms",
        "chat": "chat",
        "whatsapp": "chat",
        "phone": "phone",
        "portal": "doc",
    }
    return icon(names.get(str(channel), "chat"))


@register.filter
def clock_time(at: datetime) -> str:
    return when.clock_time(_local(at), _language())


@register.filter
def day_name(at: datetime) -> str:
    return when.day_name(_local(at), _language())


@register.filter
def day_mark(at: datetime, now: datetime) -> str:
    return when.day_mark(_local(at).date(), _local(now).date(), _language())


@register.filter
def day_date(at: datetime | date) -> str:
    day = _local(at) if isinstance(at, datetime) else at
    return when.day_date(day, _language())


@register.filter
def full_date(at: datetime | date) -> str:
    day = _local(at) if isinstance(at, datetime) else at
    return when.day_date(day, _language(), year=True)


@register.filter
def day_and_time(at: datetime) -> str:
    return when.day_and_time(_local(at), _language())


@register.filter
def day_brief(at: datetime) -> str:
    return when.day_brief(_local(at), _language())


@register.filter
def near(at: datetime, now: datetime) -> str:
    return when.near(_local(at), _local(now), _language())


@register.filter
def until(at: datetime, now: datetime) -> str:
    return when.until(_local(at), _local(now), _language())


@register.filter
def since(at: datetime, now: datetime) -> str:
    return when.since(_local(at), _local(now), _language())


@register.filter
def duration(length: timedelta) -> str:
    return when.duration(length, _language())


@register.filter
def number(value: float | Decimal) -> str:
    return when.number(value, _language())


@register.filter
def amount(value: int | Decimal, currency: str = "NOK") -> str:
    return when.amount(value, _language(), currency)


@register.filter
def in_words(value: int) -> str:
    return when.in_words(value, _language())


@register.filter
def quoted(text: str) -> str:
    return when.quoted(text, _language())


@register.filter
def file_size(size: int) -> str:
    return when.file_size(size, _language())


@register.filter
def first_name(person: Any) -> str:
    return str(getattr(person, "name", person)).split(" ")[0]


@register.filter
def in_parts(name: str) -> str:
    """With places where a long Norwegian word may be parted."""
    return parted(name)


@register.filter
def browser(agent: str) -> str:
    return browser_name(agent) or gettext("A browser that we do not know")


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A Django form field in our form: label, hint, control, and the error below it in words."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "") or type(widget).__name__.lower()
    is_set = bool(getattr(widget, "use_fieldset", False))
    notes = [f"{bound.auto_id}_hint"] if bound.help_text else []
    notes += [f"{bound.auto_id}_error"] if bound.errors else []
    widget.attrs.pop("placeholder", None)  # allauth's repeat the label
    attrs: dict[str, Any] = {"aria-describedby": " ".join(notes)} if notes and not is_set else {}
    if kind not in {"checkbox", "radio"}:
        attrs["class"] = "field bad" if bound.errors else "field"
    return {
        "bound": bound,
        "kind": kind,
        "is_set": is_set,
        "control": bound.as_widget(attrs=attrs),
        "notes": " ".join(notes),
    }
