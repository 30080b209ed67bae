"""Problems of payloads and mappings in words for owners."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tactful.connectors.types import Problem

_SENTENCES = {
    # payloads
    "json": gettext_lazy("This is no JSON. The other system must send JSON."),
    "nobody": gettext_lazy(
        "There is no mail address, phone number or number of a client in it, so nobody knows whose it is."
    ),
    "erased": gettext_lazy(
        "This is about somebody who was erased from Tactful. Nothing of it was kept. Erase them there, too."
    ),
    "moment": gettext_lazy("“%(path)s” is no date and time. Choose another field for when it happened."),
    "about": gettext_lazy("“%(path)s” is missing, so nobody knows which one it is about."),
    "once": gettext_lazy("“%(path)s” is missing, so a message that comes twice would count twice."),
    "old": gettext_lazy("“%(event)s” happened more than 80 days ago. It is not counted again."),
    "unfit": gettext_lazy("“%(path)s” could not be read as %(as)s and was left out."),
    "unmapped": gettext_lazy("Nobody has said yet what this means."),
    "mapping": gettext_lazy(
        "What you have said about its meaning cannot be used any more. Open the mapping and save it."
    ),
    "error": gettext_lazy(
        "This could not be taken in. Try again; if it fails again, tell whoever looks after Tactful."
    ),
    # mappings
    "path": gettext_lazy("“%(path)s” does not name a field. Write it as customer.email or items[0].name."),
    "value": gettext_lazy("What is given for “%(where)s” cannot be used. Choose a field."),
    "unknown": gettext_lazy("“%(name)s” is not known at “%(where)s”. Correct or remove it."),
    "conversion": gettext_lazy(
        "Nothing can be read as “%(name)s”. Choose text, number, yes_no, moment or day."
    ),
    "fields": gettext_lazy("“%(where)s” must be a list of names and fields, not more than 60."),
    "document": gettext_lazy("The mapping is empty."),
    "rules": gettext_lazy("The mapping needs one to 40 rules, each with an event."),
    "client": gettext_lazy("Choose where the client's mail address, phone number or number stands."),
    "event": gettext_lazy("The event needs a name of at most 80 letters, such as Order Completed."),
    "when": gettext_lazy(
        "The condition at “%(where)s” cannot be used. Give a field and the value that it must have."
    ),
    "verify": gettext_lazy("Choose how the other system shows that it is really them."),
    "header": gettext_lazy("“%(name)s” is no name of a header. Write it as X-Signature."),
    # the door
    "secret": gettext_lazy("Paste the secret first. Without it nobody can know who sends."),
    "signature": gettext_lazy("The signature is missing or wrong. Compare the secret on both sides."),
    "address": gettext_lazy("There is nothing here. Copy the address again from Settings, Connections."),
    "method": gettext_lazy("Send this with POST."),
    "large": gettext_lazy("The body is too large. A message may have %(limit)s bytes at most."),
    "rate": gettext_lazy("Too much at once. Try again in a minute."),
    "later": gettext_lazy("This cannot be stored at the moment. Nothing was taken; send it again."),
    "https": gettext_lazy("Send this over https."),
    "host": gettext_lazy("This host name is not one of ours. Correct TACTFUL_ALLOWED_HOSTS."),
}
_KINDS = {
    "number": gettext_lazy("a number"),
    "minor": gettext_lazy("an amount"),
    "unsigned": gettext_lazy("a number"),
    "yes_no": gettext_lazy("yes or no"),
    "moment": gettext_lazy("a date and time"),
    "words": gettext_lazy("a date and time"),
    "day": gettext_lazy("a date"),
    "count": gettext_lazy("a list"),
}


def sentence(problem: Problem) -> str:
    return in_words(problem.code, problem.params)


def in_words(code: str, params: Mapping[str, str]) -> str:
    given = {"where": "", "path": "", "name": "", "event": "", "as": "", "limit": "", **params}
    given["as"] = str(_KINDS.get(given["as"], _("text")))
    return str(_SENTENCES.get(code, _SENTENCES["error"])) % given
