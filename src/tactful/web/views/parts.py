"""The parts page: every component with plausible data, in a demo or while developing."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tactful.web import samples


class _SampleForm(forms.Form):
    name = forms.CharField(
        label=_("What should clients call you?"), help_text=_("Shown as the sender of every message")
    )
    mobile = forms.CharField(label=_("Mobile number"))

    def clean_mobile(self) -> str:
        raise forms.ValidationError(_("A digit is missing. Norwegian numbers have eight."))


def sample_form() -> forms.Form:
    """A form with one good and one bad field."""
    return _SampleForm({"name": "Fjordkontoret Regnskap", "mobile": "900 00 14"})


@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    return render(request, "web/parts.html", {**samples.everything(), "form": sample_form()})
