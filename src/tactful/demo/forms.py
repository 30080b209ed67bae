"""Writing as one of the clients."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tactful.contacts import queries as contacts

MOST = 200  # clients to choose from


class LetterForm(forms.Form):
    client = forms.ChoiceField(label=_("Who writes?"))
    subject = forms.CharField(label=_("Subject"), max_length=300)
    text = forms.CharField(label=_("Text"), max_length=100_000, widget=forms.Textarea)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        lines = [line for line in contacts.in_order(limit=MOST).lines if line.mail]
        self.names = {line.mail: line.name for line in lines}
        self.fields["client"].choices = [(line.mail, f"{line.name}, {line.mail}") for line in lines]  # type: ignore[attr-defined]
