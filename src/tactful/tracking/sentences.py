"""What is wrong with a request, in words for whoever wrote the program that sent it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SENTENCES = {
    "json": gettext_lazy("The body is not JSON. Send one JSON object."),
    "object": gettext_lazy('The body is not a JSON object. Send {"userId": …, "event": …}.'),
    "batch": gettext_lazy('The body has no list called “batch”. Send {"batch": [ … ]}.'),
    "gzip": gettext_lazy("The body says that it is compressed, but it cannot be unpacked."),
    "encoding": gettext_lazy("Content-Encoding “%(encoding)s” is not known here. Use gzip, or none."),
    "large": gettext_lazy("The body is too large. A request may have %(limit)s bytes at most."),
    "call_large": gettext_lazy("A call is too large. Each may have %(limit)s bytes at most."),
    "many": gettext_lazy("There are %(given)s calls in this batch. Send at most %(limit)s at once."),
    "no_key": gettext_lazy(
        "The write key is missing. Give it as the user name of Basic authentication, or as “writeKey”."
    ),
    "key": gettext_lazy(
        "This write key is not known, or it was revoked. Make one under Settings, Connections."
    ),
    "server_key": gettext_lazy(
        "This is a server key, and the call came from a web page, where everybody can read it. Revoke it, "
        "and use a browser key there."
    ),
    "origin": gettext_lazy("The site %(origin)s may not use this key. Add it under Settings, Connections."),
    "method": gettext_lazy("Send this with POST."),
    "path": gettext_lazy(
        "There is nothing here. Known are identify, track, page, screen, group, alias, batch."
    ),
    "rate": gettext_lazy("This key sends too much at once. Try again in %(seconds)s seconds."),
    "later": gettext_lazy("This cannot be stored at the moment. Nothing was taken; send it again."),
    "https": gettext_lazy("Send this over https: a write key must not travel in the open."),
    "host": gettext_lazy("This host name is not one of ours. Correct TACTFUL_ALLOWED_HOSTS."),
    "nobody": gettext_lazy("A call needs a userId or an anonymousId."),
    "event": gettext_lazy("A track call needs the name of its event, as “event”."),
    "alias": gettext_lazy("An alias call needs a previousId and a userId."),
    "group": gettext_lazy("A group call needs a groupId."),
    "type": gettext_lazy("A call of a batch needs a “type”: identify, track, page, screen, group or alias."),
    "unreadable": gettext_lazy("A call has fields of the wrong kind: ids and names are text."),
    "clamped": gettext_lazy("The moment of a call lies in the future or far in the past; ours was taken."),
}


def sentence(code: str, params: Mapping[str, object] | None = None) -> str:
    """``code`` of a refusal or a note. A trait that could not be read is named with its reason."""
    if code in _SENTENCES:
        return str(_SENTENCES[code]) % dict(params or {})
    trait, _colon, _reason = code.partition(": ")
    return _("The trait “%(trait)s” could not be read and was left out.") % {"trait": trait}
