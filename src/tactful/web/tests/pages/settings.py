# ruff: noqa: RUF001 (the words of people keep their apostrophes)
from django import forms

from tactful.web.forms.mail import Section
from tactful.web.pages.settings import AccountPage, MailPage, MemberRow, PeoplePage, SettingsPage, TestLine
from tactful.web.samples import INGRID, JONAS, KARI
from tactful.web.types import Act, Fact

_DAYS = [("0", "Monday"), ("5", "Saturday"), ("6", "Sunday")]


class _Business(forms.Form):
    name = forms.CharField(label="What should clients call you?", help_text="Shown as the sender")
    zone = forms.ChoiceField(label="Time zone", choices=[("Europe/Oslo", "Oslo")])


class _Quiet(forms.Form):
    start = forms.TimeField(label="Quiet from")
    end = forms.TimeField(label="Quiet to")
    days = forms.MultipleChoiceField(
        label="Quiet days", choices=_DAYS, widget=forms.CheckboxSelectMultiple, help_text="All day"
    )
    holidays = forms.BooleanField(label="Public holidays too", help_text="Of the client’s country")


class _Caps(forms.Form):
    week = forms.IntegerField(label="Messages a week to one client", min_value=1)


class _Mail(forms.Form):
    address = forms.EmailField(label="Address that clients answer to")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)

    def sections(self) -> tuple[Section, ...]:
        return (Section("sending", "Sending", (self["address"],), (self["password"],), wrong=False),)


class _Member(forms.Form):
    name = forms.CharField(label="Name")
    role = forms.ChoiceField(label="Role", choices=[("staff", "Staff")], widget=forms.RadioSelect)


class _Account(forms.Form):
    name = forms.CharField(label="Name")
    language = forms.ChoiceField(label="Language", choices=[("nb", "Norsk")])
    keys = forms.BooleanField(label="Single keys", required=False)


BUSINESS = SettingsPage(_Business(initial={"name": "Fjordkontoret Regnskap"}))
QUIET = SettingsPage(
    _Quiet({"start": "sent", "end": "08:00", "days": []}), "The next quiet time begins today at 20:00."
)
CAPS = SettingsPage(_Caps({"week": "0"}))
MAIL = MailPage(
    form=_Mail({"address": "post@fjordkontoret"}),
    state="It worked yesterday, and not today.",
    healthy=False,
    test_text="To ingrid@fjordkontoret.example",
    tests=(
        TestLine(True, "We reach smtp.fjordkontoret.example."),
        TestLine(False, "It refuses the password.", "Make an app password at your provider."),
    ),
)
PEOPLE = PeoplePage(
    members=(
        MemberRow(INGRID, "ingrid@fjordkontoret.example", "Owner", "you"),
        MemberRow(KARI, "kari@fjordkontoret.example", "Staff", acts=(Act("Change", "#", post=False),)),
        MemberRow(JONAS, "jonas@fjordkontoret.example", "Staff", acts=(Act("Change", "#", post=False),)),
    ),
    form=_Member({"name": ""}),
)
ACCOUNT = AccountPage(
    form=_Account(initial={"name": "Ingrid Solheim"}),
    security=(
        Fact("Passkeys", "Two", "this laptop, the phone", url="#"),
        Fact("Password", "Change it", url="#"),
        Fact("Second step", "Off", url="#"),
    ),
)
