"""Other programs: keys with which they ask, and addresses at which they listen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tactful.foundation.keys.actions import KeyWish
from tactful.foundation.keys.types import Scope
from tactful.webhooks.queries import Endpoint
from tactful.webhooks.types import NewEndpoint

SCOPES = [
    (Scope.READ_CONTACTS, _("Look up clients")),
    (Scope.WRITE_CONTACTS, _("Add and change clients")),
    (Scope.ERASE_CONTACTS, _("Erase clients, for good")),
    (Scope.READ_EVENTS, _("Read what happened with a client")),
    (Scope.WRITE_EVENTS, _("Tell what happened with a client")),
    (Scope.READ_SEGMENTS, _("See segments and who is in them")),
    (Scope.READ_JOURNEYS, _("See journeys and who is on them")),
    (Scope.BEGIN_JOURNEYS, _("Begin a journey that begins when told")),
    (Scope.READ_MESSAGES, _("See which messages go out, and why not")),
    (Scope.READ_CONVERSATIONS, _("Read conversations")),
    (Scope.PROPOSE, _("Propose answers, for a person to send or not")),
    (Scope.READ_TASKS, _("See tasks")),
    (Scope.READ_BROADCASTS, _("See broadcasts, and what became of everybody")),
    (Scope.DRAFT_BROADCASTS, _("Draft broadcasts, for a person to send or not")),
]
LIVES = [("90", _("Three months")), ("365", _("A year")), ("", _("Until it is revoked"))]


class KeyForm(forms.Form):
    """A key for another program."""

    name = forms.CharField(
        label=_("Which program is it for?"), max_length=80, help_text=_("Such as: web shop, accounting.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=SCOPES, widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(label=_("How long?"), choices=LIVES, required=False, initial="365")

    def wish(self) -> KeyWish:
        given = self.cleaned_data
        return KeyWish(given["name"], given["scopes"], int(given["days"]) if given["days"] else None)


HEARD = [
    ("contact.created", _("A client is new")),
    ("contact.updated", _("A client is changed")),
    ("contact.merged", _("Two clients became one")),
    ("contact.unmerged", _("What was one client is two again")),
    ("contact.erased", _("A client is erased")),
    ("contact.removed", _("A client is taken away, with the file that brought them")),
    ("contact.tag_set", _("A client gets a tag")),
    ("contact.tag_cleared", _("A client loses a tag")),
    ("basis.recorded", _("A client says yes to being written to")),
    ("basis.withdrawn", _("A client says no to being written to")),
    ("message.sent", _("A message has gone out")),
    ("message.refused", _("A message does not go")),
    ("message.dead", _("A message could not be delivered")),
    ("message.bounced", _("A message came back")),
    ("reply.received", _("A client writes")),
    ("conversation.closed", _("A conversation is over")),
    ("task.opened", _("Somebody is asked to do something")),
    ("task.done", _("What was asked is done")),
    ("document.received", _("A document has come")),
    ("engagement.opened", _("A piece of work begins")),
    ("engagement.closed", _("A piece of work is over")),
    ("segment.entered", _("A client comes to belong to a segment")),
    ("segment.left", _("A client leaves a segment")),
]


class EndpointForm(forms.Form):
    """A program that wants to hear what happens."""

    name = forms.CharField(label=_("Which program listens?"), max_length=80)
    url = forms.CharField(
        label=_("Its web address"), max_length=500, help_text=_("Such as https://shop.example/tactful.")
    )
    events = forms.MultipleChoiceField(
        label=_("What should it hear of?"), choices=HEARD, widget=forms.CheckboxSelectMultiple
    )

    def endpoint(self) -> NewEndpoint:
        given = self.cleaned_data
        return NewEndpoint(given["name"], given["url"], tuple(given["events"]))

    @staticmethod
    def initial_of(endpoint: Endpoint) -> dict[str, Any]:
        return {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events}
