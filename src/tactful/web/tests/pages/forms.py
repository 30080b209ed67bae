"""Forms as allauth hands them to its templates."""

from django import forms


class Login(forms.Form):
    login = forms.EmailField(label="Mail address")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


class Code(forms.Form):
    code = forms.CharField(label="Code")


class Key(forms.Form):
    credential = forms.CharField(widget=forms.HiddenInput)
