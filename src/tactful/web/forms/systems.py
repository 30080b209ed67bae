"""Connecting a system, its secret, and what its messages mean: chosen by clicking from what it has sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PROPERTIES = 6
KINDS = [
    ("", gettext_lazy("as it is")),
    ("text", gettext_lazy("text")),
    ("number", gettext_lazy("a number")),
    ("yes_no", gettext_lazy("yes or no")),
    ("moment", gettext_lazy("a date and time")),
    ("day", gettext_lazy("a date")),
]
CLIENT = {
    "email": gettext_lazy("Mail address"),
    "phone": gettext_lazy("Phone number"),
    "name": gettext_lazy("Name"),
    "id": gettext_lazy("Their number with this system"),
}
CHECKS = [
    ("token", gettext_lazy("It sends the secret along, in a header")),
    ("base64", gettext_lazy("It signs with HMAC-SHA256, written as base64")),
    ("hex", gettext_lazy("It signs with HMAC-SHA256, written as hexadecimal digits")),
]


class ConnectForm(forms.Form):
    system = forms.CharField(max_length=40)
    name = forms.CharField(label=gettext_lazy("What you call it"), max_length=80, required=False)


class SecretForm(forms.Form):
    secret = forms.CharField(
        label=gettext_lazy("Signing secret"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("As the other system shows it. It is kept encrypted and not shown again."),
    )


class CheckForm(forms.Form):
    """How any other system shows that it is really them."""

    way = forms.ChoiceField(label=gettext_lazy("How it shows that it is really them"), choices=CHECKS)
    header = forms.CharField(
        label=gettext_lazy("Name of the header"),
        max_length=80,
        help_text=gettext_lazy("Such as Authorization or X-Signature."),
    )
    before = forms.CharField(
        label=gettext_lazy("What stands before it in the header"),
        max_length=40,
        required=False,
        strip=False,
        help_text=gettext_lazy("Such as “Bearer ” or “sha256=”. Leave it empty if nothing does."),
    )

    def verify(self) -> dict[str, str]:
        given = self.cleaned_data
        way = given["way"]
        kind = {"kind": "token"} if way == "token" else {"kind": "hmac", "encoding": way}
        return kind | {"header": given["header"].strip().lower(), "prefix": given["before"]}

    @staticmethod
    def initial_of(verify: Mapping[str, Any]) -> dict[str, str]:
        way = "token" if verify.get("kind") == "token" else str(verify.get("encoding", "base64"))
        return {"way": way, "header": str(verify.get("header", "")), "before": str(verify.get("prefix", ""))}


class MappingForm(forms.Form):
    """``leaves``: (path, value) of what a payload holds; each field of the payload is offered by its name and
    what stands in it."""

    event = forms.CharField(
        label=gettext_lazy("What it is called"),
        max_length=80,
        help_text=gettext_lazy("Such as Order Completed, appointment.booked or invoice.paid."),
    )
    only_value = forms.CharField(label=gettext_lazy("… is"), max_length=200, required=False)

    def __init__(self, leaves: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaves = leaves
        self._choose("only_if", gettext_lazy("Only when"))
        for name, label in CLIENT.items():
            self._choose(f"client_{name}", label)
        self._choose("at", gettext_lazy("When it happened"))
        self._choose("once", gettext_lazy("What makes it the same one if it comes twice"))
        for number in range(1, PROPERTIES + 1):
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("Property %(number)s") % {"number": number}, max_length=80, required=False
            )
            self._choose(f"path_{number}", _("Field of property %(number)s") % {"number": number})
            self.fields[f"as_{number}"] = forms.ChoiceField(
                label=_("How to read property %(number)s") % {"number": number}, choices=KINDS, required=False
            )

    def _choose(self, name: str, label: Any) -> None:
        """A field of the payload; one that this payload lacks but the mapping names stays choosable."""
        given = str(self.data.get(name) or self.initial.get(name) or "")
        known = dict(self.leaves)
        more = [(given, given)] if given and given not in known else []
        choices = [("", "—"), *((path, f"{path}: {value[:40]}") for path, value in self.leaves), *more]
        self.fields[name] = forms.CharField(
            label=label, required=False, max_length=300, widget=forms.Select(choices=choices)
        )

    def document(self) -> dict[str, Any]:
        """The mapping, as ``connectors`` reads it. Whatever is unfinished is in it too: it says what is
        wrong."""
        given = {name: str(self.data.get(name, "")).strip() for name in self.fields}
        rule: dict[str, Any] = {"event": given["event"], "properties": dict(self._properties(given))}
        if given["only_if"]:
            rule["when"] = {given["only_if"]: given["only_value"] or {"there": True}}
        if given["at"]:
            rule["at"] = given["at"]
        if given["once"]:
            rule["once"] = [given["once"]]
        client = {name: given[f"client_{name}"] for name in CLIENT if given[f"client_{name}"]}
        return {"client": client, "rules": [rule]}

    def _properties(self, given: Mapping[str, str]) -> Iterable[tuple[str, Any]]:
        for number in range(1, PROPERTIES + 1):
            path, kind = given[f"path_{number}"], given[f"as_{number}"]
            if path:
                name = given[f"name_{number}"] or path.rpartition(".")[2]
                yield name, {"path": path, "as": kind} if kind else path

    def properties(self) -> list[tuple[Any, Any, Any]]:
        return [
            (self[f"name_{number}"], self[f"path_{number}"], self[f"as_{number}"])
            for number in range(1, PROPERTIES + 1)
        ]

    def client(self) -> list[Any]:
        return [self[f"client_{name}"] for name in CLIENT]

    @staticmethod
    def initial_of(mapping: Mapping[str, Any]) -> dict[str, str]:
        rule = (mapping.get("rules") or [{}])[0]
        found = {f"client_{name}": path for name, path in (mapping.get("client") or {}).items()}
        found |= {
            "event": rule.get("event", ""),
            "at": rule.get("at", ""),
            "once": (rule.get("once") or [""])[0],
        }
        for path, wanted in (rule.get("when") or {}).items():
            found |= {"only_if": path, "only_value": wanted if isinstance(wanted, str) else ""}
        for number, (name, spec) in enumerate((rule.get("properties") or {}).items(), 1):
            told = spec if isinstance(spec, dict) else {"path": spec}
            found |= {f"name_{number}": name, f"path_{number}": told.get("path", "")}
            found[f"as_{number}"] = told.get("as", "")
        return found
