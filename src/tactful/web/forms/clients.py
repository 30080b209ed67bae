"""A client, written by hand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tactful.contacts.types import NewContact
from tactful.web.forms.settings import LANGUAGES


class ClientForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    mail = forms.CharField(
        label=_("Mail address"),
        max_length=320,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("We write to them in"), choices=LANGUAGES)

    def client(self, country: str) -> NewContact:
        """``country``: whose phone numbers need no country code."""
        given = self.cleaned_data
        mails, phones = (tuple(filter(None, (given[key],))) for key in ("mail", "phone"))
        return NewContact(given["name"], mails, phones, given["language"], region=country)
