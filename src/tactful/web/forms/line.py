"""Deciding on a touchpoint, and adding one."""

from collections.abc import Mapping

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from tactful.touchpoints.actions import NewTouchpoint
from tactful.touchpoints.types import Line, MessageClass
from tactful.web.words import CLASSES, PHASES

NORDIC = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "ae", "Ø": "o", "Å": "a"})


class DecisionForm(forms.Form):
    """Every field may be left out; what is missing stays as it is."""

    line = forms.ChoiceField(choices=[(each.value, each.value) for each in Line], required=False)
    reason = forms.CharField(required=False, max_length=2000, strip=True)
    owner = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    message_class = forms.ChoiceField(
        choices=[(each.value, each.value) for each in MessageClass], required=False
    )
    frequency = forms.IntegerField(required=False, min_value=1, max_value=5)
    friction = forms.IntegerField(required=False, min_value=1, max_value=5)
    clarity = forms.IntegerField(required=False, min_value=1, max_value=5)

    def __init__(self, data: Mapping[str, object], people: Mapping[int, str]) -> None:
        super().__init__(data)
        self.fields["owner"].choices = [("", ""), *((str(key), name) for key, name in people.items())]  # type: ignore[attr-defined]


class NewTouchpointForm(forms.Form):
    name_en = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as “Change of address”"))
    name_nb = forms.CharField(
        label=_("Name in Norwegian"),
        max_length=120,
        required=False,
        help_text=_("Leave it empty to use the same."),
    )
    moment = forms.CharField(
        label=_("When it happens"), max_length=300, required=False, help_text=_("One sentence.")
    )
    phase = forms.ChoiceField(label=_("Part of the relationship"), choices=list(PHASES.items()))
    message_class = forms.ChoiceField(
        label=_("Kind of message"), choices=list(CLASSES.items()), initial=MessageClass.RELATIONSHIP.value
    )

    def clean_name_en(self) -> str:
        name: str = self.cleaned_data["name_en"]
        if not _slug(name):
            raise forms.ValidationError(_("Use at least one letter or digit in the name."))
        return name

    def touchpoint(self) -> NewTouchpoint:
        given = self.cleaned_data
        return NewTouchpoint(
            slug=_slug(given["name_en"]),
            name_en=given["name_en"],
            name_nb=given["name_nb"] or given["name_en"],
            phase=given["phase"],
            message_class=MessageClass(given["message_class"]),
            moment=given["moment"],
        )


def _slug(name: str) -> str:
    return slugify(name.translate(NORDIC))[:60]
