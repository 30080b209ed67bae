"""Write keys, attributes and computed properties."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tactful.tracking.actions import NewProperty
from tactful.tracking.types import ComputedKind, KeyKind, ValueType

KINDS = [
    (KeyKind.SERVER.value, _("A program of ours, on a server")),
    (KeyKind.BROWSER.value, _("Our web site, in the visitor's browser")),
]
TYPES = [
    (ValueType.TEXT.value, _("Text")),
    (ValueType.NUMBER.value, _("Number")),
    (ValueType.YES_NO.value, _("Yes or no")),
    (ValueType.DATE.value, _("Date")),
    (ValueType.MOMENT.value, _("Date and time")),
    (ValueType.LIST.value, _("List")),
    (ValueType.OBJECT.value, _("Several fields")),
]
COMPUTED = [
    (ComputedKind.COUNT.value, _("How many times it happened")),
    (ComputedKind.SUM.value, _("The sum of a field")),
    (ComputedKind.LAST.value, _("The last value of a field")),
    (ComputedKind.FIRST.value, _("The first value of a field")),
    (ComputedKind.MOST_FREQUENT.value, _("The most frequent value of a field")),
    (ComputedKind.DAYS_SINCE.value, _("Days since it last happened")),
]


class KeyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as “Web shop”."))
    kind = forms.ChoiceField(label=_("Where it is used"), choices=KINDS)
    sites = forms.CharField(
        label=_("Sites"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only for a web site: its address, one on each line, such as https://shop.example."),
    )

    def origins(self) -> list[str]:
        return [line for line in self.cleaned_data["sites"].splitlines() if line.strip()]


class AttributeForm(forms.Form):
    """``key`` and ``type`` of one that is there already are fixed."""

    key = forms.CharField(label=_("Key"), max_length=80, help_text=_("As programs name it, such as plan."))
    label = forms.CharField(label=_("Name"), max_length=120)
    type = forms.ChoiceField(label=_("Kind of value"), choices=TYPES)


class DescribeForm(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=120)
    personal = forms.BooleanField(label=_("Says something about a person"), required=False)
    sensitive = forms.BooleanField(
        label=_("Sensitive"),
        required=False,
        help_text=_("Such as health, faith or money trouble. It is shown only where it is needed."),
    )


class PropertyForm(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as “Orders so far”."))
    kind = forms.ChoiceField(label=_("What it tells"), choices=COMPUTED)
    event = forms.CharField(
        label=_("Event"),
        max_length=80,
        help_text=_("As it is called on the time line, such as Order Completed."),
    )
    field = forms.CharField(
        label=_("Field of the event"), max_length=80, required=False, help_text=_("Such as total.")
    )

    def wanted(self) -> NewProperty:
        given = self.cleaned_data
        return NewProperty(given["label"], ComputedKind(given["kind"]), given["event"], given["field"])
