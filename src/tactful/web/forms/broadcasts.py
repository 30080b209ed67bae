"""The form on which a broadcast is written: whom, what, when. Unfinished is fine, nonsense is refused."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tactful.broadcasts.rules.blocks import is_blocks
from tactful.broadcasts.rules.variants import LETTERS
from tactful.broadcasts.rules.words import NAMELESS
from tactful.broadcasts.types import Plan, Schedule, Variant, When, Words
from tactful.web.types import Text

MOST_VARIANTS: Final = 4
LANGUAGE_NAMES: Final[Mapping[str, Text]] = {"nb": _("Norwegian"), "en": _("English")}
DELAYS = [
    (0, _("No time at all")),
    (5, _("5 minutes")),
    (10, _("10 minutes")),
    (30, _("Half an hour")),
    (60, _("An hour")),
]
WHENS = [
    (When.NOW.value, _("As soon as it is ready")),
    (When.AT.value, _("At one moment, for everybody")),
    (When.LOCAL.value, _("At the same hour by the clock where each client lives")),
]


class PlanForm(forms.Form):
    """Everything but the words."""

    name = forms.CharField(
        label=pgettext_lazy("of a broadcast", "Name"), max_length=120, required=False,
        help_text=_("For yourselves. Clients do not see it."),
    )  # fmt: skip
    segment = forms.ChoiceField(label=_("Who gets it?"), required=False)
    touchpoint = forms.ChoiceField(
        label=_("Which touchpoint is it?"), required=False,
        help_text=_("Only touchpoints where automation may write and that keep in touch or bring news."),
    )  # fmt: skip
    when = forms.ChoiceField(label=_("When does it go?"), choices=WHENS, widget=forms.RadioSelect)
    at = forms.DateTimeField(
        label=_("That moment"), required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Choose a day and an hour.")},
    )  # fmt: skip
    day = forms.DateField(
        label=_("That day"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Choose a day.")},
    )  # fmt: skip
    clock = forms.TimeField(
        label=_("That hour"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Write a time such as 20:00.")},
    )  # fmt: skip
    per_hour = forms.IntegerField(
        label=_("At most so many an hour"), required=False, min_value=1, max_value=1_000_000,
        help_text=_("Empty: as fast as it goes. Slower leaves you time to answer those who write back."),
    )  # fmt: skip
    delay_minutes = forms.TypedChoiceField(
        label=_("How long can you take it back?"), choices=DELAYS, coerce=int,
        help_text=_("So long nothing leaves after you have sent it."),
    )  # fmt: skip

    def __init__(self, house: "Choices", *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        nobody = ("", _("Choose"))
        self.fields["segment"].choices = [nobody, *house.segments]  # type: ignore[attr-defined]
        self.fields["touchpoint"].choices = [nobody, *house.touchpoints]  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """In one language."""

    subject = forms.CharField(
        label=_("Subject"), max_length=300, required=False, widget=forms.TextInput({"data-fields": ""})
    )
    preheader = forms.CharField(
        label=_("The line under the subject"), max_length=300, required=False,
        help_text=_("Many mail programs show it in the list."), widget=forms.TextInput({"data-fields": ""}),
    )  # fmt: skip
    body = forms.CharField(
        label=_("Text"), max_length=100_000, required=False,
        widget=forms.Textarea({"data-fields": "", "data-marks": ""}),
    )  # fmt: skip
    nameless = forms.CharField(
        label=_("Instead of a name that we do not know"), max_length=60, required=False
    )

    def words(self) -> Words:
        return Words(**{name: self.cleaned_data.get(name, "") for name in self.fields})


class ShareForm(forms.Form):
    weight = forms.IntegerField(label=_("Share"), min_value=0, max_value=100, initial=1)


@dataclass(frozen=True, slots=True)
class Choices:
    """Slug and name of what can be chosen."""

    segments: Sequence[tuple[str, str]]
    touchpoints: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class VariantForms:
    """``in_blocks``: its words are written in the block editor, and only looked at here."""

    place: int
    letter: str
    share: ShareForm
    words: tuple[tuple[str, Text, WordsForm], ...]  # language, its name, form
    in_blocks: bool = False


class Writing:
    """All forms of one broadcast. ``data``: what was posted, None shows ``plan``. ``act``: "more" adds a
    version, "fewer" takes the last one away; then nothing is kept. ``drafts``: versions that stand in the
    block editor."""

    def __init__(
        self,
        plan: Plan,
        house: Choices,
        zone: str,
        data: Mapping[str, str] | None = None,
        drafts: Collection[int] = (),
    ) -> None:
        self.zone, self.drafts = zone, drafts
        self.act = data.get("act", "") if data is not None else ""
        self.top = PlanForm(house, data, initial=_initial(plan, zone))
        count = _count(data, self.act) if data is not None else len(plan.variants)
        self.variants = tuple(self._variant(place, plan, data) for place in range(count))

    def _variant(self, place: int, plan: Plan, data: Mapping[str, str] | None) -> VariantForms:
        known = plan.variants[place] if place < len(plan.variants) else Variant()
        fresh = data is not None and f"{place}-weight" not in data
        given = None if fresh else data
        in_blocks = place in self.drafts or is_blocks(known)
        words = tuple(
            (code, name, WordsForm(given, prefix=f"{place}-{code}", initial=_words(known, code)))
            for code, name in LANGUAGE_NAMES.items()
        )
        for field in (field for each in words for field in each[2].fields.values()):
            field.disabled = in_blocks
        return VariantForms(
            place,
            LETTERS[place],
            ShareForm(given, prefix=str(place), initial={"weight": known.weight}),
            words,
            in_blocks,
        )

    @property
    def forms(self) -> Iterator[forms.Form]:
        yield self.top
        for each in self.variants:
            yield each.share
            yield from (form for _, _, form in each.words)

    @property
    def has_places(self) -> bool:
        """Whether there is any place on the line to choose."""
        return len(self.top.fields["touchpoint"].choices) > 1  # type: ignore[attr-defined]

    @property
    def may_grow(self) -> bool:
        return len(self.variants) < MOST_VARIANTS

    @property
    def may_shrink(self) -> bool:
        return len(self.variants) > 1

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]  # each says what is wrong with it
        return all(valid)

    def plan(self) -> Plan:
        """Of what was posted and is valid."""
        given = self.top.cleaned_data
        when = When(given["when"])
        schedule = Schedule(
            when,
            given["at"] if when is When.AT else None,
            given["day"] if when is When.LOCAL else None,
            given["clock"] if when is When.LOCAL else None,
        )
        variants = tuple(
            Variant(
                {code: words for code, _, form in each.words if not (words := form.words()).is_blank},
                each.share.cleaned_data["weight"],
            )
            for each in self.variants
        )
        chosen = given["name"].strip(), given["segment"], given["touchpoint"]
        return Plan(*chosen, variants, schedule, given["per_hour"], given["delay_minutes"])


def _count(data: Mapping[str, str], act: str) -> int:
    posted = next((place for place in range(MOST_VARIANTS) if f"{place}-weight" not in data), MOST_VARIANTS)
    return min(MOST_VARIANTS, max(1, posted + {"more": 1, "fewer": -1}.get(act, 0)))


def _words(variant: Variant, language: str) -> dict[str, str]:
    words = variant.words.get(language, Words())
    return {
        "subject": words.subject,
        "preheader": words.preheader,
        "body": words.body,
        "nameless": words.nameless or NAMELESS[language],
    }


def _initial(plan: Plan, zone: str) -> dict[str, Any]:
    schedule = plan.schedule
    return {
        "name": plan.name,
        "segment": plan.segment,
        "touchpoint": plan.touchpoint,
        "when": schedule.when.value,
        "at": _wall(schedule.at, zone) if schedule.at else None,
        "day": schedule.day,
        "clock": schedule.clock,
        "per_hour": plan.per_hour,
        "delay_minutes": plan.delay_minutes,
    }


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))
